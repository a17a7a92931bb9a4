"""What one application holds, in `app.extensions["dialogues"]`: two applications in one process share nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, current_app

from dialogues.core.common.events import DomainEvent
from dialogues.core.common.viewer import ANYONE, Viewer
from dialogues.settings import Settings

#: What comes next for someone: its words, its address if it has one, a hint, and whether it is urgent.
Step = tuple[str, str, str, bool]


@dataclass(slots=True)
class State:
    """Settings, stores, and what lower code needs from features above it; filled by the factory."""

    settings: Settings
    clock_shift: timedelta = timedelta(0)
    checks: tuple[Callable[[Settings], object], ...] = ()
    key_store: Any = None
    file_store: Any = None
    queue: Any = None
    #: Puts a call for the worker into the queue.
    call_worker: Callable[[], object] = lambda: None

    #: The signed-in viewer of this request, or ANYONE.
    who: Callable[[], Viewer] = lambda: ANYONE
    #: The same viewer in a dialogue (first id) or a meeting (second id); None when there is no such place.
    place: Callable[[Viewer, UUID | None, UUID | None], Viewer | None] = lambda _viewer, _dialogue, _meeting: None
    #: Loads the viewer again inside a transaction, so that a right lost a moment ago no longer counts.
    reload: Callable[[Viewer], Viewer] = lambda viewer: viewer
    #: Handles events in the transaction that raised them.
    handle: Callable[[Sequence[DomainEvent], Viewer], None] = lambda _events, _viewer: None
    #: Writes an event to the audit log.
    audit: Callable[[DomainEvent, Viewer], None] = lambda _event, _viewer: None
    #: Called after a commit that leaves background work to do.
    wake: Callable[[], None] = lambda: None
    #: The names of persons by id, for a reader who may see them; unknown ids are left out.
    names: Callable[[Collection[UUID]], Mapping[UUID, str]] = lambda _ids: {}
    #: What comes next for a viewer in a meeting, of which the facts are given.
    next_steps: Callable[[Viewer, Any, datetime], list[Step]] = lambda _viewer, _meeting, _now: []
    #: How many sessions differ between the draft and the published agenda, for those who may publish it.
    unpublished: Callable[[Viewer], int] = lambda _viewer: 0
    #: Who composes an email of each kind.
    composers: dict[Any, Callable[..., Any]] = field(default_factory=dict)
    #: What the worker does when it is woken, and from time to time.
    sweeps: dict[str, Callable[..., object]] = field(default_factory=dict)


def state(app: Flask | None = None) -> State:
    """The state of the application, or of the one in whose context this runs."""
    return cast(State, (app or current_app).extensions["dialogues"])
