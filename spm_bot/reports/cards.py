"""Joining cards as a PDF to print and cut out: a QR code, a link and a code for each client."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from io import BytesIO
from itertools import groupby
from pathlib import Path

import segno
import typst
from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date

from spm_bot.reports.typefaces import typefaces
from spm_bot.texts import Voice

OTHER_LANGUAGES = 2
"""In how many more languages the promise about PIN and money stands on a card."""

_HERE = Path(__file__).parent
_DOTS = 10
"""Pixels of a chat's picture to each module of the square."""


@dataclass(frozen=True, slots=True)
class JoiningCard:
    """What only this client's card says; `name` is '' where the register has none."""

    client: str
    name: str
    link: str
    code: str


@dataclass(frozen=True, slots=True)
class CardTexts:
    """What every card of a sheet says."""

    institution: str
    country: str
    bot: str
    good_until: date
    voice: Voice
    others: tuple[Voice, ...] = ()


def cards_pdf(cards: Sequence[JoiningCard], texts: CardTexts) -> bytes:
    """The sheets, eight cards each; the same cards and texts give the same bytes."""
    sheet = {**_texts(texts), "cards": [_card(card) for card in cards]}
    return typst.compile(
        _HERE / "cards.typ",
        root=_HERE,
        font_paths=typefaces(),
        sys_inputs={"sheet": json.dumps(sheet, ensure_ascii=False)},
        timestamp=datetime.combine(texts.good_until, time(), UTC),
        pdf_tags=False,
    )


def card_picture(link: str) -> bytes:
    """The QR code alone as a PNG, for a chat."""
    picture = BytesIO()
    _square_of(link).save(picture, kind="png", scale=_DOTS, border=4)
    return picture.getvalue()


def printed(code: str) -> str:
    """A code as it stands on a card: `AMNA-2345`."""
    return f"{code[:4]}-{code[4:]}"


def _texts(texts: CardTexts) -> dict[str, object]:
    say = texts.voice.say
    bot = f"@{texts.bot}"
    return {
        "institution": texts.institution,
        "bot": bot,
        "language": texts.voice.language,
        "title": say("Cards to join"),
        "headline": say("Tell us how our service is for you."),
        "scan": say("Scan the square with your phone and press START."),
        "search": say("Or open Telegram, search for %(bot)s and send this code:", bot=bot),
        "until": say("Works once. Good until %(date)s.", date=_day(texts)),
        "promise": _promise(texts.voice),
        "others": [
            {"language": other.language, "promise": _promise(other)}
            for other in texts.others[:OTHER_LANGUAGES]
        ],
    }


def _promise(voice: Voice) -> str:
    return voice.say("We never ask for your PIN or money here.")


def _card(card: JoiningCard) -> dict[str, str]:
    return {
        "client": card.client,
        "name": card.name,
        "link": card.link,
        "code": printed(card.code),
        "square": _square(card.link),
    }


def _square(link: str) -> str:
    """The QR code as a drawing of one path, so that no printer leaves seams between its modules."""
    rows = _square_of(link).matrix
    path = []
    for y, row in enumerate(rows):
        x = 0
        for dark, modules in groupby(row):
            width = len(list(modules))
            if dark:
                path.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    size = len(rows)
    drawing = f'<path d="{"".join(path)}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}">{drawing}</svg>'


def _square_of(link: str) -> segno.QRCode:
    # A quarter of it may be worn away: a card is carried in a pocket.
    return segno.make_qr(link, error="q")


def _day(texts: CardTexts) -> str:
    """The last day, as it is written in the country of the institution where that is known."""
    language = texts.voice.language
    try:
        locale = Locale.parse(f"{language}_{texts.country}")
    except UnknownLocaleError:
        locale = Locale.parse(language)
    return format_date(texts.good_until, "long", locale=locale)
