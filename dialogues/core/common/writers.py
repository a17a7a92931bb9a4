"""Limits how many threads of a process write or wait to write, so that the others are free for readers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

from dialogues.core.common.outages import WritersBusy

#: How long a change waits for a place, in seconds, while no other change begins or ends.
_PATIENCE = 1.0


class Writers:
    """The places for writers of one process."""

    def __init__(self, most: int = 1_000) -> None:
        self._most = most
        self._writing = 0
        self._last_move = 0.0
        self._moved = Condition()

    @contextmanager
    def place(self, patience: float = _PATIENCE) -> Iterator[None]:
        """Hold a place.

        :raises WritersBusy: all places are taken, and no writer has begun or ended for some time.
        """
        with self._moved:
            while self._writing >= self._most:
                left = self._last_move + min(patience, _PATIENCE) - time.monotonic()
                if left <= 0:
                    raise WritersBusy
                self._moved.wait(left)
            self._move(1)
        try:
            yield
        finally:
            with self._moved:
                self._move(-1)
                self._moved.notify()

    def _move(self, change: int) -> None:
        self._writing += change
        self._last_move = time.monotonic()
