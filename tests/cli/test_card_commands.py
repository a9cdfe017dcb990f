"""Joining cards: what is printed, what is told, and what is left alone when it cannot be done."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from spm_bot.usecases import print_cards
from tests.bench.telegram_bench import TelegramBench
from tests.cli.conftest import Give, Result

CARDS = ("clients", "invite", "--pdf", "cards.pdf")


def events(give: Give) -> list[str]:
    return [row["event"] for row in give("audit", "list", "--json").data]


def scanned(file: Path) -> list[str]:
    pixels = pypdfium2.PdfDocument(file)[0].render(scale=3, grayscale=True).to_numpy()
    return sorted(code.text for code in zxingcpp.read_barcodes(pixels))


@pytest.fixture
def with_bot(give: Give, register: Path, monkeypatch: pytest.MonkeyPatch) -> Give:
    """Gives commands while Telegram says what the bot is called; two clients are in the register."""
    give("register", "import", register.name)

    async def while_it_answers(*arguments: str) -> Result:
        async with TelegramBench.start() as bench:
            monkeypatch.setenv("SPM_TELEGRAM_BASE_URL", bench.base_url)
            monkeypatch.setenv("SPM_TELEGRAM_TOKEN", bench.token)
            return await asyncio.to_thread(give, *arguments)

    return lambda *arguments: asyncio.run(while_it_answers(*arguments))


def test_cards_are_printed_for_their_owner_alone(with_bot: Give, home: Path) -> None:
    result = with_bot(*CARDS, "--branch", "BUN")
    assert (result.status, result.out) == (0, "")
    told = re.fullmatch(
        r"2 cards, good until (\S+): hand out in person; keep the file cards.pdf no longer than needed\n",
        result.err,
    )
    assert told is not None
    left = datetime.fromisoformat(f"{told[1]}T00:00:00+00:00") - datetime.now(UTC)
    assert timedelta(days=27) < left < timedelta(days=30)
    assert (home / "cards.pdf").stat().st_mode & 0o777 == 0o600
    assert len(scanned(home / "cards.pdf")) == 2
    assert sorted(each.name for each in home.glob(".cards*")) == []


def test_printed_links_are_those_of_the_data(with_bot: Give, home: Path) -> None:
    (home / "cards.pdf").write_text("of last week")
    result = with_bot(*CARDS, "--client", "C2", "--language", "fr", "--json")
    [row] = result.data
    assert (row["client"], result.err.startswith("1 card, good until ")) == ("C2", True)
    assert scanned(home / "cards.pdf") == [row["link"]]
    words = pypdfium2.PdfDocument(home / "cards.pdf")[0].get_textpage().get_text_range()
    assert f"{row['code'][:4]}-{row['code'][4:]}" in words


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--pdf", "none/cards.pdf"), "none/cards.pdf: cannot be written (no such file or directory)"),
        (("--pdf", "clients.csv/c.pdf"), "clients.csv/c.pdf: cannot be written (not a directory)"),
        (("--pdf", "."), ".: is there already and is no file"),
        (
            ("--pdf", "c.pdf", "--client", "C9"),
            "there is no such active client: import the register first, or check the id",
        ),
    ],
)
def test_no_card_is_made_where_none_can_be_printed(
    with_bot: Give, give: Give, home: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    result = with_bot("clients", "invite", *arguments)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
    assert events(give) == ["register_imported"]
    assert list(home.glob("*.pdf*")) == []


def test_too_many_cards_for_one_file_are_refused(
    with_bot: Give, give: Give, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(print_cards, "MOST_CARDS", 1)
    result = with_bot(*CARDS)
    complaint = "2 cards are too many for one file: print them by --branch"
    assert (result.status, result.err) == (1, f"spm-bot: {complaint}\n")
    assert events(give) == ["register_imported"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--language", "fr"), "--language is the language of printed cards: add --pdf FILE"),
        (
            ("--pdf", "cards.pdf", "--language", "xx"),
            "cards cannot be written in 'xx': take one of en, ",
        ),
    ],
)
def test_language_of_no_card_is_refused(
    give: Give, register: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    result = give("clients", "invite", *arguments)
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"spm-bot: {complaint}")


@pytest.mark.parametrize("token", [None, "700000001:token"])
def test_cards_need_the_name_of_the_bot(
    give: Give, register: Path, home: Path, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    give("register", "import", register.name)
    why = "no SPM_TELEGRAM_TOKEN is set"
    if token is not None:
        monkeypatch.setenv("SPM_TELEGRAM_BASE_URL", "http://127.0.0.1:9")
        monkeypatch.setenv("SPM_TELEGRAM_TOKEN", token)
        why = "Telegram cannot be reached"
    result = give(*CARDS)
    complaint = f"{why}, and a card needs the name of the bot: mend that first, no card was made"
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
    assert events(give) == ["register_imported"]
    assert not (home / "cards.pdf").exists()


def test_lost_card_is_revoked_once(give: Give, register: Path) -> None:
    give("register", "import", register.name)
    give("clients", "invite", "--client", "C1")
    results = [give("clients", "revoke", client) for client in ("C1", "C1", "C9")]
    assert [(result.status, result.out, result.err) for result in results] == [
        (0, "", "client C1: the card is revoked\n"),
        (1, "", "spm-bot: client C1 has no card that could still be used\n"),
        (1, "", "spm-bot: there is no client 'C9' in the register\n"),
    ]
    assert events(give) == ["register_imported", "clients_invited", "cards_revoked"]
