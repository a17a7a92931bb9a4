"""Small secret files on disk: written atomically, flushed, and overwritten when deleted."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def create_atomic(path: Path, content: bytes) -> bool:
    """Create the file atomically; False if it exists. Of several processes, one succeeds."""
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


def replace_atomic(path: Path, content: bytes) -> None:
    """Replace the file atomically and overwrite the old content; the caller holds the lock."""
    wipe_drafts(path)
    draft = _draft(path, content)
    with path.open("r+b", buffering=0) as old:
        draft.replace(path)
        _flush_directory(path.parent)
        old.write(secrets.token_bytes(os.fstat(old.fileno()).st_size))
        os.fsync(old.fileno())


def overwrite(path: Path, content: bytes) -> None:
    """Overwrite the file's bytes in place, in one write.

    The content is padded to one byte more than the old size, so that nothing old remains, and a size comparison detects
    the change even if the clock is too coarse.
    """
    _overwrite(path, content.ljust(path.stat().st_size + 1))


def wipe_drafts(path: Path) -> None:
    """Overwrite and delete the drafts of a killed process; the caller holds the lock."""
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
    try:
        with os.fdopen(descriptor, "wb", buffering=0) as handle:
            handle.write(content)
            os.fsync(handle.fileno())
    except OSError:
        draft.unlink()
        raise
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
