"""Commands about keys: a new one, and everything moved under it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from spm_bot.app import opened
from spm_bot.cli.output import Failure, account, show, tell
from spm_bot.settings import Settings, load_settings
from spm_bot.storage.key_files import held, key_file, rewrite
from spm_bot.storage.keyrings import key_path
from spm_bot.storage.vault import new_key
from spm_bot.usecases.rotate import BotBehind, Rotation
from spm_bot.usecases.rotate import rotate as move_everything

_LIST = "SPM_SECRET_KEY"


def new(_: argparse.Namespace) -> None:
    """Prints a fresh key; it is nobody's until it is listed."""
    sys.stdout.write(f"{new_key()}\n")


async def rotate(args: argparse.Namespace) -> int:
    """Moves everything sealed under the first key of the list; 1 when something has stayed behind."""
    settings = load_settings()
    if settings.secret_keys and (args.new or args.drop_old):
        raise Failure(f"{_LIST} is set, only you can change it: --new and --drop-old are for a key file")
    async with opened(settings):
        pass  # keys that do not belong to the database are not built upon
    if settings.secret_keys:
        done = await _rotate(settings, source=_LIST, keys=settings.secret_keys, as_json=args.json)
        return _status(done)
    file = key_path(settings)
    with held(str(file)):
        keys = tuple(key_file(str(file), make=False).split(","))
        if args.new:
            keys = _add_key(file, keys)
        done = await _rotate(settings, source=str(file), keys=keys, as_json=args.json)
        if args.drop_old and done is not None and not any(done.standing.older):
            rewrite(str(file), keys[:1])
            tell(f"{file} holds the new key alone; keep the old one with the backups that were made under it")
    return _status(done)


def _add_key(file: Path, keys: tuple[str, ...]) -> tuple[str, ...]:
    if len(keys) > 1:
        raise Failure(f"{file} lists a new key already: leave out --new")
    keys = (new_key(), *keys)
    rewrite(str(file), keys)
    tell(f"a new key stands first in {file}: keep a copy of the file where its old copy is kept")
    return keys


async def _rotate(
    settings: Settings, *, source: str, keys: tuple[str, ...], as_json: bool
) -> Rotation | None:
    """None when there is no older key."""
    if len(keys) == 1:
        way = "run `keys rotate --new`" if source != _LIST else f"set {_LIST}=NEW,OLD (`keys new` makes one)"
        tell(f"nothing to do: {source} lists one key; for a new one {way}")
        return None
    async with opened(settings) as store:
        try:
            done = await move_everything(store, actor=account(), now=datetime.now(UTC))
        except BotBehind:
            raise Failure(
                "the bot runs with another first key and would go on sealing with it:"
                f" restart it, so that it reads {source}, and then run `keys rotate`"
            ) from None
    if as_json:
        show(_data(done))
    else:
        for sentence in _account(done, source=source):
            tell(sentence)
    return done


def _status(done: Rotation | None) -> int:
    return int(done is not None and any(done.standing.older))


def _data(done: Rotation) -> dict[str, object]:
    standing = done.standing
    return {
        "moved": done.moved,
        "damaged": done.damaged,
        "left": {str(place): count for place, count in enumerate(standing.older, start=2)},
        "unlisted": standing.unlisted,
        "ending_codes": standing.codes,
    }


def _account(done: Rotation, *, source: str) -> Iterator[str]:
    """What a person at the terminal should know."""
    standing = done.standing
    yield f"{done.moved:,} values moved under the first key"
    for place, count in enumerate(standing.older, start=2):
        if count:
            yield f"key {place} of {source} must stay: {count:,} values are under it"
        else:
            yield f"key {place} of {source} may leave the list"
    if done.damaged:
        yield f"{done.damaged:,} values do not open with their key: they are damaged"
    if sum(standing.older) > done.damaged:
        yield "something was sealed meanwhile by a program that began before the new key: run this again"
    if standing.unlisted:
        yield f"{standing.unlisted:,} values are under keys that are not listed: nobody can read them"
    if standing.codes:
        cards = "1 card" if standing.codes == 1 else f"{standing.codes:,} cards"
        yield f"{cards}: the printed code ends with its old key, QR code and link do not"
