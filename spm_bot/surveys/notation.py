"""The written form of a survey: what may stand in a file or in a stored version, and nothing else.

Fields are named as in `model`, so that what was stored can be read like what was written.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from spm_bot.surveys.model import Kind


def _written(code: object) -> object:
    """A code like 5 is read as a number; it means the text."""
    return str(code) if isinstance(code, int) and not isinstance(code, bool) else code


Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Code = Annotated[str, BeforeValidator(_written), StringConstraints(pattern=r"^[A-Za-z0-9_.-]+$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$")]
Wording = dict[Language, Said]
Level = Literal["critical", "high", "standard", "count"]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class ChoiceShape(Shape):
    code: Code
    label: Wording
    value: float | None = None
    exclusive: bool = False
    pauses: bool = False


class OtherLabel(Shape):
    when: Said
    label: Wording


class QuestionShape(Shape):
    name: Name
    kind: Kind
    label: Wording = Field(default_factory=dict)
    hint: Wording | None = None
    example: Wording | None = None
    choices: list[ChoiceShape] = []
    choices_from: Name | None = None
    relevant: Said | None = None
    constraint: Said | None = None
    constraint_message: Wording | None = None
    required: bool = False
    private: bool = False
    cleared: bool = False
    echo: bool = False
    conduct: bool = False
    label_by: list[OtherLabel] = []


class BandShape(Shape):
    name: Name
    below: float | None = None


class GraveShape(Shape):
    question: Name
    code: Code


class FloorShape(Shape):
    at_least: Annotated[int, Field(ge=1)]
    band: Name


class ScoreShape(Shape):
    name: Name
    index_version: int
    weights: Annotated[dict[Name, Annotated[float, Field(gt=0)]], Field(min_length=1)]
    answered_at_least: Annotated[int, Field(ge=1)]
    core: list[Name] = []
    core_at_least: Annotated[int, Field(ge=0)] = 0
    bands: list[BandShape]
    grave: list[GraveShape] = []
    floors: list[FloorShape] = []
    unscored: dict[Name, Said] = {}


class FlagShape(Shape):
    name: Code
    level: Level
    when: Said


class WatchShape(Shape):
    item: Name
    when: Said


class WatchRuleShape(Shape):
    signs: Annotated[list[WatchShape], Field(min_length=1)]
    at_least: Annotated[int, Field(ge=1)]
    flag: Code
    level: Level


class ClosingShape(Shape):
    when: Said | None = None
    words: Wording


class SurveyShape(Shape):
    code: Name
    title: Annotated[Wording, Field(min_length=1)]
    languages: list[Language] = []
    questions: Annotated[list[QuestionShape], Field(min_length=1)]
    form: bool = False
    readers: Literal["clients", "staff"] = "clients"
    origin: Literal["standing", "adhoc"] = "standing"
    minutes: Annotated[int, Field(ge=1)] = 3
    intro: Wording | None = None
    closings: list[ClosingShape] = []
    facts: list[Name] = []
    scores: list[ScoreShape] = []
    flags: list[FlagShape] = []
    watch: WatchRuleShape | None = None

    def all_languages(self) -> tuple[str, ...]:
        """The languages listed, or those of the title with English first; the first is the fallback."""
        return tuple(self.languages or sorted(self.title, key=lambda code: (code != "en", code)))


def _fields(shape: type[Shape]) -> frozenset[str]:
    return frozenset(shape.model_fields).union(*(_fields(each) for each in shape.__subclasses__()))


FIELDS = _fields(Shape)
