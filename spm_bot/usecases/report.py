"""The weekly digest: read what was stored, compute one value, store it, draw it, and hand it out.

Numerical libraries are imported here, so only the process that makes digests imports this module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from spm_bot.analytics.composition import compose_each
from spm_bot.analytics.digest import Digest, readable, to_json
from spm_bot.reports.folio import Folio, folio
from spm_bot.storage import digests, outbox, people, roles
from spm_bot.storage.digests import Rendering
from spm_bot.storage.store import Connection, Store
from spm_bot.texts import Voice, sentence, voice
from spm_bot.times import Week
from spm_bot.usecases.collect_inputs import collect_inputs, settings_of
from spm_bot.usecases.hand_out import RECEIVES, hand_out
from spm_bot.usecases.tell_administrators import tell_administrators
from spm_bot.usecases.visit import Desk

FAILED = sentence(
    "The digest of week %(week)s could not be made, so nothing was sent to managers. It is tried again; if"
    " this message comes again, look into the log."
)

Scopes = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A digest with what was drawn from it in one language."""

    digest: Digest
    language: str
    folio: Folio


async def weekly(
    week: Week, *, store: Store, desk: Desk, now: datetime, draw: Callable[[Digest, Voice], Folio] = folio
) -> list[Drawn]:
    """Makes, stores, draws and hands out the digests of `week`: the institution's and each branch's.

    A week that was stored is not computed again: running this twice sends nothing twice, and what was
    sent stays what it was. When drawing fails, administrators are told and nothing is sent.
    """
    try:
        made = await _settled(week, store=store, desk=desk)
        wanted = await store.read(partial(_wanted, desk=desk, made=made))
        drawn = [
            Drawn(digest, language, draw(digest, voice(language)))
            for digest in made
            for language in wanted.get(digest.scope or "", ())
        ]
    except Exception:
        await store.write(lambda c: tell_administrators(c, FAILED, now=now, week=str(week)))
        raise
    for each in drawn:
        await store.write(partial(_keep, drawn=each))
    await store.write(lambda c: hand_out(c, desk=desk, week=str(week), now=now))
    return drawn


async def compute(week: Week, scope: str | None, *, store: Store, desk: Desk) -> Digest:
    """The digest of `week` for all branches or for one: as it was stored, else as it would be.

    Raises ValueError for an unknown branch.
    """
    digest = readable(await store.read(partial(digests.body, week=str(week), scope=scope or "")))
    if digest is not None:
        return digest
    [digest] = await _composed(week, (scope,), store=store, desk=desk)
    return digest


async def keep_week(week: Week, *, store: Store, desk: Desk) -> Digest:
    """Computes and stores the institution's digest of `week` without drawing it or handing it out."""
    [digest] = await _composed(week, (None,), store=store, desk=desk)
    await store.write(partial(_keep_bodies, made=(digest,)))
    return digest


async def _settled(week: Week, *, store: Store, desk: Desk) -> tuple[Digest, ...]:
    """The digests of the week as they are stored from now on: those that are there stay as they are."""
    scopes: Scopes = (None, *(branch.code for branch in desk.institution.branches))
    bodies = await store.read(lambda c: [digests.body(c, str(week), scope or "") for scope in scopes])
    stored = {
        scope: digest
        for scope, body in zip(scopes, bodies, strict=True)
        if (digest := readable(body)) is not None
    }
    missing = [scope for scope in scopes if scope not in stored]
    made = await _composed(week, missing, store=store, desk=desk) if missing else ()
    await store.write(partial(_keep_bodies, made=made))
    return tuple({**stored, **{digest.scope: digest for digest in made}}[scope] for scope in scopes)


async def _composed(
    week: Week, scopes: Sequence[str | None], *, store: Store, desk: Desk
) -> tuple[Digest, ...]:
    """All digests of `week` from one snapshot, so that they agree with each other."""
    inputs = await store.read(partial(collect_inputs, week=week, institution=desk.institution))
    return compose_each(week, scopes, inputs, settings_of(desk.institution))


def _wanted(connection: Connection, *, desk: Desk, made: Sequence[Digest]) -> dict[str, list[str]]:
    """In which languages each scope is drawn: for its managers, and for whoever looks into a branch that is
    named in the institution's digest. The institution's own is always drawn in its first language.
    """
    held = [role for role in roles.roles_in_force(connection) if role.role in RECEIVES]
    chats = people.chats_of_staff(connection, {role.staff for role in held})
    wanted: dict[str, set[str]] = {"": {desk.languages[0]}}
    for role in held:
        spoken = chats[role.staff].language if role.staff in chats else desk.languages[0]
        language = spoken if spoken in desk.languages else desk.languages[0]
        scopes = [role.branch]
        if role.branch == "":
            scopes += [
                digest.action.branch for digest in made if digest.scope is None and digest.action.branch
            ]
        for scope in scopes:
            wanted.setdefault(scope, set()).add(language)
    return {scope: sorted(languages) for scope, languages in wanted.items()}


def _keep_bodies(connection: Connection, *, made: Sequence[Digest]) -> None:
    for digest in made:
        digests.keep(connection, week=digest.week, scope=digest.scope or "", body=to_json(digest))


def _keep(connection: Connection, *, drawn: Drawn) -> None:
    files = {
        name: None if body is None else outbox.keep_file(connection, body)
        for name, body in (
            ("picture", drawn.folio.picture),
            ("line", drawn.folio.line),
            ("pages", drawn.folio.pages),
            ("workbook", drawn.folio.workbook),
        )
    }
    digest = drawn.digest
    rendering = Rendering(
        week=digest.week,
        scope=digest.scope or "",
        language=drawn.language,
        card=drawn.folio.card,
        branch=digest.action.branch or "",
        **files,
    )
    digests.keep_rendering(connection, rendering)
