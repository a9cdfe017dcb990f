"""The weekly digest: read what was stored, compute one value, store it, and hand it out.

Numerical libraries are imported here, so only the process that makes digests imports this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from spm_bot.analytics.digest import (
    WINDOW,
    ContactRow,
    CoverageRow,
    Digest,
    ObservationRow,
    PortfolioRow,
    Settings,
    Span,
    compose,
    to_json,
)
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.fieldwork.outcomes import ANSWERED
from spm_bot.institution import Institution
from spm_bot.protection.consent import Purpose
from spm_bot.reports.card import card
from spm_bot.reports.charts import branches_picture
from spm_bot.storage import contacts, digests, observations, outbox, registers
from spm_bot.storage.digests import Stored
from spm_bot.storage.store import Connection, Store
from spm_bot.texts import voice
from spm_bot.times import Week
from spm_bot.usecases.hand_out import hand_out
from spm_bot.usecases.visit import Desk


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a digest is computed from, as it stood in one snapshot of the database."""

    observations: tuple[ObservationRow, ...]
    contacts: tuple[ContactRow, ...]
    coverage: tuple[CoverageRow, ...]
    portfolio: tuple[PortfolioRow, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A digest with what was drawn from it."""

    digest: Digest
    card: str
    picture: bytes


async def weekly(week: Week, *, store: Store, desk: Desk, now: datetime) -> list[Report]:
    """Makes, stores and hands out the digests of `week`: the institution's and each branch's.

    Running it again for the same week replaces what is stored and sends nothing twice.
    """
    made = [
        await make(week, scope, store=store, desk=desk)
        for scope in (None, *(branch.code for branch in desk.institution.branches))
    ]
    await store.write(partial(_keep_all, desk=desk, week=week, made=made, now=now))
    return made


async def make(week: Week, scope: str | None, *, store: Store, desk: Desk) -> Report:
    """The digest of `week` with card and picture. Raises ValueError for an unknown branch."""
    digest = await compute(week, scope, store=store, desk=desk)
    spoken = voice(desk.languages[0])
    return Report(digest, card(digest, spoken), branches_picture(digest, spoken))


async def compute(week: Week, scope: str | None, *, store: Store, desk: Desk) -> Digest:
    """The digest of `week` for all branches, or for one. Raises ValueError for an unknown branch."""
    inputs = await store.read(partial(gather, week=week))
    return compose(
        week=week,
        scope=scope,
        observations=inputs.observations,
        contacts=inputs.contacts,
        coverage=inputs.coverage,
        portfolio=inputs.portfolio,
        settings=_settings(desk.institution),
    )


def gather(connection: Connection, *, week: Week) -> Inputs:
    """Everything the digest of `week` is computed from."""
    first = week.minus(2 * WINDOW - 1)
    rows = observations.between(connection, str(first), str(week))
    counted = (
        ContactRow(span, each.branch, each.in_arrears, each.asked, each.delivered, each.answered)
        for span, since in ((Span.QUARTER, week.minus(WINDOW - 1)), (Span.WEEK, week))
        for each in contacts.count_contacts(connection, str(since), str(week), answered=ANSWERED)
    )
    covered = registers.coverage(connection, purpose=Purpose.SURVEY)
    return Inputs(
        observations=tuple(
            ObservationRow(r.week, r.survey, r.indicator, r.value, r.branch, r.respondent) for r in rows
        ),
        contacts=tuple(counted),
        coverage=tuple(
            CoverageRow(c.branch, c.borrowers, c.joined, c.in_arrears, c.joined_in_arrears) for c in covered
        ),
        portfolio=tuple(
            PortfolioRow(
                p.branch,
                p.currency,
                p.outstanding,
                p.overdue30,
                p.written_off,
                date.fromisoformat(p.as_of),
            )
            for p in registers.portfolio(connection)
        ),
    )


def _keep_all(connection: Connection, *, desk: Desk, week: Week, made: list[Report], now: datetime) -> None:
    for report in made:
        picture = outbox.keep_file(connection, report.picture)
        scope = report.digest.scope or ""
        digests.keep(connection, Stored(str(week), scope, to_json(report.digest), report.card, picture))
    hand_out(connection, week=str(week), now=now)


def _settings(institution: Institution) -> Settings:
    return Settings(
        institution=institution.name,
        branches={branch.code: branch.name for branch in institution.branches},
        currency=institution.currency,
        minimum_cell=institution.minimum_cell,
        limits={code: _aim(code, limit) for code, limit in institution.limits.items()},
        targets={row.indicator: _aim(row.indicator, row.target) for row in institution.objectives},
    )


def _aim(indicator: str, written: float) -> float:
    """A limit or target in the indicator's own unit: the file writes shares as "in 100"."""
    known = CATALOGUE.get(indicator)
    return written / 100 if known is None or known.unit is Unit.SHARE else written
