"""Signing a wording: two people stand for it before any client reads it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from spm_bot.storage import audits, survey_versions
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Survey
from spm_bot.surveys.wordings import wording


def sign_wording(
    connection: Connection, *, survey: Survey, language: str, by: str, actor: str, now: datetime
) -> None:
    """Records one of the two signatures. Raises Conflict when this person has signed it already."""
    signed = wording(survey, language)
    survey_versions.sign(
        connection, code=survey.code, wording=signed, language=language, signed_by=by, at=now
    )
    audits.write_down(
        connection,
        at=now,
        actor=actor,
        event="wording_signed",
        survey=survey.code,
        language=language,
        wording=signed,
    )


def sign_all(
    connection: Connection, *, surveys: Iterable[Survey], language: str, by: str, actor: str, now: datetime
) -> int:
    """Records a person's signature for each wording in `language` that lacks it; says for how many."""
    unsigned = [
        survey
        for survey in surveys
        if language in survey.languages
        and by.casefold()
        not in survey_versions.signers(connection, survey.code, language, wording(survey, language))
    ]
    for survey in unsigned:
        sign_wording(connection, survey=survey, language=language, by=by, actor=actor, now=now)
    return len(unsigned)
