"""Sheets of joining cards, looked at as they are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from gettext import NullTranslations

import numpy as np
import numpy.typing as npt
import pypdfium2
import pytest
import zxingcpp
from scipy import ndimage

from spm_bot.reports.cards import CardTexts, JoiningCard, cards_pdf
from spm_bot.texts import Voice

Pixels = npt.NDArray[np.uint8]

A4 = (595.28, 841.89)
MM = 72 / 25.4
BOT = "UmojaVoiceBot"
PROMISE = "We never ask for your PIN or money here."
OWN_FONTS = {
    f"{family}-{weight}"
    for family in ("NotoSans", "NotoSansArabic", "NotoSansDevanagari")
    for weight in ("Regular", "Bold")
}
SENTENCES = (
    "Tell us how our service is for you.",
    "Scan the square with your phone and press START.",
    "Or open Telegram, search for %(bot)s and send this code:",
    "Works once. Good until %(date)s.",
    PROMISE,
)
# What a card might say in scripts and lengths that differ from English.
WORDS: Mapping[str, tuple[str, ...]] = {
    "en": SENTENCES,
    "fr": (
        "Dites-nous comment vous trouvez notre service.",
        "Scannez le carré avec votre téléphone et appuyez sur START.",
        "Ou ouvrez Telegram, cherchez %(bot)s et envoyez ce code :",
        "Sert une seule fois. Valable jusqu’au %(date)s.",
        "Ici, nous ne demandons jamais votre code PIN ni d’argent.",
    ),
    "es": (
        "Díganos qué le parece nuestro servicio.",
        "Escanee el cuadrado con su teléfono y pulse START.",
        "O abra Telegram, busque %(bot)s y envíe este código:",
        "Sirve una sola vez. Válida hasta el %(date)s.",
        "Aquí nunca le pedimos su PIN ni dinero.",
    ),
    "sw": (
        "Tuambie unaonaje huduma yetu.",
        "Piga picha mraba huu kwa simu yako, kisha bonyeza START.",
        "Au fungua Telegram, tafuta %(bot)s na utume namba hii:",
        "Inatumika mara moja. Mwisho %(date)s.",
        "Hapa hatukuombi kamwe PIN yako wala pesa.",
    ),
    "hi": (
        "हमें बताइए कि हमारी सेवा आपको कैसी लगती है।",
        "अपने फ़ोन से यह चौकोर स्कैन करें और START दबाएँ।",
        "या Telegram खोलें, %(bot)s खोजें और यह कोड भेजें:",
        "एक बार चलेगा। %(date)s तक।",
        "हम यहाँ कभी आपका PIN या पैसे नहीं माँगते।",
    ),
    "ar": (
        "أخبرنا كيف ترى خدمتنا.",
        "امسح المربّع بهاتفك ثم اضغط START.",
        "أو افتح Telegram وابحث عن %(bot)s وأرسل هذا الرمز:",
        "تُستعمل مرة واحدة. صالحة حتى %(date)s.",
        "لا نطلب منك هنا أبدًا رقمك السري ولا مالًا.",
    ),
}
DATES = {
    "en": "23 December 2026",
    "fr": "23 décembre 2026",
    "es": "23 de diciembre de 2026",
    "sw": "23 Desemba 2026",
    "hi": "23 दिसंबर 2026",
    "ar": "23 ديسمبر 2026",
}


class Words(NullTranslations):
    """A catalogue of a few sentences."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.words = dict(zip(SENTENCES, WORDS[language], strict=True))

    def gettext(self, message: str) -> str:
        return self.words.get(message, message)


def speaking(language: str) -> Voice:
    return Voice(language, Words(language))


def texts(language: str = "en", *others: str, **changes: str) -> CardTexts:
    plain = {"institution": "Umoja Microfinance", "country": "KE", "bot": BOT, **changes}
    return CardTexts(
        **plain,
        good_until=date(2026, 12, 23),
        voice=speaking(language),
        others=tuple(map(speaking, others)),
    )


def card(number: int = 1, *, name: str = "Amina", client: str = "", bot: str = BOT) -> JoiningCard:
    link = f"https://t.me/{bot}?start=xb3tyM0183ycutVDtS{number:04}"
    return JoiningCard(client or f"C-{number:04}", name, link, "AMNA2345")


def page_of(pdf: bytes, number: int = 0) -> pypdfium2.PdfPage:
    return pypdfium2.PdfDocument(pdf)[number]


def picture(page: pypdfium2.PdfPage, *, dots: int = 200) -> Pixels:
    pixels: Pixels = page.render(scale=dots / 72, grayscale=True).to_numpy()
    return pixels


def said(page: pypdfium2.PdfPage) -> str:
    """Everything on the page without white space: where a PDF breaks words is nobody's choice."""
    return re.sub(r"\s", "", page.get_textpage().get_text_range())


