"""The queue between processes and machines: it says that there is something to do, and never carries the work."""

import logging
import os
import sqlite3
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from threading import Event
from typing import Any

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from dialogues.common.state import state
from dialogues.settings import Settings, SettingsError

_log = logging.getLogger(__name__)

#: Looks at its own tables for what is due and does it, until it is told to stop.
Sweep = Callable[[Event], object]


def queue(app: Flask) -> Huey:
    """The queue of this application, opened at its first use, and anew when its file was deleted.

    :raises SettingsError: DIALOGUES_QUEUE_URL names a kind of queue that is not known here.
    """
    here = state(app)
    if here.queue is None or not (_on_server(here.settings) or Path(here.settings.queue).exists()):
        here.queue = _open(here.settings)
        here.call_worker = here.queue.task(name="wake")(_nothing)
    return here.queue


def refuse_unknown(settings: Settings) -> None:
    """Look whether the queue is of a kind that is known here.

    :raises SettingsError: DIALOGUES_QUEUE_URL names another.
    """
    if "://" in settings.queue and not _on_server(settings):
        raise SettingsError("DIALOGUES_QUEUE_URL must be the path of a file, or begin with redis:// or rediss://.")
    if _on_server(settings) and find_spec("redis") is None:
        raise SettingsError("DIALOGUES_QUEUE_URL names a Redis server: install the package redis, or leave it out.")


def wake(app: Flask) -> None:
    """Tell the worker that there may be something to do; raises nothing, since it looks by itself now and then."""
    try:
        opened = queue(app)
        try:
            # One unheard call is enough: whoever hears it will see everything that was committed before.
            if not opened.pending_count():
                state(app).call_worker()
        finally:
            _let_go(opened)
    except Exception as error:
        _log.warning("The worker could not be woken: %s", type(error).__name__)


def woken(app: Flask) -> bool:
    """Whether the worker was called since it last asked; the calls are taken from the queue."""
    try:
        opened = queue(app)
        try:
            heard = opened.dequeue() is not None
            while opened.dequeue() is not None:
                pass
        finally:
            _let_go(opened)
    except Exception as error:
        _log.warning("The queue could not be read: %s", type(error).__name__)
        if type(error) is sqlite3.DatabaseError:
            _throw_away(app)
        return False
    return heard


def _nothing() -> None:
    """What a call says; hearing it is all there is to do."""


def _open(settings: Settings) -> Huey:
    refuse_unknown(settings)
    # Calls are signed, since a queue is read with pickle and a shared one may be written by others.
    options: dict[str, Any] = {"results": False, "serializer": SignedSerializer(settings.secret_key, "dialogues.queue")}
    if _on_server(settings):
        return RedisHuey("dialogues", url=settings.queue, blocking=False, **options)
    path = Path(settings.queue)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    # Its own journal mode, so that no second file lies beside it: the queue can be deleted at any time.
    return SqliteHuey("dialogues", filename=str(path), journal_mode="delete", fsync=True, timeout=2, **options)


def _on_server(settings: Settings) -> bool:
    return settings.queue.startswith(("redis://", "rediss://"))


def _let_go(opened: Huey) -> None:
    """Close this thread's connection to a file; connections to a server are pooled."""
    if isinstance(opened, SqliteHuey):
        opened.storage.close()


def _throw_away(app: Flask) -> None:
    """A damaged queue is deleted and made anew: the truth is in our tables."""
    Path(state(app).settings.queue).unlink(missing_ok=True)
