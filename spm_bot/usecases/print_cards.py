"""Printing joining cards: a sheet with a card for each new link, in the languages of the institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from spm_bot.institution import Institution
from spm_bot.reports.cards import CardTexts, JoiningCard, cards_pdf
from spm_bot.storage import people
from spm_bot.storage.store import Connection, Store
from spm_bot.texts import SOURCE, languages, voice
from spm_bot.times import DAY, on_wall
from spm_bot.usecases.hand_links import NewLink
from spm_bot.usecases.spell_link import CLIENT_LINK_LASTS, deep_link

MOST_CARDS = 10_000
"""How many cards are drawn at once: each takes a third of a megabyte of memory."""


@dataclass(frozen=True, slots=True)
class CardSheet:
    """A PDF to print, and the last whole day on which its cards are good."""

    pdf: bytes
    good_until: date


async def print_cards(
    made: Sequence[NewLink],
    *,
    store: Store,
    institution: Institution,
    bot: str,
    language: str | None,
    now: datetime,
) -> CardSheet:
    """The cards of these links, in `language` or else in the institution's first."""
    names = await store.read(partial(_first_names, clients=[link.client_id for link in made]))
    cards = [
        JoiningCard(link.client, name, deep_link(bot, link.token), link.code)
        for link, name in zip(made, names, strict=True)
    ]
    main, *others = _spoken(institution, language)
    good_until = _last_day(institution, now)
    texts = CardTexts(
        institution=institution.name,
        country=institution.country,
        bot=bot,
        good_until=good_until,
        voice=voice(main),
        others=tuple(map(voice, others)),
    )
    return CardSheet(cards_pdf(cards, texts), good_until)


def _first_names(connection: Connection, *, clients: Sequence[int]) -> list[str]:
    return [people.first_name(connection, client) for client in clients]


def _spoken(institution: Institution, language: str | None) -> list[str]:
    """The languages of a card, the main one first; those for which the bot has no words are left out."""
    wanted = institution.languages if language is None else (language, *institution.languages)
    known = languages()
    return [each for each in dict.fromkeys(wanted) if each in known] or [SOURCE]


def _last_day(institution: Institution, now: datetime) -> date:
    """Nobody is told of a day of which only a part is left, wherever their branch is."""
    zones = {institution.zone_of(branch.code) for branch in institution.branches}
    ends = now + CLIENT_LINK_LASTS
    return min(on_wall(ends, zone=zone).date() for zone in zones) - DAY
