from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
import zxingcpp

from spm_bot.institution import Institution
from spm_bot.messages import Start
from spm_bot.usecases import print_cards as printing
from spm_bot.usecases.hand_links import NewLink, draw_links, keep_links
from spm_bot.usecases.print_cards import CardSheet, print_cards
from tests.stage.world import World, desk


def texts_of(sheet: CardSheet) -> str:
    pages = pypdfium2.PdfDocument(sheet.pdf)
    return "".join(page.get_textpage().get_text_range() for page in pages)


def scanned(sheet: CardSheet) -> list[str]:
    page = pypdfium2.PdfDocument(sheet.pdf)[0]
    pixels = page.render(scale=3, grayscale=True).to_numpy()
    return [code.text for code in zxingcpp.read_barcodes(pixels)]


async def printed(
    world: World,
    made: Sequence[NewLink],
    *,
    institution: Institution | None = None,
    language: str | None = None,
    now: datetime | None = None,
) -> CardSheet:
    return await print_cards(
        made,
        store=world.store,
        institution=institution or world.desk.institution,
        bot="UmojaVoiceBot",
        language=language,
        now=now or world.clock.now(),
    )


async def test_scanned_card_opens_the_chat_of_its_client(world: World) -> None:
    made = await draw_links(store=world.store, branch="BUS", code=None)
    sheet = await printed(world, made)
    await keep_links(made, store=world.store, actor="cli:root", now=world.clock.now())
    assert [link.client for link in made] == ["Chantal"]
    [link] = scanned(sheet)
    assert link == f"https://t.me/UmojaVoiceBot?start={made[0].token}"
    await world.receive(Start("card-of-Chantal"), handle="earlier")
    await world.receive(Start(link.partition("?start=")[2]), handle="new")
    assert [world.phones.texts(handle)[-1].partition(".")[0] for handle in ("earlier", "new")] == [
        "This link was used already or is too old",
        "Hello, this is Umoja Microfinance",
    ]


async def test_code_can_be_typed_as_it_is_printed(sqlite_world: World) -> None:
    world = sqlite_world
    made = await draw_links(store=world.store, branch=None, code="Amina")
    await keep_links(made, store=world.store, actor="cli:root", now=world.clock.now())
    [code] = re.findall(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", texts_of(await printed(world, made)))
    await world.say(code, handle="a")
    assert world.phones.texts("a")[-1].startswith("Hello, this is Umoja Microfinance.")


async def test_card_names_its_client_by_first_name_and_code_alone(sqlite_world: World) -> None:
    world = sqlite_world
    made = await draw_links(store=world.store, branch=None, code=None)
    words = texts_of(await printed(world, made))
    assert [words.count(name) for name in ("Amina", "Beatrice", "Chantal", "David")] == [2] * 4
    assert [name for name in ("Otieno", "Wafula", "Mukeshimana", "Kiprop") if name in words] == []


@pytest.mark.parametrize(
    ("offered", "asked", "spoken"),
    [
        (("en", "fr"), None, ["en", "fr"]),
        (("fr", "en"), None, ["fr", "en"]),
        (("en", "fr"), "fr", ["fr", "en"]),
        (("en",), "fr", ["fr", "en"]),
        (("xx", "fr"), None, ["fr"]),
        (("xx",), None, ["en"]),
    ],
)
def test_card_is_written_in_languages_the_bot_knows(
    offered: tuple[str, ...], asked: str | None, spoken: list[str]
) -> None:
    institution = desk().institution.model_copy(update={"languages": offered})
    assert printing._spoken(institution, asked) == spoken


async def test_promised_day_is_a_whole_day_at_every_branch(sqlite_world: World) -> None:
    world = sqlite_world
    made = await draw_links(store=world.store, branch=None, code="Amina")
    late = datetime(2026, 11, 24, 22, tzinfo=UTC)
    institution = world.desk.institution
    first, *others = institution.branches
    moved = first.model_copy(update={"time_zone": ZoneInfo("Africa/Dakar")})
    print_late = partial(printed, world, made, now=late)
    # Thirty days later it is already the 25th in Nairobi, and still the 24th in Dakar.
    assert (await print_late()).good_until == date(2026, 12, 24)
    westward = institution.model_copy(update={"branches": (moved, *others)})
    assert (await print_late(institution=westward)).good_until == date(2026, 12, 23)
