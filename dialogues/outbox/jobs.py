"""Work in the background: letters that are due leave, whenever the worker is called and now and then unasked."""

import logging
import random
import time
from collections.abc import Callable, Mapping
from threading import Event, Thread
from uuid import UUID

from flask import Flask

from dialogues.common import clock
from dialogues.common.state import state
from dialogues.outbox import delivery
from dialogues.outbox.carriers import Carrier, carrier
from dialogues.outbox.queue import Sweep, woken
from dialogues.outbox.rules import LetterKind, LetterState, Trouble, Undelivered

_log = logging.getLogger(__name__)
_LISTENS_EVERY = 1.0
_LOOKS_EVERY = 20.0

#: Told of each letter that was tried: its kind, its id, where it stands now.
Tell = Callable[[LetterKind, UUID, LetterState], None]


def deliver_due(stop: Event | None = None, tell: Tell = lambda _kind, _id, _state: None) -> bool:
    """Deliver what is due, one letter after the other; whether letters can leave at the moment."""
    carries = carrier(state().settings)
    while not (stop and stop.is_set()):
        claimed = delivery.claim(clock.real_now())
        if claimed is None:
            break
        result, away = _deliver(claimed, carries)
        tell(claimed.kind, claimed.letter_id, result)
        _log.info("letter %s %s %s", result.value, claimed.kind.value, claimed.letter_id)
        if away:
            return False
    return True


def _deliver(claimed: delivery.Claim, carries: Carrier) -> tuple[LetterState, bool]:
    """Deliver one letter: where it stands now, and whether none can leave at the moment."""
    try:
        parcel = delivery.pack(claimed, clock.now())
        if parcel is None:
            return LetterState.SUPERSEDED, False
        carries.carry(parcel)
    except Undelivered as trouble:
        return _undelivered(claimed, trouble), trouble.trouble is Trouble.AWAY
    except Exception as fault:
        # Whatever is wrong with one letter, the others are to leave.
        _log.exception("letter fault %s %s: %s", claimed.kind.value, claimed.letter_id, type(fault).__name__)
        return _undelivered(claimed, Undelivered(Trouble.PASSING, delivery.UNWRITTEN)), False
    delivery.mark_sent(claimed, clock.now())
    return LetterState.SENT, False


def _undelivered(claimed: delivery.Claim, trouble: Undelivered) -> LetterState:
    # No secret: chance only keeps letters that failed together from coming back together.
    result = delivery.mark_undelivered(claimed, trouble, clock.real_now(), random.random())  # noqa: S311  jitter, no secret
    return result or LetterState.SENDING


def work(app: Flask, stop: Event, *, periodic: bool = True) -> None:
    """Answer calls until told to stop; each sweep has a thread of its own, so that long work keeps no letter."""
    sweeps = state(app).sweeps
    calls = {name: Event() for name in sweeps}
    answering = [
        Thread(target=_answer, args=(app, name, sweep, calls[name], stop), name=name) for name, sweep in sweeps.items()
    ]
    for thread in answering:
        thread.start()
    _call(calls)
    looked = time.monotonic()
    while not stop.wait(_LISTENS_EVERY):
        if woken(app) or (periodic and time.monotonic() - looked > _LOOKS_EVERY):
            looked = time.monotonic()
            _call(calls)
    _call(calls)
    for thread in answering:
        thread.join()


def _call(calls: Mapping[str, Event]) -> None:
    for call in calls.values():
        call.set()


def _answer(app: Flask, name: str, sweep: Sweep, call: Event, stop: Event) -> None:
    while call.wait() and not stop.is_set():
        call.clear()
        try:
            with app.app_context():
                sweep(stop)
        except Exception:
            # The next call tries again; a sweep that ended would leave its work undone for good.
            _log.exception("sweep fault %s", name)


SWEEPS: dict[str, Sweep] = {"letters": deliver_due}
