"""The exact surveys that asked: every version is kept as it was, so an answer always has its question."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, bindparam, func, select

from spm_bot.storage.failures import Conflict
from spm_bot.storage.tables import signatures, survey_versions
from spm_bot.surveys.library import dump, parse
from spm_bot.surveys.model import Survey

SIGNATURES_NEEDED = 2

# Built once: every session that begins asks for it.
_KNOWN = select(survey_versions.c.id).where(
    survey_versions.c.code == bindparam("of_code"), survey_versions.c.hash == bindparam("of_hash")
)


def keep(connection: Connection, survey: Survey) -> int:
    """The id of this version, stored on first use."""
    wanted = {"of_code": survey.code, "of_hash": survey.version}
    found: int | None = connection.execute(_KNOWN, wanted).scalar()
    if found is not None:
        return found
    row = {"code": survey.code, "hash": survey.version, "body": dump(survey)}
    added = survey_versions.insert().returning(survey_versions.c.id)
    identity: int = connection.execute(added, row).scalar_one()
    return identity


def get(connection: Connection, code: str, version: str) -> Survey:
    """The survey as it was at `version`. Raises LookupError."""
    query = select(survey_versions.c.body).where(
        survey_versions.c.code == code, survey_versions.c.hash == version
    )
    body = connection.execute(query).scalar()
    if body is None:
        raise LookupError(f"no version {version} of {code}")
    return _decoded(body)


def sign(
    connection: Connection, *, code: str, wording: str, language: str, signed_by: str, at: datetime
) -> None:
    """Records that a person stands for a wording (its hash) in a language.

    Raises Conflict for the same person once more, however the name is capitalised.
    """
    same = (
        signatures.c.code == code,
        signatures.c.hash == wording,
        signatures.c.language == language,
    )
    signers = connection.execute(select(signatures.c.signed_by).where(*same)).scalars()
    if signed_by.casefold() in {signer.casefold() for signer in signers}:
        raise Conflict(f"{signed_by} has signed this wording already")
    row = {"code": code, "hash": wording, "language": language, "signed_by": signed_by, "at": at}
    connection.execute(signatures.insert(), row)


def signed_languages(connection: Connection, code: str, wordings: dict[str, str]) -> frozenset[str]:
    """Languages whose present wording (language → hash) two people signed."""
    query = (
        select(signatures.c.language, signatures.c.hash, func.count())
        .where(signatures.c.code == code)
        .group_by(signatures.c.language, signatures.c.hash)
    )
    counts = {(language, wording): n for language, wording, n in connection.execute(query)}
    return frozenset(
        language
        for language, wording in wordings.items()
        if counts.get((language, wording), 0) >= SIGNATURES_NEEDED
    )


@lru_cache(maxsize=256)
def _decoded(body: str) -> Survey:
    """A version never changes, so it is decoded once."""
    return parse(body)