def spaceless(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("language", ["en", "fr", "es", "sw", "hi"])
def test_card_says_what_a_client_needs(language: str) -> None:
    others = [other for other in ("fr", "sw", "en") if other != language][:2]
    page = page_of(cards_pdf([card()], texts(language, *others)))
    values = {"bot": "@UmojaVoiceBot", "date": DATES[language]}
    wanted = [words % values for words in WORDS[language]]
    wanted += [WORDS[other][-1] for other in others]
    wanted += ["Umoja Microfinance", "Amina", "C-0001", "AMNA-2345", card().link]
    printed = said(page)
    assert [words for words in wanted if spaceless(words) not in printed] == []


@pytest.mark.parametrize("language", list(WORDS))
def test_every_square_can_be_scanned_and_only_own_fonts_are_used(language: str) -> None:
    cards = [card(number) for number in range(1, 10)]
    pdf = cards_pdf(cards, texts(language, *[other for other in ("ar", "hi") if other != language]))
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 2
    found, fonts = [], set()
    for page in document:
        # A poor printer: a hundred dots an inch, black or white.
        coarse = (picture(page, dots=100) > 127).astype(np.uint8) * 255
        found += [code.text for code in zxingcpp.read_barcodes(coarse)]
        drawn = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
        fonts |= {text.get_font().get_base_name().split("+")[-1] for text in drawn}
    assert sorted(found) == sorted(each.link for each in cards)
    assert fonts <= OWN_FONTS


@pytest.mark.parametrize(("count", "pages"), [(1, 1), (8, 1), (9, 2), (24, 3)])
def test_eight_cards_stand_on_an_a4_page(count: int, pages: int) -> None:
    document = pypdfium2.PdfDocument(cards_pdf([card(number) for number in range(count)], texts()))
    assert len(document) == pages
    assert document[0].get_size() == pytest.approx(A4, abs=0.1)
    assert sum(said(page).count("AMNA-2345") for page in document) == count
    assert sum(said(page).count(spaceless(PROMISE)) for page in document) == count


@pytest.mark.parametrize(("language", "left"), [("en", True), ("hi", True), ("ar", False)])
def test_square_is_large_in_white_and_stands_where_reading_begins(language: str, left: bool) -> None:
    pixels = picture(page_of(cards_pdf([card()], texts(language))), dots=300)
    [code] = zxingcpp.read_barcodes(pixels)
    corners = [code.position.top_left, code.position.bottom_right]
    (x0, y0), (x1, y1) = [(corner.x, corner.y) for corner in corners]
    millimetre = 300 / 25.4
    border = 4 / 37 * (x1 - x0)
    assert (x1 - x0) / millimetre == pytest.approx(27, abs=0.3)
    assert (x1 - x0 + 2 * border) / millimetre > 26
    around = pixels[int(y0 - border) : int(y1 + border), int(x0 - border) : int(x1 + border)].copy()
    inside = slice(int(border) - 2, -int(border) + 2)
    around[inside, inside] = 255
    assert around.min() == 255
    middle = (x0 + x1) / 2 / millimetre
    # The first card is the left upper one; where writing goes to the left, the right upper one.
    assert (middle < (57.5 if left else 152.5)) is left


def ink_of_name(name: str, language: str) -> npt.NDArray[np.bool_]:
    """The pixels in which a card with this name differs from one without a name."""
    with_name, without = (
        picture(page_of(cards_pdf([card(name=each)], texts(language))), dots=600) for each in (name, "")
    )
    different = (with_name < 128) & (without >= 128)
    rows, columns = np.nonzero(different)
    return different[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def test_arabic_letters_are_joined() -> None:
    pieces = [ndimage.label(ink_of_name(name, "ar"), np.ones((3, 3)))[1] for name in ("محمد", "د د د")]
    assert pieces == [1, 3]


def test_devanagari_letters_become_conjuncts() -> None:
    conjunct, apart = (ink_of_name(name, "hi").shape[1] for name in ("क्ष", "कष"))
    assert conjunct < 0.8 * apart


def test_same_cards_give_the_same_bytes() -> None:
    first, second = (cards_pdf([card(1), card(2)], texts("en", "fr", "hi")) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("language", list(WORDS))
def test_nothing_leaves_its_card_however_long_it_is(language: str) -> None:
    bot = "W" * 29 + "Bot"
    long = card(name="Wilhelmina-Alexandrina" * 2, client="W" * 64, bot=bot)
    wordy = texts(language, "fr", "en", bot=bot, institution="Société Coopérative " * 9)
    page = page_of(cards_pdf([long], wordy))
    assert [code.text for code in zxingcpp.read_barcodes(picture(page))] == [long.link]
    start = 10 if language != "ar" else 105
    boxes = [text.get_bounds() for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    height = page.get_height()
    assert min(left for left, _, _, _ in boxes) / MM >= start + 5
    assert max(right for _, _, right, _ in boxes) / MM <= start + 95 - 5
    assert max(height - bottom for _, bottom, _, _ in boxes) / MM <= 8 + 70.25 - 3.5
    assert min(height - top for _, _, _, top in boxes) / MM >= 8 + 4


def test_more_than_two_other_languages_find_no_room() -> None:
    printed = said(page_of(cards_pdf([card()], texts("en", "fr", "sw", "es"))))
    found = [language for language in ("fr", "sw", "es") if spaceless(WORDS[language][-1]) in printed]
    assert found == ["fr", "sw"]


def test_words_of_others_are_printed_as_they_are() -> None:
    strange = texts(institution='#panic("no") *Umoja* $x$ <a>')
    printed = said(page_of(cards_pdf([card(name='"#x\\', client="[C]_1")], strange)))
    assert spaceless('#panic("no") *Umoja* $x$ <a>') in printed
    assert '"#x\\[C]_1' in printed


def test_client_without_a_name_is_known_by_the_code_alone() -> None:
    assert "UmojaMicrofinanceC-0001Tellus" in said(page_of(cards_pdf([card(name="")], texts())))
