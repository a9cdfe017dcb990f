"""In which encoding a text file is written, told by what is in it; where that cannot be told, we ask."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from spm_bot.registers.sheets import SheetError

CODEPAGES = ("cp1252", "cp1251", "cp1256")
KNOWN = ("utf-8", "utf-16", "utf-16-le", "utf-16-be", *CODEPAGES)

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_SCRIPTS = {"cp1252": "LATIN", "cp1251": "CYRILLIC", "cp1256": "ARABIC"}
# Quotation marks, dashes and the space that does not break are the same in all three.
_SHARED = rb"\x84\x85\x91-\x97\xa0\xab\xbb"
_WORD = re.compile(rb"(?:[A-Za-z\x80-\xff](?<![" + _SHARED + rb"])){2,}")
_TELLING = re.compile(rb"[\x80-\xff](?<![" + _SHARED + rb"])")
_CHUNK = 1 << 20
_ENOUGH = 3000
"""Words looked at."""
_MOST = 0.8
"""Of the words, so many must look like words of its language before an encoding is taken."""


def encoding_of(path: Path, *, told: str = "") -> str:
    """The encoding of a file; `told` is what the mapping file says it is. Raises SheetError."""
    encoding = told or _found(path)
    try:
        with path.open(encoding=encoding, newline="") as stream:
            for text in iter(lambda: stream.read(_CHUNK), ""):
                if "\0" in text:
                    raise SheetError(f"{path}: is no text file (give the list as .xlsx or .csv)")
    except UnicodeError:
        raise SheetError(
            f"{path}: is not written in {encoding} (mend encoding: in the mapping file)"
        ) from None
    return encoding


def _found(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    if 0 in head:
        return _wide(head, path)
    if _is_utf8(path):
        return "utf-8"
    if not any(map(_TELLING.search, _chunks(path))):
        return CODEPAGES[0]
    likely = [encoding for encoding in CODEPAGES if _share(path, encoding) >= _MOST]
    if len(likely) != 1:
        known = ", ".join(CODEPAGES)
        raise SheetError(
            f"{path}: cannot tell in which encoding it is written (write encoding: in the mapping file,"
            f" one of {known}; or save the list as UTF-8)"
        )
    return likely[0]


def _wide(head: bytes, path: Path) -> str:
    """Two bytes a sign without a mark: every other one is 0 where the signs are Latin or digits."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > 4 * min(even, odd) and max(even, odd) > len(head) // 10:
        return "utf-16-le" if odd > even else "utf-16-be"
    raise SheetError(f"{path}: is no text file (give the list as .xlsx or .csv)")


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(path):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _share(path: Path, encoding: str) -> float:
    """How many of the words with signs beyond ASCII look like words if they are in `encoding`."""
    good = all_ = 0
    for word in _words(path):
        all_ += 1
        good += _plausible(word.decode(encoding, errors="replace"), _SCRIPTS[encoding])
        if all_ == _ENOUGH:
            break
    return good / all_ if all_ else 0.0


def _words(path: Path) -> Iterator[bytes]:
    for chunk in _chunks(path):
        yield from (word for word in _WORD.findall(chunk) if not word.isascii())


def _plausible(word: str, script: str) -> bool:
    """Letters of one script, in Latin at least half of them plain ones, and no capitals inside the word."""
    letters = [sign for sign in word if unicodedata.category(sign) not in ("Mn", "Cf")]
    if not all(sign.isalpha() and unicodedata.name(sign, "").startswith(script) for sign in letters):
        return False
    if script == "LATIN" and 2 * sum(map(str.isascii, letters)) < len(letters):
        return False
    return word.isupper() or word[1:] == word[1:].lower()


def _chunks(path: Path) -> Iterable[bytes]:
    with path.open("rb") as stream:
        yield from iter(lambda: stream.read(_CHUNK), b"")
