from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.surveys.answers import (
    TEXT_LIMIT,
    NotUnderstood,
    Reading,
    Understood,
    pick,
    plain,
    printed,
    toggle,
    understand,
    visible,
)
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Choice, Kind, Question, Words
from spm_bot.surveys.session import Answer
from tests.stage.samples import FORM, SURVEY

DEBT = Library.shipped().survey("debt_stress")
DS1, DS6 = DEBT.question("ds1"), DEBT.question("ds6")
MOOD, SIGNS, PICKS = SURVEY.question("mood"), SURVEY.question("signs"), FORM.question("picks")


def read(question: Question, text: str) -> Reading:
    return understand(question, question.choices, text)


def codes(*picked: str, sure: bool = True) -> Understood:
    return Understood(Answer(codes=picked), sure=sure)


def number(value: float, *, sure: bool = True) -> Understood:
    return Understood(Answer(number=value), sure=sure)


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"c{place}", Words({"en": label})) for place, label in enumerate(labels))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("  Very   WELL! ", "very well"),
        ("Très\u00a0bien", "tres bien"),
        ("\u202e٣\u202c", "3"),
        ("ｙｅｓ", "yes"),
        ("हाँ", "हा"),
        ("go–back", "go back"),
        ("\u0000\u200b", ""),
        ("😀", ""),
    ],
)
def test_texts_are_compared_without_case_accents_marks_and_signs(text: str, same: str) -> None:
    assert plain(text) == same


@pytest.mark.parametrize(
    ("text", "kept"),
    [("  a\tb ", "ab"), ("one\ntwo", "one\ntwo"), ("\u202eabc\u202c", "abc"), ("\ud800x", "x"), ("\x00", "")],
)
def test_visible_text_has_no_control_or_direction_marks(text: str, kept: str) -> None:
    assert visible(text) == kept


def test_number_on_a_button_is_the_code_where_all_codes_are_digits() -> None:
    assert printed(PICKS.choices) == ("3", "7")
    assert printed(MOOD.choices) == ("1", "2", "3")
    assert printed(()) == ()


@pytest.mark.parametrize(
    "text", ["2", " 2. ", "2 A bit hard", "2) a bit hard", "A BIT HARD", "Un peu difficile", "२"]
)
def test_one_choice_is_understood_by_number_and_word_in_any_language(text: str) -> None:
    assert read(DS1, text) == codes("bit")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a bit hrad", "bit"),  # neighbours swapped
        ("vry hard", "very"),  # a sign left out
        ("eeasy", "easy"),  # one too many
        ("eazy", "easy"),  # another sign
        ("very", "very"),  # its first word
        ("have no loan", "noloan"),  # some of its words
    ],
)
def test_near_miss_is_understood_but_not_sure(text: str, code: str) -> None:
    assert read(DS1, text) == codes(code, sure=False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hard",
        "0",
        "5",
        "12",
        "-2",
        "−1",
        "2 3",
        "2.5",
        "2 easy",
        "3 or 4",
        "no idea",
        "x" * 5000,
        "9" * 5000,
    ],
)
def test_what_is_no_choice_or_could_be_two_is_not_guessed(text: str) -> None:
    assert read(DS1, text) == NotUnderstood("choice")


def test_word_too_short_to_tell_is_no_near_miss() -> None:
    question = MOOD
    offered = choices("One cow", "Cow two")
    assert understand(question, offered, "cow") == codes("c1", sure=False)
    assert understand(question, offered, "one") == codes("c0", sure=False)
    assert understand(question, offered, "cwo") == NotUnderstood("choice")


def test_word_that_is_two_labels_is_not_guessed() -> None:
    assert understand(MOOD, choices("Same", "same!"), "same") == NotUnderstood("choice")


def test_distance_counts_across_the_whole_word() -> None:
    offered = choices("Moneylender", "Family")
    assert understand(MOOD, offered, "monyelendr") == codes("c0", sure=False)
    assert understand(MOOD, offered, "monyelnder!") == codes("c0", sure=False)
    assert understand(MOOD, offered, "mnylnder") == NotUnderstood("choice")


@pytest.mark.parametrize(
    ("text", "picked"),
    [
        ("2 4", ("extra_work", "health")),
        ("4,2", ("extra_work", "health")),
        ("2 & 4+5", ("extra_work", "health", "child")),
        ("٢ ٤", ("extra_work", "health")),
        ("2;2", ("extra_work",)),
        ("1", ("none",)),
        ("none of these", ("none",)),
        ("Put off care or medicine\nSomeone went away to earn", ("left_home", "health")),
    ],
)
def test_several_choices_are_understood_by_numbers_or_words(text: str, picked: tuple[str, ...]) -> None:
    assert read(DS6, text) == codes(*picked)


def test_several_choices_with_a_near_miss_among_them_are_not_sure() -> None:
    assert read(SIGNS, "debt, hungr") == codes("debt", "hunger", sure=False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 3", "exclusive"),
        ("none of these, put off care or medicine", "exclusive"),
        ("6", "choice"),
        ("2 and 4", "choice"),
        (",;", "choice"),
        ("", "choice"),
        ("put off care or medicine, something else", "choice"),
    ],
)
def test_several_choices_that_do_not_fit_are_not_understood(text: str, reason: str) -> None:
    assert read(DS6, text) == NotUnderstood(reason)


