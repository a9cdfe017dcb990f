from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.chat.commands import AT_HOME, CLIENT_MENU, WORDS, Command, described, recognise, word
from spm_bot.chat.orders import STAFF as STAFF_COMMANDS
from spm_bot.surveys.assent import assent
from spm_bot.surveys.library import Library
from spm_bot.surveys.spelling import plain
from spm_bot.texts import languages, voice

STAFF = set(STAFF_COMMANDS)
LISTED = [
    (language, command, each)
    for language, listed in WORDS.items()
    for command, words in listed.items()
    for each in words
]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("STOP", Command.STOP),
        (" stop. ", Command.STOP),
        ("Stop!", Command.STOP),
        ("🛑 stop", Command.STOP),
        ("\u202estop\u202c", Command.STOP),
        ("Arrêtez", Command.STOP),
        ("ARRET", Command.STOP),
        ("¡Pare!", Command.STOP),
        ("PARAR", Command.STOP),
        ("Sitisha", Command.STOP),
        ("रुको", Command.STOP),
        ("बन्द करो।", Command.STOP),
        ("Band karo", Command.STOP),
        ("rukie", Command.STOP),
        ("توقّف", Command.STOP),
        ("قف!", Command.STOP),
        ("ايقاف", Command.STOP),
        ("tawaqquf", Command.STOP),
        ("go back", Command.BACK),
        ("retour", Command.BACK),
        ("atrás", Command.BACK),
        ("rudi", Command.BACK),
        ("वापस", Command.BACK),
        ("رجوع", Command.BACK),
        ("Passer", Command.SKIP),
        ("छोड़ो", Command.SKIP),
        ("AIDE", Command.HELP),
        ("msaada", Command.HELP),
        ("مساعده", Command.HELP),
        ("langue", Command.LANGUAGE),
        ("भाषा", Command.LANGUAGE),
        ("ridhaa", Command.CONSENT),
        ("mi hora", Command.TIME),
        ("بياناتي", Command.MYDATA),
        ("Olvídame", Command.FORGET),
        ("KEEP", Command.KEEP),
        ("hifadhi", Command.KEEP),
        ("quiet", Command.QUIET),
        ("chut", Command.QUIET),
        ("kimya", Command.QUIET),
        ("चुप", Command.QUIET),
        ("هدوء", Command.QUIET),
        ("إخفاء", Command.QUIET),
    ],
)
def test_word_commands_when_it_stands_alone(text: str, command: Command) -> None:
    assert recognise(text) == (command, "")


@pytest.mark.parametrize(
    "text",
    [
        "stop charging me twice",
        "please stop",
        "stop stop",
        "no more duplicate charges",
        "don't stop",
        "back pain",
        "helpful",
        "arrêtez de me prendre deux fois les frais",
        "बंद करो दो बार पैसे लेना",
        "توقفوا عن الخصم مرتين",
        "ask",
        "digest",
        "no",
        "nothing",
        "later",
        "time",
        "band",
        "बंद",
        "पीछे",
        "nyuma",
        "para",
        "baja",
        "بعدين",
        "",
        "   ",
    ],
)
def test_sentences_and_ordinary_answers_command_nothing(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("acha", "sw", None),
        ("acha", "hi", None),
        ("Acha!", None, None),
        ("ruka", "sw", (Command.SKIP, "")),
        ("ruka", "hi", None),
        ("stop", "hi", (Command.STOP, "")),
        ("parar", "sw", (Command.STOP, "")),
    ],
)
def test_word_that_is_an_answer_elsewhere_commands_only_at_home(
    text: str, language: str | None, found: tuple[Command, str] | None
) -> None:
    assert recognise(text, language=language) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/stop", (Command.STOP, "")),
        ("/ASK", (Command.ASK, "")),
        ("/mydata", (Command.MYDATA, "")),
        ("/quiet", (Command.QUIET, "")),
        ("/digest 2026-W47 ", (Command.DIGEST, "2026-W47")),
        (" /digest  2026-W47", (Command.DIGEST, "2026-W47")),
        ("/consent", (Command.CONSENT, "")),
        ("/digest\n2026-W47", (Command.DIGEST, "2026-W47")),
    ],
)
def test_slash_commands_and_hands_on_what_follows(text: str, found: tuple[Command, str]) -> None:
    assert recognise(text) == found


