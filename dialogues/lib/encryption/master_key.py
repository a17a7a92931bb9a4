"""The master key: a small file with one version per line, kept apart from the database and the key store's backups."""

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialogues.lib.encryption.disk import create_atomic, replace_atomic
from dialogues.settings import SettingsError

MasterKeys = Mapping[int, bytes]

_KEY_BYTES = 32


class MasterKeyFault(SettingsError):
    """The master key is missing, readable by others, or damaged; the message never shows a key."""


def create(path: Path) -> None:
    """:raises MasterKeyFault: there is one already."""
    if not ensure(path):
        raise MasterKeyFault(f"There is a master key already: {path}")


def ensure(path: Path) -> bool:
    """Create the first master key unless it exists; of several processes that start at once, one creates it."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return create_atomic(path, _serialize({1: AESGCM.generate_key(256)}))
    except OSError as error:
        raise MasterKeyFault(f"The master key cannot be written: {path}: {error.strerror}") from None


def read(path: Path) -> MasterKeys:
    """All versions that are still in use, by number."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text("ascii").splitlines()
    except FileNotFoundError:
        raise MasterKeyFault(f"There is no master key: {path}. Make one with: flask keys create-master") from None
    except (OSError, UnicodeDecodeError):
        raise MasterKeyFault(f"The master key cannot be read: {path}") from None
    if stat.S_IMODE(mode) & 0o077 and os.name == "posix":
        raise MasterKeyFault(f"The master key must be closed to other users: chmod 600 {path}")
    return _read_lines(path, lines)


def add_version(path: Path) -> int:
    """Add a new version next to those in use and return its number."""
    keys = dict(read(path))
    newest = max(keys) + 1
    keys[newest] = AESGCM.generate_key(256)
    replace_atomic(path, _serialize(keys))
    return newest


def keep_only(path: Path, version: int) -> None:
    """Delete all other versions, so that old copies of wrapped keys can no longer be decrypted."""
    replace_atomic(path, _serialize({version: read(path)[version]}))


def _serialize(keys: MasterKeys) -> bytes:
    return "".join(f"{version} {base64.b64encode(keys[version]).decode()}\n" for version in sorted(keys)).encode()


def _read_lines(path: Path, lines: list[str]) -> MasterKeys:
    keys: dict[int, bytes] = {}
    for line in lines:
        version, _, text = line.partition(" ")
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if not version.isdecimal() or len(key) != _KEY_BYTES:
            raise MasterKeyFault(f"The master key is damaged: {path}")
        keys[int(version)] = key
    if not keys:
        raise MasterKeyFault(f"The master key is empty: {path}")
    return keys
