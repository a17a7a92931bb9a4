"""The queue between processes and machines: it says that there is something to do, and never carries the work."""

import logging
import os
import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from dialogues.core.common import clock
from dialogues.core.common.state import state
from dialogues.core.outbox import commands
from dialogues.core.outbox.rules import EmailKind, EmailState
from dialogues.lib.mail.parts import Trouble, Undelivered
from dialogues.lib.mail.transports import Folder, MailServer, Transport
from dialogues.settings import Settings, SettingsError

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def carrier(settings: Settings) -> Transport:
    """What carries the letters of this installation.

    :raises SettingsError: DIALOGUES_MAIL_URL cannot be used.
    """
    return mail_server(settings.mail_url) if settings.mail_url else Folder(settings.instance / "outbox")


def mail_server(url: str) -> "MailServer":
    """The mail server at `smtp://`, `smtp+starttls://` or `smtps://`, with `user:password@` before the host if it asks.

    :raises SettingsError: the URL cannot be read, or would send a password in the clear; it is not repeated.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise SettingsError(
            "DIALOGUES_MAIL_URL must read smtp+starttls://user:password@host:port or the like."
        ) from None
    if not parts.hostname:
        raise SettingsError("DIALOGUES_MAIL_URL names no host.")
    if parts.username and parts.scheme == "smtp" and parts.hostname not in _LOOPBACK:
        raise SettingsError(
            "DIALOGUES_MAIL_URL would send the password in the clear: use smtp+starttls:// or smtps://."
        )
    return MailServer(
        security=parts.scheme,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


_log = logging.getLogger(__name__)
_LISTENS_EVERY = 1.0
_LOOKS_EVERY = 20.0


#: Told of each letter that was tried: its kind, its id, where it stands now.
Tell = Callable[[EmailKind, UUID, EmailState], None]


def deliver_due(stop: Event | None = None, tell: Tell = lambda _kind, _id, _state: None) -> bool:
    """Deliver what is due, one letter after the other; whether letters can leave at the moment."""
    carries = carrier(state().settings)
    while not (stop and stop.is_set()):
        claimed = commands.claim(clock.real_now())
        if claimed is None:
            break
        result, away = _deliver(claimed, carries)
        tell(claimed.kind, claimed.email_id, result)
        _log.info("letter %s %s %s", result.value, claimed.kind.value, claimed.email_id)
        if away:
            return False
    return True


def _deliver(claimed: commands.Claim, carries: Transport) -> tuple[EmailState, bool]:
    """Deliver one letter: where it stands now, and whether none can leave at the moment."""
    try:
        parcel = commands.render(claimed, clock.now())
        if parcel is None:
            return EmailState.SUPERSEDED, False
        carries.carry(parcel)
    except Undelivered as trouble:
        return _undelivered(claimed, trouble), trouble.trouble is Trouble.AWAY
    except Exception as fault:
        # Whatever is wrong with one letter, the others are to leave.
        _log.exception("letter fault %s %s: %s", claimed.kind.value, claimed.email_id, type(fault).__name__)
        return _undelivered(claimed, Undelivered(Trouble.PASSING, commands.UNWRITTEN)), False
    commands.mark_sent(claimed, clock.now())
    return EmailState.SENT, False


def _undelivered(claimed: commands.Claim, trouble: Undelivered) -> EmailState:
    # No secret: chance only keeps letters that failed together from coming back together.
    result = commands.mark_undelivered(claimed, trouble, clock.real_now(), random.random())  # noqa: S311  jitter, no secret
    return result or EmailState.SENDING


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


#: Looks at its own tables for what is due and does it, until it is told to stop.
Sweep = Callable[[Event], object]


def _answer(app: Flask, name: str, sweep: Sweep, call: Event, stop: Event) -> None:
    while call.wait() and not stop.is_set():
        call.clear()
        try:
            with app.app_context():
                sweep(stop)
        except Exception:
            # The next call tries again; a sweep that ended would leave its work undone for good.
            _log.exception("sweep fault %s", name)


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


SWEEPS: dict[str, Sweep] = {
    "letters": deliver_due,
}
