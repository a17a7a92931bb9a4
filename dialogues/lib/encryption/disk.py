"""Small secret files on disk: whole or not at all, flushed, and overwritten when they go."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def create_whole(path: Path, content: bytes) -> bool:
    """Create the file with all its content unless it exists; of several processes exactly one succeeds."""
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        _overwrite(draft, secrets.token_bytes(len(content)))
        return False
    finally:
        draft.unlink()
    _flush_directory(path.parent)
    return True


def replace_whole(path: Path, content: bytes) -> None:
    """Put new content in the file's place in one step, and wipe the old; the caller holds the lock."""
    wipe_drafts(path)
    draft = _draft(path, content)
    with path.open("r+b", buffering=0) as old:
        draft.replace(path)
        _flush_directory(path.parent)
        old.write(secrets.token_bytes(os.fstat(old.fileno()).st_size))
        os.fsync(old.fileno())


def write_over(path: Path, content: bytes) -> None:
    """Write over the very bytes of a file, in one write.

    The content is padded to one byte more than what stood there: nothing of it stays, and whoever compares sizes sees
    the change even when the clock is too coarse to show it.
    """
    _overwrite(path, content.ljust(path.stat().st_size + 1))


def wipe_drafts(path: Path) -> None:
    """Wipe what a killed process left half-made beside the file; the caller holds the lock."""
    for draft in path.parent.glob(f".{path.name}.*"):
        _overwrite(draft, secrets.token_bytes(draft.stat().st_size))
        draft.unlink()


@contextmanager
def locked(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold a lock that all threads and processes of this machine respect."""
    with path.open("ab") as handle:
        fcntl.flock(handle, fcntl.LOCK_SH if shared else fcntl.LOCK_EX)
        yield


def _draft(path: Path, content: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb", buffering=0) as handle:
        handle.write(content)
        os.fsync(handle.fileno())
    return draft


def _overwrite(path: Path, content: bytes) -> None:
    with path.open("r+b", buffering=0) as handle:
        handle.write(content)
        os.fsync(handle.fileno())


def _flush_directory(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
