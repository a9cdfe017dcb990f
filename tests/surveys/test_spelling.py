from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.surveys.spelling import latin_digits, plain, visible, within


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("  Very   WELL! ", "very well"),
        ("Très\u00a0bien", "tres bien"),
        ("c\u0153ur", "coeur"),
        ("¿Año?", "ano"),
        ("\u202e٣\u202c", "3"),
        ("ｙｅｓ", "yes"),
        ("go–back", "go back"),
        ("d’accord", "d accord"),
        ("ng'ombe", "ngombe"),
        ("NG\u02bcOMBE", "ngombe"),
        ("5\ufe0f\u20e3", "5"),
        ("🔟", "10"),
        ("5²", "5 2"),
        ("½", "1 2"),
        ("\u0000\u200b", ""),
        ("😀", ""),
    ],
)
def test_texts_are_compared_without_case_accents_marks_and_signs(text: str, same: str) -> None:
    assert plain(text) == same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("हाँ", "हां"),
        ("ज़्यादा", "ज्यादा"),
        ("हिन्दी", "हिंदी"),
        ("कर्ज़।", "कर्ज"),
        ("إسلام", "اسلام"),
        ("أحيانًا", "احيانا"),
        ("مُريح", "مريح"),
        ("مدرسة", "مدرسه"),
        ("على", "علي"),
        ("ک", "ك"),
        ("صعـــب", "صعب"),
        ("صعب جدًا؟", "صعب جدا"),
    ],
)
def test_spellings_of_one_word_are_the_same(one: str, other: str) -> None:
    assert plain(one) == plain(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("कुल", "कल"), ("मेरा", "मारा"), ("बुरा", "बोरा"), ("दिन", "दीन"), ("कम", "काम"), ("من", "مان")],
)
def test_vowel_signs_are_letters(one: str, other: str) -> None:
    assert plain(one) != plain(other)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("  a\tb ", "ab"), ("one\ntwo", "one\ntwo"), ("\u202eabc\u202c", "abc"), ("\ud800x", "x"), ("\x00", "")],
)
def test_visible_text_has_no_control_or_direction_marks(text: str, kept: str) -> None:
    assert visible(text) == kept


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("०१२३४५६७८९", "0123456789"),
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("০১২৩৪৫৬৭৮৯", "0123456789"),
        ("០១២៣៤៥៦៧៨៩", "0123456789"),
        ("၀၁၂၃", "0123"),
        ("፩", "1"),
        ("፲", "10"),
        ("፲፪", "12"),
        ("፺፱", "99"),
        ("፻", "100"),
        ("፪፻፭", "205"),
        ("፲፭፻", "1500"),
        ("፳፻፲፰", "2018"),
        ("፼", "10000"),
        ("፫፼፭፻", "30500"),
        ("፻፼", "1000000"),
        ("፩ ፫ ፬", "1 3 4"),
    ],
)
def test_digits_of_any_script_become_latin(text: str, latin: str) -> None:
    assert latin_digits(text) == latin


@pytest.mark.parametrize("text", ["፩፪", "፩፲", "፻፻", "፲፳", "1፪", "፪0"])
def test_ethiopic_signs_that_make_no_number_stay(text: str) -> None:
    assert latin_digits(text) == text


@pytest.mark.parametrize(
    ("left", "right", "reach", "near"),
    [
        ("hard", "hrad", 1, True),
        ("hard", "har", 1, True),
        ("hard", "harsh", 1, False),
        ("hard", "harsh", 2, True),
        ("hard", "hard", 0, False),
        ("hard", "hardest", 2, False),
        ("मुश्किल", "मुशकिल", 1, True),
        ("صعب", "صبع", 1, True),
    ],
)
def test_slips_of_the_finger_are_counted(left: str, right: str, reach: int, near: bool) -> None:
    assert within(left, right, reach=reach) is near


@given(st.text(st.characters(), max_size=30))
def test_what_is_plain_stays_as_it_is(text: str) -> None:
    assert plain(plain(text)) == plain(text)
