"""`flask outbox …`: deliver due emails, run the background worker, list unsent emails."""

import signal
import sys
from threading import Event
from typing import Any, cast
from uuid import UUID

import click
from flask import Flask, current_app

from dialogues.core.common.readiness import ReadyGroup
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox import jobs, queries
from dialogues.core.outbox.rules import EmailKind, EmailState

commands = ReadyGroup("outbox", help="Emails to send, and background work.")


@commands.command()
def deliver() -> None:
    """Send all due emails and print the results; exits with 1 if no email can be sent at the moment."""
    results: list[EmailState] = []

    def on_result(kind: EmailKind, email_id: UUID, state: EmailState) -> None:
        results.append(state)
        click.echo(f"{state.value} {kind.value} {email_id}")

    can_send = jobs.deliver_due(on_result=on_result)
    click.echo(f"{results.count(EmailState.SENT)} of {len(results)} sent")
    if not can_send:
        click.echo("No email can be sent at the moment: see `flask outbox list`.", err=True)
        sys.exit(1)


@commands.command()
@click.option("--periodic/--no-periodic", default=True, help="Also look for work regularly, without a call.")
def work(periodic: bool) -> None:
    """Run the background worker until it is stopped; it finishes what it has started."""
    stop = Event()

    def stop_worker(_signal: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, stop_worker)
    signal.signal(signal.SIGINT, stop_worker)
    # Threads need the application itself, because the proxy works in this context only.
    jobs.work(cast(Flask, current_app._get_current_object()), stop, periodic=periodic)  # type: ignore[attr-defined]  # a thread needs the app itself


@commands.command("list")
def show() -> None:
    """List the emails that are not sent: kind, state, attempts, id, and the last error."""
    for email_id, kind, state, tries, error in queries.waiting(system(Purpose.DELIVERY)):
        click.echo(f"{state.value} {kind.value} {email_id} tries={tries} {error}".rstrip())
