"""What `/ask` offers to whoever asks: surveys, branches and products within what their role allows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spm_bot.surveys.model import Choice, Words
from spm_bot.surveys.session import Answer
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import EVERYWHERE, MAY_ASK, MAY_JUDGE, Colleague, colleague, is_behind_wall

ALL = "*"
LISTS = {"template": "templates", "branch": "branches", "branches": "places", "product": "products"}
"""Each question of the form with the list of its choices."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. Whoever is `free` takes any survey and any people in their scope, others a template for a
    branch or for a product of it. `behind_wall` is whoever holds a role of a branch, free or not.
    """

    who: Colleague
    free: bool
    behind_wall: bool

    @property
    def everywhere(self) -> bool:
        return EVERYWHERE in self.who.branches


def asker_of(visit: Visit) -> Asker | None:
    """Whoever speaks, if they may ask at all."""
    walled = is_behind_wall(visit)
    if (free := colleague(visit, MAY_JUDGE)) is not None:
        return Asker(free, free=True, behind_wall=walled)
    who = colleague(visit, MAY_ASK)
    return None if who is None else Asker(who, free=False, behind_wall=walled)


def offered(visit: Visit, asker: Asker) -> dict[str, tuple[Choice, ...]]:
    """The lists of the form."""
    institution, say = visit.desk.institution, visit.voice.say
    branches = tuple(
        _choice(branch.code, branch.name)
        for branch in institution.branches
        if asker.who.works_in(branch.code)
    )
    return {
        "templates": _surveys(visit) if asker.free else _templates(visit),
        "branches": branches,
        "places": (Choice(ALL, _words(say("All of them")), exclusive=True), *branches),
        "products": (
            _choice(ALL, say("All products")),
            *(_choice(product.code, product.name) for product in institution.products),
        ),
    }


def within(visit: Visit, asker: Asker, answers: Mapping[str, Answer]) -> bool:
    """Whether this person may still ask this: a role may be revoked or changed while the form is open."""
    lists = offered(visit, asker)
    return ("branches" if asker.free else "branch") in answers and all(
        set(answers[question].codes) <= {choice.code for choice in lists[name]}
        for question, name in LISTS.items()
        if question in answers
    )


def _templates(visit: Visit) -> tuple[Choice, ...]:
    return tuple(_choice(each.survey, each.title) for each in visit.desk.institution.templates)


def _surveys(visit: Visit) -> tuple[Choice, ...]:
    surveys = visit.desk.library.surveys.values()
    return tuple(Choice(survey.code, survey.title) for survey in surveys if not survey.form)


def _choice(code: str, name: str) -> Choice:
    return Choice(code, _words(name))


def _words(text: str) -> Words:
    return Words({"en": text})
