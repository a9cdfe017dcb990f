"""What a command reads from its machine: files, with one clear line when that fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from spm_bot.bounds import DEEPEST, UnreadableError, depth, text_in
from spm_bot.cli.output import Failure
from spm_bot.times import Week


def text_of(file: str) -> str:
    """The text of a list of any length that somebody named. Raises Failure."""
    return _read(file, lambda path: path.read_text(encoding="utf-8-sig"))


def handwritten(file: str) -> str:
    """The text of a file that somebody wrote by hand. Raises Failure, too when it is too large."""
    return _read(file, text_in)


def json_object(file: str, *, example: str) -> dict[str, Any]:
    """The object in a JSON file; `example` shows one. Raises Failure."""
    text = handwritten(file)
    if depth(text) > DEEPEST:
        raise Failure(f"{file}: nested more than {DEEPEST} levels deep")
    try:
        found = json.loads(text, object_pairs_hook=_keys_once, parse_int=_whole)
    except json.JSONDecodeError as error:
        raise Failure(f"{file}:{error.lineno}: is not JSON ({error.msg})") from None
    except ValueError as error:
        raise Failure(f"{file}: {error}") from None
    if not isinstance(found, dict):
        raise Failure(f"{file}: must be an object such as {example}")
    return found


def day_of(text: str) -> date:
    """The day somebody wrote as 2026-11-20. Raises Failure."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failure(f"{text!r} is not a day: write it as 2026-11-20") from None


def week_of(text: str) -> Week:
    """The week somebody wrote as 2026-W47. Raises Failure."""
    try:
        return Week.parse(text)
    except ValueError as error:
        raise Failure(str(error)) from None


def _keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"{twice!r} stands here a second time (keep one of the two)")
    return found


def _whole(digits: str) -> int:
    if len(digits) > 20:  # Python itself gives up at some thousands, and no answer has so many
        raise ValueError(f"holds a number of {len(digits)} digits")
    return int(digits)


def _read(file: str, read: Callable[[Path], str]) -> str:
    try:
        return read(Path(file))
    except OSError as error:
        raise Failure(f"{file}: {(error.strerror or 'cannot be read').lower()}") from None
    except UnicodeDecodeError:
        raise Failure(f"{file}: is not UTF-8 text (save it again as UTF-8)") from None
    except UnreadableError as error:
        raise Failure(str(error)) from None


def written(folder: str, write: Callable[[Path], None]) -> None:
    """Has something written into a folder that somebody named. Raises Failure."""
    try:
        write(Path(folder))
    except OSError as error:
        raise Failure(
            f"{folder}: cannot be written: {(error.strerror or 'unknown reason').lower()}"
        ) from None