@pytest.mark.parametrize(
    "text", ["/", "/ stop", "/stopping", "/frobnicate", "/ayuda", "stop /stop", "//stop"]
)
def test_unknown_slash_commands_nothing(text: str) -> None:
    assert recognise(text) is None


@given(listed=st.sampled_from(LISTED), more=st.text("abcé", min_size=4), first=st.booleans())
def test_no_command_word_counts_with_another_word_beside_it(
    listed: tuple[str, Command, str], more: str, first: bool
) -> None:
    assert recognise(f"{more} {listed[2]}" if first else f"{listed[2]} {more}") is None


def test_every_language_has_words_for_all_that_a_client_may_write() -> None:
    assert {language: set(listed) for language, listed in WORDS.items()} == {
        language: set(Command) - STAFF for language in ("en", "fr", "es", "sw", "hi", "ar")
    }


def test_no_word_means_two_commands_and_each_is_recognised_in_its_language() -> None:
    found = {each: recognise(each, language=language) for language, _, each in LISTED}
    assert found == {each: (command, "") for _, command, each in LISTED}


def test_no_word_of_one_language_is_listed_twice() -> None:
    for listed in WORDS.values():
        words = [plain(each) for words in listed.values() for each in words]
        assert sorted(words) == sorted(set(words))


def test_no_word_is_a_label_a_number_or_a_yes_or_no() -> None:
    labels = {
        plain(label)
        for survey in Library.shipped().surveys.values()
        for question in survey.questions
        for choice in question.choices
        for label in choice.label.by_language.values()
    }
    words = {plain(each) for _, _, each in LISTED}
    assert words & labels == set()
    assert [each for each in words if any(char.isdigit() for char in each)] == []
    assert [each for _, _, each in LISTED if any(assent(each, language=code) for code in WORDS)] == []


@pytest.mark.parametrize(
    ("command", "language", "shown"),
    [
        (Command.STOP, "en", "STOP"),
        (Command.STOP, "fr", "ARRÊT"),
        (Command.STOP, "es", "PARAR"),
        (Command.STOP, "sw", "SITISHA"),
        (Command.STOP, "hi", "रोकें"),
        (Command.STOP, "ar", "توقف"),
        (Command.KEEP, "en", "KEEP"),
        (Command.QUIET, "sw", "KIMYA"),
        (Command.MYDATA, "en", "MY DATA"),
        (Command.STOP, "km", "STOP"),
        (Command.DIGEST, "en", "/digest"),
    ],
)
def test_word_to_write_is_shown_in_the_language(command: Command, language: str, shown: str) -> None:
    assert word(command, language) == shown


def test_word_that_is_shown_commands_in_every_language() -> None:
    for command in set(Command) - STAFF:
        shown = [word(command, language) for language in WORDS]
        assert [recognise(each) for each in shown] == [(command, "")] * len(shown)
        assert AT_HOME.keys().isdisjoint(map(plain, shown))


def test_menu_names_every_command_in_few_words() -> None:
    assert described(voice("en")) == (
        ("help", "What I can do for you"),
        ("language", "Change the language"),
        ("time", "Choose when I may write to you"),
        ("back", "Go back one question"),
        ("consent", "Read and change what you allow"),
        ("mydata", "See what we keep about you"),
        ("forget", "Have your answers and your name erased"),
        ("stop", "No more surveys"),
    )


@pytest.mark.parametrize("language", languages())
def test_menu_fits_in_every_language(language: str) -> None:
    menu = described(voice(language))
    assert [name for name, _ in menu] == list(CLIENT_MENU)
    assert [does for _, does in menu if len(does) > 60] == []
