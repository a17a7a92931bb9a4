"""The clock of the service: real time, shifted in the demo. Only views, CLI commands and jobs read it."""

from datetime import UTC, datetime, timedelta

from dialogues.core.common.state import state
from dialogues.settings import Settings, SettingsError, read_or_create


def now() -> datetime:
    """The current time of the service: UTC, aware, whole seconds."""
    return (datetime.now(UTC) + state().clock_shift).replace(microsecond=0)


def real_now() -> datetime:
    """The time of the machine. Sign-ins, leases and links use it, also in the demo."""
    return datetime.now(UTC)


def shift_of(settings: Settings) -> timedelta:
    """How far the demo's clock differs from the machine's; stored at the first start, so it never runs backwards."""
    if settings.now is None:
        return timedelta(0)
    path = settings.instance / "clock-shift"
    seconds = read_or_create(path, str((settings.now - datetime.now(UTC)).total_seconds()))
    try:
        return timedelta(seconds=float(seconds))
    except (ValueError, OverflowError):
        raise SettingsError(f"{path} is damaged: delete it, and the clock of the demo starts again.") from None
