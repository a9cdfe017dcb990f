"""Keys and ciphers for personal data: what is encrypted at rest, and how it is still found."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import tempfile
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = _ID_BYTES + _NONCE_BYTES
_TAG_BYTES: Final = 16


class BadKey(ValueError):
    """A key or key file cannot be used as it is; the message says what to mend, never the key."""


class Undecipherable(Exception):
    """A stored value cannot be read: its key is not listed, it was changed, or it was moved."""


class Vault:
    """Encrypts with the first key, reads with any. Immutable, so threads may share it.

    A sealed value is key id (4 bytes), nonce (12) and AES-256-GCM ciphertext with its tag (16).
    `associated` names the column a value belongs to: in another column it does not open.
    """

    __slots__ = ("_ciphers", "_first", "_hash_keys", "_seal")

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        if not keys:
            raise BadKey("at least one key is needed")
        ciphers: dict[bytes, AESGCM] = {}
        for place, key in enumerate(keys, start=1):
            if len(key) != KEY_BYTES:
                raise BadKey(f"key {place} has {len(key)} bytes, not {KEY_BYTES}")
            identity = _derive(key, b"key id", _ID_BYTES)
            if identity in ciphers:
                raise BadKey(f"key {place} is listed twice")
            ciphers[identity] = AESGCM(_derive(key, b"encryption", KEY_BYTES))
        self._ciphers = ciphers
        self._first = next(iter(ciphers))
        self._seal = ciphers[self._first]
        self._hash_keys = tuple(_derive(key, b"look-up hash", KEY_BYTES) for key in keys)

    @classmethod
    def from_setting(cls, secret: str) -> Vault:
        """A vault for a comma list of 32-byte keys in base64 or hexadecimal, newest first.

        Raises BadKey.
        """
        return cls(tuple(_parse(entry, place) for place, entry in enumerate(secret.split(","), start=1)))

    def encrypt(self, plain: str | bytes, *, associated: str = "") -> bytes:
        data = plain.encode() if isinstance(plain, str) else plain
        nonce = os.urandom(_NONCE_BYTES)
        return self._first + nonce + self._seal.encrypt(nonce, data, self._first + associated.encode())

    def decrypt(self, sealed: bytes, *, associated: str = "") -> str:
        """The text of a sealed value. Raises Undecipherable."""
        return self.decrypt_bytes(sealed, associated=associated).decode()

    def decrypt_bytes(self, sealed: bytes, *, associated: str = "") -> bytes:
        """The bytes of a sealed value. Raises Undecipherable."""
        identity = sealed[:_ID_BYTES]
        cipher = self._ciphers.get(identity)
        if cipher is None or len(sealed) < _HEADER_BYTES + _TAG_BYTES:
            raise Undecipherable("encrypted with a key that is not listed in SPM_SECRET_KEY")
        try:
            return cipher.decrypt(
                sealed[_ID_BYTES:_HEADER_BYTES], sealed[_HEADER_BYTES:], identity + associated.encode()
            )
        except InvalidTag:
            raise Undecipherable("the value was changed or moved after it was encrypted") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the first key sealed this value; if not, rotation has to seal it again."""
        return sealed[:_ID_BYTES] == self._first

    def digest(self, text: str, *, associated: str = "") -> bytes:
        """The 32-byte keyed hash to store beside an encrypted value, so that it can be found."""
        return hmac.digest(self._hash_keys[0], f"{associated}\0{text}".encode(), "sha256")

    def digests(self, text: str, *, associated: str = "") -> tuple[bytes, ...]:
        """The hashes to look for: one per listed key, as a row may not have been rotated yet."""
        message = f"{associated}\0{text}".encode()
        return tuple(hmac.digest(key, message, "sha256") for key in self._hash_keys)


def new_key() -> str:
    """A fresh random key as it is written into a setting."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


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
        raise BadKey(f"the key file {path} cannot be used: {error.strerror}") from None


def _create_once(file: Path, content: str) -> None:
    # Written aside and linked into place: a process that looks meanwhile sees no file or a whole
    # one, and of two that create it together both go on with the winner's key.
    descriptor, draft = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(content + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            return
        _sync_folder(file.parent)
    finally:
        Path(draft).unlink()


def _sync_folder(folder: Path) -> None:
    # Without it a power cut may take the name of the key file, and with it all encrypted data.
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _parse(entry: str, place: int) -> bytes:
    text = entry.strip()
    try:
        if len(text) == KEY_BYTES * 2:
            return bytes.fromhex(text)
        urlsafe = text.replace("-", "+").replace("_", "/")
        key = base64.b64decode(urlsafe + "=" * (-len(urlsafe) % 4), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadKey(f"key {place} of the list is not {KEY_BYTES} bytes in base64 or hexadecimal")
    return key


def _derive(key: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=b"spm-bot " + purpose).derive(key)
