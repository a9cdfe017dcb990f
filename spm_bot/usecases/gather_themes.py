"""What comments were about over 13 weeks, and the quotes that somebody released."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spm_bot.analytics import themes
from spm_bot.analytics.themes import Lexicon, Quote, Spoken, Themes
from spm_bot.analytics.windows import Window, monthly_week, window
from spm_bot.institution import Institution
from spm_bot.storage import comments, quotes, survey_versions
from spm_bot.storage.comments import Comment
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Kind, Question, Survey
from spm_bot.surveys.spelling import plain
from spm_bot.times import Week

LARGE = 30
"""Respondents in 13 weeks from which on a quote tells its branch."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """A comment with the themes found in it; `conduct` when it was asked about staff."""

    comment: Comment
    themes: frozenset[str]
    conduct: bool


def gather_themes(connection: Connection, *, week: Week, institution: Institution) -> Themes:
    """Themes move on in the first digest of a month, so that two digests never tell what one week brought;
    quotes are those released in the last 13 weeks.
    """
    weeks = window(monthly_week(week))
    spoken = (
        Spoken(each.comment.person, each.themes) for each in sorted_comments(connection, weeks, institution)
    )
    found = themes.summed(spoken, minimum=institution.minimum_cell)
    return Themes(found.comments, found.unmatched, found.rows, tuple(_quotes(connection, window(week))))


def sorted_comments(connection: Connection, weeks: Window, institution: Institution) -> Iterator[Sorted]:
    """Comments of these weeks by theme, but for what was typed to a private question."""
    words = _lexicon(institution)
    surveys: dict[tuple[str, str], Survey] = {}
    for comment in comments.written(connection, first=weeks.first, last=weeks.last):
        key = (comment.survey, comment.version)
        if key not in surveys:
            surveys[key] = survey_versions.get(connection, *key)
        question = surveys[key].question(comment.question)
        if _is_open(question):
            found = themes.found_in(plain(comment.text), language=comment.language, words=words)
            yield Sorted(comment, found, question.conduct)


def _is_open(question: Question) -> bool:
    return question.kind is Kind.TEXT and not question.traceless


def _lexicon(institution: Institution) -> Lexicon:
    return themes.lexicon(themes.edited(themes.shipped(), institution.themes), plain=plain)


def _quotes(connection: Connection, weeks: Window) -> Iterator[Quote]:
    heard = comments.respondents(connection, first=weeks.first, last=weeks.last)
    for each in quotes.released(connection, first=weeks.first, last=weeks.last):
        known = each.branch if heard.get(each.branch, 0) >= LARGE else None
        yield Quote(each.text, each.theme, known)
