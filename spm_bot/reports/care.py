"""How good the data are, in the few lines that a page has for it: reach, refusals, silences, speed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from spm_bot.analytics.digest import Digest
from spm_bot.analytics.quality import Quality, Reach, ReachRow
from spm_bot.analytics.surveyed import SurveyQuality
from spm_bot.reports import labels, phrases
from spm_bot.reports.press import Printed
from spm_bot.reports.wording import HIDDEN, NONE
from spm_bot.texts import Voice, comma, sentence

_SURVEYS = {
    "client_satisfaction": sentence("Satisfaction"),
    "debt_stress": sentence("Debt stress"),
    "client_outcomes": sentence("Life of clients"),
    "client_exit": sentence("Leaving"),
}
_SILENCES = 3


def care(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    """Who is reached and answers, by arrears beside all; None where nothing is known."""
    found = digest.quality
    rows = [row for row in found.reach if row.reach is not Reach.BRANCH or row.code == digest.scope]
    lines = list(_lines(found, voice))
    if not (rows or lines):
        return None
    return {
        "heading": voice.say("How good the data are"),
        "feedback": voice.say("Feedback, not an estimate.") if digest.heard.feedback_only else "",
        "why": (
            voice.say("Fewer than 20 in 100 of all clients were reached and answered.")
            if digest.heard.feedback_only
            else ""
        ),
        "arrears": (
            voice.say("Clients in arrears answered less; true stress is probably higher.")
            if digest.heard.arrears_answer_less
            else ""
        ),
        "head": [
            voice.say("In 100"),
            voice.say("In the chat"),
            voice.say("Completed"),
            voice.say("Of all clients"),
        ],
        "rows": [_reach(row, voice) for row in rows],
        "lines": list[Printed](lines),
    }


def _reach(row: ReachRow, voice: Voice) -> Printed:
    parts = (row.coverage, row.completion, row.cumulative)
    empty = HIDDEN if row.hidden else NONE
    return [
        phrases.clipped(labels.reach_name(row, voice)),
        *(empty if part is None else phrases.hundred(part) for part in parts),
    ]


def _lines(found: Quality, voice: Voice) -> Iterator[str]:
    for survey in found.surveys:
        parts = list(_survey(survey, voice))
        if parts:
            yield f"{survey_name(survey.survey, voice)}: {' · '.join(parts)}"
    if found.silences:
        told = comma(voice.language).join(
            voice.say(
                "%(question)s %(share)s",
                question=silence.question.upper(),
                share=phrases.per_hundred(silence.silent, voice),
            )
            for silence in found.silences[:_SILENCES]
        )
        yield voice.say("Most often left unsaid (question and share): %(questions)s", questions=told)


def _survey(row: SurveyQuality, voice: Voice) -> Sequence[str]:
    """Refusals and break-offs of those reached, and how long an answer took."""
    parts = []
    for words, count in (
        (sentence("refused %(n)s"), row.refused),
        (sentence("broke off %(n)s"), row.broke_off),
    ):
        if count is not None:
            parts.append(voice.say(words, n=phrases.whole(count, voice)))
    if row.seconds is not None:
        parts.append(voice.say("%(n)s seconds an answer", n=phrases.decimal(row.seconds, voice, digits=0)))
    if row.alike is not None:
        parts.append(voice.say("same place each time %(share)s", share=phrases.per_hundred(row.alike, voice)))
    return parts


def survey_name(code: str, voice: Voice) -> str:
    return voice.say(_SURVEYS[code]) if code in _SURVEYS else phrases.clipped(code)
