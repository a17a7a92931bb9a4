"""Rules about accounts, sign-ins and secret links."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_


class InstallationRole(Labelled):
    """A role in the installation; gives no access to any dialogue."""

    HOST = "host", N_("host of the installation")
    OPENER = "opener", N_("may open dialogues")


class FactorKind(Enum):
    TOTP = "totp"


class LinkPurpose(Enum):
    """The purpose of a secret link; a link works only for its own purpose."""

    SIGN_IN = "sign_in"
    STAFF_INVITATION = "staff_invitation"
    PASSWORD_RESET = "password_reset"  # noqa: S105  a purpose, not a password
    REGISTRATION = "registration"
    FEED = "feed"
    ANSWER = "answer"
    ADDRESS = "address"
    ATTENDANCE = "attendance"


class Proof(Labelled):
    """What was shown at sign-in; DEMO replaces the second factor in the demo."""

    LINK = "link", N_("mailed link")
    INVITATION = "invitation", N_("invitation link, one registration only")
    PASSWORD = "password", N_("password")
    TOTP = "totp", N_("code from the authenticator")
    DEMO = "demo", N_("demonstration")


#: How long emailed links are valid.
LINK_LASTS = {
    LinkPurpose.SIGN_IN: timedelta(hours=1),
    LinkPurpose.PASSWORD_RESET: timedelta(hours=1),
    LinkPurpose.STAFF_INVITATION: timedelta(days=7),
    LinkPurpose.ADDRESS: timedelta(days=1),
}
#: How long a link is still valid after a newer one for the same purpose was created.
REPLACED_LINK_LASTS = timedelta(minutes=10)
#: How long a step-up is valid, for one action on one object.
STEP_UP_LASTS = timedelta(minutes=5)
#: How much time a browser that opened an emailed link has to press the button.
LINK_OPEN_LASTS = timedelta(minutes=30)
#: How much time there is for the second factor after the password.
SECOND_FACTOR_LASTS = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Moment:
    """The current time on both clocks: real time for sign-ins, links and codes, service time for emails and the log."""

    real: datetime
    service: datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """How long sign-ins last, from the settings. `demo`: no second factor is asked for."""

    staff_idle: timedelta
    staff_longest: timedelta
    participant_idle: timedelta
    participant_longest: timedelta
    demo: bool = False

    def idle(self, proofs: frozenset[Proof]) -> timedelta:
        """How long a sign-in is valid without a request. A limited one has no such limit."""
        if Proof.INVITATION in proofs:
            return timedelta.max
        return self.staff_idle if Proof.TOTP in proofs else self.participant_idle

    def longest(self, proofs: frozenset[Proof]) -> timedelta:
        if needs_second_factor(proofs):
            return SECOND_FACTOR_LASTS
        return self.staff_longest if Proof.TOTP in proofs else self.participant_longest

    def proofs(self, *shown: Proof) -> frozenset[Proof]:
        """The proofs shown; the demo adds DEMO."""
        return frozenset({*shown, Proof.DEMO}) if self.demo else frozenset(shown)


def needs_second_factor(proofs: frozenset[Proof]) -> bool:
    """Whether only a password was shown, so that nothing is open yet."""
    return proofs == {Proof.PASSWORD}


def counts_as_staff(proofs: frozenset[Proof]) -> bool:
    """Whether staff roles count; an emailed link alone opens participants' pages only."""
    return Proof.DEMO in proofs or {Proof.PASSWORD, Proof.TOTP} <= proofs


def step_up_purpose(action: str, about: UUID | None) -> str:
    return f"{action}:{about or ''}"


#: Step-up to set up another second factor.
RENEW_FACTOR = step_up_purpose("factor.renew", None)
#: Step-up to change the address of an account that has a second factor.
CHANGE_ADDRESS = step_up_purpose("address.change", None)


def read_proofs(words: Iterable[str]) -> frozenset[Proof]:
    return frozenset(Proof(word) for word in words)


def link_address(base_url: str, secret: str) -> str:
    """The URL to email or print; opening it changes nothing."""
    return f"{base_url}/links/{secret}"


@dataclass(frozen=True, slots=True)
class KnownLink:
    id: UUID
    purpose: LinkPurpose
    subject: UUID
    name: str
    expires_at: datetime
    last_used_on: date | None
    #: Not used up, revoked or expired.
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInOpened(DomainEvent):
    action: ClassVar[str] = "sign_in.opened"
    proofs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInsEnded(DomainEvent):
    """The owner ended one or more of the account's sign-ins."""

    action: ClassVar[str] = "sign_in.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SteppedUp(DomainEvent):
    action: ClassVar[str] = "sign_in.stepped_up"
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChosen(DomainEvent):
    """An account has a new password; all its other sign-ins ended."""

    action: ClassVar[str] = "password.chosen"


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressChanged(DomainEvent):
    """An account has a new, confirmed address; its other sign-ins ended."""

    action: ClassVar[str] = "address.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorConfirmed(DomainEvent):
    """An account has a new second factor; older ones and all sign-ins ended."""

    action: ClassVar[str] = "factor.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorsReset(DomainEvent):
    action: ClassVar[str] = "factor.reset"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffInvited(DomainEvent):
    action: ClassVar[str] = "staff.invited"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountDisabled(DomainEvent):
    action: ClassVar[str] = "account.disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountEnabled(DomainEvent):
    action: ClassVar[str] = "account.enabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRoleGiven(DomainEvent):
    action: ClassVar[str] = "installation_role.given"
    role: InstallationRole


@dataclass(frozen=True, slots=True, kw_only=True)
class InstallationRoleTaken(DomainEvent):
    action: ClassVar[str] = "installation_role.taken"
    role: InstallationRole


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkMinted(DomainEvent):
    action: ClassVar[str] = "link.minted"
    purpose: LinkPurpose
