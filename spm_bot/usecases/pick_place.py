"""Where a manager acts, as a form asks it: in one of their branches, or in all of them at once."""

from __future__ import annotations

from collections.abc import Mapping

from spm_bot.surveys.model import Choice, Words
from spm_bot.surveys.session import Answer
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import EVERYWHERE, Colleague
from spm_bot.usecases.word_decision import place_named

_ALL = "*"


def places_of(visit: Visit, who: Colleague) -> list[str]:
    """Where this person may act; '' are all branches at once."""
    mine = [branch.code for branch in visit.desk.institution.branches if who.works_in(branch.code)]
    return ["", *mine] if EVERYWHERE in who.branches else mine


def place_choices(visit: Visit, places: list[str]) -> tuple[Choice, ...]:
    """The places as choices of a form, by name."""
    named = {code: place_named(code, desk=visit.desk, voice=visit.voice) for code in places}
    return tuple(Choice(code or _ALL, Words({"en": name})) for code, name in named.items())


def place_picked(visit: Visit, who: Colleague, answers: Mapping[str, Answer]) -> str | None:
    """The place chosen, or the only one there is; None where it is no longer theirs."""
    places = places_of(visit, who)
    if "branch" not in answers:
        return places[0] if len(places) == 1 else None
    chosen = answers["branch"].codes[0].replace(_ALL, "")
    return chosen if chosen in places else None
