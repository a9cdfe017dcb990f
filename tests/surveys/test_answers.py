from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spm_bot.surveys.answers import (
    TEXT_LIMIT,
    NotUnderstood,
    Reading,
    Understood,
    pick,
    printed,
    toggle,
    understand,
)
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Choice, Kind, Question, Words
from spm_bot.surveys.session import Answer
from spm_bot.surveys.spelling import plain, visible
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


def test_number_on_a_button_is_the_code_where_all_codes_are_digits() -> None:
    assert printed(PICKS.choices) == ("3", "7")
    assert printed(MOOD.choices) == ("1", "2", "3")
    assert printed(()) == ()


@pytest.mark.parametrize(
    "text",
    [
        "2",
        " 2. ",
        "2 A bit hard",
        "2) a bit hard",
        "A BIT HARD",
        "Un peu difficile",
        *("२", "٢", "۲", "২", "២", "፪", "2\ufe0f\u20e3"),
    ],
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


TONGUES = tuple(
    Choice(code, Words({"en": en, "hi": hi, "ar": ar}))
    for code, en, hi, ar in (
        ("easy", "Easy", "आसान", "سهل"),
        ("bit", "A bit hard", "थोड़ा मुश्किल", "صعب قليلا"),
        ("very", "Very hard", "बहुत मुश्किल", "صعب جدا"),
    )
)


@pytest.mark.parametrize(
    ("language", "text", "reading"),
    [
        ("hi", "आसान", codes("easy")),
        ("hi", "थोडा मुश्किल", codes("bit")),  # without the dot below
        ("hi", "बहुत मुशकिल", codes("very", sure=False)),
        ("hi", "आसन", NotUnderstood("choice")),  # three letters tell too little
        ("hi", "मुश्किल", NotUnderstood("choice")),  # in two labels
        ("ar", "صعب جدًّا", codes("very")),
        ("ar", "صعب جد", codes("very", sure=False)),
        ("ar", "صعب قليل", codes("bit", sure=False)),
        ("ar", "صعب", NotUnderstood("choice")),  # begins two labels
        ("ar", "very hard", codes("very")),
    ],
)
def test_words_and_near_misses_in_other_scripts(language: str, text: str, reading: Reading) -> None:
    assert understand(MOOD, TONGUES, text, language=language) == reading


def test_label_in_the_language_of_the_session_wins() -> None:
    offered = (
        Choice("few", Words({"en": "Some", "fr": "Peu"})),
        Choice("all", Words({"en": "Peu", "fr": "Tout"})),
    )
    assert understand(MOOD, offered, "peu", language="fr") == codes("few")
    assert understand(MOOD, offered, "peu", language="en") == codes("all")
    assert understand(MOOD, offered, "peu", language="es") == codes("all")


def test_label_of_another_language_is_not_guessed_where_it_may_be_a_slip() -> None:
    offered = (
        Choice("worse", Words({"en": "Worst", "fr": "Pire"})),
        Choice("better", Words({"en": "Fire", "fr": "Mieux"})),
    )
    assert understand(MOOD, offered, "fire", language="fr") == NotUnderstood("choice")
    assert understand(MOOD, offered, "mieux", language="en") == codes("better")


def test_near_miss_is_refused_where_a_short_label_is_as_near() -> None:
    offered = choices("Non", "No loan")
    assert understand(MOOD, offered, "no") == NotUnderstood("choice")
    assert understand(MOOD, offered[1:], "no") == codes("c1", sure=False)


def test_label_with_a_comma_is_one_pick() -> None:
    offered = choices("Family, friends", "Family", "Bread and tea")
    assert understand(SIGNS, offered, "Family, friends") == codes("c0")
    assert understand(SIGNS, offered, "family, bread and tea") == codes("c1", "c2")
    assert understand(SIGNS, offered, "bread and tea and family") == NotUnderstood("choice")


def test_na_joins_picks_but_not_in_hindi_where_it_says_no() -> None:
    assert understand(SIGNS, SIGNS.choices, "2 na 3", language="sw") == codes("debt", "hunger")
    assert understand(SIGNS, SIGNS.choices, "2 na 3", language="hi") == NotUnderstood("choice")


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
        ("2 4 5", ("extra_work", "health", "child")),
        ("२ ४ ५", ("extra_work", "health", "child")),
        ("٢ ٤", ("extra_work", "health")),
        ("۲، ۴ و۵", ("extra_work", "health", "child")),
        ("২ ৪", ("extra_work", "health")),
        ("២ ៤", ("extra_work", "health")),
        ("፪ ፬", ("extra_work", "health")),
        ("2 and 4", ("extra_work", "health")),
        ("2, 4 et 5", ("extra_work", "health", "child")),
        ("2 y 4", ("extra_work", "health")),
        ("2 na 4", ("extra_work", "health")),
        ("२ और ४", ("extra_work", "health")),
        ("٢ و ٤", ("extra_work", "health")),
        ("2, put off care or medicine", ("extra_work", "health")),
        ("4 Put off care or medicine", ("health",)),
        ("Put off care or medicine and much more work than before", ("extra_work", "health")),
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
        ("2 or 4", "choice"),
        ("2-4", "choice"),
        ("2 -4", "choice"),
        ("-2", "choice"),
        ("2, -4", "choice"),
        ("24", "choice"),
        (",;", "choice"),
        ("none of these, " * 2000, "choice"),
        ("none of these and " * 2000, "choice"),
        ("and", "choice"),
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
    ("text", "value"),
    [
        ("0", 0),
        ("10", 10),
        ("07", 7),
        ("7.", 7),
        ("9/10", 9),
        ("8 / 10", 8),
        ("(6)", 6),
        *(("١٠", 10), ("۱۰", 10), ("१०", 10), ("১০", 10), ("១០", 10), ("፲", 10), ("፱", 9), ("🔟", 10)),
    ],
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
        ("8 10", "number"),
        ("8,10", "number"),
        ("5²", "number"),
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
        ("१५००", number(1500)),
        ("1,500", number(1500, sure=False)),
        ("elfu 15", number(15_000, sure=False)),
        ("2.5", number(2.5)),
        ("-5", NotUnderstood("number")),
        ("much", NotUnderstood("number")),
    ],
)
def test_amount_is_understood_as_people_write_it(text: str, understood: Reading) -> None:
    assert read(SURVEY.question("money"), text) == understood


