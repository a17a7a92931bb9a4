"""The one clock: real time, shifted in the demo; only views, commands of the shell and jobs read it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import current_app

from dialogues.settings import Settings


def now() -> datetime:
    """The service's time, aware, in UTC, to the second."""
    shift: timedelta = current_app.extensions["dialogues.clock"]
    return (datetime.now(UTC) + shift).replace(microsecond=0)


def real_now() -> datetime:
    """The machine's time: sign-ins, leases and links live by it, also in the demo."""
    return datetime.now(UTC)


def shift_of(settings: Settings) -> timedelta:
    """How far the demo's clock stands from the machine's; stored at its first start, so it never runs backwards."""
    if settings.now is None:
        return timedelta(0)
    path: Path = settings.instance / "clock-shift"
    if not path.exists():
        settings.instance.mkdir(parents=True, exist_ok=True)
        path.write_text(str((settings.now - datetime.now(UTC)).total_seconds()))
    return timedelta(seconds=float(path.read_text()))
