"""`/decisions`: what is open in the own scope, and what has become of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from spm_bot.analytics.commitments import Decision, Outcome, is_late
from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.reports import phrases
from spm_bot.storage import audits, decisions
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.session import Answer
from spm_bot.times import on_wall
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import MAY_DECIDE, Colleague, colleague, refuse
from spm_bot.usecases.word_decision import worded

WORD = "review"
MOST = 10
"""Decisions shown at once, the oldest first."""


def show_open(visit: Visit) -> None:
    """The open decisions, each with a button to say what became of it."""
    say, who = visit.voice.say, colleague(visit, MAY_DECIDE)
    if who is None:
        refuse(visit)
        return
    found = _open(visit, who)
    if not found:
        visit.say(say("No decision is open."))
    visit.say(*(_message(visit, each) for each in islice(found, MOST)), kind="staff")
    if len(found) > MOST:
        more = len(found) - MOST
        visit.say(visit.voice.count("%(n)s more is open.", "%(n)s more are open.", more), kind="staff")


def press(visit: Visit, number: int) -> None:
    """The button below a decision was pressed: asks what became of it."""
    who = colleague(visit, MAY_DECIDE)
    if who is None:
        refuse(visit)
        return
    found = _one(visit, who, number)
    if found is None:
        _turn_away(visit, number)
        return
    values: dict[str, str | float] = {"number": str(number), "line": _told(visit, found)}
    begin(visit, visit.desk.library.survey("review"), staff=who.staff, values=values)


def _turn_away(visit: Visit, number: int) -> None:
    """It is closed, or it is somebody else's to review."""
    if any(each.number == number for each in _all_open(visit)):
        refuse(visit)
    else:
        visit.say(visit.voice.say("That decision is closed already."))


def submit(visit: Visit, opened: Opened, answers: Mapping[str, Answer]) -> None:
    """Keeps what was said of it."""
    say, who = visit.voice.say, colleague(visit, MAY_DECIDE)
    number = int(opened.session.values["number"])
    if who is None or _one(visit, who, number) is None:
        refuse(visit)
        return
    [said] = answers["outcome"].codes
    outcome = next((each for each in Outcome if each.value.replace(" ", "_") == said), None)
    decisions.review(
        visit.connection,
        number,
        at=visit.now,
        done=said == "done",
        outcome=outcome,
        minute=answers["minute"].text or "",
    )
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=who.subject,
        event="decision_reviewed",
        decision=number,
        said=said,
    )
    if outcome is None:
        visit.say(say("Thank you. Decision %(number)s stays open.", number=number))
    else:
        visit.say(say("Thank you. Decision %(number)s is closed.", number=number))


def _open(visit: Visit, who: Colleague) -> list[Decision]:
    return [each for each in _all_open(visit) if who.works_in(each.branch)]


def _all_open(visit: Visit) -> list[Decision]:
    log = decisions.lines(visit.connection, zone=visit.desk.institution.time_zone)
    return [each for each in log if each.outcome is None]


def _one(visit: Visit, who: Colleague, number: int) -> Decision | None:
    return next((each for each in _open(visit, who) if each.number == number), None)


def _message(visit: Visit, decision: Decision) -> Outbound:
    token = Token(Subject.COMMAND, decision.number, 0, Action.YES, WORD)
    return Outbound(_told(visit, decision), ((Button(visit.voice.say("Review"), token),),))


def _told(visit: Visit, decision: Decision) -> str:
    say = visit.voice.say
    made = phrases.full_day(decision.made_on, visit.voice)
    head = say("Decision %(number)s, made on %(day)s", number=decision.number, day=made)
    lines = [head, *worded(decision, desk=visit.desk, voice=visit.voice)]
    today = on_wall(visit.now, zone=visit.desk.institution.time_zone).date()
    if decision.done_on is not None:
        lines.append(say("Done on %(day)s", day=phrases.full_day(decision.done_on, visit.voice)))
    elif is_late(decision, today=today):
        lines.append(say("Late"))
    return "\n".join(lines)
