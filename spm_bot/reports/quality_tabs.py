"""Sheets about the answers themselves: who gives them, how surveys ended, what comments are about."""

from __future__ import annotations

from spm_bot.analytics.digest import Digest
from spm_bot.analytics.quality import ReachRow
from spm_bot.analytics.surveyed import SurveyQuality
from spm_bot.reports import labels
from spm_bot.reports.binding import Block, Tab, Written, per_cent, tidy
from spm_bot.reports.care import survey_name
from spm_bot.reports.ledger import branch_name
from spm_bot.reports.wording import HIDDEN
from spm_bot.texts import Voice, half_up


def quality_tab(digest: Digest, voice: Voice) -> Tab | None:
    """Reach, endings of surveys and questions left unsaid; None where nothing is known."""
    blocks = (_reach(digest, voice), _surveys(digest, voice), _silences(digest, voice))
    told = tuple(block for block in blocks if block.rows)
    return Tab(voice.say("Quality"), told, kept=1) if told else None


def _reach(digest: Digest, voice: Voice) -> Block:
    columns = (
        *(voice.say("Group"), voice.say("By"), voice.say("Active clients")),
        *(voice.say("In the chat, in 100"), voice.say("Invitations delivered, in 100")),
        *(voice.say("Completed, of those delivered, in 100"), voice.say("Of all clients, in 100")),
    )
    rows = [
        [
            labels.reach_name(row, voice),
            labels.reach(row.reach, voice),
            row.clients,
            *_shares(row),
        ]
        for row in digest.quality.reach
    ]
    return Block(rows, head=columns, heading=voice.say("Who is reached and answers, in 13 weeks"))


def _shares(row: ReachRow) -> list[Written]:
    found = (row.coverage, row.delivery, row.completion, row.cumulative)
    return [HIDDEN if row.hidden else None if share is None else per_cent(share) for share in found]


def _surveys(digest: Digest, voice: Voice) -> Block:
    columns = (
        *(voice.say("Survey"), voice.say("Asked"), voice.say("Reached a phone"), voice.say("Completed")),
        *(voice.say("Half answered or more"), voice.say("Broken off"), voice.say("Refused")),
        *(voice.say("Not answered"), voice.say("Not reached"), voice.say("Seconds an answer, median")),
        voice.say("Same place each time, in 100"),
    )
    rows = [_survey(row, voice) for row in digest.quality.surveys]
    return Block(rows, head=columns, heading=voice.say("How invitations ended, in 13 weeks"))


def _survey(row: SurveyQuality, voice: Voice) -> list[Written]:
    counts = (
        *(row.completed, row.partial, row.broke_off, row.refused),
        *(row.unanswered, row.unreachable),
    )
    return [
        *(survey_name(row.survey, voice), row.asked, row.delivered, *counts),
        None if row.seconds is None else tidy(half_up(row.seconds, 1)),
        None if row.alike is None else per_cent(row.alike),
    ]


def _silences(digest: Digest, voice: Voice) -> Block:
    columns = (
        *(voice.say("Survey"), voice.say("Question"), voice.say("Asked")),
        voice.say("Would rather not say, in 100"),
    )
    rows = [
        (survey_name(row.survey, voice), row.question, row.asked, per_cent(row.silent))
        for row in digest.quality.silences
    ]
    return Block(rows, head=columns, heading=voice.say("Questions most often left unsaid"))


def comments_tab(digest: Digest, voice: Voice) -> Tab | None:
    """Themes of comments and the words that somebody released; None where there are none."""
    found = digest.themes
    if found.comments is None and not (found.rows or found.quotes):
        return None
    facts: tuple[tuple[str, Written], ...] = (
        (voice.say("Comments in 13 weeks"), found.comments),
        (
            voice.say("No theme found, in 100"),
            None if found.unmatched is None else per_cent(found.unmatched),
        ),
    )
    quotes: list[tuple[Written, ...]] = [
        (
            each.text,
            labels.theme(each.theme, voice),
            None if each.branch is None else branch_name(each.branch, digest),
        )
        for each in found.quotes
    ]
    blocks = (
        Block([fact for fact in facts if fact[1] is not None]),
        Block(
            [[labels.theme(row.theme, voice), row.comments, row.people] for row in found.rows],
            head=(voice.say("Theme"), voice.say("Comments"), voice.say("People")),
        ),
        Block(quotes, head=(voice.say("Words of clients"), voice.say("Theme"), voice.say("Branch"))),
    )
    return Tab(voice.say("Comments"), tuple(block for block in blocks if block.rows), kept=1)
