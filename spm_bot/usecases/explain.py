"""Codes that we keep about a client, in words that she can read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from spm_bot.clauses import Retention
from spm_bot.institution import Institution
from spm_bot.protection.consent import Purpose
from spm_bot.storage import requests
from spm_bot.surveys.model import Survey
from spm_bot.texts import Voice, half_up, sentence

_WORDS = MappingProxyType(
    {
        "female": sentence("woman"),
        "male": sentence("man"),
        "group": sentence("group loan"),
        "individual": sentence("own loan"),
        "active": sentence("client"),
        "closed": sentence("no client any more"),
        "written_off": sentence("written off"),
        "urban": sentence("in a town"),
        "rural": sentence("in the country"),
        "daily": sentence("every day"),
        "weekly": sentence("every week"),
        "two_weekly": sentence("every two weeks"),
        "monthly": sentence("every month"),
        "seasonal": sentence("after a season"),
        "bullet": sentence("all at the end"),
        "completed": sentence("answered"),
        "partial": sentence("answered in part"),
        "break_off": sentence("stopped"),
        "refused": sentence("you said no"),
        "no_answer": sentence("no answer"),
        "unreachable": sentence("did not reach you"),
        "expired": sentence("time was over"),
        "not_eligible": sentence("taken back"),
        "open": sentence("open"),
        "done": sentence("done"),
        "undone": sentence("undone"),
        requests.DATA: sentence("to see your data"),
        requests.FORGET: sentence("to be erased"),
        Purpose.SURVEY: sentence("short surveys"),
        Purpose.PRIVATE: sentence("private questions"),
    }
)
_EVENTS = MappingProxyType(
    {
        "data_requested": sentence("your wish to see your data was noted"),
        "data_written": sentence("we wrote your data into a file"),
        "data_sent": sentence("we sent your data to your chat"),
        "forget_requested": sentence("your wish to be erased was noted"),
        "forget_planned": sentence("we set a day to erase your data"),
        "forget_undone": sentence("your data was not erased after all"),
        "joining_admitted": sentence("after a call, you could join"),
        "joining_refused": sentence("after a call, a chat could not join as you"),
        "proof_locked": sentence("three wrong answers, so joining was closed for a day"),
        "cards_revoked": sentence("your joining cards were ended"),
    }
)
_BANDS = MappingProxyType(
    {
        "low": sentence("low"),
        "moderate": sentence("medium"),
        "high": sentence("high"),
        "severe": sentence("very high"),
    }
)
_REASONS = MappingProxyType(
    {
        "insufficient": sentence("too few answers to work it out"),
        "not_borrower": sentence("not worked out, as you have no loan"),
    }
)
_LEVELS = MappingProxyType(
    {
        "critical": sentence("very serious"),
        "high": sentence("serious"),
        "standard": sentence("less serious"),
        "watch": sentence("small"),
    }
)


def word(code: str, voice: Voice) -> str:
    """A code of the register, of a survey's end or of a wish; one without words stands as it is."""
    return voice.say(_WORDS[code]) if code in _WORDS else code


def event(code: str, voice: Voice) -> str:
    """What a line of the log tells."""
    return voice.say(_EVENTS.get(code, code.replace("_", " ")))


def worked_out(survey: Survey, scored: Mapping[str, object], voice: Voice) -> Iterator[str]:
    """What the answers to a survey were judged to mean: its score, and the signs that were noted."""
    say = voice.say
    for name in _named(scored, "bands"):
        how = "; ".join(_score(scored, name, voice))
        yield say(
            "Worked out from your answers: %(what)s: %(how)s", what=survey.title.in_(voice.language), how=how
        )
    if flags := _listed(scored, "flags"):
        yield say("Signs that we noted in your answers: %(count)s", count=len(flags))
    if watched := _listed(scored, "watch"):
        yield say("Small signs that we noted in your answers: %(count)s", count=len(watched))
    level = str(scored.get("followup_level") or "")
    if level:
        yield say("How serious this is: %(level)s", level=say(_LEVELS.get(level, level)))


def _score(scored: Mapping[str, object], name: str, voice: Voice) -> Iterator[str]:
    say = voice.say
    band, points = _named(scored, "bands").get(name), _named(scored, "scores").get(name)
    if band is not None:
        yield say(_BANDS.get(str(band), str(band)))
    if isinstance(points, int | float):
        yield say("%(number)s of %(total)s", number=half_up(points), total=100)
    reason = _named(scored, "reasons").get(name)
    if reason is not None:
        yield say(_REASONS.get(str(reason), str(reason)))


def _named(scored: Mapping[str, object], part: str) -> Mapping[str, object]:
    found = scored.get(part)
    return found if isinstance(found, dict) else {}


def _listed(scored: Mapping[str, object], part: str) -> list[object]:
    found = scored.get(part)
    return found if isinstance(found, list) else []


def readers(institution: Institution, voice: Voice) -> Iterator[str]:
    """Who can see what we keep."""
    yield voice.say(
        "Answers, without your name: %(team)s.", team=institution.answers_seen_by.in_(voice.language)
    )
    yield voice.say("Your loan officer and your branch never see your answers.")
    yield voice.say("Managers see counts of many people, never yours alone.")
    yield voice.say("%(name)s carries the messages and can read them.", name=institution.chat_company.name)


def terms(retention: Retention, voice: Voice) -> Iterator[str]:
    """How long we keep it."""
    yield voice.say("Words of messages: 7 days.")
    yield voice.say("Your name with your answers: %(months)s months.", months=retention.answers_months)
    yield voice.say("Your yes and no, and our log: %(months)s months.", months=retention.ledger_months)
    yield voice.say("All else: as long as you are our client. To erase it now, write /forget.")
