"""Surveys as files and as stored text: reading with clear errors, versions, and all that ship with the bot.

A survey's version is the hash of its canonical text, so layout, comments and the order of languages
in a file change nothing, and any other change is a new version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from spm_bot.surveys.assembly import Builder, Path, plain
from spm_bot.surveys.checks import check
from spm_bot.surveys.grammar import near
from spm_bot.surveys.model import Survey
from spm_bot.surveys.notation import FIELDS, SurveyShape
from spm_bot.surveys.outline import Outline, read
from spm_bot.surveys.problems import Problem, SurveyError

__all__ = ["Library", "Problem", "SurveyError", "dump", "load", "parse"]

_FOLDERS = ("standing", "templates", "forms")
_VERSION_LENGTH = 16


def load(text: str, *, place: str) -> Survey:
    """The survey written in `text`; `place` names its file in errors. Raises SurveyError."""
    outline = read(text, place=place)
    try:
        shape = SurveyShape.model_validate(outline.data)
    except ValidationError as error:
        found = sorted(error.errors(), key=lambda each: outline.line_of(each["loc"]))
        raise SurveyError(*(_misfit(each, outline) for each in found)) from None
    builder = Builder(shape)
    survey = builder.survey(version="")
    if builder.faults:
        problems = (
            _problem("condition", f"{path[-1]}: {why}", path, outline) for path, why in builder.faults
        )
        raise SurveyError(*problems)
    errors = [_placed(problem, outline) for problem in check(survey) if problem.severity == "error"]
    if errors:
        raise SurveyError(*errors)
    return replace(survey, version=_hash(dump(survey)))


def dump(survey: Survey) -> str:
    """The survey as canonical JSON, to be stored beside its version. It does not hold the version."""
    return json.dumps(plain(survey), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parse(text: str) -> Survey:
    """The survey of a text that `dump` made, of whatever age: checks made stricter since do not apply.

    Raises SurveyError when the text was not made by `dump`.
    """
    try:
        builder = Builder(SurveyShape.model_validate_json(text))
    except ValidationError as error:
        raise SurveyError(Problem("stored", f"a stored survey cannot be read: {error}")) from None
    survey = builder.survey(version=_hash(text))
    if builder.faults:
        raise SurveyError(*(Problem("stored", why) for _, why in builder.faults))
    return survey


@dataclass(frozen=True, slots=True)
class Library:
    """Surveys, templates and forms by code."""

    surveys: Mapping[str, Survey]

    @classmethod
    def of(cls, surveys: tuple[Survey, ...]) -> Library:
        """A library of `surveys`. Raises SurveyError when two share a code."""
        by_code: dict[str, Survey] = {}
        for survey in surveys:
            if by_code.setdefault(survey.code, survey) is not survey:
                raise SurveyError(
                    Problem("duplicate_survey", "two surveys have this code", place=survey.code)
                )
        return cls(MappingProxyType(dict(sorted(by_code.items()))))

    @classmethod
    def shipped(cls) -> Library:
        """Everything that comes with the bot. Reads files: call it once, at the start."""
        root = files("spm_bot.surveys")
        found = (
            load(file.read_text(encoding="utf-8"), place=f"{folder}/{file.name}")
            for folder in _FOLDERS
            for file in sorted(root.joinpath(folder).iterdir(), key=lambda each: each.name)
            if file.name.endswith(".yaml")
        )
        return cls.of(tuple(found))

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(self.surveys)

    @property
    def client_forms(self) -> tuple[Survey, ...]:
        """The forms that clients read."""
        return tuple(each for each in self.surveys.values() if each.form and each.readers == "clients")

    def survey(self, code: str) -> Survey:
        """The survey, template or form of that code. Raises SurveyError."""
        found = self.surveys.get(code)
        if found is None:
            reason = f"there is no survey of this code{near(code, self.surveys)}"
            raise SurveyError(Problem("unknown_survey", reason, place=code))
        return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_VERSION_LENGTH]


def _problem(code: str, reason: str, path: Path, outline: Outline) -> Problem:
    return Problem(code, reason, outline.question(path), outline.place_of(path))


def _placed(problem: Problem, outline: Outline) -> Problem:
    """A problem that `check` found, with the line of its question or of its part of the file."""
    path = outline.path_of(problem.question) if problem.question else (problem.place,)
    return replace(problem, place=outline.place_of(path))


def _misfit(error: ErrorDetails, outline: Outline) -> Problem:
    """What pydantic found, in words for the person who wrote the file."""
    path = error["loc"][:-1] if error["loc"][-1:] == ("[key]",) else error["loc"]
    where = ".".join(str(part) for part in path if not isinstance(part, int))
    for part in ("questions.", "choices."):
        where = where.removeprefix(part)
    return _problem(error["type"], f"{where}: {_reason(error)}" if where else _reason(error), path, outline)


def _reason(error: ErrorDetails) -> str:
    context: dict[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "string_type" if error["input"] is None:
            return "is empty; fill it in or leave it out"
        case "missing":
            return "is missing; add it"
        case "extra_forbidden":
            return f"is not known here{near(str(error['loc'][-1]), FIELDS) or '; remove it'}"
        case "string_type":
            return "must be text; put it in quotation marks"
        case "enum" | "literal_error":
            return f"“{error['input']}” is not known here; use {context['expected']}"
        case "string_pattern_mismatch":
            return f"“{error['input']}” has characters that cannot stand in a name or code"
        case "string_too_short" | "too_short":
            return "is empty; fill it in or leave it out"
        case "dict_type" | "model_type":
            return "must be a group of named entries, one to a line"
        case "bool_parsing" | "bool_type":
            return "must be yes or no"
        case "int_parsing" | "int_type" | "int_from_float" | "float_parsing" | "float_type":
            return "must be a number"
        case "list_type":
            return "must be a list, each entry beginning with -"
        case _:
            return error["msg"].lower().replace("input should be", "must be")
