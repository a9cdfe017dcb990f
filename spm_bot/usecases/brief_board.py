"""The board's pages of a quarter: the digest of its last week, with outreach, decisions and processes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from spm_bot.analytics.board import Board, ProcessRow, Safeguards, outreach, safeguards
from spm_bot.analytics.commitments import Commitment, Decision, commitments
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.measures import Exact
from spm_bot.institution import Institution
from spm_bot.quarters import Quarter
from spm_bot.storage import decisions, headcounts
from spm_bot.storage.store import Store
from spm_bot.times import DAY
from spm_bot.usecases.report import compute
from spm_bot.usecases.visit import Desk

_CALLERS = "CAS0"


async def brief_board(quarter: Quarter, *, store: Store, desk: Desk) -> Board:
    """What the board reads of a quarter that is over."""
    institution = desk.institution
    digest = await compute(quarter.last_week, None, store=store, desk=desk)
    log = await store.read(partial(decisions.lines, zone=institution.time_zone))
    count = await store.read(
        partial(headcounts.outreach_count, on=quarter.last, currency=institution.currency)
    )
    return Board(
        institution=institution.name,
        quarter=str(quarter),
        first=quarter.first.isoformat(),
        last=quarter.last.isoformat(),
        digest=digest,
        outreach=outreach(
            count,
            emergency_amount=institution.emergency_amount,
            minimum=institution.minimum_cell,
            poor=institution.poverty_bands,
        ),
        safeguards=_safeguards(digest, minimum=institution.minimum_cell),
        workloads=digest.workloads,
        decisions=_of_quarter(log, digest, quarter),
        processes=tuple(_processes(institution, today=quarter.last)),
        regulators=institution.regulators,
    )


def _of_quarter(log: Sequence[Decision], digest: Digest, quarter: Quarter) -> tuple[Commitment, ...]:
    """Decisions made in it, those still open at its end, and those whose outcome came within it."""
    made = [line for line in log if line.made_on <= quarter.last]
    found = commitments(
        made,
        figures=digest.figures,
        breakdowns=digest.breakdowns,
        since=quarter.first - DAY,
        today=quarter.last,
        scope=None,
    )
    return found.rows


def _safeguards(digest: Digest, *, minimum: int) -> Safeguards:
    """How many asked for a call, as far as the digest shows it."""
    match digest.figure(_CALLERS):
        case Figure(now=Exact(n=n, value=value), weighted=False):
            return safeguards(round(value * n), minimum=minimum)
    return safeguards(0, minimum=minimum)


def _processes(institution: Institution, *, today: date) -> list[ProcessRow]:
    return [
        ProcessRow(
            name=row.name,
            owner=row.owner,
            last_review=None if row.last_review is None else row.last_review.isoformat(),
            next_review=row.next_review.isoformat(),
            overdue=row.next_review < today,
        )
        for row in institution.processes
    ]