@pytest.mark.parametrize(
    ("text", "understood"),
    [("3", number(3)), ("3.0", number(3, sure=False)), ("2.5", NotUnderstood("number"))],
)
def test_count_is_whole(text: str, understood: Reading) -> None:
    assert read(SURVEY.question("children"), text) == understood


def test_amount_is_read_in_the_language_of_the_session() -> None:
    money = SURVEY.question("money")
    assert understand(money, (), "2 mil", language="es") == number(2000, sure=False)
    assert understand(money, (), "2 mil", language="en") == NotUnderstood("number")


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


SPOKEN = [
    (question, language)
    for survey in Library.shipped().surveys.values()
    for language in survey.languages
    for question in survey.questions
    if question.choices
]


@given(spoken=st.sampled_from(SPOKEN), data=st.data())
def test_every_button_is_understood_by_its_number_and_by_its_words(
    spoken: tuple[Question, str], data: st.DataObject
) -> None:
    question, language = spoken
    number, choice = data.draw(
        st.sampled_from(list(zip(printed(question.choices), question.choices, strict=True)))
    )
    words = choice.label.in_(language)
    readings = [
        understand(question, question.choices, text, language=language)
        for text in (number, words, f"{number} {words}")
    ]
    assert readings == [codes(choice.code)] * 3


@given(spoken=st.sampled_from(SPOKEN), data=st.data())
@settings(max_examples=500)
def test_slip_of_the_finger_never_picks_another_choice(
    spoken: tuple[Question, str], data: st.DataObject
) -> None:
    question, language = spoken
    choice = data.draw(st.sampled_from(question.choices))
    slip = data.draw(slips(choice.label.in_(language)))
    reading = understand(question, question.choices, slip, language=language)
    same = plain(slip) in map(plain, choice.label.by_language.values())
    assert reading in (codes(choice.code, sure=same), NotUnderstood("choice"))


@st.composite
def slips(draw: st.DrawFn, word: str) -> str:
    """`word` with one sign left out, doubled or changed for another of it, or two neighbours swapped."""
    place = draw(st.integers(0, len(word) - 1))
    sign = draw(st.sampled_from(sorted(word)))
    before, here, after = word[:place], word[place], word[place + 1 :]
    return draw(
        st.sampled_from(
            (
                before + after,
                before + sign + here + after,
                before + sign + after,
                before + after[:1] + here + after[1:],
            )
        )
    )


@pytest.mark.parametrize(
    ("said", "language", "meant"),
    [
        ("ايوه", "ar", "yes"),
        ("haan", "hi", "yes"),
        ("la", "sw", "no"),
        ("ok", "en", "yes"),
        ("si", "sw", "no"),
        ("done", "en", None),
    ],
)
def test_other_words_for_yes_and_no_are_nearly_it(said: str, language: str, meant: str | None) -> None:
    question = DEBT.question("ds10")
    reading = understand(question, question.choices, said, language=language)
    assert reading == (NotUnderstood("choice") if meant is None else codes(meant, sure=False))


def test_yes_means_nothing_where_no_plain_yes_is_on_offer() -> None:
    question = DEBT.question("ds1")
    assert understand(question, question.choices, "ok") == NotUnderstood("choice")
