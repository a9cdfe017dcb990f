from __future__ import annotations

import pytest

from spm_bot.protection.consent import Purpose, may_ask, private_items


@pytest.mark.parametrize(
    ("given", "surveys", "private"),
    [
        (frozenset[str](), False, "no"),
        (frozenset({Purpose.SURVEY}), True, "no"),
        (frozenset({Purpose.PRIVATE}), False, "no"),
        (frozenset({Purpose.SURVEY, Purpose.PRIVATE}), True, "yes"),
    ],
)
def test_private_questions_need_both_words(given: frozenset[str], surveys: bool, private: str) -> None:
    assert (may_ask(given), private_items(given)) == (surveys, private)


def test_purposes_are_stored_under_their_names() -> None:
    """The ledger is kept for years: a purpose renamed would be a consent lost."""
    assert [purpose.value for purpose in Purpose] == ["survey", "private_items_and_transfer"]
