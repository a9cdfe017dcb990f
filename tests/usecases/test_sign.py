from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import delete

from spm_bot.storage import audits
from spm_bot.storage.store import Conflict
from spm_bot.storage.tables import signatures
from spm_bot.usecases.eligibility import signed_languages
from spm_bot.usecases.sign import sign_all, sign_wording
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


async def test_one_name_signs_all_that_lacks_it(world: World) -> None:
    await world.store.write(lambda c: c.execute(delete(signatures)) and None)
    surveys = [world.desk.library.survey(code) for code in ("consent", "client_exit", "whose")]
    work = partial(sign_all, surveys=surveys, language="fr", actor="cli:me", now=world.clock.now())
    alone = partial(
        sign_wording, survey=surveys[0], language="fr", by="A. Reader", actor="cli:me", now=world.clock.now()
    )
    await world.store.write(alone)
    assert await world.store.write(partial(work, by="a. reader")) == 2
    assert await world.store.write(partial(work, by="A. Reader")) == 0
    assert await world.store.write(partial(work, by="B. Reader")) == 3
    assert await world.store.write(partial(work, by="C. Reader", language="xx")) == 0
    for survey in surveys:
        assert await world.store.read(partial(signed_languages, survey=survey)) == {"fr"}
    assert len(await world.store.read(lambda c: audits.lines(c, limit=9))) == 6
