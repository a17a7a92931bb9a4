"""Reads of registrations and change requests: the viewer's own, for others, and those to decide."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.names import KeyName, Place
from dialogues.lib.paging import page_numbers
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Institution, Party, Person
from dialogues.people.participants.models import Availability, ChangeRequest, Participation
from dialogues.people.participants.queries.frame import registers
from dialogues.people.participants.queries.visibility import english, person_of, visible
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.registration.rules import Changeable, JsonValue, RequestedChanges, json_value
from dialogues.policy import REGISTRATION_APPROVE

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedChange:
    """A change request compared with the current values, decided or waiting."""

    id: UUID
    name: str
    native: str
    party_code: str
    party_name: str
    asked_at: datetime
    fields: tuple[tuple[Changeable, JsonValue, JsonValue], ...]
    decided_at: datetime | None
    accepted: bool | None
    reason: str
    version: int


def waiting_changes(viewer: Viewer) -> int:
    """Number of change requests that wait for this viewer's decision."""
    count = (
        select(func.count())
        .select_from(ChangeRequest)
        .join(Participation, Participation.id == ChangeRequest.participation_id)
        .where(*_to_decide(viewer))
    )
    return db.session.execute(count).scalar_one()


def changes(viewer: Viewer, page: int = 1) -> tuple[list[RequestedChange], int, int]:
    """Change requests that wait for this viewer's decision, oldest first; the page and the last page.

    Always two statements.
    """
    page, last = page_numbers(page, waiting_changes(viewer), PAGE)
    rows = db.session.execute(_rows(*_to_decide(viewer)).limit(PAGE).offset((page - 1) * PAGE))
    return [_requested_change(row) for row in rows], page, last


def change_to_decide(viewer: Viewer, request_id: UUID) -> RequestedChange:
    """One change request, waiting or decided.

    :raises NotFound: missing or not permitted.
    """
    rows = _rows(visible(viewer, REGISTRATION_APPROVE), ChangeRequest.id == request_id)
    row = or_not_found(db.session.execute(rows).one_or_none())
    return _requested_change(row)


@reading(Purpose.DELIVERY)
def confirmed_recipient(participation_id: UUID, *conditions: ColumnElement[bool]) -> Any:
    """Row (name, email, locale) for an email about a registration. None if the person has no address or has left."""
    return db.session.execute(
        select(Person.name, Person.email, Person.locale)
        .join(Participation, person_of())
        .where(
            Participation.id == participation_id,
            Participation.status == ParticipationStatus.CONFIRMED,
            Person.email.is_not(None),
            *conditions,
        )
    ).one_or_none()


def latest_change(viewer: Viewer, participation_id: UUID | None = None) -> RequestedChange | None:
    """The latest change request of a registration, waiting or decided.

    In a limited sign-in without fields and reason.
    """
    rows = _rows(registers(viewer, participation_id), func.length(ChangeRequest.diff) > 0)
    latest = rows.order_by(None).order_by(ChangeRequest.asked_at.desc()).limit(1)
    row = db.session.execute(latest).one_or_none()
    return _requested_change(row, with_content=not viewer.is_limited) if row is not None else None


def _to_decide(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    comes = Participation.status == ParticipationStatus.CONFIRMED
    return visible(viewer, REGISTRATION_APPROVE), comes, ChangeRequest.decided_at.is_(None)


def _rows(*which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(ChangeRequest, Participation, Person, Institution, Party.code, english().label("party_name"))
        .select_from(ChangeRequest)
        .join(Participation, Participation.id == ChangeRequest.participation_id)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(*which)
        .order_by(ChangeRequest.asked_at, ChangeRequest.id)
    )


def _requested_change(row: Any, *, with_content: bool = True) -> RequestedChange:
    request, requested = row.ChangeRequest, requested_changes(row.ChangeRequest) if with_content else {}
    now = current_values(row.Participation, row.Person, row.Institution)
    waits = request.decided_at is None
    return RequestedChange(
        id=request.id,
        name=row.Person.name,
        native=row.Person.native,
        party_code=row.code,
        party_name=row.party_name,
        asked_at=request.asked_at,
        fields=tuple((one, now[one] if waits else was, wanted) for one, (was, wanted) in requested.items()),
        decided_at=request.decided_at,
        accepted=request.accepted,
        reason=request.reason if with_content else "",
        version=row.Participation.version + row.Person.version,
    )


def current_values(
    participation: Participation, person: Person, institution: Institution | None
) -> Mapping[Changeable, JsonValue]:
    """Current values of all fields that can change. The institution's name stands in for an empty affiliation."""
    rows = {Changeable.LISTENS_IN: participation}
    now = {one: json_value(getattr(rows.get(one, person), one.value)) for one in Changeable}
    if not person.affiliation and institution is not None:
        now[Changeable.AFFILIATION] = institution.name
    return now


def requested_changes(request: ChangeRequest) -> RequestedChanges:
    """Decrypts the requested fields. Empty after the request was withdrawn or replaced."""
    if not request.diff:
        return {}
    opened: dict[str, list[JsonValue]] = json.loads(
        unseal_text(key_store(), change_key(request), change_place(request), request.diff)
    )
    return {one: (opened[one.value][0], opened[one.value][1]) for one in Changeable if one.value in opened}


def change_key(request: ChangeRequest) -> KeyName:
    """Names the key for all change requests of one participation."""
    return KeyName("change_requests", request.participation_id)


def change_place(request: ChangeRequest) -> Place:
    return Place("change_request", "diff", request.id, request.dialogue_id)


def registration(viewer: Viewer, participation_id: UUID | None = None) -> Any:
    """The viewer's own registration for the current meeting, or that of a person without an address.

    :raises NotFound: there is none, it is not permitted, or the other person registers themselves.
    """
    return or_not_found(
        db.session.execute(
            select(
                Participation.id,
                Participation.person_id,
                Participation.status,
                Participation.capacity,
                Participation.invited_at,
                Participation.answered_at,
                Participation.answered_days,
                Participation.present_from,
                Participation.present_to,
                Participation.remote,
                Participation.listens_in,
                Participation.visibility,
                Participation.steps,
                Participation.rules_accepted_at,
                Participation.approved_at,
                Person.name,
                Person.native,
                Person.family,
                Person.given,
                Person.name_order,
                Person.sort_key,
                Person.gender,
                Person.languages,
                Person.always_discreet,
                Person.email,
                Party.names.label("party_names"),
                Party.code.label("party_code"),
                func.coalesce(func.nullif(Person.affiliation, ""), Institution.name, "").label("affiliation"),
                (Participation.version + Person.version).label("version"),
            )
            .select_from(Participation)
            .join(Person, person_of())
            .join(Party, Party.id == Participation.party_id)
            .outerjoin(Institution, Institution.id == Person.institution_id)
            .where(registers(viewer, participation_id))
        ).one_or_none()
    )


@reading(Purpose.VISIBLE_IDS)
def absences(participation_id: UUID) -> Sequence[Availability]:
    """Hours away for a participation, by time. The caller must have checked access to it."""
    found = select(Availability).where(Availability.participation_id == participation_id)
    return db.session.scalars(found.order_by(Availability.away_from)).all()
