"""Password hashing, at most two at once on a host, because each takes 64 MiB."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Semaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

SLOTS = 2
MOST_WAITING = 2
_POLL_SECONDS = 0.02
_ARGON2 = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1, type=Type.ID)
#: Hash of a password that no account has, so that unknown and disabled accounts take as long to refuse as others.
DUMMY_HASH = "$argon2id$v=19$m=65536,t=3,p=1$1pJfdLK9Q62f1B3M2W8T3w$Lh1c10iNX8Eq1Mw2deQsCLbOeyStM7tRF5wGFfIq0+8"


class Busy(Exception):
    """All slots are taken, and too many wait for one or it took too long."""


@dataclass(frozen=True, slots=True)
class Hasher:
    """Hashes passwords. `folder` holds the lock files of this host, `wait` is in seconds.

    At most two threads of a process wait for a slot, so that many wrong passwords do not occupy all threads.
    """

    folder: Path
    wait: float = 2.0
    _places: Semaphore = field(default_factory=lambda: Semaphore(MOST_WAITING), compare=False)

    def hash(self, password: str) -> str:
        """:raises Busy: no slot became free."""
        with self.slot():
            return _ARGON2.hash(password)

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is correct; without a hash it takes equally long and returns False.

        :raises Busy: no slot became free.
        """
        with self.slot():
            try:
                return _ARGON2.verify(password_hash or DUMMY_HASH, password) and password_hash is not None
            except (VerificationError, InvalidHashError):
                return False

    @staticmethod
    def needs_rehash(password_hash: str) -> bool:
        return _ARGON2.check_needs_rehash(password_hash)

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold one of the host's slots: a file lock, shared by processes and released by a crash.

        :raises Busy: others wait already, or no slot became free.
        """
        descriptor = self._take_slot()
        if descriptor is None:
            descriptor = self._wait_for_slot()
        try:
            yield
        finally:
            os.close(descriptor)

    def _wait_for_slot(self) -> int:
        if not self._places.acquire(blocking=False):
            raise Busy
        try:
            until = time.monotonic() + self.wait
            while time.monotonic() < until:
                time.sleep(_POLL_SECONDS)
                descriptor = self._take_slot()
                if descriptor is not None:
                    return descriptor
            raise Busy
        finally:
            self._places.release()

    def _take_slot(self) -> int | None:
        """The descriptor of a locked file; None if all are taken."""
        for number in range(SLOTS):
            descriptor = os.open(self.folder / f"hashing-{number}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
            else:
                return descriptor
        return None
