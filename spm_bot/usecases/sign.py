"""Signing a wording: two people stand for it before any client reads it."""

from __future__ import annotations

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
