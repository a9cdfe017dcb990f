"""`/decide`, and the button below a digest: a manager writes down what is decided on one of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from spm_bot.analytics.commitments import Draft, Lever
from spm_bot.analytics.measures import Measure
from spm_bot.messages import Action, Button, Subject, Token
from spm_bot.reports import labels, phrases, titles
from spm_bot.storage import audits, decisions, digests
from spm_bot.storage.sessions import Opened
from spm_bot.surveys.model import Choice, Words
from spm_bot.surveys.session import Answer
from spm_bot.texts import Voice
from spm_bot.times import Week, on_wall
from spm_bot.usecases.draft_decision import drafted
from spm_bot.usecases.pick_place import place_choices, place_picked, places_of
from spm_bot.usecases.quote_figures import quoted
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import EVERYWHERE, MAY_DECIDE, Colleague, colleague, refuse
from spm_bot.usecases.word_decision import worded

WORD = "decide"
FARTHEST = timedelta(weeks=104)
"""How far away the day may lie by which something is to be done."""

Answers = Mapping[str, Answer]
Values = dict[str, str | float]


def decide_button(week: str, speaker: Voice) -> Button:
    """`I will act`, below the digest of `week`."""
    return Button(speaker.say("I will act"), Token(Subject.COMMAND, numbered(week), 0, Action.YES, WORD))


def numbered(week: str) -> int:
    """A week as a button carries it: `202647`."""
    found = Week.parse(week)
    return 100 * found.year + found.number


def written(number: int) -> str | None:
    """The week that a button carries, as it is written: `2026-W47`. None where somebody made it up."""
    try:
        return str(Week(*divmod(number, 100)))
    except ValueError:
        return None


def press(visit: Visit, number: int) -> None:
    """The button was pressed: its number is the week."""
    start(visit, written(number) or str(number))


def start(visit: Visit, rest: str = "") -> None:
    """Opens the form on the newest digest, or on that of the week written behind the command."""
    say = visit.voice.say
    who = colleague(visit, MAY_DECIDE)
    if who is None:
        refuse(visit)
        return
    try:
        week = str(Week.parse(rest)) if rest else digests.newest(visit.connection)
    except ValueError:
        visit.say(say("I do not know that week. Write it as /decide 2026-W47."))
        return
    places = places_of(visit, who)
    found = [] if week is None else [_quoted(visit, who, week, place) for place in places]
    shown = list(dict.fromkeys(code for figures in found for code in figures))
    if not shown:
        visit.say(say("There is no digest for that week.") if rest else say("There is no digest yet."))
        return
    values = {"week": str(week), "many": "yes" if len(places) > 1 else "no", **_days(visit)}
    if len(places) == 1:
        values |= _told(visit, shown, found[0])
    choices = {
        "places": place_choices(visit, places),
        "indicators": tuple(
            _choice(code, f"{titles.title(code, visit.voice)}: ${{v_{code}}}") for code in shown
        ),
        "levers": tuple(_choice(each.value, labels.lever(each, visit.voice)) for each in Lever),
    }
    begin(visit, visit.desk.library.survey("decide"), staff=who.staff, values=values, choices=choices)


def show_figures(visit: Visit, opened: Opened, answers: Answers) -> Values:
    """What each indicator comes to in the place chosen."""
    who = colleague(visit, MAY_DECIDE)
    shown = {} if who is None else _shown(visit, who, opened, answers)
    offered = [choice.code for choice in opened.session.choices["indicators"]]
    return {"figures": "yes", **_told(visit, offered, shown)}


def show_chosen(visit: Visit, opened: Opened, answers: Answers) -> Values:
    """The indicator chosen, as later questions speak of it."""
    code = answers["indicator"].codes[0]
    return {
        "chosen": "yes",
        "name": titles.title(code, visit.voice),
        "now": opened.session.values[f"v_{code}"],
    }


def preview(visit: Visit, opened: Opened, answers: Answers) -> Values:
    """The whole line, to be read once more before it is kept."""
    who = colleague(visit, MAY_DECIDE)
    if who is None or place_picked(visit, who, answers) is None:
        return {"line": "not_allowed"}
    draft = _draft(visit, who, opened, answers)
    return {"line": "\n".join(worded(draft, desk=visit.desk, voice=visit.voice))}


def submit(visit: Visit, opened: Opened, answers: Answers) -> None:
    """Keeps the line, and says when it will be looked at."""
    say = visit.voice.say
    who = colleague(visit, MAY_DECIDE)
    if who is None or place_picked(visit, who, answers) is None or "confirm" not in answers:
        refuse(visit)
        return
    if answers["confirm"].codes != ("yes",):
        visit.say(say("Nothing was written down."))
        return
    draft = _draft(visit, who, opened, answers)
    number = decisions.write(visit.connection, draft, by=who.subject, at=visit.now)
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=who.subject,
        event="decision_made",
        decision=number,
        week=draft.week,
        branch=draft.branch,
        indicator=draft.indicator,
        lever=draft.lever.value,
    )
    check = phrases.full_day(draft.check_on, visit.voice)
    visit.say(
        say(
            "Thank you. This is decision %(number)s. On %(check)s we look whether the change has come."
            " /decisions shows what is open.",
            number=number,
            check=check,
        )
    )


def _days(visit: Visit) -> Values:
    """Today and the last day possible, as numbers that can be compared: 20261124."""
    today = on_wall(visit.now, zone=visit.desk.institution.time_zone).date()
    return {"today": float(f"{today:%Y%m%d}"), "latest": float(f"{today + FARTHEST:%Y%m%d}")}


def _quoted(visit: Visit, who: Colleague, week: str, branch: str) -> dict[str, Measure | None]:
    return quoted(visit.connection, week, branch=branch, wide=EVERYWHERE in who.branches)


def _shown(visit: Visit, who: Colleague, opened: Opened, answers: Answers) -> dict[str, Measure | None]:
    branch = place_picked(visit, who, answers)
    return {} if branch is None else _quoted(visit, who, str(opened.session.values["week"]), branch)


def _draft(visit: Visit, who: Colleague, opened: Opened, answers: Answers) -> Draft:
    measure = _shown(visit, who, opened, answers).get(answers["indicator"].codes[0])
    branch = place_picked(visit, who, answers) or ""
    return drafted(opened, answers, branch=branch, measure=measure, desk=visit.desk)


def _told(visit: Visit, indicators: Sequence[str], shown: Mapping[str, Measure | None]) -> Values:
    """Each indicator's value in words, under the name by which the form knows it."""
    return {
        f"v_{code}": phrases.value(titles.shown(code, shown.get(code)), visit.voice) for code in indicators
    }


def _choice(code: str, label: str) -> Choice:
    return Choice(code, Words({"en": label}))
