"""What `doctor` looks at: each part of an installation, whether it is well, and what to mend."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from functools import partial

from spm_bot.app import desk_of, opened
from spm_bot.cli.staffing import Finding, staffing
from spm_bot.institution import Institution, InstitutionError, load
from spm_bot.settings import Settings
from spm_bot.storage import coverages, registers, seals, survey_versions
from spm_bot.storage.store import Corrupt, Store, Unavailable
from spm_bot.storage.vault import BadKey
from spm_bot.usecases.eligibility import signed_languages
from spm_bot.usecases.rotate import stand
from spm_bot.usecases.visit import Desk

HELPLINE_TEST_LASTS = timedelta(days=35)


async def examine(settings: Settings) -> list[Finding]:
    """Everything that can be seen without sending a message to anybody."""
    findings = [_token(settings)]
    desk = None
    try:
        desk = desk_of(load(settings.institution))
        findings.append(Finding("institution file", ok=True, says=desk.institution.name))
        findings += _institution(desk.institution, today=datetime.now(UTC).date())
    except InstitutionError as error:
        findings.append(Finding("institution file", ok=False, says=str(error)))
    try:
        async with opened(settings) as store:
            findings.append(Finding("database", ok=True, says="reached, at the newest schema"))
            findings.append(Finding("key", ok=True, says="opens the database"))
            findings.append(await _keys(store))
            findings += [finding async for finding in _stored(store, desk)]
    except BadKey as error:
        findings.append(Finding("key", ok=False, says=str(error)))
    except (Unavailable, Corrupt) as error:
        findings.append(Finding("database", ok=False, says=str(error)))
    return findings


def _token(settings: Settings) -> Finding:
    if settings.telegram_token is None:
        return Finding("telegram", ok=False, says="set SPM_TELEGRAM_TOKEN to the token of your bot")
    return Finding("telegram", ok=True, says="a token is set; `run` says whether Telegram takes it")


def _institution(institution: Institution, *, today: date) -> list[Finding]:
    findings = []
    for name in ("helplines", "remedies"):
        filled = bool(getattr(institution, name))
        says = "listed" if filled else f"none: list {name}, before that no survey is started"
        findings.append(Finding(name, ok=filled, says=says))
    for line in institution.helplines:
        fresh = line.tested_on is not None and today - line.tested_on <= HELPLINE_TEST_LASTS
        if not fresh:
            says = f"{line.name}: call it and write down tested_on (not older than 35 days) and tested_by"
            findings.append(Finding("helpline test", ok=False, says=says))
    if not institution.chat_company.transfer_basis or institution.chat_company.impact_assessment_on is None:
        says = "fill in transfer_basis and impact_assessment_on of chat_company"
        findings.append(Finding("data transfer", ok=False, says=says))
    return findings


async def _keys(store: Store) -> Finding:
    if await store.read(seals.bot_is_behind):
        return Finding("keys", ok=False, says="the bot runs with another first key than this: restart it")
    standing = await store.read(partial(stand, now=datetime.now(UTC)))
    if standing.unlisted:
        says = f"{standing.unlisted:,} values are under keys that are not listed: bring those keys back"
    elif behind := sum(standing.older):
        says = f"{behind:,} values are under an older key: run `spm-bot keys rotate`"
    else:
        return Finding("keys", ok=True, says="everything is under the first key")
    return Finding("keys", ok=False, says=says)


async def _branches(store: Store, institution: Institution) -> list[Finding]:
    """Branches that have clients and that the institution file no longer has."""
    known = {branch.code for branch in institution.branches}
    return [
        Finding(
            "branches", ok=False, says=f"{code}: {count:,} active clients, and not in the institution file"
        )
        for code, count in (await store.read(registers.active_by_branch)).items()
        if code not in known
    ]


async def _stored(store: Store, desk: Desk | None) -> AsyncIterator[Finding]:
    small = desk is not None and desk.institution.small_institution
    for finding in await store.read(partial(staffing, small_institution=small, now=datetime.now(UTC))):
        yield finding
    clients, with_officer = await store.read(coverages.count_with_officer)
    if clients and not with_officer:
        says = "not known: nobody notices several cards of one officer at once (import a column officer)"
        yield Finding("loan officers", ok=True, says=says)
    if desk is None:
        return
    for finding in await _branches(store, desk.institution):
        yield finding
    for standing in desk.institution.rounds:
        survey = desk.library.survey(standing.survey)
        signed = await store.read(partial(signed_languages, survey=survey))
        missing = [language for language in desk.languages if language not in signed]
        says = f"signed in {', '.join(sorted(signed)) or 'no language'}"
        if missing:
            says += f"; two people must sign {', '.join(missing)} (spm-bot surveys sign {survey.code})"
        yield Finding(f"wording of {survey.code}", ok=not missing, says=says)
    forms = await store.read(
        partial(survey_versions.signed_wordings, codes=[form.code for form in desk.library.client_forms])
    )
    for language, wordings in desk.forms.items():
        unsigned = [code for code, hash_ in wordings.items() if (code, language, hash_) not in forms]
        says = "every form is signed"
        if unsigned:
            says = (
                f"no client is written to in it before two people sign {', '.join(unsigned)}"
                f" (spm-bot surveys sign all --language {language})"
            )
        yield Finding(f"forms in {language}", ok=not unsigned, says=says)
