"""The background worker and its queue. The queue only wakes the worker; the work is found in the database."""

import logging
import os
import random
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, cast
from urllib.parse import unquote, urlsplit
from uuid import UUID

from flask import Flask, current_app
from huey import Huey, RedisHuey, SqliteHuey
from huey.serializer import SignedSerializer

from dialogues.core.common import clock
from dialogues.core.common.outages import WritersBusy
from dialogues.core.common.state import state
from dialogues.core.outbox import commands
from dialogues.core.outbox.rules import EmailKind, EmailState
from dialogues.lib.mail.parts import FailureKind, Undelivered
from dialogues.lib.mail.transports import Folder, MailServer, Transport
from dialogues.settings import Settings, SettingsError

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def mail_transport(settings: Settings) -> Transport:
    """:raises SettingsError: DIALOGUES_MAIL_URL is not valid."""
    return mail_server(settings.mail_url) if settings.mail_url else Folder(settings.instance / "outbox")


def mail_server(url: str) -> "MailServer":
    """Parse `smtp://`, `smtp+starttls://` or `smtps://`, with an optional `user:password@` before the host.

    :raises SettingsError: the URL is not valid, or would send the password unencrypted; the message omits it.
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
_POLL_SECONDS = 1.0
_SWEEP_SECONDS = 20.0

#: After this time another email is sent while a server takes long to accept one.
_PATIENCE_SECONDS = 20.0
#: Together shorter than the time that the lease has left after the longest delivery.
_MARK_TRIES = 15
#: How many emails may be on their way at once, the slow ones included.
_MOST_AT_ONCE = 8

#: A delivered email, its new state, and whether no email can be sent at the moment.
_Delivered = tuple[commands.Claim, EmailState, bool]
#: Called with the result of each attempt: kind, id and new state of the email.
OnResult = Callable[[EmailKind, UUID, EmailState], None]


def deliver_due(stop: Event | None = None, on_result: OnResult = lambda _kind, _id, _state: None) -> bool:
    """Send all due emails one by one; False if no email can be sent at the moment.

    If a server takes long to accept an email, the next ones are sent at the same time.
    """
    deliveries = _Deliveries(cast(Flask, current_app._get_current_object()), on_result)  # type: ignore[attr-defined]  # a thread needs the app itself
    reachable = True
    while not (stop and stop.is_set()):
        claimed = commands.claim(clock.real_now()) if reachable and deliveries.count < _MOST_AT_ONCE else None
        if claimed is not None:
            deliveries.start(claimed)
        elif not deliveries.count:
            break
        # Without a result the server is slow, and may still accept another email.
        reachable = deliveries.report_next(_POLL_SECONDS if reachable and not claimed else _PATIENCE_SECONDS)
    until = time.monotonic() + _PATIENCE_SECONDS
    while deliveries.count and time.monotonic() < until:
        deliveries.report_next(_POLL_SECONDS)
    return reachable


@dataclass(slots=True)
class _Deliveries:
    """Deliveries in threads of their own, and their results."""

    app: Flask
    on_result: OnResult
    count: int = 0
    _results: "SimpleQueue[_Delivered]" = field(default_factory=SimpleQueue)

    def start(self, claimed: commands.Claim) -> None:
        self.count += 1
        Thread(target=self._run, args=(claimed,), name="delivery", daemon=True).start()

    def report_next(self, seconds: float) -> bool:
        """Wait for the next result and report it; False if it shows that no email can be sent at the moment."""
        try:
            claimed, result, unreachable = self._results.get(timeout=seconds)
        except Empty:
            return True
        self.count -= 1
        self.on_result(claimed.kind, claimed.email_id, result)
        _log.info("email %s %s %s", result.value, claimed.kind.value, claimed.email_id)
        return not unreachable

    def _run(self, claimed: commands.Claim) -> None:
        with self.app.app_context():
            try:
                result, unreachable = _deliver(claimed, mail_transport(state().settings))
            except Exception as fault:
                # The lease ends later, and another worker sends the email again.
                _log.exception("delivery failed %s: %s", claimed.email_id, type(fault).__name__)
                result, unreachable = EmailState.SENDING, False
        self._results.put((claimed, result, unreachable))


def _deliver(claimed: commands.Claim, transport: Transport) -> tuple[EmailState, bool]:
    """Send one email; returns its new state, and whether no email can be sent at the moment."""
    try:
        envelope = commands.render(claimed, clock.now())
        if envelope is None:
            return EmailState.SUPERSEDED, False
        transport.send(envelope)
    except Undelivered as failure:
        return _undelivered(claimed, failure), failure.kind is FailureKind.UNREACHABLE
    except Exception as fault:
        # One faulty email must not stop the others.
        _log.exception("email failed %s %s: %s", claimed.kind.value, claimed.email_id, type(fault).__name__)
        return _undelivered(claimed, Undelivered(FailureKind.TEMPORARY, commands.UNWRITTEN)), False
    _mark_sent(claimed)
    return EmailState.SENT, False


def _mark_sent(claimed: commands.Claim) -> None:
    """Try for some minutes, because an email that is not marked is sent again."""
    for _again in range(_MARK_TRIES):
        try:
            commands.mark_sent(claimed, clock.now())
        except WritersBusy:
            time.sleep(_POLL_SECONDS)
        else:
            return
    raise WritersBusy


def _undelivered(claimed: commands.Claim, failure: Undelivered) -> EmailState:
    # Not a secret: the jitter spreads emails that failed together.
    result = commands.mark_undelivered(claimed, failure, clock.real_now(), random.random())  # noqa: S311  jitter, not a secret
    return result or EmailState.SENDING


def work(app: Flask, stop: Event, *, periodic: bool = True) -> None:
    """Run the sweeps when woken, until stopped. Each has its own thread, so that long work does not delay emails."""
    sweeps = state(app).sweeps
    calls = {name: Event() for name in sweeps}
    threads = [
        Thread(target=_run_sweep, args=(app, name, sweep, calls[name], stop), name=name)
        for name, sweep in sweeps.items()
    ]
    for thread in threads:
        thread.start()
    _wake_all(calls)
    last_sweep = time.monotonic()
    while not stop.wait(_POLL_SECONDS):
        if woken(app) or (periodic and time.monotonic() - last_sweep > _SWEEP_SECONDS):
            last_sweep = time.monotonic()
            _wake_all(calls)
    _wake_all(calls)
    for thread in threads:
        thread.join()


def _wake_all(calls: Mapping[str, Event]) -> None:
    for call in calls.values():
        call.set()


#: Finds due work in its own tables and does it, until stopped.
Sweep = Callable[[Event], object]


def _run_sweep(app: Flask, name: str, sweep: Sweep, call: Event, stop: Event) -> None:
    while call.wait() and not stop.is_set():
        call.clear()
        try:
            with app.app_context():
                sweep(stop)
        except Exception:
            # Wait for the next call: a sweep that ended here would never run again.
            _log.exception("sweep failed: %s", name)


def queue(app: Flask) -> Huey:
    """The queue of this application; opened at first use, and again if its file was deleted.

    :raises SettingsError: DIALOGUES_QUEUE_URL names an unknown kind of queue.
    """
    app_state = state(app)
    if app_state.queue is None or not (_on_server(app_state.settings) or Path(app_state.settings.queue).exists()):
        app_state.queue = _open(app_state.settings)
        app_state.call_worker = app_state.queue.task(name="wake")(_no_op)
    return app_state.queue


def refuse_unknown(settings: Settings) -> None:
    """:raises SettingsError: the kind of queue is unknown."""
    if "://" in settings.queue and not _on_server(settings):
        raise SettingsError("DIALOGUES_QUEUE_URL must be the path of a file, or begin with redis:// or rediss://.")
    if _on_server(settings) and find_spec("redis") is None:
        raise SettingsError("DIALOGUES_QUEUE_URL names a Redis server: install the package redis, or leave it out.")


def wake(app: Flask) -> None:
    """Wake the worker. Raises nothing, because the worker also looks for work regularly."""
    try:
        opened = queue(app)
        try:
            # One waiting call is enough, because the worker will then see everything committed before.
            if not opened.pending_count():
                state(app).call_worker()
        finally:
            _close_connection(opened)
    except Exception as error:
        _log.warning("The worker could not be woken: %s", type(error).__name__)
        _drop_damaged_queue(app, error)


def woken(app: Flask) -> bool:
    """Whether the worker was called since the last time; removes the calls from the queue."""
    try:
        opened = queue(app)
        try:
            called = opened.dequeue() is not None
            while opened.dequeue() is not None:
                pass
        finally:
            _close_connection(opened)
    except Exception as error:
        _log.warning("The queue could not be read: %s", type(error).__name__)
        _drop_damaged_queue(app, error)
        return False
    return called


def _no_op() -> None:
    """The body of a call; the call itself is the message."""


def _open(settings: Settings) -> Huey:
    refuse_unknown(settings)
    # Calls are signed, because Huey reads them with pickle and others may write to a shared queue.
    options: dict[str, Any] = {"results": False, "serializer": SignedSerializer(settings.secret_key, "dialogues.queue")}
    if _on_server(settings):
        return RedisHuey("dialogues", url=settings.queue, blocking=False, **options)
    path = Path(settings.queue)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    # A separate journal mode without extra files, so that the queue file can be deleted at any time.
    return SqliteHuey("dialogues", filename=str(path), journal_mode="delete", fsync=True, timeout=2, **options)


def _on_server(settings: Settings) -> bool:
    return settings.queue.startswith(("redis://", "rediss://"))


def _close_connection(opened: Huey) -> None:
    if isinstance(opened, SqliteHuey):
        opened.storage.close()


def _drop_damaged_queue(app: Flask, error: Exception) -> None:
    """Delete a queue file that cannot be used; nothing is lost, because the work is in the database."""
    if isinstance(error, sqlite3.DatabaseError) and "locked" not in str(error):
        Path(state(app).settings.queue).unlink(missing_ok=True)


SWEEPS: dict[str, Sweep] = {
    "letters": deliver_due,
}
