"""The key store: wrapped data keys in small files, apart from the database and its backups."""

import base64
import json
import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.disk import create_atomic, locked, overwrite, replace_atomic, wipe_drafts
from dialogues.lib.encryption.names import KeyErased, KeyLost, KeyMissing, KeyName

_NONCE_BYTES = 12

_FileState = tuple[int, int, int]

#: Lists a key that is about to encrypt; True if it is listed for good and this need not be called for it again.
#: Raises `KeyLost` if the key was listed before and is lost, because a new key in its place opens nothing.
ListKey = Callable[["KeyStore", KeyName], bool]


class KeyStoreDamaged(Exception):
    """A key file cannot be read; the message names the file, never its content."""


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """An unwrapped key. Has no repr, so that no log can show it."""

    version: int
    secret: bytes


class KeyStore:
    """Creates, reads, renews and erases data keys.

    Every change holds the store's lock and reads the master key again: a process started before a rotation of the
    master key must not wrap a key with a dropped version.
    """

    def __init__(self, directory: Path, master: Path, list_key: ListKey = lambda _store, _name: False) -> None:
        self._directory = directory
        self._master = master
        self._list_key = list_key
        self._listed: set[KeyName] = set()
        # Cached, because a list of people decrypts many values with the same few keys.
        self._cached_keys = lru_cache(maxsize=256)(self._read_keys)

    def current(self, name: KeyName) -> DataKey:
        """The newest version of the key, for encryption; created at first use.

        :raises KeyErased: it was erased; it is never created again.
        :raises KeyLost: it was in use before and is lost.
        """
        if name not in self._listed and self._list_key(self, name):
            self._listed.add(name)
        try:
            keys = self._keys(name)
        except KeyMissing:
            if name in self._listed:
                raise KeyLost(f"the key store has lost the key for {name.purpose}") from None
            self._create(name)
            keys = self._keys(name)
        return keys[max(keys)]

    def version(self, name: KeyName, version: int) -> DataKey:
        """The version of the key that an encrypted value names.

        :raises KeyErased: it was erased.
        :raises KeyMissing: the store never had it.
        """
        try:
            return self._keys(name)[version]
        except KeyError:
            raise KeyMissing(f"the key store holds no version {version} of the key for {name.purpose}") from None

    def renew(self, name: KeyName) -> None:
        """Add a version for new values; older versions still decrypt old values."""
        with self._write_lock():
            path = self._path(name)
            if not path.exists():
                raise KeyMissing(f"the key store holds no key for {name.purpose}")
            content = _require_active(name, _read(path))
            newest = max(row["version"] for row in content["keys"]) + 1
            content["keys"].append(self._wrapped(name, DataKey(newest, AESGCM.generate_key(256))))
            replace_atomic(path, _serialize(content))

    def erase(self, name: KeyName, *, now: datetime) -> None:
        """Erase the key permanently. A tombstone replaces it, so that no key of that name is created again."""
        tombstone = _serialize({"erased_at": now.astimezone(UTC).isoformat()})
        with self._write_lock():
            path = self._path(name)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            wipe_drafts(path)
            if not create_atomic(path, tombstone) and "erased_at" not in _read(path):
                overwrite(path, tombstone)
        self._cached_keys.cache_clear()

    def holds(self, name: KeyName) -> bool:
        """Whether the store has the key, or the tombstone of its erasure."""
        return self._path(name).exists()

    def is_empty(self) -> bool:
        return not any(self._directory.glob("*/[!.]*"))

    def names(self) -> set[KeyName]:
        """All keys and tombstones of the store."""
        return {KeyName(path.parent.name, UUID(path.name)) for path in self._directory.glob("*/[!.]*")}

    def active_keys(self, purpose: str) -> list[KeyName]:
        with self._read_lock():
            paths = sorted((self._directory / purpose).glob("[!.]*"))
            return [KeyName(purpose, UUID(path.name)) for path in paths if "erased_at" not in _read(path)]

    def create_master(self) -> Path:
        """:raises MasterKeyFault: there is one already."""
        master_key.create(self._master)
        return self._master

    def rotate_master(self) -> int:
        """Wrap every key with a new master key, then drop the old ones; returns how many keys were wrapped.

        Can be interrupted and started again: old versions stay until the last key is wrapped.
        """
        with self._write_lock():
            newest = master_key.add_version(self._master)
        count = sum(self._rewrap(path, newest) for path in sorted(self._directory.glob("*/[!.]*")))
        with self._write_lock():
            master_key.keep_only(self._master, newest)
        return count

    def _keys(self, name: KeyName) -> dict[int, DataKey]:
        """All versions of a key; cached while its file is unchanged, so that erasures by other processes count."""
        try:
            return self._cached_keys(name, _state(self._path(name)))
        except FileNotFoundError:
            self._cached_keys.cache_clear()
            raise KeyMissing(f"the key store holds no key for {name.purpose}") from None
        except KeyErased:
            self._cached_keys.cache_clear()
            raise

    def _read_keys(self, name: KeyName, _file: _FileState) -> dict[int, DataKey]:
        with self._read_lock():
            return self._unwrapped(name, _require_active(name, _read(self._path(name))))

    def _create(self, name: KeyName) -> None:
        with self._write_lock():
            path = self._path(name)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            create_atomic(path, _serialize({"keys": [self._wrapped(name, DataKey(1, AESGCM.generate_key(256)))]}))

    def _rewrap(self, path: Path, newest: int) -> bool:
        """Wrap the keys of one file with the newest master key; False if there was nothing to do."""
        with self._write_lock():
            content = _read(path)
            if "erased_at" in content or all(row["master"] == newest for row in content["keys"]):
                return False
            name = KeyName(path.parent.name, UUID(path.name))
            keys = self._unwrapped(name, content)
            replace_atomic(path, _serialize({"keys": [self._wrapped(name, key) for key in keys.values()]}))
            return True

    def _wrapped(self, name: KeyName, key: DataKey) -> dict[str, Any]:
        masters = master_key.read(self._master)
        master = max(masters)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(masters[master]).encrypt(nonce, key.secret, _context(name, key.version, master))
        return {"version": key.version, "master": master, "wrapped": base64.b64encode(sealed).decode()}

    def _unwrapped(self, name: KeyName, content: dict[str, Any]) -> dict[int, DataKey]:
        masters = master_key.read(self._master)
        return {row["version"]: self._unwrap(name, row, masters) for row in content["keys"]}

    def _unwrap(self, name: KeyName, row: dict[str, Any], masters: master_key.MasterKeys) -> DataKey:
        sealed = base64.b64decode(row["wrapped"])
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            secret = AESGCM(masters[row["master"]]).decrypt(nonce, body, _context(name, row["version"], row["master"]))
        except (KeyError, InvalidTag):
            raise KeyStoreDamaged(f"The master key does not open the key file {self._path(name)}") from None
        return DataKey(row["version"], secret)

    def _path(self, name: KeyName) -> Path:
        return self._directory / name.purpose / str(name.owner)

    def _write_lock(self) -> AbstractContextManager[None]:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return locked(self._directory / ".lock")

    def _read_lock(self) -> AbstractContextManager[None]:
        return locked(self._directory / ".lock", shared=True)


def _context(name: KeyName, version: int, master: int) -> bytes:
    return json.dumps(["data key", name.purpose, str(name.owner), version, master]).encode()


def _state(path: Path) -> _FileState:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _read(path: Path) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError:
        raise KeyStoreDamaged(f"The key file is damaged: {path}") from None
    return content


def _serialize(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def _require_active(name: KeyName, content: dict[str, Any]) -> dict[str, Any]:
    if "erased_at" in content:
        raise KeyErased(name, datetime.fromisoformat(content["erased_at"]))
    return content
