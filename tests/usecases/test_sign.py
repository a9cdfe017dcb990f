from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import delete

from spm_bot.storage import audits
from spm_bot.storage.store import Conflict
from spm_bot.storage.tables import signatures
from spm_bot.usecases.eligibility import signed_languages
from spm_bot.usecases.sign import sign_wording
from tests.stage.world import World


async def test_wording_is_signed_by_two_people(world: World) -> None:
    survey = world.desk.library.survey("client_exit")
    await world.store.write(lambda c: c.execute(delete(signatures)) and None)
    found = []
    for by in ("A. Translator", "B. Reader"):
        sign = partial(
            sign_wording, survey=survey, language="fr", by=by, actor="cli:me", now=world.clock.now()
        )
        await world.store.write(sign)
        found.append(await world.store.read(partial(signed_languages, survey=survey)))
        with pytest.raises(Conflict):
            await world.store.write(sign)
    assert found == [frozenset(), frozenset({"fr"})]
    lines = await world.store.read(lambda c: audits.lines(c, limit=9))
    assert [(line.event, line.detail["language"]) for line in lines] == [("wording_signed", "fr")] * 2
