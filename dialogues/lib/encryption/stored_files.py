"""Encrypted files on any storage that fsspec supports, in pieces, under random names."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import fsspec
from fsspec.implementations.local import LocalFileSystem

from dialogues.lib.encryption.envelope import OVERHEAD, seal, unseal
from dialogues.lib.encryption.key_store import KeyStore
from dialogues.lib.encryption.names import KeyName, Place
from dialogues.lib.refusal import N_, Refusal
from dialogues.settings import SettingsError

_PIECE = 64 * 1024


class FileMissing(Exception):
    """The row exists, but the file does not."""


@dataclass(frozen=True, slots=True)
class FileRef:
    """A stored file: its id (also its name on the storage), its dialogue, and its key."""

    id: UUID
    dialogue_id: UUID | None
    key: KeyName


def read_within(stream: IO[bytes], limit: int) -> bytes:
    """:raises Refusal: the upload is longer than `limit` bytes, or empty."""
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise Refusal(N_("This file is larger than %(limit)s MB."), field="file", limit=limit // (1024 * 1024) or 1)
    if not content:
        raise Refusal(N_("This file is empty."), field="file")
    return content


class FileStore:
    """Writes once, reads in pieces, deletes; the storage only sees encrypted bytes and random names."""

    def __init__(self, url: str, keys: KeyStore) -> None:
        try:
            self._storage, self._root = fsspec.core.url_to_fs(url)
        except (ValueError, ImportError) as error:
            raise SettingsError(f"DIALOGUES_FILES_URL cannot be used: {error}") from None
        self._keys = keys

    def write(self, ref: FileRef, content: bytes) -> None:
        path, draft = self._path(ref.id), f"{self._path(ref.id)}.draft"
        folder = path.rpartition("/")[0]
        self._storage.makedirs(folder, exist_ok=True)
        self._close_to_others((self._root, folder), 0o700)
        self._storage.touch(draft)
        self._close_to_others((draft,), 0o600)
        with self._storage.open(draft, "wb") as file:
            for number, begin in enumerate(range(0, max(len(content), 1), _PIECE)):
                last = begin + _PIECE >= len(content)
                file.write(seal(self._keys, ref.key, _place(ref, number, last), content[begin : begin + _PIECE]))
            _flush(file)
        self._storage.mv(draft, path)

    def _close_to_others(self, paths: Iterable[str], mode: int) -> None:
        """Let only our own user open files and folders, if the storage is a disk."""
        if isinstance(self._storage, LocalFileSystem):
            for path in paths:
                Path(path).chmod(mode)

    def read(self, ref: FileRef) -> Iterator[bytes]:
        """The content in pieces. The first piece is decrypted at once, so that errors occur before the response starts.

        :raises FileMissing: the storage does not have it.
        :raises KeyErased: its key was erased.
        :raises SealBroken: it is damaged, cut off, or another file.
        """
        pieces = self._pieces(ref)
        first = next(pieces)

        def all_pieces() -> Iterator[bytes]:
            yield first
            yield from pieces

        return all_pieces()

    def delete(self, file_id: UUID) -> None:
        """Delete the file; does nothing if it is already deleted."""
        for path in (self._path(file_id), f"{self._path(file_id)}.draft"):
            if self._storage.exists(path):
                self._storage.rm_file(path)

    def _pieces(self, ref: FileRef) -> Iterator[bytes]:
        try:
            file = self._storage.open(self._path(ref.id), "rb")
        except FileNotFoundError:
            raise FileMissing(f"the storage does not hold file {ref.id}") from None
        with file:
            number, piece = 0, file.read(_PIECE + OVERHEAD)
            while True:
                following = file.read(_PIECE + OVERHEAD)
                yield unseal(self._keys, ref.key, _place(ref, number, not following), piece)
                if not following:
                    return
                number, piece = number + 1, following

    def _path(self, file_id: UUID) -> str:
        return f"{self._root}/{file_id.hex[:2]}/{file_id.hex}"


def _place(ref: FileRef, number: int, last: bool) -> Place:
    """Binds each piece to its number and to whether it is the last, so that none can be moved or removed."""
    return Place("stored_file", f"content {number}{' last' if last else ''}", ref.id, ref.dialogue_id)


def _flush(file: Any) -> None:
    """Write to disk, if the storage is one."""
    file.flush()
    try:
        os.fsync(file.fileno())
    except (AttributeError, OSError):
        return
