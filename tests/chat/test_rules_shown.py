"""Which golden conversation shows which rule of the client's side, in which language, and by which line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spm_bot.texts import language_name, languages

TRANSCRIPTS = Path(__file__).parents[1] / "transcripts"
MIXED = {"language_arabic"}
"""Arabic conversations in which another language is chosen."""
PRODUCT = range(1, 10)
"""The numbered points of what a client lives through."""
ISSUE = range(1, 8)
"""The numbered points of what was to be built for it."""

NAMES = ("Umoja Microfinance", "Example Crisis Line", "Telegram", "KES", *map(language_name, languages()))
_ARABIC = re.compile(r"[\u0621-\u064a]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u017f]+")
_ENGLISH = re.compile(r"\b(?:the|you|your|we|write)\b", re.IGNORECASE)
_LATIN_SENTENCE = re.compile(r"[A-Za-z']+(?: [A-Za-z']+){2,}")
_NO_WORDS = re.compile(r"\\u[0-9a-f]{4}|/[a-z]+")
_BARE_NUMBER = re.compile(r"(?<!\\u2066)\+\d{3} ")
_BARE_COMMAND = re.compile(r"(?<!\\u200e)/[a-z]+")

Shown = tuple[str, str]
"""A conversation, and a line of it that shows the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One behaviour, the points of product page and issue that ask for it, and where it is shown."""

    words: str
    product: int
    issue: int
    en: Shown
    ar: Shown

    def shown(self) -> Iterator[tuple[str, Shown]]:
        yield from (("en", self.en), ("ar", self.ar))


RULES = (
    Rule("join by card", 1, 1, ("joining", "> /start card-of-Amina"), ("joining_arabic", "> العربية")),
    Rule(
        "join by printed code",
        1,
        1,
        ("joining_cards", "> beat-2345"),
        ("joining_cards_arabic", "> amna 2345"),
    ),
    Rule(
        "join by own number, never by another's",
        1,
        1,
        ("joining_by_number", "< I cannot find you by this number."),
        ("joining_by_number_arabic", "< لم نجدكم بهذا الرقم."),
    ),
    Rule(
        "a card works once and not for ever",
        1,
        1,
        ("joining_cards", "< This link was used already or is too old."),
        ("joining_cards_arabic", "< استُخدم هذا الرابط من قبل أو هو قديم جدًا."),
    ),
    Rule(
        "the proof, in local digits too",
        1,
        1,
        ("joining_proof", "> ١٩٨٥ born"),
        ("joining_arabic", "> مواليد سنة ١٩٨٥"),
    ),
    Rule(
        "three wrong answers lock for a day",
        1,
        1,
        ("joining_proof", "< There were too many wrong answers"),
        ("joining_proof_arabic", "< كانت الإجابات الخاطئة كثيرة"),
    ),
    Rule(
        "a new phone",
        1,
        1,
        ("joining_in_mid_survey_on_a_new_phone", "- (on the phone of Amina) 3 of 5"),
        ("joining_in_mid_survey_on_a_new_phone_arabic", "- (on the phone of Amina) 3 من 5"),
    ),
    Rule(
        "two clients on one phone",
        1,
        1,
        ("two_on_one_phone", "* Beatrice · "),
        ("two_on_one_phone_arabic", "* \\u200fBeatrice · "),
    ),
    Rule(
        "anyone learns where to complain",
        1,
        1,
        ("joining_by_number", "To complain, or to talk to a person"),
        ("joining_by_number_arabic", "للشكوى، أو للتحدث مع شخص"),
    ),
    Rule(
        "the receipt of consent",
        2,
        2,
        ("consent_receipt", "< You said yes to short surveys on 24 November 2026."),
        ("consent_receipt_arabic", "< قلتم نعم للاستبيانات القصيرة في 24 نوفمبر 2026."),
    ),
    Rule(
        "a no is as near as a yes",
        2,
        2,
        ("consent_receipt", "< All right, we send no surveys."),
        ("consent_receipt_arabic", "< حسنًا، لن نرسل استبيانات."),
    ),
    Rule(
        "private items taken back in mid-survey",
        2,
        2,
        ("consent_taken_back_in_mid_survey", "- 5 of 11 · "),
        ("consent_taken_back_in_mid_survey_arabic", "- 4 من 11 · "),
    ),
    Rule(
        "no private items without a yes",
        2,
        2,
        ("joining_without_private_questions", "< 4 of 4 · "),
        ("consent_receipt_arabic", "< 4 من 4 · "),
    ),
    Rule(
        "the invitation says who asks and how long",
        3,
        4,
        ("debt_stress", "  Umoja Microfinance asks: 11 questions, about 3 minutes."),
        ("debt_stress_arabic", "  من Umoja Microfinance: 11 سؤالًا، نحو 3 دقائق."),
    ),
    Rule("Later, tonight", 3, 4, ("later", "> tonight"), ("invitation_later_arabic", "> هذا المساء")),
    Rule("Later, tomorrow", 3, 4, ("later", "> [1 Tomorrow]"), ("invitation_later_arabic", "> [1 غدًا]")),
    Rule("No", 3, 4, ("invitation_no", "> [No]"), ("invitation_no_arabic", "> [لا]")),
    Rule(
        "too late to start",
        3,
        4,
        ("invitation_too_late", "! This survey is closed."),
        ("invitation_no_arabic", "! أُغلق هذا الاستبيان."),
    ),
    Rule("a tap", 4, 4, ("debt_stress", "> [1 Yes]"), ("debt_stress_arabic", "> [3 هددني]")),
    Rule("a number", 4, 4, ("debt_stress", "> 2"), ("client_satisfaction_arabic", "> 2")),
    Rule("local digits", 4, 4, ("strange_messages", "> ٢"), ("client_satisfaction_arabic", "> ٩")),
    Rule("a word", 4, 4, ("debt_stress", "> late by a few days"), ("debt_stress_arabic", "> صعب جدا")),
    Rule(
        "a near miss is asked back",
        4,
        4,
        ("near_miss", "< You mean: Very hard?"),
        ("near_miss_arabic", "< هل تقصدون: صعب جدا؟"),
    ),
    Rule(
        "several by taps",
        4,
        4,
        ("multi_select", "  [☑ 2 Much more work than before]"),
        ("multi_select_arabic", "  [☑ 6 طلب مالا أو هدية لنفسه]"),
    ),
    Rule("several by numbers", 4, 4, ("multi_select", "> 2, 6"), ("multi_select_arabic", "> ٢ و ٤")),
    Rule(
        "none stands alone",
        4,
        4,
        ("multi_select", "< “None” cannot go together"),
        ("multi_select_arabic", "< لا يمكن اختيار “لا شيء”"),
    ),
    Rule("Back through a skipped question", 4, 4, ("back", "=   ds2: pns"), ("back_arabic", "> ارجع")),
    Rule(
        "another branch keeps the rest",
        4,
        4,
        ("back_to_another_branch", "=   oc5: savings"),
        ("back_to_another_branch_arabic", "=   oc5: savings"),
    ),
    Rule("Skip is rather not say", 4, 4, ("skip", "  ✓ rather not say"), ("skip_arabic", "> takhatti")),
    Rule(
        "an edit corrects",
        4,
        4,
        ("edited", "< Changed: Late by a few days"),
        ("edited_arabic", "< تم التغيير: تأخرت بضعة أيام"),
    ),
    Rule(
        "a double and a stale tap",
        4,
        4,
        ("old_buttons", "! That question is already answered."),
        ("old_buttons_arabic", "! هذا السؤال له جواب بالفعل."),
    ),
    Rule(
        "two misunderstandings, then an example and Skip",
        4,
        4,
        ("misunderstood", "  For example, write just: 2"),
        ("misunderstood_arabic", "  مثلًا، اكتبوا فقط: 2"),
    ),
    Rule(
        "voice notes only where words do",
        4,
        4,
        ("strange_messages", "< Sorry, I can only read words and numbers here."),
        ("strange_messages_arabic", "  ✓ رسالة صوتية"),
    ),
    Rule(
        "a private answer leaves no trace",
        4,
        3,
        ("debt_stress", "* ✓ 5 of 11"),
        ("debt_stress_arabic", "* ✓ 5 من 11"),
    ),
    Rule("private ones later", 5, 3, ("paused", "> [2 Later]"), ("invitation_later_arabic", "> لاحقا")),
    Rule(
        "private ones skipped",
        5,
        3,
        ("back", "> [3 Skip the private ones]"),
        ("back_arabic", "> [3 تخطي الأسئلة الخاصة]"),
    ),
    Rule("QUIET", 5, 3, ("private_mode", "> quiet"), ("private_mode_arabic", "> هدوء")),
    Rule("Close", 5, 3, ("private_mode", "> [✖ Close]"), ("private_mode_arabic", "> [✖ إغلاق]")),
    Rule(
        "resume",
        6,
        4,
        ("late", "< Welcome back. We go on with question 2 of 4."),
        ("late_arabic", "< مرحبًا بعودتكم. نتابع من السؤال 2 من 4."),
    ),
    Rule(
        "one neutral reminder",
        6,
        4,
        ("reminder", "< Hello from Umoja Microfinance. Is now a good time?"),
        ("reminder_arabic", "< تحية من Umoja Microfinance. هل الوقت مناسب الآن؟"),
    ),
    Rule(
        "expiry, and late answers marked",
        6,
        4,
        ("late", "=   ex2: bit (late)"),
        ("late_arabic", "=   ex2: bit (late)"),
    ),
    Rule(
        "thanks at the end",
        7,
        4,
        ("client_exit", "< That was the last question. Thank you!"),
        ("skip_arabic", "< كان هذا آخر سؤال. شكرًا!"),
    ),
    Rule(
        "a way to speak after a raised flag",
        7,
        4,
        ("client_satisfaction", "< If something is wrong"),
        ("debt_stress_arabic", "< شكرا لأنك أخبرتنا. هذا ليس ذنبك."),
    ),
    Rule("/help", 8, 5, ("joining", "> /help"), ("joining_arabic", "> /help")),
    Rule("help, as a word", 8, 5, ("unknown_command", "> help"), ("joining_arabic", "> مساعدة")),
    Rule("/time", 8, 5, ("time", "> my time"), ("time_arabic", "> وقتي")),
    Rule("/back", 8, 5, ("back", "> back"), ("back_to_another_branch_arabic", "> /back")),
    Rule("/consent", 8, 5, ("consent_receipt", "> /consent"), ("consent_receipt_arabic", "> موافقتي")),
    Rule(
        "STOP",
        8,
        5,
        ("stop", "< Stopped. You get no more surveys."),
        ("stop_arabic", "< تم الإيقاف. لن تصلكم استبيانات بعد الآن."),
    ),
    Rule(
        "STOP only as the whole message",
        8,
        5,
        ("stop_is_one_word", "=   ex4: 'stop charging me twice'"),
        ("stop_is_one_word_arabic", "=   ex4: 'توقفوا عن أخذ المال مني مرتين'"),
    ),
    Rule(
        "STOP for two says so",
        8,
        5,
        ("stop_for_two", "< Stopped for Amina and Beatrice."),
        ("two_on_one_phone_arabic", "< تم الإيقاف لكل من Amina وBeatrice."),
    ),
    Rule(
        "an unknown command",
        8,
        5,
        ("unknown_command", "< I do not know this command."),
        ("unknown_command_arabic", "< لا أعرف هذا الأمر."),
    ),
    Rule("/language in mid-survey", 8, 6, ("language", "> /language"), ("language_arabic", "> اللغة")),
    Rule(
        "/mydata and the second check",
        8,
        7,
        ("mydata", "- This is everything we keep about you."),
        ("mydata_arabic", "- هذا كل ما نحفظه عنكم."),
    ),
    Rule(
        "/forget and a day's grace",
        8,
        7,
        ("forget", "< Everything that we held about you here is erased."),
        ("forget_arabic", "< حُذف كل ما كنا نحفظه عنكم هنا."),
    ),
    Rule(
        "one word undoes /forget",
        8,
        7,
        ("forget_undone", "< All right, we erase nothing."),
        ("forget_arabic", "< حسنًا، لن نحذف شيئًا."),
    ),
    Rule(
        "a group is pointed to the private chat",
        9,
        4,
        ("groups", "< I ask nothing in a group."),
        ("groups_arabic", "< لا أسأل شيئًا في مجموعة."),
    ),
    Rule(
        "another person's tap",
        9,
        4,
        ("groups", "! This button is not for you."),
        ("groups_arabic", "! هذا الزر ليس لكم."),
    ),
)


def played(name: str) -> list[str]:
    return (TRANSCRIPTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def bot_lines(name: str) -> Iterator[str]:
    """What the phone in hand shows of the bot's words: new and edited messages with their buttons."""
    said = False
    for line in played(name):
        said = line[:1] in "<*" or (said and line.startswith("  "))
        if said and "(on the phone of" not in line:
            yield line


