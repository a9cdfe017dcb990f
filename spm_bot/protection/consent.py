"""What a client may agree to, and what is allowed on the strength of it now."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """The two questions of consent. Being called is asked each time, never here."""

    SURVEY = "survey"
    PRIVATE = "private_items_and_transfer"


def may_ask(given: frozenset[str]) -> bool:
    """Whether surveys may be sent."""
    return Purpose.SURVEY in given


def private_items(given: frozenset[str]) -> str:
    """`yes` or `no` for the conditions of a survey: may its private questions be asked?"""
    return "yes" if {Purpose.SURVEY, Purpose.PRIVATE} <= given else "no"
