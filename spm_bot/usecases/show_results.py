"""`/results`: what came of ad-hoc surveys that have ended, as shares, for managers of the branches asked.

They are counted once: whoever could compare two counts would know what the people between them had said.
"""

from __future__ import annotations

from collections.abc import Callable

from spm_bot.analytics.shares import Bound, Share, share, veiled_share
from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.fieldwork.wall import in_steps
from spm_bot.storage import audits, round_totals, rounds
from spm_bot.storage.round_totals import Tally
from spm_bot.storage.rounds import Round
from spm_bot.surveys.model import RATHER_NOT_SAY, Choice, Kind, Question, Words
from spm_bot.texts import Voice, sentence
from spm_bot.usecases.facts import house_facts
from spm_bot.usecases.name_request import day_of, named
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import EVERYWHERE, MAY_SEE_RESULTS, Colleague, colleague, is_behind_wall, refuse

MOST = 10
"""Surveys to pick from, the newest."""
LONGEST = 3_500
"""Letters of a message; a chat takes somewhat more."""
Shown = Callable[..., Share | None]
_TOO_FEW = sentence("Too few people answered to show anything.")
_PEOPLE = sentence("Answers of about %(count)s people.")
_NPS = {"0–6": range(7), "7–8": range(7, 9), "9–10": range(9, 11)}


def start(visit: Visit) -> None:
    """Shows the results there are, after asking which ones if there are several."""
    say = visit.voice.say
    who = colleague(visit, MAY_SEE_RESULTS)
    if who is None:
        refuse(visit)
        return
    found = _ended(visit, who)
    if not found:
        visit.say(say("There are no results yet. They come when a survey has ended."))
    elif len(found) == 1:
        visit.say(*_results(visit, who, found[0]))
    else:
        choices = tuple(Choice(each.code, Words({"en": _label(visit, each)})) for each in found)
        begin(visit, visit.desk.library.survey("results"), staff=who.staff, choices={"rounds": choices})


def show_results(visit: Visit, code: str) -> None:
    """The results that were picked."""
    who = colleague(visit, MAY_SEE_RESULTS)
    found = [] if who is None else [each for each in _ended(visit, who) if each.code == code]
    if who is None or not found:
        refuse(visit)
    else:
        visit.say(*_results(visit, who, found[0]))


def _ended(visit: Visit, who: Colleague) -> list[Round]:
    """Requests that are over and asked nobody outside of this person's scope, the newest first."""
    closed = rounds.rounds_in(visit.connection, RoundState.CLOSED)
    adhoc = [each for each in closed if each.origin == "adhoc" and _covers(who, each)]
    return adhoc[: -MOST - 1 : -1]


def _covers(who: Colleague, round_: Round) -> bool:
    asked = Audience.from_json(round_.audience).branches
    return EVERYWHERE in who.branches or (bool(asked) and asked <= who.branches)


def _label(visit: Visit, round_: Round) -> str:
    return f"{day_of(visit.desk, round_.opened_at, visit.voice)} · {named(visit.desk, round_, visit.voice)}"


def _results(visit: Visit, who: Colleague, round_: Round) -> list[str]:
    say = visit.voice.say
    seen = {"event": "results_shown", "round": round_.code}
    audits.write_down(visit.connection, at=visit.now, actor=who.subject, **seen)
    head = _label(visit, round_)
    survey = visit.desk.library.surveys.get(round_.survey)
    found = _once(visit, round_)
    if survey is None or found is None:
        return [f"{head}\n{say(_TOO_FEW)}"]
    walled = is_behind_wall(visit)
    shown = veiled_share if walled else share
    blocks = [
        _block(visit, question, found, shown)
        for question in survey.questions
        if _is_counted(question) and not (walled and question.conduct)
    ]
    return _messages([f"{head}\n{say(_PEOPLE, count=in_steps(found.people))}", *blocks])


def _once(visit: Visit, round_: Round) -> Tally | None:
    """The totals as they were counted first; None where too few answered."""
    known = round_totals.kept(visit.connection, round_.id)
    if known is not None:
        return known
    found = round_totals.tally(visit.connection, round_.id, skips=RATHER_NOT_SAY)
    if found.people < visit.desk.institution.minimum_cell:
        return None
    round_totals.keep(visit.connection, round_.id, found)
    return found


def _block(visit: Visit, question: Question, found: Tally, in_hundred: Shown) -> str:
    speaker, minimum = visit.voice, visit.desk.institution.minimum_cell
    people = found.answered.get(question.name, 0)
    words = question.label.in_(speaker.language)
    for name, fact in house_facts(visit.desk.institution, speaker.language).items():
        words = words.replace(f"${{{name}}}", str(fact))
    shares = {
        label: in_hundred(count, of=people, minimum=minimum)
        for label, count in _counts(question, found, speaker).items()
    }
    lines = [f"– {label}: {_in_words(shown)}" for label, shown in shares.items() if shown is not None]
    told = speaker.say(_PEOPLE, count=in_steps(people)) if lines else speaker.say(_TOO_FEW)
    return "\n".join([words, told, *lines])


def _messages(blocks: list[str]) -> list[str]:
    """As few messages as hold them all; a question is never parted."""
    told = [blocks[0]]
    for block in blocks[1:]:
        if len(told[-1]) + len(block) > LONGEST:
            told.append(block)
        else:
            told[-1] += f"\n\n{block}"
    return told


def _is_counted(question: Question) -> bool:
    """Whether its answers are a list that was picked from; whether now is a good moment is no answer."""
    gate = any(choice.pauses for choice in question.choices)
    return question.kind is Kind.NPS or (bool(question.choices) and not gate)


def _counts(question: Question, found: Tally, speaker: Voice) -> dict[str, int]:
    """How often each answer was given, by its words."""
    picked = found.picked.get(question.name, {})
    if question.kind is Kind.NPS:
        return {label: sum(picked.get(str(n), 0) for n in scale) for label, scale in _NPS.items()}
    return {each.label.in_(speaker.language): picked.get(each.code, 0) for each in question.choices}


def _in_words(shown: Share) -> str:
    sign = {Bound.UNDER: "<", Bound.OVER: ">", Bound.NONE: ""}[shown.bound]
    return f"{sign}{shown.percent} %"
