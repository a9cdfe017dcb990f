"""Every word the bot itself says, in the language of the person who reads it.

English sentences in the code are the keys; `locale/<language>/LC_MESSAGES/bot.po` holds the others.
Catalogues are read as they are: no compile step, no binary in the repository. The wordings of
surveys are not here, they live with their survey and are signed one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from babel.core import Locale, UnknownLocaleError
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = "en"
_RIGHT_TO_LEFT = "\u200f"


@dataclass(frozen=True, slots=True)
class Voice:
    """The bot's words in one language, falling back to English sentence by sentence."""

    language: str
    catalogue: NullTranslations

    def say(self, sentence: str, /, **values: object) -> str:
        """`sentence` in this language with `%(name)s` places filled."""
        words = self.catalogue.gettext(sentence)
        return words % values if values else words

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """The right plural of a sentence; `%(n)s` is the number."""
        return self.catalogue.ngettext(one, many, number) % {"n": number, **values}


def sentence(words: str) -> str:
    """Marks words that are said later, through a variable, so that translators get them too."""
    return words


def languages() -> tuple[str, ...]:
    """The languages the bot itself speaks, English first, the others by code."""
    folders = files("spm_bot").joinpath("locale").iterdir()
    return (SOURCE, *sorted(entry.name for entry in folders if _catalogue(entry.name).is_file()))


def _catalogue(language: str) -> Traversable:
    return files("spm_bot").joinpath("locale", language, "LC_MESSAGES", "bot.po")


@cache
def voice(language: str) -> Voice:
    """The voice for `language`, read once; an unknown language speaks English."""
    source = _catalogue(language)
    if not source.is_file():
        return Voice(language, NullTranslations())
    with source.open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Voice(language, GNUTranslations(compiled))


def language_name(language: str) -> str:
    """A language's name in itself, for a button: `Français`."""
    try:
        name = Locale.parse(language).get_display_name()
    except (UnknownLocaleError, ValueError):
        return language
    return (name or language).capitalize()


@cache
def from_right(language: str) -> bool:
    """Whether the language is written from right to left."""
    return Locale.parse(language, sep="-").text_direction == "rtl"


def before(name: str, text: str, language: str) -> str:
    """The text with the name of whom it is for. A name in Latin letters must not turn a line around
    that is written from right to left.
    """
    return f"{_RIGHT_TO_LEFT if from_right(language) else ''}{name} · {text}"


def comma(language: str) -> str:
    """What stands between the parts of a list."""
    return "\u060c " if from_right(language) else ", "


def closest(tag: str | None, offered: tuple[str, ...]) -> str:
    """The offered language nearest to a phone's tag (`pt-BR` → `pt`), else the first offered."""
    base = (tag or "").replace("_", "-").split("-")[0].lower()
    return base if base in offered else offered[0]


def half_up(value: float, digits: int = 0) -> Decimal:
    """`value` rounded half up, the one way numbers are rounded for a reader."""
    # A numpy number is a float, but its repr is not a number; the shortest repr keeps 2.675 a half.
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
