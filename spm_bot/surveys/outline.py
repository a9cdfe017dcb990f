"""A YAML text as plain data that remembers its lines.

Only what is plain is read: `yes` and `no` stay the words they are (they are choice codes), a key
given twice is an error, and there are no tags and no anchors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml

from spm_bot.bounds import Bounded
from spm_bot.surveys.assembly import Path
from spm_bot.surveys.problems import Problem, SurveyError


class _Loader(Bounded, yaml.CSafeLoader):
    """Resolves true, false, null and plain numbers; everything else is text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - typed by the parent class


_SCALARS: dict[str, tuple[re.Pattern[str], Callable[[str], object]]] = {
    "tag:yaml.org,2002:null": (re.compile(r"(null|~|)\Z"), lambda _: None),
    "tag:yaml.org,2002:bool": (re.compile(r"(true|false)\Z"), lambda text: text == "true"),
    "tag:yaml.org,2002:int": (re.compile(r"-?(0|[1-9][0-9]*)\Z"), int),
    "tag:yaml.org,2002:float": (re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z"), float),
}
_TEXT = "tag:yaml.org,2002:str"
for _tag, (_pattern, _) in _SCALARS.items():
    _Loader.add_implicit_resolver(_tag, _pattern, None)


@dataclass(slots=True)
class Outline:
    """The data of a file, with the line on which each entry begins."""

    place: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line_of(self, path: Path) -> int:
        """The line of the entry at `path`, or of the nearest one around it that is written."""
        return next(self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines)

    def place_of(self, path: Path) -> str:
        return f"{self.place}:{self.line_of(path)}"

    def question(self, path: Path) -> str | None:
        """The name of the question that the entry at `path` belongs to, if it has one."""
        match path:
            case ("questions", int(place), *_):
                entry = self.data["questions"][place]
                name = entry.get("name") if isinstance(entry, dict) else None
                return name if isinstance(name, str) else None
            case _:
                return None

    def path_of(self, question: str) -> Path:
        """Where that question is; where it is for the second time, if two have its name."""
        places = [n for n, entry in enumerate(self.data["questions"]) if entry["name"] == question]
        return ("questions", places[min(1, len(places) - 1)])


def read(text: str, *, place: str) -> Outline:
    """The outline of a YAML text. Raises SurveyError."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _error(f"{place}:{line}", f"cannot be read as YAML here: {error.problem}") from None
    except yaml.YAMLError as error:
        raise _error(place, f"cannot be read as YAML: {error}".splitlines()[0]) from None
    if root is None:
        raise _error(place, "is empty")
    outline = Outline(place)
    outline.data = _Walk(outline).value(root, ())
    return outline


@dataclass(slots=True)
class _Walk:
    outline: Outline
    seen: set[int] = field(default_factory=set)

    def value(self, node: yaml.Node, path: Path) -> object:
        line = node.start_mark.line + 1
        self.outline.lines.setdefault(path, line)
        if id(node) in self.seen:
            raise self.error(line, "anchors are not supported; write the words out again")
        self.seen.add(id(node))
        match node:
            case yaml.MappingNode():
                return self.mapping(node, path)
            case yaml.SequenceNode():
                return [self.value(each, (*path, place)) for place, each in enumerate(node.value)]
            case _ if node.tag == _TEXT:
                return node.value
            case _:
                return self.scalar(node, line)

    def scalar(self, node: yaml.Node, line: int) -> object:
        pattern, read_as = _SCALARS.get(node.tag, (None, str))
        if pattern is None or not pattern.match(node.value):
            raise self.error(line, f"the tag {node.tag} is not supported")
        try:
            return read_as(node.value)
        except ValueError:  # Python reads no number of thousands of digits
            raise self.error(line, "this number is too long") from None

    def mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        held: dict[str, object] = {}
        for key, content in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise self.error(line, "the name of an entry must be a word")
            if key.value in held:
                raise self.error(line, f"{key.value} stands here twice; remove one")
            self.outline.lines[*path, key.value] = line
            held[key.value] = self.value(content, (*path, key.value))
        return held

    def error(self, line: int, reason: str) -> SurveyError:
        return _error(f"{self.outline.place}:{line}", reason)


def _error(place: str, reason: str) -> SurveyError:
    return SurveyError(Problem("yaml", reason, place=place))
