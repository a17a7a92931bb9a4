"""Bulk actions: who is included, who only on request, and who is skipped and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.people.participants.rules.steps import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationApproved(ParticipationEvent):
    """The coordinator approved a registration. Later changes need a change request."""

    action: ClassVar[str] = "registration.approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalTakenBack(ParticipationEvent):
    """The coordinator withdrew an approval. The registration can be edited again."""

    action: ClassVar[str] = "registration.approval_taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipationRestored(ParticipationEvent):
    """Removing a participant was undone."""

    action: ClassVar[str] = "participation.restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListExported(DomainEvent):
    """The participants list was exported as a file. `about` is the meeting."""

    action: ClassVar[str] = "participants.exported"

    people: int
    with_answers: bool = False


#: Minimum time between two reminders, unless the coordinator includes recently reminded people.
REMINDED_LATELY = timedelta(hours=24)

CHANGED_SINCE = N_("was changed since: left as it is")


class Readiness(Labelled):
    """Approval state of a confirmed registration."""

    INCOMPLETE = "incomplete", N_("something is missing")
    TO_APPROVE = "to_approve", N_("to be approved")
    APPROVED = "approved", N_("approved")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRow:
    """A selected participant with the facts that decide whether a bulk action applies."""

    id: UUID
    name: str
    party_code: str
    status: ParticipationStatus
    has_address: bool
    is_approved: bool
    #: Steps of the registration that are not done.
    missing: tuple[Step, ...] = ()
    #: When the latest invitation email was queued, and whether it still waits.
    last_emailed_at: datetime | None = None
    email_waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Selected participants, sorted for one bulk action."""

    included: tuple[ChosenRow, ...]
    #: Included only if the coordinator confirms it.
    on_request: tuple[ChosenRow, ...]
    left_out: tuple[tuple[ChosenRow, str], ...]

    def rows(self, *, also: bool) -> tuple[ChosenRow, ...]:
        return self.included + (self.on_request if also else ())


def build_selection(kind: BulkKind, rows: Iterable[ChosenRow], now: datetime) -> Selection:
    """Sorts selected participants for one bulk action."""
    included, on_request, left_out = list[ChosenRow](), list[ChosenRow](), list[tuple[ChosenRow, str]]()
    for row in rows:
        reason = _skip_reason(kind, row)
        if reason:
            left_out.append((row, reason))
        elif _needs_request(kind, row, now):
            on_request.append(row)
        else:
            included.append(row)
    return Selection(included=tuple(included), on_request=tuple(on_request), left_out=tuple(left_out))


def _needs_request(kind: BulkKind, row: ChosenRow, now: datetime) -> bool:
    if kind is BulkKind.REMIND:
        return row.last_emailed_at is not None and now - row.last_emailed_at < REMINDED_LATELY
    return kind is BulkKind.APPROVE and bool(row.missing)


def _skip_reason(kind: BulkKind, row: ChosenRow) -> str:
    if kind is BulkKind.REMIND:
        return _not_reminded(row)
    if row.status in GONE:
        return N_("is not coming already")
    if kind is BulkKind.APPROVE and row.status is not ParticipationStatus.CONFIRMED:
        return N_("has not accepted")
    return N_("is approved already") if kind is BulkKind.APPROVE and row.is_approved else ""


def _not_reminded(row: ChosenRow) -> str:
    if row.status in {ParticipationStatus.NOMINATED, ParticipationStatus.WAITING}:
        return N_("is not invited yet")
    if row.status is not ParticipationStatus.INVITED:
        return N_("has answered already")
    if not row.has_address:
        return N_("has no e-mail address: cannot be reached by letter")
    return N_("a letter to them has not left yet: look at the letters") if row.email_waits else ""
