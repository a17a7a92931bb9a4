"""The one clock: real time, shifted in the demo; only views, commands of the shell and jobs read it."""

from datetime import UTC, datetime, timedelta

from dialogues.core.common.state import state
from dialogues.settings import Settings, SettingsError, kept


def now() -> datetime:
    """The service's time, aware, in UTC, to the second."""
    return (datetime.now(UTC) + state().clock_shift).replace(microsecond=0)


def real_now() -> datetime:
    """The machine's time: sign-ins, leases and links live by it, also in the demo."""
    return datetime.now(UTC)


def shift_of(settings: Settings) -> timedelta:
    """How far the demo's clock stands from the machine's; stored at its first start, so it never runs backwards.

    :raises SettingsError: what is stored cannot be read.
    """
    if settings.now is None:
        return timedelta(0)
    path = settings.instance / "clock-shift"
    seconds = kept(path, str((settings.now - datetime.now(UTC)).total_seconds()))
    try:
        return timedelta(seconds=float(seconds))
    except (ValueError, OverflowError):
        raise SettingsError(f"{path} is damaged: delete it, and the demonstration's clock starts anew.") from None
