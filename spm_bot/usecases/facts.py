"""What a survey's conditions and wordings may know of a client and of the institution."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from babel import localedata
from babel.dates import format_date
from babel.numbers import format_decimal

from spm_bot.institution import Institution
from spm_bot.protection.consent import private_items
from spm_bot.storage import consents
from spm_bot.storage.people import Client
from spm_bot.storage.store import Connection
from spm_bot.surveys.model import Choice, Words
from spm_bot.texts import comma, from_right, language_name
from spm_bot.usecases.visit import Desk

_DAYS_A_MONTH = 365.25 / 12
_ISOLATED = "\u2066%s\u2069"


def house_facts(institution: Institution, language: str) -> dict[str, str | float]:
    """Names and numbers that wordings speak of, the same for every client."""
    amount = format_decimal(institution.emergency_amount, locale=language)
    outside = institution.outside_body
    return {
        "institution": institution.name,
        "team": institution.answers_seen_by.in_(language),
        "chat_company": institution.chat_company.name,
        "hotline": dialable(institution.hotline, language),
        "outside_body": comma(language).join(
            (outside.name.in_(language), dialable(outside.contact, language))
        ),
        "helplines": "\n".join(_helplines(institution, language)),
        "emergency_amount": f"{institution.currency} {amount}",
    }


def _helplines(institution: Institution, language: str) -> Iterator[str]:
    """Lines that speak the client's language; all of them where none does."""
    own = [line for line in institution.helplines if language in line.languages]
    for line in own or institution.helplines:
        when = comma(language).join((line.hours.in_(language), line.cost.in_(language)))
        yield f"{line.name}: {dialable(line.number, language)} ({when})"


def dialable(number: str, language: str) -> str:
    """A phone number or hash as it must stand in words of that language: between words written from
    right to left its groups of digits would change places.
    """
    return _ISOLATED % number if from_right(language) else number


def long_date(day: date, *, language: str, country: str) -> str:
    """A day as people of that language write it in that country, as far as is known."""
    there = f"{language}_{country}"
    return format_date(day, "long", locale=there if localedata.exists(there) else language)


def client_facts(
    connection: Connection, desk: Desk, client: Client, *, language: str, now: datetime
) -> dict[str, str | float]:
    """All facts for one client's survey; `private_items` follows from the last word on consent."""
    given = consents.purposes_given(connection, client.subject)
    return {
        **house_facts(desk.institution, language),
        "has_loan": "yes" if client.has_loan else "no",
        "has_savings": "yes" if client.has_savings else "no",
        "loan_method": client.loan_method,
        "tenure_months": _months(client.joined_on, now),
        "private_items": private_items(given),
    }


def language_choices(desk: Desk) -> tuple[Choice, ...]:
    """The languages on offer, each by its own name."""
    return tuple(Choice(code, Words({code: language_name(code)}, code)) for code in desk.languages)


def _months(joined_on: str | None, now: datetime) -> float:
    """Whole months as a client; 0 when the register does not say, so that no question about long
    acquaintance is asked on a guess.
    """
    if joined_on is None:
        return 0.0
    return float(int((now.date() - date.fromisoformat(joined_on)).days / _DAYS_A_MONTH))
