"""Sheets of what was promised: objectives of the board, decisions and what came of them, words to clients."""

from __future__ import annotations

from datetime import date

from spm_bot.analytics.commitments import Commitment
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.objectives import Objective
from spm_bot.reports import labels, titles
from spm_bot.reports.binding import Block, Tab, Written
from spm_bot.reports.ledger import branch_name, caution
from spm_bot.reports.spread import head, number, spread, step
from spm_bot.reports.summary_tab import unit
from spm_bot.texts import Voice


def objectives_tab(digest: Digest, voice: Voice) -> Tab | None:
    """The mission beside its measures; None without objectives."""
    columns = (
        *(voice.say("Mission"), voice.say("Code"), voice.say("Measured by"), voice.say("Unit")),
        *(voice.say("At first"), *head(voice), voice.say("Target"), voice.say("Until")),
        *(voice.say("Standing"), voice.say("Needed in a quarter"), voice.say("Owner")),
        voice.say("Approved on"),
    )
    rows = [_objective(each, voice) for each in digest.objectives]
    return Tab(voice.say("Objectives"), (Block(rows, head=columns),)) if rows else None


def _objective(found: Objective, voice: Voice) -> list[Written]:
    code = found.indicator
    return [
        *(found.mission, code, titles.title(code, voice), unit(code, voice)),
        None if found.baseline is None else number(code, found.baseline),
        *spread(code, found.now, voice),
        *(number(code, found.target), date.fromisoformat(found.by)),
        titles.standing(found.standing, voice),
        None if found.pace is None else step(code, found.pace),
        *(found.owner, date.fromisoformat(found.approved_on)),
    ]


def decisions_tab(digest: Digest, voice: Voice) -> Tab | None:
    """The log as the digest shows it; None without a line, a debt or a word to clients."""
    log = digest.commitments
    if not (log.rows or log.owed or log.said or log.open):
        return None
    columns = (
        *(voice.say("Number"), voice.say("Week"), voice.say("Branch"), voice.say("Code")),
        *(voice.say("Figure"), voice.say("Value then"), voice.say("Lever"), voice.say("Decision")),
        *(voice.say("Reason"), voice.say("Owner"), voice.say("Due on"), voice.say("Expected value")),
        *(voice.say("To be checked on"), voice.say("Cost or income"), voice.say("Effect on clients")),
        *(voice.say("Did the expected change come"), voice.say("Late"), voice.say("Not looked at")),
    )
    owed = [[f"{titles.title(code, voice)} ({code})"] for code in log.owed]
    blocks = (
        Block([[voice.say("Open"), log.open], [voice.say("Late"), log.late]]),
        Block([_decision(row, digest, voice) for row in log.rows], head=columns if log.rows else ()),
        Block([[caution(voice)]] if log.rows else []),
        Block(owed, heading=voice.say("Over a limit and no decision yet") if owed else ""),
        Block([[said] for said in log.said], heading=voice.say("Clients were told") if log.said else ""),
    )
    return Tab(voice.say("Decisions"), tuple(block for block in blocks if block.rows))


def _decision(row: Commitment, digest: Digest, voice: Voice) -> list[Written]:
    code = row.indicator
    return [
        *(row.number, row.made_in),
        voice.say("all branches") if row.branch is None else branch_name(row.branch, digest),
        *(code, titles.title(code, voice)),
        None if row.since is None else number(code, row.since),
        *(labels.lever(row.lever, voice), row.decision, row.reason, row.owner),
        date.fromisoformat(row.due_on),
        None if row.expected is None else number(code, row.expected),
        *(date.fromisoformat(row.check_on), row.money, row.effect),
        labels.outcome(row.outcome, voice),
        voice.say("late") if row.late else None,
        voice.say("for four weeks or more") if row.unreviewed else None,
    ]
