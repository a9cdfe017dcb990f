"""What a command reads from its machine: files, with one clear line when that fails."""

from __future__ import annotations

from pathlib import Path

from spm_bot.cli.output import Failure


def text_of(file: str) -> str:
    """The text of a file that somebody named. Raises Failure."""
    try:
        return Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise Failure(f"{file}: {(error.strerror or 'cannot be read').lower()}") from None
    except UnicodeDecodeError:
        raise Failure(f"{file}: is not UTF-8 text (save it again as UTF-8)") from None
