"""What rules take out of free text, what they leave, and what they are known to miss."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.protection.redaction import GAP, name_words, redacted

NAMES = name_words(["Amina Otieno", "Jean-Pierre N'Guessan", "أمينة حسن", "सुनीता देवी", "María José", "Li"])


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Call 0711 000 001 or +254-711-000-001 now", f"Call {GAP} or {GAP} now"),
        ("मुझे ०७११०००००१ पर", f"मुझे {GAP} पर"),
        ("اتصل ٠٧١١٠٠٠٠٠١", f"اتصل {GAP}"),
        ("０７１１０００００１", GAP),
        ("0\u200b711\u202e000001", GAP),
        ("7 1 1 0 0 0 1", GAP),
        ("write a.b@c.co.ke", f"write {GAP}"),
        ("a @ gmail . com", GAP),
        ("see https://x.y/z, www.foo or example.com/abc", f"see {GAP} or {GAP}"),
        ("ask @handle here", f"ask {GAP} here"),
        ("loan LN-00231 bad", f"loan {GAP} bad"),
        ("my id 12345", f"my {GAP}"),
        ("born 12/11/1980", f"born {GAP}"),
        ("Mrs. Chebet came", f"Mrs. {GAP} came"),
        ("ask Officer Kiprop Too please", f"ask Officer {GAP} please"),
        ("मेरा नाम राधा है", f"मेरा नाम {GAP} है"),
        ("श्री राधा आए", f"श्री {GAP} आए"),
        ("खाता १२३४५", GAP),
        ("Amina's loan, OTIENO and jean pierre", f"{GAP} loan, {GAP} and {GAP}"),
        ("وأمينة", GAP),
        ("सुनीता जी", f"{GAP} जी"),
        ("maria", GAP),
        ("one\ntwo\u2028three", "one two three"),
        ("", ""),
    ],
)
def test_personal_data_leaves_a_gap(text: str, left: str) -> None:
    assert redacted(text, names=NAMES) == left


@pytest.mark.parametrize(
    "text",
    [
        "Ksh 15000 and 150,000 at 12.5% for 24 weeks since 2026",
        "mama yangu mzuri",
        "the officer was rude",
        "Li is too short to look for",
        "=1+1 <b>bold</b> #set text(red)",
        "किस्त की तारीख बदलें",
    ],
)
def test_the_rest_stays_as_it_was_written(text: str) -> None:
    assert redacted(text, names=NAMES) == text


def test_nobody_writes_a_gap_of_their_own() -> None:
    assert redacted("so […] and [...]", names=NAMES) == "so ... and ..."


def test_names_on_no_list_and_numbers_in_words_are_missed() -> None:
    missed = "my neighbour chebet has zero seven eleven"
    assert redacted(missed, names=NAMES) == missed


@pytest.mark.parametrize("part", ["a", "1 ", "a-", "a.", "@", "mr ", "a1", "www.", "- ", GAP, "a/", "x:", "‍"])
def test_hostile_text_costs_little(part: str) -> None:
    begun = perf_counter()
    redacted(part * (4096 // len(part)), names=NAMES)
    assert perf_counter() - begun < 1


@given(st.text(max_size=60), st.integers(1_000_000, 99_999_999_999), st.text(max_size=60))
def test_long_numbers_never_stay(before: str, number: int, behind: str) -> None:
    assert str(number) not in redacted(f"{before} {number} {behind}", names=NAMES)


@given(st.text(max_size=120))
def test_what_was_redacted_once_holds_no_more(text: str) -> None:
    once = redacted(text, names=NAMES)
    assert "amina" not in once.casefold().split()
    assert "\n" not in once
