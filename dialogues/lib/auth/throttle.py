"""How often something may be tried, and under which name the counters know who tries."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

_FIVE_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within a window of time."""

    kind: str
    tries: int
    window: timedelta


PASSWORD_OF_ACCOUNT = Limit("password/account", 10, _FIVE_MINUTES)
PASSWORD_FROM_ADDRESS = Limit("password/address", 10, _FIVE_MINUTES)
PASSWORD_OVERALL = Limit("password/all", 1_000, _FIVE_MINUTES)
CODE_OF_ACCOUNT = (
    Limit("code/account", 5, _FIVE_MINUTES),
    Limit("code/account/hour", 20, timedelta(hours=1)),
    Limit("code/account/day", 50, timedelta(days=1)),
)
CODE_FROM_ADDRESS = Limit("code/address", 10, _FIVE_MINUTES)
LINK_TO_ACCOUNT = Limit("link/account", 3, timedelta(hours=6))
ADDRESS_OF_ACCOUNT = Limit("address/account", 3, timedelta(hours=6))
RESET_OF_ACCOUNT = Limit("reset/account", 5, timedelta(days=1))
#: A whole meeting may sit behind one address, and a link costs nobody a password.
EMAIL_FROM_ADDRESS = Limit("letter/address", 60, _FIVE_MINUTES)
EMAIL_OVERALL = Limit("letter/all", 1_000, _FIVE_MINUTES)
REPORT_FROM_ADDRESS = Limit("report/address", 20, _FIVE_MINUTES)


class Throttled(Exception):
    """There were too many tries; `wait` is when the next one counts again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many tries")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one counter counts: a limit, and a keyed hash of whom it is about."""

    limit: Limit
    name: str

    def window_start(self, now: datetime) -> datetime:
        """When the window began in which this moment lies."""
        seconds = int(self.limit.window.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


@dataclass(frozen=True, slots=True)
class Caller:
    """Where a try comes from; its address is kept only as a hash under a key of the day."""

    key: bytes
    address: str
    browser: str = ""

    def for_password(self, email: str, now: datetime) -> tuple[Bucket, ...]:
        """What a try of a password counts against, whether the account exists or not."""
        return (
            self._about(PASSWORD_OF_ACCOUNT, email),
            self._from_here(PASSWORD_FROM_ADDRESS, now),
            self._about(PASSWORD_OVERALL, ""),
        )

    def for_code(self, account_id: UUID, now: datetime) -> tuple[Bucket, ...]:
        """What a try of a second factor counts against."""
        of_account = tuple(self._about(limit, str(account_id)) for limit in CODE_OF_ACCOUNT)
        return (*of_account, self._from_here(CODE_FROM_ADDRESS, now))

    def for_letter(self, now: datetime) -> tuple[Bucket, ...]:
        """What asking for a letter counts against here, whoever it is for."""
        return (self._from_here(EMAIL_FROM_ADDRESS, now), self._about(EMAIL_OVERALL, ""))

    def for_letter_to(self, limit: Limit, email: str) -> tuple[Bucket, ...]:
        """What asking for a letter counts against at its receiver, known or not."""
        return (self._about(limit, email),)

    def for_report(self, now: datetime) -> tuple[Bucket, ...]:
        """What a browser's report counts against."""
        return (self._from_here(REPORT_FROM_ADDRESS, now),)

    def _about(self, limit: Limit, whom: str) -> Bucket:
        return Bucket(limit, f"{limit.kind}:{self._hash(limit.kind, whom)}")

    def _from_here(self, limit: Limit, now: datetime) -> Bucket:
        day = now.astimezone(UTC).date().isoformat()
        return Bucket(limit, f"{limit.kind}:{self._hash(limit.kind, day, self.address)}")

    def _hash(self, *parts: str) -> str:
        return hmac.new(self.key, "\n".join(("throttle", *parts)).encode(), hashlib.sha256).hexdigest()[:32]
