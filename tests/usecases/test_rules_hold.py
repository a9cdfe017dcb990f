"""Nobody is ever written to against a rule: whatever reaches a phone in villages drawn at random is judged by
rules written down here once more, as plainly as they are told, at the moment at which it arrives.

Between two invitations lie 21 days without exception. Until the same survey comes again, and between surveys
that keep a distance, up to 72 hours may be missing: an invitation may leave that much later than its turn.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

import pytest

from spm_bot.clauses import Round
from spm_bot.fieldwork.audience import eligible
from spm_bot.storage import people, rounds
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.vault import Vault
from spm_bot.times import Weekday
from spm_bot.usecases.eligibility import candidates, signed_languages
from spm_bot.usecases.find_hour import hours_within
from spm_bot.usecases.invite import write_invitations
from spm_bot.usecases.take_turns import invite_due
from spm_bot.usecases.visit import Desk
from tests.stage.village import DAY, HOUR, SIGNED, Letter, Village, Villager, prepare, sign_all

VILLAGES = int(os.environ.get("SPM_VILLAGES", "30"))
SLACK = timedelta(hours=72)
COOL_DOWN_WEEKS = {"client_satisfaction": 52, "debt_stress": 26, "client_outcomes": 52}
"""As the example file has it."""

AGE_MATTERS = {"debt_stress", "client_outcomes"}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, filled_sqlite: Path) -> Path:
    """A database in which every wording is signed, in some languages."""
    file = tmp_path_factory.mktemp("village") / "signed.db"
    prepare(filled_sqlite, file)

    async def fill() -> None:
        store = await Store.open(f"sqlite+aiosqlite:///{file}", vault=Vault((bytes(range(32)),)), lanes=1)
        await store.write(sign_all)
        await store.close()

    asyncio.run(fill())
    return file


async def test_nobody_is_written_to_against_a_rule(prepared: Path, tmp_path: Path, vault: Vault) -> None:
    seen: Counter[str] = Counter()
    for seed in range(VILLAGES):
        file = tmp_path / f"{seed}.db"
        prepare(prepared, file)
        village = await Village.draw(file, seed=seed, vault=vault)
        before = len(village.mailbox.letters)
        for number in range(5):
            await a_round(village, number)
            await village.live(village.rng.choice((1, 12, 12)))
        await village.world.store.close()
        letters = village.mailbox.letters
        for place, letter in enumerate(letters[before:], start=before):
            seen[letter.kind] += 1
            found = list(broken(letter, letters[:place], village))
            assert not found, f"village {seed}: {letter} {found}"
    # What is judged must be there: not one village in which nothing happens.
    assert seen["invitation"] > 2 * VILLAGES
    assert seen["reminder"] > VILLAGES / 3
    assert seen["wished"] > 0


async def a_round(village: Village, number: int) -> None:
    """After hours, days or weeks the next round asks: a turn of the panel, or some people over three days."""
    rng, world = village.rng, village.world
    if rng.random() < 0.4:
        # Just when three weeks are over for somebody, or nearly.
        some = rng.choice([letter.at for letter in village.mailbox.letters[-5:]])
        world.clock.instant = max(village.now, some + 21 * DAY + rng.uniform(-8, 1) * HOUR)
    else:
        days = rng.choice((0, 1, 24, 30, 190))
        world.clock.advance(days * DAY * (rng.random() + 0.5) + rng.random() * 5 * HOUR)
    survey = rng.choice(list(SIGNED))
    if rng.random() < 0.6:
        cycle = rng.choice((1, 2))
        standing = Round(
            code=f"{survey}-{cycle}", survey=survey, weekday=Weekday.MONDAY, time=time(10), cycle_weeks=cycle
        )
        await invite_due(standing, village.now, store=world.store, desk=world.desk)
    else:
        spread = {person: village.now + rng.random() * 3 * DAY for person in village.mailbox.villagers}
        work = partial(
            _ask, desk=world.desk, survey=survey, code=f"adhoc-{number}", spread=spread, at=village.now
        )
        await world.store.write(work)
    await world.postman.flush()


def _ask(
    connection: Connection,
    *,
    desk: Desk,
    survey: str,
    code: str,
    spread: dict[int, datetime],
    at: datetime,
) -> None:
    definition = desk.library.survey(survey)
    asked = eligible(
        candidates(connection, people.clients_by_id(connection, spread), now=at),
        survey=survey,
        signed=signed_languages(connection, definition),
        rules=desk.rules,
        now=at,
        has_hour=hours_within(desk, at),
    )
    round_ = rounds.open_round(
        connection, code=code, survey=survey, origin="adhoc", audience="{}", seed=1, at=at
    )
    when = {each.client: spread[each.client] for each in asked}
    write_invitations(connection, desk, round_, definition, asked, when=when, wave=0, window=3 * DAY)


def broken(letter: Letter, earlier: list[Letter], village: Village) -> Iterator[str]:
    """The rules that this letter breaks."""
    person = letter.person
    local = letter.at.astimezone(village.zone_of(person))
    yield from broken_by_standing(letter)
    yield from broken_by_age(letter, local.date())
    yield from broken_by_hour(letter, local, village)
    yield from broken_by_due_date(person, local)
    mine = [each for each in earlier if each.person.client == person.client]
    if letter.kind == "invitation":
        yield from broken_by_history(letter, mine)
    started = [each for each in mine if each.kind != "wished" and letter.at - each.at < 365 * DAY]
    budget = village.institution.contact.messages_per_year
    if letter.kind != "wished" and len(started) >= budget:
        yield f"more than {budget} messages in 365 days"


def broken_by_standing(letter: Letter) -> Iterator[str]:
    person, survey = letter.person, letter.survey
    if not person.agrees:
        yield "without consent"
    if person.works_here:
        yield "staff"
    if person.status != "active" and not (survey == "client_exit" and person.status == "written_off"):
        yield "no client any more"
    if survey == "debt_stress" and person.loan is None:
        yield "debt stress without a loan"
    if survey == "client_exit" and person.loan is not None:
        yield "asked why they left, with a loan"
    if letter.handle != person.handle:
        yield "on a phone that is no longer theirs"
    if letter.kind == "invitation" and person.language not in SIGNED[survey]:
        yield "in a language nobody signed"
    if letter.others_open:
        yield "in the midst of another survey"
    if letter.round_state in {"paused", "stopped"}:
        yield f"of a round that is {letter.round_state}"


def broken_by_age(letter: Letter, today: date) -> Iterator[str]:
    person = letter.person
    if person.born_on is not None:
        birthdays = today.year - person.born_on.year
        birthdays -= (today.month, today.day) < (person.born_on.month, person.born_on.day)
        if birthdays < 18:
            yield "under 18"
    elif person.birth_year is not None:
        if today.year - person.birth_year < 19:
            yield "perhaps under 18"
    elif letter.survey in AGE_MATTERS:
        yield "of unknown age"


def broken_by_hour(letter: Letter, local: datetime, village: Village) -> Iterator[str]:
    person, institution = letter.person, village.institution
    if Weekday(local.weekday()) in institution.rest_days_of(person.branch):
        yield "on a day of rest"
    if local.date() in institution.holidays_of(person.branch):
        yield "on a holiday"
    daytime, own = 9 <= local.hour < 19, local.hour == person.hour
    # Whoever said when to be reminded is reminded then, also outside the hour they chose long ago.
    allowed = daytime if person.hour is None else own or (daytime and letter.kind == "wished")
    if not allowed:
        yield f"at {local:%H:%M}"


def broken_by_due_date(person: Villager, local: datetime) -> Iterator[str]:
    if person.loan is None:
        return
    due_on, frequency = person.loan
    if frequency == "daily" and 7 <= local.hour < 10:
        yield "before the collection"
    if due_on is None:
        return
    for near in (local.date() - DAY, local.date(), local.date() + DAY):
        days = (near - due_on).days
        weekly = frequency == "weekly" and days % 7 == 0 and days >= -7
        two_weekly = frequency == "two_weekly" and days % 14 == 0 and days >= -14
        month_ends = (near + DAY).day == 1
        same_day = near.day == due_on.day or (month_ends and near.day < due_on.day)
        monthly = frequency == "monthly" and same_day and days > 0
        if days == 0 or weekly or two_weekly or monthly:
            yield f"near the due day {near}"


def broken_by_history(letter: Letter, mine: list[Letter]) -> Iterator[str]:
    invited = [each for each in mine if each.kind == "invitation"]
    if any(letter.at - each.at < 21 * DAY for each in invited):
        yield "within 21 days of another invitation"
    if sum(letter.at - each.at < 365 * DAY for each in invited) >= 6:
        yield "more than six invitations in 365 days"
    weeks = COOL_DOWN_WEEKS.get(letter.survey, 0)
    same = [each for each in invited if each.survey == letter.survey]
    if any(letter.at - each.at < timedelta(weeks=weeks) - SLACK for each in same):
        yield "the same survey too soon"
    pair = {"client_satisfaction", "client_outcomes"}
    other = pair - {letter.survey}
    if letter.survey in pair and any(
        each.survey in other and letter.at - each.at < timedelta(weeks=8) - SLACK for each in invited
    ):
        yield "too near to its sister survey"
