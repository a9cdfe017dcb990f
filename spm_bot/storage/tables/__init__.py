"""The tables, with the keys that give rows their meaning.

Personal data (names, phones, chat handles, free text, message bodies) stands in encrypted columns;
a keyed hash stands beside where a look-up needs one. Audit and consent rows know a client only by a
random `subject`.
"""

from spm_bot.storage.tables.asking import (
    answers,
    comments,
    draws,
    invitations,
    observations,
    responses,
    rounds,
    sessions,
    signatures,
    strata,
    survey_versions,
)
from spm_bot.storage.tables.base import UTCDateTime, metadata
from spm_bot.storage.tables.lists import branch_facts, loans, portfolios
from spm_bot.storage.tables.steering import decisions, digests, promises, quotes, renderings
from spm_bot.storage.tables.who import (
    addresses,
    clients,
    consents,
    forgotten,
    holders,
    links,
    people,
    peppers,
    requests,
    roles,
    staff,
    tries,
    waiting,
)
from spm_bot.storage.tables.working import (
    audit_ends,
    audits,
    files,
    job_runs,
    outbox,
    receipts,
    seals,
)

__all__ = [
    "UTCDateTime",
    "addresses",
    "answers",
    "audit_ends",
    "audits",
    "branch_facts",
    "clients",
    "comments",
    "consents",
    "decisions",
    "digests",
    "draws",
    "files",
    "forgotten",
    "holders",
    "invitations",
    "job_runs",
    "links",
    "loans",
    "metadata",
    "observations",
    "outbox",
    "people",
    "peppers",
    "portfolios",
    "promises",
    "quotes",
    "receipts",
    "renderings",
    "requests",
    "responses",
    "roles",
    "rounds",
    "seals",
    "sessions",
    "signatures",
    "staff",
    "strata",
    "survey_versions",
    "tries",
    "waiting",
]
