"""The key file: made once, for its owner only, and changed as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from spm_bot.storage.key_files import held, key_file, rewrite
from spm_bot.storage.vault import BadKey, Vault, new_key


def test_key_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "spm.db.key"
    first = key_file(str(file))
    assert key_file(str(file)) == first
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.iterdir()) == [file]
    assert Vault.from_setting(first).digest("a")


def test_key_file_made_by_many_processes_at_once_is_one_key(tmp_path: Path) -> None:
    code = (
        "import sys; from spm_bot.storage.key_files import key_file;"
        "sys.stdin.read(1); print(key_file(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "spm.db.key")]
    processes = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    found = {process.communicate("x")[0] for process in processes}
    assert found == {f"{key_file(str(tmp_path / 'spm.db.key'))}\n"}
    assert [path.name for path in tmp_path.iterdir()] == ["spm.db.key"]


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_key_file_that_others_may_change_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "spm.db.key"
    key_file(str(file))
    file.chmod(mode)
    with pytest.raises(BadKey, match="chmod 600"):
        key_file(str(file))


def test_key_file_that_others_may_only_read_is_accepted(tmp_path: Path) -> None:
    file = tmp_path / "spm.db.key"
    key = key_file(str(file))
    file.chmod(0o644)
    assert key_file(str(file)) == key


def test_key_file_without_a_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "spm.db.key"
    file.write_bytes(os.urandom(8) + b"\xff")
    file.chmod(0o600)
    with pytest.raises(BadKey, match="holds no key"):
        key_file(str(file))


def test_key_file_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="cannot be used: No such file or directory"):
        key_file(str(tmp_path / "missing" / "spm.db.key"))


def test_key_file_that_must_be_there_is_not_made(tmp_path: Path) -> None:
    file = tmp_path / "spm.db.key"
    with pytest.raises(BadKey, match=r"spm\.db\.key is missing, and the database cannot be read without it"):
        key_file(str(file), make=False)
    assert not file.exists()
    key = key_file(str(file))
    assert key_file(str(file), make=False) == key


def test_list_of_keys_takes_the_place_of_another(tmp_path: Path) -> None:
    file = tmp_path / "spm.db.key"
    keys = (new_key(), key_file(str(file)))
    rewrite(str(file), keys)
    assert key_file(str(file)) == ",".join(keys)
    assert file.stat().st_mode & 0o777 == 0o600
    assert sorted(tmp_path.iterdir()) == [file]


def test_list_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    # A folder in the way: nobody, root included, can put a file in its place.
    file = tmp_path / "spm.db.key"
    file.mkdir()
    with pytest.raises(BadKey, match="cannot be used: Is a directory"):
        rewrite(str(file), (new_key(),))
    assert sorted(tmp_path.iterdir()) == [file]


def test_key_file_is_changed_by_one_command_at_a_time(tmp_path: Path) -> None:
    path = str(tmp_path / "spm.db.key")
    with held(path), pytest.raises(BadKey, match="another command is changing the key file"), held(path):
        pass
    with held(path):
        pass
