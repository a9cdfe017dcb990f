"""The file that keeps the keys of a SQLite database: made once, and changed as a whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from spm_bot.storage.vault import BadKey, new_key


def key_file(path: str, *, make: bool = True) -> str:
    """The setting kept in the file at `path`. When there is none, one with a new key is made, unless
    `make` is False: data that another key has sealed would be lost behind a new one.

    Raises BadKey when the file is needed and missing, can be changed by other users, or cannot be used.
    """
    file = Path(path)
    try:
        if not file.exists():
            if not make:
                raise BadKey(
                    f"the key file {path} is missing, and the database cannot be read without it:"
                    " bring it back from where its copy is kept, or set SPM_SECRET_KEY"
                )
            _create_once(file, new_key())
        # A key that others may replace is no secret of ours: what we encrypt next would be theirs.
        if os.name == "posix" and file.stat().st_mode & 0o022:
            raise BadKey(f"other users can write to the key file {path}: run chmod 600 on it")
        return file.read_text(encoding="ascii").strip()
    except UnicodeDecodeError:
        raise BadKey(f"the key file {path} holds no key") from None
    except OSError as error:
        raise _unusable(path, error) from None


@contextmanager
def held(path: str) -> Iterator[None]:
    """The right to change a key file. Raises BadKey while another process has it.

    Of two processes that add a key at once one would lose the other's, and all it had sealed.
    """
    lock = FileLock(f"{path}.lock", blocking=False, fallback_to_soft=False)
    try:
        lock.acquire()
    except Timeout:
        raise BadKey(f"another command is changing the key file {path}: wait until it has ended") from None
    except OSError as error:
        raise _unusable(path, error) from None
    try:
        yield
    finally:
        lock.release()


def rewrite(path: str, keys: Sequence[str]) -> None:
    """Puts these keys into the key file, newest first. Whoever looks sees the old list or the new one.

    Raises BadKey when it cannot be written; then the old list stands.
    """
    file = Path(path)
    try:
        with _drafted(file, ",".join(keys)) as draft:
            draft.replace(file)
            _sync_folder(file.parent)
    except OSError as error:
        raise _unusable(path, error) from None


def _unusable(path: str, error: OSError) -> BadKey:
    return BadKey(f"the key file {path} cannot be used: {error.strerror}")


def _create_once(file: Path, content: str) -> None:
    # Written aside and linked into place: a process that looks meanwhile sees no file or a whole
    # one, and of two that create it together both go on with the winner's key.
    with _drafted(file, content) as draft:
        try:
            os.link(draft, file)
        except FileExistsError:
            return
        _sync_folder(file.parent)


@contextmanager
def _drafted(file: Path, content: str) -> Iterator[Path]:
    """A complete file of that content beside `file`, for its owner only; what is left of it goes away."""
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(content + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # Without it a power cut may take the name of the key file, and with it all encrypted data.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
