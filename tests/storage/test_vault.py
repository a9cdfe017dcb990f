"""Keys, ciphers and look-up hashes."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.storage.vault import BadKey, Undecipherable, Vault, new_key

OLD = bytes(range(32))
NEW = bytes(range(32, 64))


@given(st.text(), st.text())
def test_text_comes_back_for_the_column_it_was_sealed_for(text: str, column: str) -> None:
    vault = Vault((OLD,))
    assert vault.decrypt(vault.encrypt(text, associated=column), associated=column) == text


def test_bytes_come_back_as_bytes() -> None:
    vault = Vault((OLD,))
    assert vault.decrypt_bytes(vault.encrypt(b"\xff\x00")) == b"\xff\x00"


def test_equal_texts_are_sealed_differently() -> None:
    vault = Vault((OLD,))
    assert len({vault.encrypt("Asha") for _ in range(100)}) == 100


def test_sealed_value_does_not_hold_the_text() -> None:
    assert b"Asha" not in Vault((OLD,)).encrypt("Asha")


def test_value_moved_to_another_column_does_not_open() -> None:
    vault = Vault((OLD,))
    sealed = vault.encrypt("Asha", associated="clients.name")
    with pytest.raises(Undecipherable, match="changed or moved"):
        vault.decrypt(sealed, associated="staff.name")


@pytest.mark.parametrize("place", [4, 15, 16, -1])
def test_changed_value_does_not_open(place: int) -> None:
    vault = Vault((OLD,))
    sealed = bytearray(vault.encrypt("Asha"))
    sealed[place] ^= 1
    with pytest.raises(Undecipherable, match="changed or moved"):
        vault.decrypt(bytes(sealed))


@pytest.mark.parametrize(
    "sealed",
    [b"", b"short", Vault((NEW,)).encrypt("Asha"), Vault((OLD,)).encrypt("")[:31]],
    ids=["empty", "no value", "another key", "cut off"],
)
def test_value_of_no_listed_key_does_not_open(sealed: bytes) -> None:
    with pytest.raises(Undecipherable, match="not listed"):
        Vault((OLD,)).decrypt(sealed)


def test_rotation_reads_the_old_and_writes_the_new_key() -> None:
    before, during, after = Vault((OLD,)), Vault((NEW, OLD)), Vault((NEW,))
    old_value = before.encrypt("Asha")
    new_value = during.encrypt(during.decrypt(old_value))
    assert (during.is_current(old_value), during.is_current(new_value)) == (False, True)
    assert after.decrypt(new_value) == "Asha"


def test_digest_is_found_under_every_listed_key() -> None:
    before, during = Vault((OLD,)), Vault((NEW, OLD))
    assert during.digests("+255700") == (Vault((NEW,)).digest("+255700"), before.digest("+255700"))
    assert during.digest("+255700") == during.digests("+255700")[0]


def test_what_a_key_made_begins_with_its_id() -> None:
    vault, old = Vault((NEW, OLD)), Vault((OLD,))
    first, second = vault.identities
    assert (Vault((NEW,)).identities, old.identities) == ((first,), (second,))
    assert [
        each[:4] for each in (vault.encrypt("a"), vault.digest("a"), old.encrypt("a"), old.digest("a"))
    ] == [
        *(first, first),
        *(second, second),
    ]
    assert [vault.is_current(each) for each in vault.digests("a")] == [True, False]


def test_digest_depends_on_text_key_and_column() -> None:
    vault = Vault((OLD,))
    values = {
        vault.digest("a"),
        vault.digest("b"),
        vault.digest("a", associated="phone"),
        Vault((NEW,)).digest("a"),
    }
    assert {len(value) for value in values} == {36}
    assert len(values) == 4


def test_threads_share_a_vault() -> None:
    vault = Vault((OLD,))

    def there_and_back(number: int) -> str:
        return vault.decrypt(vault.encrypt(str(number), associated="x"), associated="x")

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(there_and_back, range(2000))) == [str(number) for number in range(2000)]


@pytest.mark.parametrize(
    "written",
    [
        OLD.hex(),
        OLD.hex().upper(),
        base64.b64encode(OLD).decode(),
        base64.urlsafe_b64encode(OLD).decode().rstrip("="),
        f" {OLD.hex()}\n",
    ],
)
def test_setting_is_read_in_every_spelling(written: str) -> None:
    assert Vault.from_setting(written).decrypt(Vault((OLD,)).encrypt("Asha")) == "Asha"


def test_urlsafe_letters_are_read() -> None:
    key = bytes([251, 255] * 16)
    written = base64.urlsafe_b64encode(key).decode()
    assert {"-", "_"} & set(written)
    assert Vault.from_setting(written).digest("a") == Vault((key,)).digest("a")


def test_setting_lists_keys_newest_first() -> None:
    vault = Vault.from_setting(f"{NEW.hex()}, {OLD.hex()}")
    assert vault.digests("a") == Vault((NEW, OLD)).digests("a")


@pytest.mark.parametrize(
    ("secret", "place"),
    [
        ("", 1),
        ("hunter2", 1),
        ("zz" * 32, 1),
        (OLD.hex()[:-2], 1),
        (f"{OLD.hex()},", 2),
        (base64.b64encode(OLD[:31]).decode(), 1),
        ("schlüssel", 1),
    ],
)
def test_bad_setting_is_refused_without_being_quoted(secret: str, place: int) -> None:
    with pytest.raises(BadKey) as caught:
        Vault.from_setting(secret)
    assert str(caught.value) == f"key {place} of the list is not 32 bytes in base64 or hexadecimal"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ((), "at least one key is needed"),
        ((b"short",), "key 1 has 5 bytes, not 32"),
        ((OLD, OLD), "key 2 is listed twice"),
    ],
)
def test_unusable_keys_are_refused(keys: tuple[bytes, ...], message: str) -> None:
    with pytest.raises(BadKey) as caught:
        Vault(keys)
    assert str(caught.value) == message


def test_new_keys_differ_and_are_read() -> None:
    one, other = new_key(), new_key()
    assert one != other
    assert Vault.from_setting(f"{one},{other}").decrypt(Vault.from_setting(other).encrypt("Asha")) == "Asha"
