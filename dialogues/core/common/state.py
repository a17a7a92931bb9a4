"""What one application holds in `app.extensions["dialogues"]`, so that two applications in a process share nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from flask import Flask, current_app

from dialogues.core.common.events import DomainEvent
from dialogues.core.common.viewer import ANYONE, Viewer
from dialogues.core.common.writers import Writers
from dialogues.settings import Settings

#: A next step for a viewer: its text, its URL (may be empty), a hint, and whether it is urgent.
Step = tuple[str, str, str, bool]


@dataclass(slots=True)
class State:
    """Settings, stores, and functions of higher features that lower code calls; filled by the factory."""

    settings: Settings
    clock_shift: timedelta = timedelta(0)
    checks: tuple[Callable[[Settings], object], ...] = ()
    key_store: Any = None
    file_store: Any = None
    #: Lists a key in the database before it is used; see `ListKey` of the key store.
    list_key: Callable[[Any, Any], bool] = lambda _store, _name: False
    queue: Any = None
    #: Hashes passwords for this process, and limits how many threads wait for it.
    hasher: Any = None
    #: Limits the writers of this process; `gunicorn.conf.py` sets fewer than there are threads.
    writers: Writers = field(default_factory=Writers)
    #: Puts a job for the worker into the queue.
    call_worker: Callable[[], object] = lambda: None

    #: The day on which the worker last let the database measure its tables.
    measured_on: date | None = None

    #: The signed-in viewer of this request, or ANYONE.
    who: Callable[[], Viewer] = lambda: ANYONE
    #: The same viewer in a dialogue (first id) or a meeting (second id); None if there is no such place.
    place: Callable[[Viewer, UUID | None, UUID | None], Viewer | None] = lambda _viewer, _dialogue, _meeting: None
    #: Loads the viewer again inside a transaction, so that a right just lost no longer counts.
    reload: Callable[[Viewer], Viewer] = lambda viewer: viewer
    #: Handles events in the transaction that raised them.
    handle: Callable[[Sequence[DomainEvent], Viewer], None] = lambda _events, _viewer: None
    #: Writes an event to the audit log.
    audit: Callable[[DomainEvent, Viewer], None] = lambda _event, _viewer: None
    #: Called after a commit that leaves background work.
    wake: Callable[[], None] = lambda: None
    #: Names of persons by id, for a reader who may see them; unknown ids are left out.
    names: Callable[[Collection[UUID]], Mapping[UUID, str]] = lambda _ids: {}
    #: The next steps of a viewer in a meeting; the second argument holds the meeting's facts.
    next_steps: Callable[[Viewer, Any, datetime], list[Step]] = lambda _viewer, _meeting, _now: []
    #: How many sessions differ between the draft and the published agenda, for viewers who may publish it.
    unpublished: Callable[[Viewer], int] = lambda _viewer: 0
    #: Whether the account of a person (first id), or an account (second id), is disabled.
    is_disabled: Callable[[UUID | None, UUID | None], bool] = lambda _person, _account: False
    #: The function that composes each kind of email.
    composers: dict[Any, Callable[..., Any]] = field(default_factory=dict)
    #: What the worker runs when it is woken, and regularly.
    sweeps: dict[str, Callable[..., object]] = field(default_factory=dict)


def state(app: Flask | None = None) -> State:
    return cast(State, (app or current_app).extensions["dialogues"])
