"""How large and how deeply nested a file may be that somebody hands in: beyond it readers break down."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

LARGEST = 1_000_000
"""Bytes in a file; the longest survey has fifty thousand."""

DEEPEST = 50
"""Levels of nesting. Readers call themselves for each, and a thousand end the process."""


class UnreadableError(Exception):
    """The file is too large or not YAML; the message is one problem line."""


class Bounded:
    """For a YAML loader: what is nested deeper than `DEEPEST` is refused before it is read."""

    _levels = 0

    def descend_resolver(self, current_node: yaml.Node | None, current_index: object) -> None:
        self._levels += 1
        if self._levels > DEEPEST:
            mark = current_node.start_mark if current_node else None
            raise yaml.MarkedYAMLError(problem=f"nested more than {DEEPEST} levels deep", problem_mark=mark)

    def ascend_resolver(self) -> None:
        self._levels -= 1


def text_in(path: Path) -> str:
    """The text of a file that somebody wrote. Raises UnreadableError, OSError, UnicodeDecodeError."""
    with path.open("rb") as stream:
        body = stream.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise UnreadableError(f"{path}: is larger than {LARGEST // 1000:,} kB (is it the right file?)")
    return body.decode("utf-8-sig")


def depth(text: str) -> int:
    """How deep the brackets of a JSON text are nested."""
    deepest = level = 0
    for bracket in re.findall(r"[\[\]{}]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        level += 1 if bracket in "[{" else -1
        deepest = max(deepest, level)
    return deepest
