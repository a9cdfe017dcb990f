"""The weekly digest: read what was stored, compute one value, store it, and hand it out.

Numerical libraries are imported here, so only the process that makes digests imports this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from spm_bot.analytics.digest import (
    ContactRow,
    CoverageRow,
    Digest,
    ObservationRow,
    PortfolioRow,
    Settings,
    Span,
    compose_each,
    to_json,
)
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.analytics.releases import REACH
from spm_bot.analytics.windows import Window, monthly_week, window
from spm_bot.fieldwork.outcomes import ANSWERED
from spm_bot.institution import Institution
from spm_bot.protection.consent import Purpose
from spm_bot.reports.card import card
from spm_bot.reports.charts import branches_picture
from spm_bot.storage import contacts, coverages, digests, observations, outbox, portfolio_days
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
    scopes = (None, *(branch.code for branch in desk.institution.branches))
    composed = await _compute_each(week, scopes, store=store, desk=desk)
    made = [_drawn(digest, desk) for digest in composed]
    await store.write(partial(_keep_all, week=week, made=made, now=now))
    return made


async def make(week: Week, scope: str | None, *, store: Store, desk: Desk) -> Report:
    """The digest of `week` with card and picture. Raises ValueError for an unknown branch."""
    return _drawn(await compute(week, scope, store=store, desk=desk), desk)


async def compute(week: Week, scope: str | None, *, store: Store, desk: Desk) -> Digest:
    """The digest of `week` for all branches, or for one. Raises ValueError for an unknown branch."""
    [digest] = await _compute_each(week, (scope,), store=store, desk=desk)
    return digest


async def _compute_each(
    week: Week, scopes: Sequence[str | None], *, store: Store, desk: Desk
) -> tuple[Digest, ...]:
    """All digests of `week` from one snapshot, so that they agree with each other."""
    inputs = await store.read(partial(gather, week=week))
    return compose_each(
        week=week,
        scopes=scopes,
        observations=inputs.observations,
        contacts=inputs.contacts,
        coverage=inputs.coverage,
        portfolio=inputs.portfolio,
        settings=_settings(desk.institution),
    )


def _drawn(digest: Digest, desk: Desk) -> Report:
    spoken = voice(desk.languages[0])
    return Report(digest, card(digest, spoken), branches_picture(digest, spoken))


def gather(connection: Connection, *, week: Week) -> Inputs:
    """Everything the digest of `week` is computed from."""
    rows = observations.between(connection, str(week.minus(REACH - 1)), str(week))
    covered = coverages.coverage(connection, purpose=Purpose.SURVEY)
    return Inputs(
        observations=tuple(
            ObservationRow(r.week, r.survey, r.indicator, r.value, r.branch, r.respondent) for r in rows
        ),
        contacts=tuple(_contacts(connection, week)),
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
            for p in portfolio_days.portfolio(connection)
        ),
    )


def _contacts(connection: Connection, week: Week) -> Iterator[ContactRow]:
    """Whom standing rounds asked, over each of the spans that a digest of `week` counts."""
    month = monthly_week(week)
    spans = {
        Span.QUARTER: window(week),
        Span.WEEK: Window(str(week), str(week)),
        Span.BRANCH: window(month),
        Span.MONTH: Window(str(monthly_week(month.previous()).next()), str(month)),
    }
    for span, weeks in spans.items():
        for each in contacts.count_contacts(connection, weeks.first, weeks.last, answered=ANSWERED):
            yield ContactRow(
                span, each.branch, each.in_arrears, each.has_loan, each.asked, each.delivered, each.answered
            )


def _keep_all(connection: Connection, *, week: Week, made: list[Report], now: datetime) -> None:
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
