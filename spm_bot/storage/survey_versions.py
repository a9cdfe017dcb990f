"""The exact surveys that asked: every version is kept as it was, so an answer always has its question."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, bindparam, func, select

from spm_bot.storage.failures import Conflict
from spm_bot.storage.tables import signatures, survey_versions
from spm_bot.surveys.library import dump, parse
from spm_bot.surveys.model import Survey
from spm_bot.surveys.wordings import wording as wording_of

SIGNATURES_NEEDED = 2

_MEMORY = "signed wordings"

# Built once: every session that begins asks for it.
_KNOWN = select(survey_versions.c.id).where(
    survey_versions.c.code == bindparam("of_code"), survey_versions.c.hash == bindparam("of_hash")
)

# Built once: every event of a client asks for them.
_STAMP = select(func.count(), func.max(signatures.c.id))
_SIGNED = (
    select(signatures.c.code, signatures.c.language, signatures.c.hash)
    .where(signatures.c.code.in_(bindparam("codes", expanding=True)))
    .group_by(signatures.c.code, signatures.c.hash, signatures.c.language)
    .having(func.count() >= SIGNATURES_NEEDED)
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
    if signed_by.casefold() in signers(connection, code, language, wording):
        raise Conflict(f"{signed_by} has signed this wording already")
    row = {"code": code, "hash": wording, "language": language, "signed_by": signed_by, "at": at}
    connection.execute(signatures.insert(), row)


def signed_languages(connection: Connection, code: str, wordings: dict[str, str]) -> frozenset[str]:
    """Languages whose present wording (language → hash) two people signed."""
    signed = signed_wordings(connection, [code])
    return frozenset(language for language, hash_ in wordings.items() if (code, language, hash_) in signed)


def signed_wordings(connection: Connection, codes: Collection[str]) -> frozenset[tuple[str, str, str]]:
    """Code, language and hash of every wording of these surveys and forms that two people signed.

    Remembered with the connection until a signature comes: every event asks, and hardly ever anybody signs.
    """
    wanted, stamp = frozenset(codes), tuple(connection.execute(_STAMP).one())
    memory = connection.info.setdefault(_MEMORY, {})
    if wanted not in memory or memory[wanted][0] != stamp:
        found = connection.execute(_SIGNED, {"codes": list(wanted)})
        memory[wanted] = (stamp, frozenset((code, language, hash_) for code, language, hash_ in found))
    signed: frozenset[tuple[str, str, str]] = memory[wanted][1]
    return signed


def signers(connection: Connection, code: str, language: str, hash_: str) -> frozenset[str]:
    """Who signed this wording, in lower case."""
    query = select(signatures.c.signed_by).where(
        signatures.c.code == code, signatures.c.hash == hash_, signatures.c.language == language
    )
    return frozenset(name.casefold() for name in connection.execute(query).scalars())


def text_of(connection: Connection, code: str, language: str, hash_: str) -> Survey:
    """A version that reads so in `language`: what somebody saw who agreed to the wording of this hash,
    of which the first signs are enough. Raises LookupError when none that was ever asked has it.
    """
    query = select(survey_versions.c.body).where(survey_versions.c.code == code)
    for body in connection.execute(query.order_by(survey_versions.c.id)).scalars():
        survey = _decoded(body)
        if language in survey.languages and wording_of(survey, language).startswith(hash_):
            return survey
    raise LookupError(f"no version of {code} has the wording {hash_} in {language}")


@lru_cache(maxsize=256)
def _decoded(body: str) -> Survey:
    """A version never changes, so it is decoded once."""
    return parse(body)