def without_names(line: str) -> str:
    for name in NAMES:
        line = line.replace(name, "")
    return _NO_WORDS.sub("", line)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.words)
def test_rule_is_shown_in_english_and_arabic(rule: Rule) -> None:
    missing = [
        (language, name, line)
        for language, (name, line) in rule.shown()
        if not any(each.startswith(line) or line in each for each in played(name))
    ]
    assert missing == []


@pytest.mark.parametrize("name", sorted({rule.ar[0] for rule in RULES}))
def test_the_bot_speaks_arabic_there(name: str) -> None:
    said = "\n".join(map(without_names, bot_lines(name)))
    assert len(_ARABIC.findall(said)) > (1 if name in MIXED else 9) * len(_LATIN.findall(said))


@pytest.mark.parametrize("name", sorted({rule.en[0] for rule in RULES}))
def test_the_bot_speaks_english_there(name: str) -> None:
    said = "\n".join(bot_lines(name))
    assert _ENGLISH.search(said)
    assert "Arabic" not in "\n".join(line for line in played(name) if line.startswith("@"))


def test_every_numbered_point_is_shown() -> None:
    assert {rule.product for rule in RULES} == set(PRODUCT)
    assert {rule.issue for rule in RULES} == set(ISSUE)


ARABIC = sorted(path.stem for path in TRANSCRIPTS.glob("*_arabic.txt"))


@pytest.mark.parametrize("name", [name for name in ARABIC if name not in MIXED])
def test_no_sentence_in_arabic_conversations_is_left_in_another_language(name: str) -> None:
    left = [line for line in map(without_names, bot_lines(name)) if _LATIN_SENTENCE.search(line)]
    assert left == []


@pytest.mark.parametrize("name", [name for name in ARABIC if name not in MIXED])
def test_numbers_and_commands_keep_their_direction_in_arabic(name: str) -> None:
    turned = [line for line in bot_lines(name) if _BARE_NUMBER.search(line) or _BARE_COMMAND.search(line)]
    assert turned == []
