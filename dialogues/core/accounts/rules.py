"""Decisions about accounts, sign-ins and secret links, on given facts."""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_


class InstallationRole(Enum):
    """What an account is to the installation; as such it reads nothing in any dialogue."""

    HOST = "host"
    OPENER = "opener"


class FactorKind(Enum):
    """A second proof of identity."""

    TOTP = "totp"


class LinkPurpose(Enum):
    """What a secret link is for; a link of one purpose is nothing to another."""

    SIGN_IN = "sign_in"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a purpose, no password
    REGISTRATION = "registration"
    FEED = "feed"
    ANSWER = "answer"
    ADDRESS = "address"
    ATTENDANCE = "attendance"

    @property
    def lasts(self) -> timedelta:
        """How long a mailed link to an account lasts."""
        return LINK_LASTS[self]


class LinkState(Enum):
    """Whether a secret link can be used, and if not, why."""

    LIVE = "live"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Proof(Enum):
    """What a person showed when signing in; DEMO stands for the second factor that a demonstration does not ask for."""

    LINK = "link"
    INVITATION = "invitation"
    PASSWORD = "password"  # noqa: S105  a kind of proof, no password
    TOTP = "totp"
    DEMO = "demo"


#: How long a mailed link to sign in, to choose a password, or to take up an invitation lasts.
LINK_LASTS = {
    LinkPurpose.SIGN_IN: timedelta(hours=1),
    LinkPurpose.PASSWORD_RESET: timedelta(hours=1),
    LinkPurpose.STAFF_INVITATION: timedelta(days=7),
    LinkPurpose.ADDRESS: timedelta(days=1),
}
#: How long a link still works after a newer one for the same purpose was made.
REPLACED_LINK_LASTS = timedelta(minutes=10)
#: How long a fresh proof of who asks counts for one action on one object.
STEP_UP_LASTS = timedelta(minutes=5)
#: How long a browser that opened a mailed link may take to press its button.
LINK_OPEN_LASTS = timedelta(minutes=30)
#: How long someone who gave a password has for the second factor.
HALF_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, on both clocks: sign-ins, links and codes live by the real one, letters and the log by the service's."""

    real: datetime
    service: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """How long sign-ins last, as the installation decided; `demo`: no second factor is asked for."""

    staff_idle: timedelta
    staff_longest: timedelta
    participant_idle: timedelta
    participant_longest: timedelta
    demo: bool = False

    def idle(self, proofs: frozenset[Proof]) -> timedelta:
        """How long a sign-in lives without a request; a limited one lives until its registration closes."""
        if Proof.INVITATION in proofs:
            return timedelta.max
        return self.staff_idle if Proof.TOTP in proofs else self.participant_idle

    def longest(self, proofs: frozenset[Proof]) -> timedelta:
        """How long a sign-in lives at most."""
        if is_half(proofs):
            return HALF_LASTS
        return self.staff_longest if Proof.TOTP in proofs else self.participant_longest

    def proofs(self, *shown: Proof) -> frozenset[Proof]:
        """What counts as shown: the demonstration adds what it does not ask for."""
        return frozenset({*shown, Proof.DEMO}) if self.demo else frozenset(shown)


def is_half(proofs: frozenset[Proof]) -> bool:
    """Whether only a password was shown: nothing is open until the second factor is."""
    return proofs == {Proof.PASSWORD}


def counts_as_staff(proofs: frozenset[Proof]) -> bool:
    """Whether staff roles count: a mailed link alone admits to participants' views only."""
    return Proof.DEMO in proofs or {Proof.PASSWORD, Proof.TOTP} <= proofs


def step_up_purpose(action: str, about: UUID | None) -> str:
    """What a step-up is bound to."""
    return f"{action}:{about or ''}"


#: What a step-up is for that lets its owner set up another second factor.
RENEW_FACTOR = step_up_purpose("factor.renew", None)
#: What it is for that lets the owner of an account with a second factor have another address.
CHANGE_ADDRESS = step_up_purpose("address.change", None)


def read_proofs(words: Iterable[str]) -> frozenset[Proof]:
    """The proofs as they are kept in the database."""
    return frozenset(Proof(word) for word in words)


def new_secret() -> str:
    """256 bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(32)


def sha256(secret: str) -> bytes:
    """Under what a secret is found again, while it is not kept itself."""
    return hashlib.sha256(secret.encode()).digest()


def link_address(base_url: str, secret: str) -> str:
    """The address to mail or print; opening it changes nothing."""
    return f"{base_url}/links/{secret}"


def browser_family(user_agent: str) -> str:
    """The browser and its system in words a person recognises, and no more."""
    families = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for sign, name in families if sign in user_agent), "")
    system = next((name for sign, name in systems if sign in user_agent), "")
    return " · ".join(filter(None, (browser, system)))


@dataclass(frozen=True, slots=True)
class KnownLink:
    """A secret link that was found by its secret."""

    id: UUID
    purpose: LinkPurpose
    subject: UUID
    scope: str
    name: str
    expires_at: datetime
    single_use: bool
    state: LinkState
    last_used_on: date | None = None

    @property
    def live(self) -> bool:
        return self.state is LinkState.LIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInOpened(DomainEvent):
    """Someone signed in."""

    action: ClassVar[str] = "sign_in.opened"
    proofs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInsEnded(DomainEvent):
    """Its owner ended the sign-ins of an account elsewhere."""

    action: ClassVar[str] = "sign_in.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedUp(DomainEvent):
    """Someone proved again who they are, for one action on one object."""

    action: ClassVar[str] = "sign_in.stepped_up"
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChosen(DomainEvent):
    """An account has a new password; all its sign-ins ended."""

    action: ClassVar[str] = "password.chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanged(DomainEvent):
    """An account has another address, which answered a letter; its other sign-ins ended."""

    action: ClassVar[str] = "address.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorConfirmed(DomainEvent):
    """An account has a new second factor; older ones and all sign-ins ended."""

    action: ClassVar[str] = "factor.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsReset(DomainEvent):
    """The host of the installation took away an account's second factor, so that its owner sets up another."""

    action: ClassVar[str] = "factor.reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvited(DomainEvent):
    """Someone was invited to the staff."""

    action: ClassVar[str] = "staff.invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled(DomainEvent):
    """An account can no longer sign in."""

    action: ClassVar[str] = "account.disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEnabled(DomainEvent):
    """An account can sign in again."""

    action: ClassVar[str] = "account.enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRoleGiven(DomainEvent):
    """An account became host of the installation, or may open dialogues from now on."""

    action: ClassVar[str] = "installation_role.given"
    role: InstallationRole


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRoleTaken(DomainEvent):
    """An account is no longer that to the installation."""

    action: ClassVar[str] = "installation_role.taken"
    role: InstallationRole


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMinted(DomainEvent):
    """A link to sign in was printed on the host's own console."""

    action: ClassVar[str] = "link.minted"
    purpose: LinkPurpose


WORDS: dict[Enum, str] = {
    InstallationRole.HOST: N_("host of the installation"),
    InstallationRole.OPENER: N_("may open dialogues"),
    Proof.LINK: N_("mailed link"),
    Proof.INVITATION: N_("invitation link, one registration only"),
    Proof.PASSWORD: N_("password"),
    Proof.TOTP: N_("code from the authenticator"),
    Proof.DEMO: N_("demonstration"),
}
