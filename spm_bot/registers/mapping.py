"""The mapping file: how one institution's own lists are written, saved once and used every month."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from spm_bot.bounds import UnreadableError
from spm_bot.documents import flaw, problems, read_document, unknown
from spm_bot.handwriting import Currency
from spm_bot.registers.decoding import KNOWN
from spm_bot.registers.headings import EVERY_FIELD
from spm_bot.registers.sheets import SheetError
from spm_bot.registers.vocabulary import words_of

WORD_LISTS: Dictionary[str, str] = {
    **{name: name for name in ("gender", "status", "loan_status", "loan_method", "area", "language")},
    "repayment_frequency": "repayment_frequency",
    "staff_gender": "gender",
    **dict.fromkeys(("savings", "staff_flag", "restructured"), "answer"),
}
"""Fields whose cells are words that we have to know, and the list of ours that they come from."""


class Mapping(BaseModel):
    """`columns`: our field → their heading. `values`: field → their word → ours."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    columns: dict[str, str] = Field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    dates: Literal["dmy", "mdy", "ymd", ""] = ""
    decimal: Literal[".", ",", ""] = ""
    encoding: str = ""
    sheet: str = ""
    amounts_in: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    currency: Currency | None = None
    branches: dict[str, str] = Field(default_factory=dict)
    products: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)

    @field_validator("columns")
    @classmethod
    def _fields_are_ours(cls, columns: dict[str, str]) -> dict[str, str]:
        for name in columns:
            if name not in EVERY_FIELD:
                raise flaw(unknown("field", name, EVERY_FIELD), name)
        return columns

    @field_validator("encoding")
    @classmethod
    def _encoding_is_known(cls, encoding: str) -> str:
        if encoding.lower() not in ("", *KNOWN):
            raise flaw(unknown("encoding", encoding, KNOWN))
        return encoding.lower()

    @field_validator("values")
    @classmethod
    def _words_are_ours(cls, values: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        for name, words in values.items():
            if name not in WORD_LISTS:
                raise flaw(unknown("field", name, WORD_LISTS), name)
            for theirs, ours in words.items():
                if ours not in words_of(WORD_LISTS[name]):
                    raise flaw(unknown("word", ours, words_of(WORD_LISTS[name])), name, theirs)
        return values


def load_mapping(text: str, *, name: str) -> Mapping:
    """The mapping file in `text`; `name` is what problems call it. Raises SheetError, one line a problem."""
    try:
        document = read_document(text, name=name)
    except UnreadableError as error:
        raise SheetError(str(error)) from None
    try:
        mapping = Mapping.model_validate({} if document.content is None else document.content)
    except ValidationError as error:
        raise SheetError("\n".join(problems(document, Mapping, error))) from None
    if found := problems(document, Mapping):
        raise SheetError("\n".join(found))
    return mapping
