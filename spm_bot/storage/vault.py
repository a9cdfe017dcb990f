"""Keys and ciphers for personal data: what is encrypted at rest, and how it is still found."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_HEADER_BYTES: Final = ID_BYTES + _NONCE_BYTES
_TAG_BYTES: Final = 16


class BadKey(ValueError):
    """A key or key file cannot be used as it is; the message says what to mend, never the key."""


class Undecipherable(Exception):
    """A stored value cannot be read: its key is not listed, it was changed, or it was moved."""


class Vault:
    """Encrypts with the first key, reads with any. Immutable, so threads may share it.

    A sealed value is key id (4 bytes), nonce (12) and AES-256-GCM ciphertext with its tag (16), a
    look-up hash is key id (4) and HMAC-SHA-256 (32). `associated` names the column a value belongs
    to: in another column it does not open.
    """

    __slots__ = ("_ciphers", "_first", "_hash_keys", "_seal")

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        if not keys:
            raise BadKey("at least one key is needed")
        ciphers: dict[bytes, AESGCM] = {}
        for place, key in enumerate(keys, start=1):
            if len(key) != KEY_BYTES:
                raise BadKey(f"key {place} has {len(key)} bytes, not {KEY_BYTES}")
            identity = _derive(key, b"key id", ID_BYTES)
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

    @property
    def identities(self) -> tuple[bytes, ...]:
        """The ids of the listed keys, newest first: what a key has sealed or hashed begins with its id."""
        return tuple(self._ciphers)

    def encrypt(self, plain: str | bytes, *, associated: str = "") -> bytes:
        data = plain.encode() if isinstance(plain, str) else plain
        nonce = os.urandom(_NONCE_BYTES)
        return self._first + nonce + self._seal.encrypt(nonce, data, self._first + associated.encode())

    def decrypt(self, sealed: bytes, *, associated: str = "") -> str:
        """The text of a sealed value. Raises Undecipherable."""
        return self.decrypt_bytes(sealed, associated=associated).decode()

    def decrypt_bytes(self, sealed: bytes, *, associated: str = "") -> bytes:
        """The bytes of a sealed value. Raises Undecipherable."""
        identity = sealed[:ID_BYTES]
        cipher = self._ciphers.get(identity)
        if cipher is None or len(sealed) < _HEADER_BYTES + _TAG_BYTES:
            raise Undecipherable("encrypted with a key that is not listed in SPM_SECRET_KEY")
        try:
            return cipher.decrypt(
                sealed[ID_BYTES:_HEADER_BYTES], sealed[_HEADER_BYTES:], identity + associated.encode()
            )
        except InvalidTag:
            raise Undecipherable("the value was changed or moved after it was encrypted") from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the first key sealed or hashed this value; if not, rotation has to do it again."""
        return sealed[:ID_BYTES] == self._first

    def digest(self, text: str, *, associated: str = "") -> bytes:
        """The keyed hash to store beside an encrypted value, so that it can be found."""
        return self.digests(text, associated=associated)[0]

    def digests(self, text: str, *, associated: str = "") -> tuple[bytes, ...]:
        """The hashes to look for: one per listed key, as a row may not have been rotated yet."""
        message = f"{associated}\0{text}".encode()
        keys = zip(self._ciphers, self._hash_keys, strict=True)
        return tuple(identity + hmac.digest(key, message, "sha256") for identity, key in keys)


def new_key() -> str:
    """A fresh random key as it is written into a setting."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


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
