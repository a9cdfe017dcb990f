from __future__ import annotations

import pytest

from spm_bot.registers.phones import has_letter_for_zero, is_made_up, nobodys, normalise


@pytest.mark.parametrize(
    "written",
    [
        "+254712345678",
        "+254 712-345-678",
        "254712345678",
        "254712345678.0",
        "00254712345678",
        "0712345678",
        "712345678",
        "O712345678",
        "0712 345 678 / 0733 111 222",
        "0712345678;0733111222",
        "٠٧١٢٣٤٥٦٧٨",
        " 0712345678\u00a0",
    ],
)
def test_one_number_is_one_however_it_is_written(written: str) -> None:
    assert normalise(written, country="KE") == "+254712345678"


def test_numbers_without_a_code_are_of_the_country() -> None:
    assert normalise("012 345 678", country="KH") == normalise("12345678", country="KH") == "+85512345678"
    assert normalise("+85512345678", country="KE") == "+85512345678"


@pytest.mark.parametrize("written", ["2.54712E+11", "2,54712e+11", "2E11"])
def test_number_that_a_spreadsheet_cut_short_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="has lost digits"):
        normalise(written, country="KE")


@pytest.mark.parametrize("written", ["", "-", "none", "0712 FLOWER", "123", "2547123456780", "/", "\ud800"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no phone number"):
        normalise(written, country="KE")


def test_number_of_more_than_three_clients_is_nobodys() -> None:
    assert nobodys(["1", "1", "1", "2", "2", "2", "2", "", "", "", ""]) == {"2"}


@pytest.mark.parametrize(
    ("number", "made_up"),
    [
        ("+254700000000", True),
        ("+254722222222", True),
        ("+254710000000", True),
        ("+85512999999", True),
        ("+79999999999", True),
        ("+79123456789", True),
        ("+254712345678", False),
        ("+254700000001", False),
        ("+2348030000000", True),
        ("+2348031000000", False),
        ("+12345678901", False),
        ("", False),
    ],
)
def test_number_with_no_digits_of_its_own_is_made_up(number: str, made_up: bool) -> None:
    assert is_made_up(number) is made_up


@pytest.mark.parametrize(
    ("written", "has"), [("O712345678", True), ("0712345678", False), ("0712345678 / O", False)]
)
def test_letter_for_zero_is_noticed(written: str, has: bool) -> None:
    assert has_letter_for_zero(written) is has
