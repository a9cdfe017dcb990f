"""The grammar of XLSForm expressions: a source becomes tokens, or an error its author understands.

Everything is checked on the tokens, so an error never depends on which part happens to be evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>"[^"]*"|'[^']*')
      | \$\{\s*(?P<name>[^{}]*?)\s*\}
      | (?P<number>\d+(?:\.\d*)?|\.\d+)
      | (?P<word>[A-Za-z_][\w.-]*)
      | (?P<own>\.(?![.\d]))
      | (?P<wrong>==|&&|\|\||!(?!=)|//)
      | (?P<sign><=|>=|!=|[-+*=<>(),])
      | (?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_WORD_SIGNS = frozenset({"and", "or", "div", "mod"})
_BETWEEN = _WORD_SIGNS | {"*"}
_VALUES = frozenset({"text", "name", "number", "own"})
_HINTS = {
    "==": "write a single =",
    "&&": "write and",
    "||": "write or",
    "|": "write or",
    "!": "write not(…) or !=",
    "$": "write a name as ${name}",
    "{": "write a name as ${name}",
    "'": "the quotation mark is never closed",
    '"': "the quotation mark is never closed",
    "‘": "use straight quotation marks",
    "’": "use straight quotation marks",
    "“": "use straight quotation marks",
    "”": "use straight quotation marks",
}
_MANY = 99
_TAKES = {  # function → fewest and most values
    "string": (1, 1),
    "concat": (2, _MANY),
    "starts-with": (2, 2),
    "contains": (2, 2),
    "substring-before": (2, 2),
    "substring-after": (2, 2),
    "substring": (2, 3),
    "string-length": (1, 1),
    "normalize-space": (1, 1),
    "translate": (3, 3),
    "boolean": (1, 1),
    "not": (1, 1),
    "true": (0, 0),
    "false": (0, 0),
    "number": (1, 1),
    "floor": (1, 1),
    "ceiling": (1, 1),
    "round": (1, 1),
    "int": (1, 1),
    "if": (3, 3),
    "coalesce": (2, 2),
    "regex": (2, 2),
    "selected": (2, 2),
    "selected-at": (2, 2),
    "count-selected": (1, 1),
}


class ExpressionError(ValueError):
    """An expression cannot be used; the message says why, for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of an expression: `kind` is text, name, number, word, own or sign."""

    kind: str
    text: str


def tokens_of(source: str, *, names: frozenset[str]) -> tuple[Token, ...]:
    """The tokens of `source`, which may use `names`. Raises ExpressionError."""
    tokens = tuple(_tokens(source))
    if not tokens:
        raise ExpressionError("the condition is empty; leave it out to mean always")
    unknown = sorted({token.text for token in tokens if token.kind == "name"} - names)
    if unknown:
        name = unknown[0]
        raise ExpressionError(f"${{{name}}} is no question or fact of this survey{near(name, names)}")
    _check_words(tokens, names)
    _check_calls(tokens)
    return tokens


def compared(tokens: tuple[Token, ...]) -> Iterator[tuple[str, str]]:
    """Pairs of a name and a text in `${name} = 'text'` and `selected(${name}, 'text')`."""
    for place, (left, sign, right) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        picks = sign.text == "," and place > 1 and tokens[place - 2].text == "selected"
        equals = sign.text in ("=", "!=")
        match left, right:
            case (Token("name", name), Token("text", text)) if equals or picks:
                yield name, text[1:-1]
            case (Token("text", text), Token("name", name)) if equals:
                yield name, text[1:-1]
            case _:
                pass


def near(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, as the end of a sentence, or ''."""
    close = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _tokens(source: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(source):
        kind = match.lastgroup or ""
        text = match[kind]
        if kind in ("wrong", "other"):
            raise ExpressionError(
                f"{text} cannot be used here: {_HINTS.get(text, 'paths are not supported')}"
            )
        if kind != "space":
            yield Token(kind, text)


def _check_words(tokens: tuple[Token, ...], names: frozenset[str]) -> None:
    """Every bare word is an operator between two values or a known function."""
    edge = Token("edge", "")
    for before, token, after in zip((edge, *tokens), tokens, (*tokens[1:], edge), strict=False):
        if token.kind in ("word", "sign") and token.text in _BETWEEN:
            # XPath would take an operator without a value before it for the name of an element
            if before.kind not in _VALUES and before.text != ")":
                raise ExpressionError(f"{token.text} needs a value before it")
        elif token.kind == "word" and after.text != "(":
            mend = f"${{{token.text}}}" if token.text in names else f"'{token.text}'"
            raise ExpressionError(f"{token.text} stands alone: write {mend}")
        elif token.kind == "word" and token.text not in _TAKES:
            raise ExpressionError(f"{token.text}() is not a known function{near(token.text, _TAKES)}")


def _check_calls(tokens: tuple[Token, ...]) -> None:
    """Every bracket is closed and every function gets as many values as it takes."""
    open_: list[tuple[str, int]] = []  # the function ('' for a plain bracket) and its commas
    before = Token("start", "")
    for token in tokens:
        match token:
            case Token("sign", "("):
                open_.append(("" if before.text in _WORD_SIGNS or before.kind != "word" else before.text, 0))
            case Token("sign", ",") if not open_ or not open_[-1][0]:
                raise ExpressionError("a comma may stand only between the values of a function")
            case Token("sign", ","):
                open_[-1] = (open_[-1][0], open_[-1][1] + 1)
            case Token("sign", ")") if not open_:
                raise ExpressionError("a bracket is closed that was never opened")
            case Token("sign", ")"):
                function, commas = open_.pop()
                _check_count(function, 0 if before == Token("sign", "(") else commas + 1)
            case _:
                pass
        before = token
    if open_:
        raise ExpressionError("a bracket is never closed")


def _check_count(function: str, given: int) -> None:
    least, most = _TAKES.get(function, (1, 1))
    if function and not least <= given <= most:
        wanted = f"at least {least}" if most == _MANY else " or ".join(map(str, sorted({least, most})))
        raise ExpressionError(f"{function}() takes {wanted} value(s), here it has {given}")
