"""The answers of the form `decide` as one line of the log: days counted, numbers in the indicator's unit."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from spm_bot.analytics.commitments import Draft, Lever
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import Exact, Measure
from spm_bot.reports import titles
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.session import Answer
from spm_bot.surveys.spelling import latin_digits
from spm_bot.times import on_wall
from spm_bot.usecases.visit import Desk

Answers = Mapping[str, Answer]


def drafted(opened: Opened, answers: Answers, *, branch: str, measure: Measure | None, desk: Desk) -> Draft:
    """The line, for `branch` whose digest shows `measure`. A day of check is counted from the day on which
    the thing is due, so that the 13 weeks then looked at lie after it.
    """
    indicator, lever = answers["indicator"].codes[0], Lever(answers["lever"].codes[0])
    begun = started_on(opened, desk)
    due = None if lever is Lever.NO_ACTION else _due(answers, begun)
    check = (due or begun) + _weeks(answers["check"])
    exact = measure if isinstance(measure, Exact) else None
    return Draft(
        week=str(opened.session.values["week"]),
        branch=branch,
        indicator=indicator,
        value=None if exact is None else exact.value,
        low=None if exact is None else exact.low,
        high=None if exact is None else exact.high,
        lever=lever,
        decision=_text(answers, "decision"),
        reason=_text(answers, "reason"),
        owner=_text(answers, "owner"),
        due_on=due or check,
        expected=_expected(answers, indicator),
        check_on=check,
        money=_text(answers, "money"),
        effect=_text(answers, "effect"),
        harms=answers["harm"].codes == ("worse",),
        approver=_text(answers, "approver"),
    )


def started_on(opened: Opened, desk: Desk) -> date:
    """The day from which a form counts its weeks: that of its first question."""
    return on_wall(opened.session.started_at, zone=desk.institution.time_zone).date()


def day_typed(text: str) -> date:
    """`2026-12-31` or `31/12/2026`; a day the month does not have is its last one."""
    numbers = [int(number) for number in re.split(r"[-/]", latin_digits(text).strip())]
    year, month, day = numbers if numbers[0] > 31 else reversed(numbers)
    return date(year, month, min(day, monthrange(year, month)[1]))


def _due(answers: Answers, begun: date) -> date:
    typed = answers.get("due_day")
    return begun + _weeks(answers["due"]) if typed is None else day_typed(typed.text or "")


def _weeks(answer: Answer) -> timedelta:
    return timedelta(weeks=int(answer.codes[0].removeprefix("weeks_")))


def _text(answers: Answers, name: str) -> str:
    return (answers[name].text or "") if name in answers else ""


def _expected(answers: Answers, indicator: str) -> float | None:
    """Typed as it is shown: shares in 100, and from the side on which the indicator is told."""
    said = answers.get("expected")
    if said is None or said.number is None:
        return None
    if titles.unit(indicator) is Unit.SHARE:
        return titles.side(indicator, said.number / 100)
    return said.number
