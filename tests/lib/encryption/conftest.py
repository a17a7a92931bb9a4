"""A key store of its own for each test."""

from pathlib import Path

import pytest

from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.key_store import KeyStore


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "master.key"
    master_key.create(path)
    return path


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "data"


@pytest.fixture
def store(directory: Path, master: Path) -> KeyStore:
    return KeyStore(directory, master)
