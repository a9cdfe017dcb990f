"""Files that people write by hand: YAML that remembers the line of every key, and plain problems.

A problem is one line, `file:line: key: what is wrong (the mend)`, so that an editor can jump to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from spm_bot.bounds import Bounded, UnreadableError

Place = tuple[str | int, ...]

_WORDS = {
    "missing": "is missing (add it; the example file shows how)",
    "greater_than": "must be more than {gt} (write a larger number)",
    "greater_than_equal": "must be at least {ge} (write {ge} or more)",
    "less_than": "must be less than {lt} (write a smaller number)",
    "less_than_equal": "must be at most {le} (write {le} or less)",
    "int_type": "must be a whole number (digits only, no quotes)",
    "int_parsing": "must be a whole number (digits only, no quotes)",
    "int_from_float": "must be a whole number (leave out the decimals)",
    "float_type": "must be a number (digits and a point, no quotes)",
    "float_parsing": "must be a number (digits and a point, no quotes)",
    "bool_type": "must be true or false (write one of them)",
    "bool_parsing": "must be true or false (write one of them)",
    "string_type": "must be text (put it in quotes)",
    "string_too_short": "is empty (write something, or leave the key out)",
    "string_too_long": "is too long (use at most {max_length} characters)",
    "string_pattern_mismatch": "has signs that are not allowed (it must match {pattern})",
    "tuple_type": "must be a list (start each entry with '- ')",
    "too_short": "is empty (add at least {min_length})",
    "dict_type": "must be a section (indent its keys below it)",
    "model_type": "must be a section (indent its keys below it)",
    "literal_error": "is not one of the words known here (write {expected})",
    "enum": "is not one of the words known here (write {expected})",
}


class _Loader(Bounded, yaml.SafeLoader):
    """Plain values only. Dates stay text, so that one the calendar lacks is told with its line."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        # An anchor may hold itself, and nothing here is long enough to need one.
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # the stubs leave it out
            raise yaml.MarkedYAMLError(problem="anchors are not supported", problem_mark=mark)
        return super().compose_node(parent, index)


def _as_text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _as_text)


@dataclass(frozen=True, slots=True)
class Document:
    """The content of a file as plain lists and dictionaries, and the line of every place in it."""

    name: str
    content: object
    lines: Mapping[Place, int]
    repeated: tuple[Place, ...]

    def line(self, place: Place) -> int:
        """The line of `place`, or of the nearest section around it that is in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, what: str) -> str:
        key = ".".join(str(part) for part in place)
        return f"{self.name}:{self.line(place)}: {key}: {what}" if key else f"{self.name}:1: {what}"


def read_document(text: str, *, name: str) -> Document:
    """`text` as a document; `name` is what problems call the file. Raises UnreadableError."""
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        repeated: list[Place] = []
        if node is not None:
            _walk(node, (), lines, repeated)
        content = None if node is None else loader.construct_document(node)
    except (ValueError, KeyError):
        mend = "write it as text in quotes, and without a !!tag"
        raise UnreadableError(f"{name}: holds a number or tag that cannot be read ({mend})") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        mend = "check indentation, colons and quotes here and just above"
        raise UnreadableError(f"{name}:{line}: not valid YAML: {error.problem} ({mend})") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        mend = "delete it and save the file as plain text"
        raise UnreadableError(f"{name}:{line}: holds a sign no text may hold ({mend})") from error
    return Document(name, content, MappingProxyType(lines), tuple(repeated))


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int], repeated: list[Place]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is not a word", problem_mark=key.start_mark)
            here = (*place, str(key.value))
            # YAML itself lets the last of two equal keys win without a word.
            if key.value in seen:
                repeated.append(here)
            seen.add(key.value)
            lines[here] = key.start_mark.line + 1
            _walk(value, here, lines, repeated)
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            _walk(value, (*place, number), lines, repeated)


def flaw(what: str, *at: str | int) -> PydanticCustomError:
    """An error for a validator to raise: `what` is wrong, at `at` below the validated value."""
    return PydanticCustomError("flaw", "{what}", {"what": what, "at": at})


def _nearest(word: str, known: Collection[str]) -> str | None:
    """The known word that `word` was probably meant to be, if one is close."""
    by_small = {other.lower(): other for other in sorted(known)}
    near = get_close_matches(word.lower(), by_small, n=1, cutoff=0.6)
    return by_small[near[0]] if near else None


def suggestion(word: str, known: Collection[str]) -> str:
    """`did you mean 'x'?` if `word` is close to one that is known, else ''."""
    near = _nearest(word, known)
    return f"did you mean {near!r}?" if near else ""


def unknown(kind: str, word: str, known: Collection[str]) -> str:
    """That there is no such `kind` of thing, and which there are."""
    return f"unknown {kind} {word!r} ({suggestion(word, known) or 'known: ' + ', '.join(sorted(known))})"


def problems(
    document: Document, model: type[BaseModel], error: ValidationError | None = None
) -> tuple[str, ...]:
    """What is wrong with `document`, one line a problem, in the order of the file: what `model` said
    in `error`, and keys that stand there twice.
    """
    details = error.errors(include_url=False) if error else []
    told = [_told(detail, model) for detail in details if not _follows(detail, details, model)]
    told += [(place, "stands here a second time (keep one of the two)") for place in document.repeated]
    told.sort(key=lambda item: document.line(item[0]))
    return tuple(dict.fromkeys(document.problem(place, what) for place, what in told))


def _follows(detail: ErrorDetails, details: list[ErrorDetails], model: type[BaseModel]) -> bool:
    """Whether a problem only follows from another: a list that lost its bad entries is too short,
    and a key that is written wrongly is missing.
    """
    place = detail["loc"]
    match detail["type"]:
        case "too_short":
            return any(other["loc"] != place and other["loc"][: len(place)] == place for other in details)
        case "missing":
            strays = [other["loc"] for other in details if other["type"] == "extra_forbidden"]
            known = _keys_at(model, place[:-1])
            return any(
                stray[:-1] == place[:-1] and _nearest(str(stray[-1]), known) == place[-1] for stray in strays
            )
        case _:
            return False


def _told(detail: ErrorDetails, model: type[BaseModel]) -> tuple[Place, str]:
    context: dict[str, Any] = detail.get("ctx", {})
    # The name of a tried union member or of a mapping's key is part of pydantic's place, not of ours.
    place = tuple(part for part in detail["loc"] if part != "[key]")
    match detail["type"]:
        case "flaw":
            return (*place, *context["at"]), context["what"]
        case "extra_forbidden":
            hint = suggestion(str(place[-1]), _keys_at(model, place[:-1]))
            return place, f"unknown key ({hint or 'remove it'})"
        case kind:
            return place, _WORDS.get(kind, "{msg} (see the example file)").format(
                msg=detail["msg"], **context
            )


def _keys_at(model: type[BaseModel], place: Place) -> list[str]:
    """The keys a section may hold, found by walking down the model."""
    for part in place:
        if isinstance(part, str) and part in model.model_fields:
            model = _section(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _section(annotation: object) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_section(argument) for argument in get_args(annotation))
    return next((section for section in found if section is not None), None)
