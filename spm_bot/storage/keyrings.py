"""The keys of an installation: those of its settings or its key file, if they belong to its database."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from spm_bot.settings import Settings
from spm_bot.storage import schema, seals
from spm_bot.storage.key_files import key_file
from spm_bot.storage.sqlite_file import path_of
from spm_bot.storage.store import Conflict, Store, Unavailable, address_of
from spm_bot.storage.vault import BadKey, Vault


async def vault_for(settings: Settings) -> Vault:
    """The keys of the settings; on SQLite a key file beside the database, made on first use.

    Raises BadKey or Unavailable.
    """
    if settings.secret_keys:
        return _vault_from(",".join(settings.secret_keys), "SPM_SECRET_KEY")
    path = key_path(settings)
    lost = not path.exists() and await _is_sealed(settings.database_url)
    return _vault_from(key_file(str(path), make=not lost), str(path))


async def check(store: Store, settings: Settings) -> None:
    """Raises BadKey when the keys are not those of the database: it would be half readable for ever."""
    fits = await store.read(seals.fits)
    if fits is None:
        with suppress(Conflict):  # another process seals it in this moment
            await store.write(seals.put_on)
        fits = await store.read(seals.fits)
    if not fits:
        source = "SPM_SECRET_KEY" if settings.secret_keys else f"the key in {key_path(settings)}"
        raise BadKey(
            f"{source} does not open this database: bring back the key it was made with"
            " (behind a new key, with a comma, as long as there is data under the old one)"
        )


def key_path(settings: Settings) -> Path:
    """Where the keys of a SQLite database are kept unless SPM_SECRET_KEY is set."""
    return Path(f"{_database_file(settings)}.key")


def _vault_from(keys: str, source: str) -> Vault:
    try:
        return Vault.from_setting(keys)
    except BadKey as error:
        raise BadKey(f"{source}: {error}") from None


async def _is_sealed(url: str) -> bool:
    """Whether a key has been in use on a database, which may not be there yet."""
    there = await schema.current(url) is not None
    return there and await schema.connected(url, seals.sealed)


def _database_file(settings: Settings) -> Path:
    """Looked at before the key file is made, so that a slip in the address leaves no key behind."""
    path = path_of(address_of(settings.database_url))
    if path.is_dir():
        raise Unavailable(f"{path} is a folder: SPM_DATABASE_URL must name a file, such as {path}/spm.db")
    if not path.parent.is_dir():
        raise Unavailable(f"{path.parent} is no folder: make it, or mend SPM_DATABASE_URL")
    return path
