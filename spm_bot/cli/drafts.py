"""Files that hold secrets: whole or not there at all, and for their owner's eyes only."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp

from spm_bot.cli.output import Failure


@dataclass(frozen=True, slots=True)
class Draft:
    """What will be the file that somebody named, once it is published. Both steps raise Failure."""

    file: str
    path: Path

    def fill(self, content: bytes) -> None:
        try:
            with self.path.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _unwritable(self.file, error) from None

    def publish(self) -> None:
        try:
            self.path.replace(self.file)
        except OSError as error:
            raise _unwritable(self.file, error) from None


@contextmanager
def draft(file: str) -> Iterator[Draft]:
    """A draft beside where the file will be, gone in the end if it was not published. Raises Failure
    at once where nothing can be written.
    """
    place = Path(file)
    if place.exists() and not place.is_file():
        raise Failure(f"{file}: is there already and is no file")
    try:
        handle, name = mkstemp(prefix=f".{place.name}-", dir=place.parent)
    except OSError as error:
        raise _unwritable(file, error) from None
    os.close(handle)
    path = Path(name)
    try:
        yield Draft(file, path)
    finally:
        path.unlink(missing_ok=True)


def _unwritable(file: str, error: OSError) -> Failure:
    return Failure(f"{file}: cannot be written ({(error.strerror or 'no reason given').lower()})")
