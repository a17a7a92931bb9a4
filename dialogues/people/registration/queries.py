"""Reads of registrations and change requests: the viewer's own, for others, and those to decide."""

import json
from collections.abc import Mapping
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
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Institution, Party, Person
from dialogues.people.participants.models import Availability, ChangeRequest, Participation
from dialogues.people.participants.queries.frame import own_part, part_for, registered_by_others
from dialogues.people.participants.queries.visibility import english, person_of, visible
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.registration.rules import Absence, Changeable, JsonValue, RequestedChanges, json_value
from dialogues.policy import REGISTRATION_APPROVE, REGISTRATION_OWN

PAGE = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedChange:
    """A change request compared with the current values, decided or waiting."""

    id: UUID
    participation_id: UUID
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """One page of waiting change requests, oldest first."""

    lines: tuple[RequestedChange, ...]
    found: int
    page: int
    last: int


def waiting_changes(viewer: Viewer) -> int:
    """Number of change requests that wait for this viewer's decision."""
    count = (
        select(func.count())
        .select_from(ChangeRequest)
        .join(Participation, _request_participation())
        .where(*_to_decide(viewer))
    )
    return db.session.execute(count).scalar_one()


def changes(viewer: Viewer, page: int = 1) -> ChangePage:
    """Change requests that wait for this viewer's decision, oldest first. Always two statements."""
    found = waiting_changes(viewer)
    last = max(1, -(-found // PAGE))
    page = min(max(page, 1), last)
    rows = db.session.execute(_rows(*_to_decide(viewer)).limit(PAGE).offset((page - 1) * PAGE))
    return ChangePage(lines=tuple(_requested_change(row) for row in rows), found=found, page=page, last=last)


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


def own_change(viewer: Viewer) -> RequestedChange | None:
    """The viewer's latest change request, waiting or decided.

    In a limited sign-in without fields and reason.
    """
    return _latest_change(own_part(viewer), with_content=not viewer.is_limited)


def change_for(viewer: Viewer, participation_id: UUID) -> RequestedChange | None:
    """Latest change request for a person without an address."""
    return _latest_change(part_for(viewer, participation_id))


def _latest_change(which: ColumnElement[bool], *, with_content: bool = True) -> RequestedChange | None:
    rows = _rows(which, func.length(ChangeRequest.diff) > 0).order_by(None).order_by(ChangeRequest.asked_at.desc())
    row = db.session.execute(rows.limit(1)).one_or_none()
    return _requested_change(row, with_content=with_content) if row is not None else None


def _to_decide(viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    comes = Participation.status == ParticipationStatus.CONFIRMED
    return visible(viewer, REGISTRATION_APPROVE), comes, ChangeRequest.decided_at.is_(None)


def _request_participation() -> ColumnElement[bool]:
    return Participation.id == ChangeRequest.participation_id


def _rows(*which: ColumnElement[bool]) -> Select[Any]:
    return (
        select(ChangeRequest, Participation, Person, Institution, Party.code, english().label("party_name"))
        .select_from(ChangeRequest)
        .join(Participation, _request_participation())
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
        participation_id=request.participation_id,
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


@reading(Purpose.VISIBLE_IDS)
def current_values_of(participation_id: UUID) -> Mapping[Changeable, JsonValue]:
    """Current values for a participation. The caller must have checked access to it."""
    row = db.session.execute(
        select(Participation, Person, Institution)
        .join(Person, person_of())
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(Participation.id == participation_id)
    ).one()
    return current_values(row.Participation, row.Person, row.Institution)


def change_key(request: ChangeRequest) -> KeyName:
    """Names the key for all change requests of one participation."""
    return KeyName("change_requests", request.participation_id)


def change_place(request: ChangeRequest) -> Place:
    return Place("change_request", "diff", request.id, request.dialogue_id)


def own_registration(viewer: Viewer) -> Any:
    """The viewer's registration for the current meeting.

    :raises NotFound: they have no confirmed participation.
    """
    return _registration(visible(viewer, REGISTRATION_OWN) & (Participation.status == ParticipationStatus.CONFIRMED))


def registration_for(viewer: Viewer, participation_id: UUID) -> Any:
    """Registration of a person without an address, whom the viewer registers.

    :raises NotFound: missing, not permitted, or the person registers themselves.
    """
    return _registration(registered_by_others(viewer) & (Participation.id == participation_id))


def _registration(which: ColumnElement[bool]) -> Any:
    return or_not_found(
        db.session.execute(
            select(
                Participation.id,
                Participation.person_id,
                Participation.status,
                Participation.capacity,
                Participation.invited_at,
                Participation.answered_at,
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
            .where(which)
        ).one_or_none()
    )


@reading(Purpose.VISIBLE_IDS)
def absences(participation_id: UUID) -> list[Absence]:
    """Hours away for a participation, by time. The caller must have checked access to it."""
    found = (
        select(Availability.away_from, Availability.away_to)
        .where(Availability.participation_id == participation_id)
        .order_by(Availability.away_from)
    )
    return [Absence(row.away_from, row.away_to) for row in db.session.execute(found)]
