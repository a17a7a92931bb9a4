"""`flask outbox …`: deliver what is due, work in the background, list what has not left."""

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

commands = ReadyGroup("outbox", help="Letters owed, and work in the background.")


@commands.command()
def deliver() -> None:
    """Send what is due, and say what was done; ends with 1 where no letter can leave at the moment."""
    done: list[EmailState] = []

    def tell(kind: EmailKind, email_id: UUID, state: EmailState) -> None:
        done.append(state)
        click.echo(f"{state.value} {kind.value} {email_id}")

    reached = jobs.deliver_due(tell=tell)
    click.echo(f"{done.count(EmailState.SENT)} of {len(done)} sent")
    if not reached:
        click.echo("Letters cannot leave at the moment: see `flask outbox list`.", err=True)
        sys.exit(1)


@commands.command()
@click.option("--periodic/--no-periodic", default=True, help="Also look unasked, for what nobody called about.")
def work(periodic: bool) -> None:
    """Work in the background until stopped; what has begun is finished first."""
    stop = Event()

    def end(_signal: int, _frame: Any) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    # The threads need the application itself, not this context's stand-in for it.
    jobs.work(cast(Flask, current_app._get_current_object()), stop, periodic=periodic)  # type: ignore[attr-defined]  # a thread needs the app itself


@commands.command("list")
def show() -> None:
    """List the letters that have not left: kind, state, tries, id, and what went wrong."""
    for email_id, kind, state, tries, error in queries.waiting(system(Purpose.DELIVERY)):
        click.echo(f"{state.value} {kind.value} {email_id} tries={tries} {error}".rstrip())
