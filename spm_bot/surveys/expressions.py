"""XLSForm expressions: read once with errors a form author understands, evaluated by lxml's XPath.

`${name}` is a question's answer or a client fact, `.` the answer just given (in a constraint).
XPath's paths are not allowed, so an expression can look at these values and at nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, isnan, nan

from lxml import etree

from spm_bot.surveys.grammar import ExpressionError, Token, compared, tokens_of

__all__ = ["Expression", "ExpressionError", "Value"]

_OWN = "_own"
_NOWHERE = etree.Element("nowhere")
_NUMBER = re.compile(r"\s*-?(\d+(\.\d*)?|\.\d+)\s*")
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Value = str | float


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition. Two are equal when their sources are; `names` lists the values it looks at.

    `uses_own` when it looks at the answer just given; `codes` are the pairs of a name and a text it
    is compared with, so that a misspelt choice code can be found.
    """

    source: str
    names: frozenset[str] = field(compare=False, repr=False)
    uses_own: bool = field(compare=False, repr=False)
    codes: frozenset[tuple[str, str]] = field(compare=False, repr=False)
    _xpath: etree.XPath = field(compare=False, repr=False)

    @classmethod
    def compile(cls, source: str, *, names: frozenset[str]) -> Expression:
        """The expression of `source`, which may use `names`. Raises ExpressionError."""
        tokens = tokens_of(source, names=names)
        try:
            xpath = etree.XPath(f"boolean({' '.join(map(_spelled, tokens))})", extensions=_FUNCTIONS)
        except etree.XPathSyntaxError:
            raise ExpressionError(f"“{source}” is incomplete: a part is missing or one too many") from None
        return cls(
            source,
            frozenset(token.text for token in tokens if token.kind == "name"),
            any(token.kind == "own" for token in tokens),
            frozenset(compared(tokens)),
            xpath,
        )

    def evaluate(self, values: Mapping[str, Value], *, own: Value | None = None) -> bool:
        """Whether it holds. A name without a value counts as ''. May be called from any thread."""
        known = {name: values.get(name, "") for name in self.names}
        if self.uses_own:
            known[_OWN] = "" if own is None else own
        try:
            return bool(self._xpath(_NOWHERE, **known))
        except ValueError:  # typed text may hold characters that XML has no place for
            clean = {name: _fit(value) for name, value in known.items()}
            return bool(self._xpath(_NOWHERE, **clean))


def _spelled(token: Token) -> str:
    match token.kind:
        case "name":
            return f"${token.text}"
        case "own":
            return f"${_OWN}"
        case _:
            return token.text


def _fit(value: Value) -> Value:
    return _UNFIT.sub("\ufffd", value) if isinstance(value, str) else value


def _text(value: object) -> str:
    """A value as XPath's string() gives it: 3.0 is '3', true is 'true'."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case float() if isnan(value):
            return "NaN"
        case _:
            return str(value)


def _selected(_: object, picks: object, code: object) -> bool:
    return _text(code) in _text(picks).split()


def _selected_at(_: object, picks: object, place: float) -> str:
    codes = _text(picks).split()
    return codes[int(place)] if place in range(len(codes)) else ""


def _count_selected(_: object, picks: object) -> float:
    return float(len(_text(picks).split()))


def _if(_: object, condition: object, then: object, otherwise: object) -> object:
    """The second or third value; a number is true unless 0 or NaN, a text unless empty."""
    holds = bool(condition) and not (isinstance(condition, float) and isnan(condition))
    return then if holds else otherwise


def _coalesce(_: object, first: object, second: object) -> str:
    return _text(first) or _text(second)


def _regex(_: object, value: object, pattern: object) -> bool:
    """Whether the whole text fits; a pattern that is none fits nothing."""
    try:
        return re.fullmatch(_text(pattern), _text(value)) is not None
    except re.error:
        return False


def _int(_: object, value: object) -> float:
    """The number without its fraction, NaN for what is no number."""
    text = _text(value)
    number = float(text) if _NUMBER.fullmatch(text) else nan
    return float(int(number)) if isfinite(number) else nan


_FUNCTIONS = {
    (None, "selected"): _selected,
    (None, "selected-at"): _selected_at,
    (None, "count-selected"): _count_selected,
    (None, "if"): _if,
    (None, "coalesce"): _coalesce,
    (None, "regex"): _regex,
    (None, "int"): _int,
}
