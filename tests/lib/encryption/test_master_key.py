"""The master key file."""

import stat
from pathlib import Path

import pytest

from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.master_key import MasterKeyFault


def test_the_master_key_file_is_readable_by_its_owner_only(master: Path) -> None:
    assert stat.S_IMODE(master.stat().st_mode) == 0o600


def test_the_master_key_is_never_created_twice(master: Path) -> None:
    before = master.read_bytes()
    with pytest.raises(MasterKeyFault, match="already"):
        master_key.create(master)
    assert master.read_bytes() == before


def test_a_missing_master_key_error_names_the_command_that_creates_it(tmp_path: Path) -> None:
    with pytest.raises(MasterKeyFault, match="flask keys create-master"):
        master_key.read(tmp_path / "master.key")


def test_a_master_key_that_others_may_read_is_refused(master: Path) -> None:
    master.chmod(0o640)
    with pytest.raises(MasterKeyFault, match="chmod 600"):
        master_key.read(master)


@pytest.mark.parametrize("content", ["", "1 AAAA\n", "one two three\n", "1 ****\n"])
def test_a_damaged_master_key_is_refused_and_not_shown(master: Path, content: str) -> None:
    master.write_text(content)
    with pytest.raises(MasterKeyFault) as fault:
        master_key.read(master)
    assert "AAAA" not in str(fault.value)


def test_old_and_new_versions_work_until_the_old_are_dropped(master: Path) -> None:
    first = master_key.read(master)[1]
    assert master_key.add_version(master) == 2
    assert master_key.read(master)[1] == first
    master_key.keep_only(master, 2)
    assert set(master_key.read(master)) == {2}
