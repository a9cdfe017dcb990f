from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.surveys.amounts import Amount, amount

LANGUAGES = ("en", "fr", "es", "sw", "hi", "ar")


def read(text: str, language: str = "en", *, whole: bool = False) -> Amount | None:
    return amount(text, whole=whole, language=language)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("1500", 1500),
        (" 1500. ", 1500),
        ("1500,5", 1500.5),
        ("12.50", 12.5),
        ("0.500", 0.5),
        ("१५००", 1500),
        ("١٥٠٠", 1500),
        ("۱۵۰۰", 1500),
        ("১৫০০", 1500),
        ("១៥០០", 1500),
        ("፲፭፻", 1500),
        ("１５００", 1500),
        ("٢٫٥", 2.5),
        ("\u202b١٥٠٠\u202c", 1500),
        ("KSh 1500", 1500),
        ("ksh.1500/=", 1500),
        ("1500/=", 1500),
        ("1500 =", 1500),
        ("500/-", 500),
        ("Rs.500", 500),
        ("₹500", 500),
        ("₨ 500", 500),
        ("500 rupees only", 500),
        ("500 रुपये", 500),
        ("١٥٠٠ ريال", 1500),
        ("500 bob", 500),
        ("$500", 500),
        ("US$ 500", 500),
        ("GH¢50", 50),
        ("S/ 500", 500),
        ("500 F CFA", 500),
        ("KES 500", 500),
        ("500ugx", 500),
        ("500 bdt", 500),
    ],
)
def test_amounts_that_can_be_read_in_one_way_are_sure(text: str, number: float) -> None:
    assert [read(text, language) for language in LANGUAGES] == [Amount(number, sure=True)] * len(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,500", 1500),
        ("1.500", 1500),
        ("1 500", 1500),
        ("1\u00a0500", 1500),
        ("1\u2009500", 1500),
        ("1\u202f500", 1500),
        ("1'500", 1500),
        ("1’500", 1500),
        ("1,500.25", 1500.25),
        ("1.500,25", 1500.25),
        ("1 500,5", 1500.5),
        ("1,234,567", 1_234_567),
        ("1,50,000", 150_000),
        ("₹१,५०,०००", 150_000),
        ("12,34,567.50", 1_234_567.5),
        ("१,५००", 1500),
        ("١٬٥٠٠", 1500),
        ("١،٥٠٠", 1500),
        ("KSh 1,500/=", 1500),
        ("0700123456", 700_123_456),
        ("10k", 10_000),
        ("10 K", 10_000),
        ("1.5k", 1500),
        ("2 million", 2_000_000),
        ("2.5 millions", 2_500_000),
        ("15 elfu", 15_000),
        ("elfu 15", 15_000),
        ("Sh elfu 15", 15_000),
        ("laki 2", 200_000),
        ("milioni 1.5", 1_500_000),
        ("2 lakh", 200_000),
        ("Rs 2 lac", 200_000),
        ("1 crore", 10_000_000),
        ("15 हज़ार", 15_000),
        ("१५ हजार", 15_000),
        ("२ लाख", 200_000),
        ("1 करोड़ रुपये", 10_000_000),
        ("١٥ ألف", 15_000),
        ("5 آلاف", 5000),
        ("٢٫٥ مليون", 2_500_000),
        ("2 mille", 2000),
        ("1,5 million de francs", 1_500_000),
        ("3 millones de pesos", 3_000_000),
        ("5 juta", 5_000_000),
        ("Rp 500 ribu", 500_000),
    ],
)
def test_amounts_that_could_be_misread_are_not_sure(text: str, number: float) -> None:
    assert [read(text, language) for language in LANGUAGES] == [Amount(number, sure=False)] * len(LANGUAGES)


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "1.15m", 1_150_000),
        ("fr", "5m", None),
        ("es", "5m", None),
        ("es", "2 mil", 2000),
        ("es", "2 mil millones", 2e9),
        ("en", "2 mil", None),
        ("en", "2 billion", 2e9),
        ("fr", "2 billions", 2e12),
        ("es", "2 billones", 2e12),
        ("sw", "bilioni 2", 2e9),
        ("ar", "2 billion", None),
        ("sw", "mia 5", 500),
        ("en", "mia 5", None),
        ("hi", "5L", 500_000),
        ("en", "5L", None),
        ("hi", "2 cr", 20_000_000),
        ("hi", "5 सौ", 500),
    ],
)
def test_words_mean_what_they_mean_in_the_language(language: str, text: str, number: float | None) -> None:
    assert read(text, language) == (None if number is None else Amount(number, sure=False))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "much",
        "elfu tano",
        "पाँच हज़ार",
        "ثلاثة آلاف",
        "-5",
        "−5",
        "Rs.-500",
        "$-5",
        "(500)",
        "minus 5",
        "5-10",
        "5–10",
        "5 to 10",
        "3 4",
        "15 00",
        "1  500",
        "elfu 2 mia 5",
        "elfu 15 500",
        "1,500k",
        "1.500 million",
        "k 15",
        "10 k k",
        "elfu 15 elfu",
        "2 lak",
        "1,5000",
        "1,50,00",
        "1,500,25",
        "1.500.25",
        "1..5",
        "1:30",
        "12/5",
        "500%",
        "500-",
        "about 500",
        "5 children",
        "🙂5",
        "½",
        "1½",
        "5²",
        "1e6",
        "1_000",
        "nan",
        "9" * 400,
        "9" * 20,
        "999999999999m",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    assert [read(text, language) for language in LANGUAGES] == [None] * len(LANGUAGES)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("3", Amount(3, sure=True)),
        ("३", Amount(3, sure=True)),
        ("3.0", Amount(3, sure=False)),
        ("1.5k", Amount(1500, sure=False)),
        ("1.500", Amount(1500, sure=False)),
        ("2.5", None),
        ("1,500.5", None),
    ],
)
def test_counts_have_no_fraction(text: str, understood: Amount | None) -> None:
    assert read(text, whole=True) == understood


@given(
    text=st.text(st.one_of(st.sampled_from("0123456789.,' k-/=elfu₹١٥ल"), st.characters()), max_size=40),
    language=st.sampled_from(LANGUAGES),
)
def test_whatever_is_typed_is_an_amount_that_is_not_negative_or_none(text: str, language: str) -> None:
    found = read(text, language)
    assert found is None or 0 <= found.number <= 1e15


@given(number=st.integers(0, 10**12), sign=st.sampled_from(",. \u00a0\u202f'"))
def test_grouped_numbers_are_read_back(number: int, sign: str) -> None:
    found = read(f"{number:,}".replace(",", sign))
    assert found == Amount(number, sure=number < 1000)