def test_picks_come_in_the_order_of_the_choices_and_need_one() -> None:
    assert pick(SIGNS.choices, ["hunger", "debt"]) == codes("debt", "hunger")
    assert pick(SIGNS.choices, ["none"]) == codes("none")
    assert pick(SIGNS.choices, ["none", "debt"]) == NotUnderstood("exclusive")
    assert pick(SIGNS.choices, []) == NotUnderstood("empty")
    assert pick(SIGNS.choices, ["unknown"]) == NotUnderstood("empty")


def test_ticks_toggle_and_an_exclusive_one_stands_alone() -> None:
    assert toggle(SIGNS.choices, (), "debt") == ("debt",)
    assert toggle(SIGNS.choices, ("debt",), "hunger") == ("debt", "hunger")
    assert toggle(SIGNS.choices, ("debt", "hunger"), "debt") == ("hunger",)
    assert toggle(SIGNS.choices, ("debt", "hunger"), "none") == ("none",)
    assert toggle(SIGNS.choices, ("none",), "debt") == ("debt",)


@pytest.mark.parametrize(
    ("text", "value"), [("0", 0), ("10", 10), ("07", 7), ("9/10", 9), ("8 / 10", 8), ("١٠", 10), ("(6)", 6)]
)
def test_score_from_0_to_10_is_understood(text: str, value: float) -> None:
    assert read(SURVEY.question("friends"), text) == number(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11", "range"),
        ("-3", "range"),
        ("– 3", "range"),
        ("nine", "number"),
        ("7-8", "number"),
        ("8.5", "number"),
        ("", "number"),
    ],
)
def test_score_that_is_none_from_0_to_10_is_not_understood(text: str, reason: str) -> None:
    assert read(SURVEY.question("friends"), text) == NotUnderstood(reason)


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("1500", number(1500)),
        ("1 500", number(1500)),
        ("1'500", number(1500)),
        ("1,500", number(1500, sure=False)),
        ("1.500", number(1500, sure=False)),
        ("1,500.25", number(1500.25, sure=False)),
        ("1.500,25", number(1500.25, sure=False)),
        ("1500,5", number(1500.5)),
        ("12.50", number(12.5)),
        ("10k", number(10_000)),
        ("10 K", number(10_000)),
        ("1.15m", number(1_150_000)),
        ("१५००", number(1500)),
        ("١٬٥٠٠", number(1500, sure=False)),
        ("٢٫٥", number(2.5)),
        ("0", number(0)),
    ],
)
def test_amount_is_understood_as_people_write_it(text: str, understood: Understood) -> None:
    assert read(SURVEY.question("money"), text) == understood


@pytest.mark.parametrize(
    "text", ["", "much", "-5", "1,50,000", "1.", "1..5", "5000 KES", "1e6", "9" * 400, "999999999999m"]
)
def test_amount_that_is_none_is_not_understood(text: str) -> None:
    assert read(SURVEY.question("money"), text) == NotUnderstood("number")


@pytest.mark.parametrize(("text", "understood"), [("3", number(3)), ("1.5k", number(1500)), ("2.5", None)])
def test_count_is_whole(text: str, understood: Understood | None) -> None:
    assert read(SURVEY.question("children"), text) == (understood or NotUnderstood("number"))


def test_free_text_is_kept_clean_and_short() -> None:
    why = SURVEY.question("why")
    assert read(why, " no\u202e rain\x07 ") == Understood(Answer(text="no rain"))
    assert read(why, "a" * 5000) == Understood(Answer(text="a" * TEXT_LIMIT))
    assert read(why, "\u200b \n") == NotUnderstood("empty")


@pytest.mark.parametrize("name", ["hello", "count"])
def test_notes_and_supplied_values_take_no_answer(name: str) -> None:
    question = (SURVEY if name == "hello" else FORM).question(name)
    with pytest.raises(ValueError, match=f"{name} takes no answer"):
        read(question, "yes")


ASKING = [
    question
    for survey in (*Library.shipped().surveys.values(), SURVEY, FORM)
    for question in survey.questions
    if question.kind not in {Kind.NOTE, Kind.SUPPLIED}
]


@given(question=st.sampled_from(ASKING), text=st.text(st.characters(), max_size=60))
def test_whatever_is_typed_is_read_or_refused_and_only_codes_on_offer_are_picked(
    question: Question, text: str
) -> None:
    reading = read(question, text)
    if isinstance(reading, Understood):
        assert set(reading.answer.codes) <= {choice.code for choice in question.choices}
        assert reading.answer.text in (None, visible(text)[:TEXT_LIMIT])


@given(
    question=st.sampled_from([q for q in ASKING if q.kind is Kind.SELECT_ONE and q.choices]), data=st.data()
)
def test_every_button_is_understood_by_its_number_and_by_its_words(
    question: Question, data: st.DataObject
) -> None:
    number, choice = data.draw(
        st.sampled_from(list(zip(printed(question.choices), question.choices, strict=True)))
    )
    words = data.draw(st.sampled_from(sorted(choice.label.by_language.values())))
    expected = codes(choice.code)
    assert (read(question, number), read(question, words), read(question, f"{number} {words}")) == (
        expected,
    ) * 3
