"""The key store: wrapped data keys as small files, apart from the database and its backups."""

import base64
import json
import secrets
import threading
from collections import OrderedDict
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialogues.lib.encryption import master_key
from dialogues.lib.encryption.disk import create_whole, locked, replace_whole, wipe_drafts, write_over
from dialogues.lib.encryption.names import KeyErased, KeyMissing, KeyName

_NONCE_BYTES = 12
_KEPT_OPEN = 256


_FileState = tuple[int, int, int]


class KeyStoreDamaged(Exception):
    """A key file cannot be read; the message names the file and never its content."""


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """An unwrapped key; it has no printable form, so that no log can show it."""

    version: int
    secret: bytes


class KeyStore:
    """Makes, opens, renews and erases data keys.

    Every change holds the store's lock, and the master key is read anew under it: a process that started before the
    master key was rotated can never wrap a key with a version that was dropped.
    """

    def __init__(self, directory: Path, master: Path) -> None:
        self._directory = directory
        self._master = master
        self._open: OrderedDict[KeyName, tuple[_FileState, dict[int, DataKey]]] = OrderedDict()
        self._open_lock = threading.Lock()

    def current(self, name: KeyName) -> DataKey:
        """The key to seal with, made at its first use.

        :raises KeyErased: it was erased; it is never made again.
        """
        try:
            keys = self._keys(name)
        except KeyMissing:
            self._create(name)
            keys = self._keys(name)
        return keys[max(keys)]

    def version(self, name: KeyName, version: int) -> DataKey:
        """The key that a sealed value names.

        :raises KeyErased: it was erased.
        :raises KeyMissing: the store never held it.
        """
        try:
            return self._keys(name)[version]
        except KeyError:
            raise KeyMissing(f"the key store holds no version {version} of the key for {name.purpose}") from None

    def renew(self, name: KeyName) -> None:
        """Seal with a new version from now on; older versions still open what they sealed."""
        with self._changing():
            path = self._path(name)
            if not path.exists():
                raise KeyMissing(f"the key store holds no key for {name.purpose}")
            content = _living(name, _read(path))
            newest = max(row["version"] for row in content["keys"]) + 1
            content["keys"].append(self._wrapped(name, DataKey(newest, AESGCM.generate_key(256))))
            replace_whole(path, _written(content))

    def erase(self, name: KeyName, *, now: datetime) -> None:
        """Destroy the key for good; a tombstone stands where it stood, and no key of that name is made again."""
        tombstone = _written({"erased_at": now.astimezone(UTC).isoformat()})
        with self._changing():
            path = self._path(name)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            wipe_drafts(path)
            if not create_whole(path, tombstone) and "erased_at" not in _read(path):
                write_over(path, tombstone)
        self._forget(name)

    def living(self, purpose: str) -> list[KeyName]:
        """The keys of this purpose that were made and not erased."""
        with self._reading():
            paths = sorted((self._directory / purpose).glob("[!.]*"))
            return [KeyName(purpose, UUID(path.name)) for path in paths if "erased_at" not in _read(path)]

    def create_master(self) -> Path:
        """Make the first master key, and say where.

        :raises MasterKeyFault: there is one already.
        """
        master_key.create(self._master)
        return self._master

    def rotate_master(self) -> int:
        """Wrap every key with a new master key, then drop the old ones; returns how many keys were wrapped anew.

        It can be killed at any point and started again: until the last key is wrapped anew, the old versions stay.
        """
        with self._changing():
            newest = master_key.add_version(self._master)
        count = sum(self._rewrap(path, newest) for path in sorted(self._directory.glob("*/[!.]*")))
        with self._changing():
            master_key.keep_only(self._master, newest)
        return count

    def _keys(self, name: KeyName) -> dict[int, DataKey]:
        """All versions of a key, from memory while its file is unchanged: erasures by other processes are seen."""
        path = self._path(name)
        try:
            if (known := self._remembered(name, _state(path))) is not None:
                return known
            with self._reading():
                state, content = _state(path), _read(path)
                keys = self._unwrapped(name, _living(name, content))
        except FileNotFoundError:
            self._forget(name)
            raise KeyMissing(f"the key store holds no key for {name.purpose}") from None
        except KeyErased:
            self._forget(name)
            raise
        with self._open_lock:
            self._open[name] = (state, keys)
            if len(self._open) > _KEPT_OPEN:
                self._open.popitem(last=False)
        return keys

    def _remembered(self, name: KeyName, state: _FileState) -> dict[int, DataKey] | None:
        with self._open_lock:
            known_state, keys = self._open.get(name, (None, None))
            if keys is not None and known_state == state:
                self._open.move_to_end(name)
                return keys
            return None

    def _forget(self, name: KeyName) -> None:
        with self._open_lock:
            self._open.pop(name, None)

    def _create(self, name: KeyName) -> None:
        with self._changing():
            path = self._path(name)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            create_whole(path, _written({"keys": [self._wrapped(name, DataKey(1, AESGCM.generate_key(256)))]}))

    def _rewrap(self, path: Path, newest: int) -> bool:
        """Wrap the keys of one file with the newest master key; false when nothing was to be done."""
        with self._changing():
            content = _read(path)
            if "erased_at" in content or all(row["master"] == newest for row in content["keys"]):
                return False
            name = KeyName(path.parent.name, UUID(path.name))
            keys = self._unwrapped(name, content)
            replace_whole(path, _written({"keys": [self._wrapped(name, key) for key in keys.values()]}))
            return True

    def _wrapped(self, name: KeyName, key: DataKey) -> dict[str, Any]:
        masters = master_key.read(self._master)
        master = max(masters)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + AESGCM(masters[master]).encrypt(nonce, key.secret, _bound(name, key.version, master))
        return {"version": key.version, "master": master, "wrapped": base64.b64encode(sealed).decode()}

    def _unwrapped(self, name: KeyName, content: dict[str, Any]) -> dict[int, DataKey]:
        masters = master_key.read(self._master)
        return {row["version"]: self._unwrap(name, row, masters) for row in content["keys"]}

    def _unwrap(self, name: KeyName, row: dict[str, Any], masters: master_key.MasterKeys) -> DataKey:
        sealed = base64.b64decode(row["wrapped"])
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            secret = AESGCM(masters[row["master"]]).decrypt(nonce, body, _bound(name, row["version"], row["master"]))
        except (KeyError, InvalidTag):
            raise KeyStoreDamaged(f"The master key does not open the key file {self._path(name)}") from None
        return DataKey(row["version"], secret)

    def _path(self, name: KeyName) -> Path:
        return self._directory / name.purpose / str(name.owner)

    def _changing(self) -> AbstractContextManager[None]:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return locked(self._directory / ".lock")

    def _reading(self) -> AbstractContextManager[None]:
        return locked(self._directory / ".lock", shared=True)


def _bound(name: KeyName, version: int, master: int) -> bytes:
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


def _written(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def _living(name: KeyName, content: dict[str, Any]) -> dict[str, Any]:
    if "erased_at" in content:
        raise KeyErased(name, datetime.fromisoformat(content["erased_at"]))
    return content
