"""Commands about keys: the list of the settings, the key file, and what doctor says of both."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import pytest

from spm_bot.storage import seals
from spm_bot.storage.store import Store
from spm_bot.storage.vault import Vault, new_key
from tests.cli.conftest import Give
from tests.seed import meet

DATABASE = "sqlite+aiosqlite:///spm.db"
OLD, NEW = new_key(), new_key()


async def _meet(keys: str, handle: str) -> None:
    store = await Store.open(DATABASE, vault=Vault.from_setting(keys), durability="off", lanes=1)
    await store.write(partial(meet, handle=handle))
    await store.close()


def met(keys: str, handle: str) -> None:
    """A chat that a program with this list of keys has met."""
    asyncio.run(_meet(keys, handle))


async def _serve(keys: str) -> None:
    store = await Store.open(DATABASE, vault=Vault.from_setting(keys), durability="off", lanes=1)
    await store.write(seals.bot_began)
    await store.close()


def listed(home: Path) -> list[str]:
    return (home / "spm.db.key").read_text(encoding="ascii").strip().split(",")


def keys_finding(give: Give) -> tuple[bool, str]:
    [found] = [each for each in give("doctor", "--json").data if each["part"] == "keys"]
    return found["ok"], found["says"]


@pytest.fixture
def settled(give: Give, home: Path) -> str:
    """The key of a database in use, from its key file, with one chat in it."""
    assert give("staff", "list").status == 0
    [key] = listed(home)
    met(key, "asha")
    return key


def test_new_key_is_printed_and_can_be_used(give: Give) -> None:
    one, other = give("keys", "new"), give("keys", "new")
    assert (one.status, one.err) == (0, "")
    assert one.out != other.out
    assert Vault.from_setting(f"{one.out},{other.out}").digest("a")


def test_one_key_leaves_nothing_to_do(give: Give, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = give("keys", "rotate")
    assert (told.status, told.out) == (0, "")
    assert told.err == (
        f"nothing to do: {home / 'spm.db.key'} lists one key; for a new one run `keys rotate --new`\n"
    )
    monkeypatch.setenv("SPM_SECRET_KEY", listed(home)[0])
    assert give("keys", "rotate").err == (
        "nothing to do: SPM_SECRET_KEY lists one key;"
        " for a new one set SPM_SECRET_KEY=NEW,OLD (`keys new` makes one)\n"
    )


def test_listed_keys_rotate_and_the_old_one_may_leave(
    give: Give, settled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPM_SECRET_KEY", f"{NEW},{settled}")
    assert keys_finding(give) == (False, "3 values are under an older key: run `spm-bot keys rotate`")
    told = give("keys", "rotate")
    assert (told.status, told.out) == (0, "")
    assert told.err == ("2 values moved under the first key\nkey 2 of SPM_SECRET_KEY may leave the list\n")
    monkeypatch.setenv("SPM_SECRET_KEY", NEW)
    assert keys_finding(give) == (True, "everything is under the first key")
    monkeypatch.setenv("SPM_SECRET_KEY", settled)
    gone = give("keys", "rotate")
    assert (gone.status, gone.err.split(":")[1]) == (1, " SPM_SECRET_KEY does not open this database")


def test_key_file_gets_a_new_key_and_loses_the_old_one(give: Give, home: Path, settled: str) -> None:
    file = home / "spm.db.key"
    told = give("keys", "rotate", "--new")
    assert told.status == 0
    assert told.err == (
        f"a new key stands first in {file}: keep a copy of the file where its old copy is kept\n"
        f"2 values moved under the first key\nkey 2 of {file} may leave the list\n"
    )
    new, old = listed(home)
    assert (old, new == old) == (settled, False)
    assert file.stat().st_mode & 0o777 == 0o600
    again = give("keys", "rotate", "--new")
    assert (again.status, again.err) == (1, f"spm-bot: {file} lists a new key already: leave out --new\n")
    dropped = give("keys", "rotate", "--drop-old", "--json")
    assert dropped.data == {
        "moved": 0,
        "damaged": 0,
        "left": {"2": 0},
        "unlisted": 0,
        "ending_codes": 0,
    }
    assert dropped.err == (
        f"{file} holds the new key alone; keep the old one with the backups that were made under it\n"
    )
    assert listed(home) == [new]
    assert keys_finding(give) == (True, "everything is under the first key")


def test_key_file_is_safe_at_every_instant(give: Give, home: Path, settled: str) -> None:
    """Killed after the new key was written: the database opens, and rotation goes on without --new."""
    (home / "spm.db.key").write_text(f"{NEW},{settled}\n", encoding="ascii")
    assert give("staff", "list").status == 0
    assert give("keys", "rotate", "--drop-old").status == 0
    assert listed(home) == [NEW]
    assert give("staff", "list").status == 0


def test_old_key_stays_while_a_value_needs_it(give: Give, home: Path, settled: str) -> None:
    give("keys", "rotate", "--new")
    met(settled, "asha")  # the second time, by a program that does not know the first
    told = give("keys", "rotate", "--drop-old")
    assert told.status == 1
    assert told.err.splitlines()[1:] == [
        f"key 2 of {home / 'spm.db.key'} must stay: 2 values are under it",
        "something was sealed meanwhile by a program that began before the new key: run this again",
    ]
    assert len(listed(home)) == 2


def test_running_bot_must_know_the_new_key_first(give: Give, home: Path, settled: str) -> None:
    asyncio.run(_serve(settled))
    told = give("keys", "rotate", "--new")
    assert told.status == 1
    assert told.err.splitlines()[-1] == (
        "spm-bot: the bot runs with another first key and would go on sealing with it:"
        f" restart it, so that it reads {home / 'spm.db.key'}, and then run `keys rotate`"
    )
    assert keys_finding(give) == (False, "the bot runs with another first key than this: restart it")
    asyncio.run(_serve(",".join(listed(home))))
    assert give("keys", "rotate").status == 0


def test_foreign_key_is_not_built_upon(give: Give, home: Path, settled: str) -> None:
    (home / "spm.db.key").write_text(OLD, encoding="ascii")
    told = give("keys", "rotate", "--new")
    assert told.status == 1
    assert "does not open this database: bring back the key it was made with" in told.err
    assert listed(home) == [OLD]


def test_missing_key_is_told(give: Give, home: Path, settled: str) -> None:
    (home / "spm.db.key").unlink()
    told = give("keys", "rotate", "--new")
    assert told.status == 1
    assert "spm.db.key is missing, and the database cannot be read without it" in told.err
    assert not (home / "spm.db.key").exists()


def test_values_of_a_key_not_listed_are_told(give: Give, settled: str) -> None:
    met(OLD, "stranger")
    assert keys_finding(give) == (
        False,
        "2 values are under keys that are not listed: bring those keys back",
    )
    told = give("keys", "rotate", "--new")
    assert told.err.splitlines()[-1] == "2 values are under keys that are not listed: nobody can read them"


@pytest.mark.parametrize("option", ["--new", "--drop-old"])
def test_list_in_the_settings_is_not_ours_to_change(
    give: Give, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    monkeypatch.setenv("SPM_SECRET_KEY", f"{NEW},{OLD}")
    told = give("keys", "rotate", option)
    assert (told.status, told.err) == (
        1,
        "spm-bot: SPM_SECRET_KEY is set, only you can change it: --new and --drop-old are for a key file\n",
    )
