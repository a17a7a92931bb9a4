"""Rate limits, and the counters (buckets) they use."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

_FIVE_MINUTES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Limit:
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
#: High, because a whole meeting may share one network address, and a link costs no password.
EMAIL_FROM_ADDRESS = Limit("letter/address", 60, _FIVE_MINUTES)
EMAIL_OVERALL = Limit("letter/all", 1_000, _FIVE_MINUTES)
REPORT_FROM_ADDRESS = Limit("report/address", 20, _FIVE_MINUTES)


class Throttled(Exception):
    """Too many attempts; `wait` is the time until the next one is allowed."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("too many tries")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Bucket:
    """One counter: a limit, and a keyed hash of what it counts."""

    limit: Limit
    name: str

    def window_start(self, now: datetime) -> datetime:
        seconds = int(self.limit.window.total_seconds())
        return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


@dataclass(frozen=True, slots=True)
class Caller:
    """The origin of an attempt; its network address is stored only as a hash with a daily key."""

    key: bytes
    address: str
    browser: str = ""

    def for_password(self, email: str, now: datetime) -> tuple[Bucket, ...]:
        return (
            self._about(PASSWORD_OF_ACCOUNT, email),
            self._from_here(PASSWORD_FROM_ADDRESS, now),
            self._about(PASSWORD_OVERALL, ""),
        )

    def for_code(self, account_id: UUID, now: datetime) -> tuple[Bucket, ...]:
        of_account = tuple(self._about(limit, str(account_id)) for limit in CODE_OF_ACCOUNT)
        return (*of_account, self._from_here(CODE_FROM_ADDRESS, now))

    def for_email_request(self, now: datetime) -> tuple[Bucket, ...]:
        return (self._from_here(EMAIL_FROM_ADDRESS, now), self._about(EMAIL_OVERALL, ""))

    def for_email_to(self, limit: Limit, email: str) -> tuple[Bucket, ...]:
        """Counters for requests of emails to this address, whether it has an account or not."""
        return (self._about(limit, email),)

    def for_report(self, now: datetime) -> tuple[Bucket, ...]:
        return (self._from_here(REPORT_FROM_ADDRESS, now),)

    def _about(self, limit: Limit, subject: str) -> Bucket:
        return Bucket(limit, f"{limit.kind}:{self._hash(limit.kind, subject)}")

    def _from_here(self, limit: Limit, now: datetime) -> Bucket:
        day = now.astimezone(UTC).date().isoformat()
        return Bucket(limit, f"{limit.kind}:{self._hash(limit.kind, day, self.address)}")

    def _hash(self, *parts: str) -> str:
        return hmac.new(self.key, "\n".join(("throttle", *parts)).encode(), hashlib.sha256).hexdigest()[:32]
