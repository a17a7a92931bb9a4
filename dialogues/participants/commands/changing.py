"""Changes after approval: asked for by the person, taken back by them, accepted or declined by the office."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, select

from dialogues.common.refusal import N_, Refusal, Unseen, refuse_stale
from dialogues.common.transaction import Change, transaction
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.keys.envelope import seal_text
from dialogues.keys.installed import key_store
from dialogues.meetings import posting as meetings
from dialogues.meetings.models import Meeting, Person
from dialogues.meetings.posting import Description
from dialogues.meetings.rules import NameOrder, sort_key
from dialogues.outbox.posting import owe
from dialogues.outbox.rules import Debt, LetterKind
from dialogues.participants.models import ChangeRequest, Participation
from dialogues.participants.posting import letter_about
from dialogues.participants.posting.changes import close_request, forget_decided, waiting_request
from dialogues.participants.queries.answers import own_part, part_for
from dialogues.participants.queries.changing import asking_of, change_key, change_place, written_of
from dialogues.participants.queries.registration import gathering_of
from dialogues.participants.queries.visibility import person_of, visible
from dialogues.participants.rules import ParticipationStatus, RegistrationChanged, listed_under, refuse_foreign_ear
from dialogues.participants.rules.changes import (
    Asking,
    Changeable,
    ChangeAsked,
    ChangeDecided,
    ChangeTakenBack,
    Plain,
    asking,
    plain,
    refuse_decided,
    refuse_no_reason,
)
from dialogues.policy import REGISTRATION_APPROVE, REGISTRATION_FOR, REGISTRATION_OWN

#: What the office is not shown, so that there is nothing for it to decide: written down at once.
_AT_ONCE = ("gender",)


def ask_for_change(
    viewer: Viewer, fields: Mapping[str, Any], *, version: int, now: datetime, for_whom: UUID | None = None
) -> bool:
    """Ask the office to change what it approved; whether anything waits for its answer now.

    What another step asked for before waits along with it; a field that is asked for again counts as it is asked for
    now, and one that is wanted as it stands is asked for no more. Sent twice, it is asked once.

    :param fields: the columns of a step by their names, as they are to be.
    :raises Unseen: there is no such registration for this viewer.
    :raises Refusal: the office has not approved it, the meeting is over, someone saved a change meanwhile, or the
        language to listen in is nobody's.
    """
    with transaction(viewer, REGISTRATION_FOR if for_whom else REGISTRATION_OWN) as change:
        participation, person = _part(_whose(change, for_whom))
        meeting = _refuse_pointless(participation)
        if Changeable.LISTENS_IN.value in fields:
            refuse_foreign_ear(fields["listens_in"], meeting.working_languages, fields["languages"])
        refuse_stale(participation.version + person.version, version)
        _write_at_once(change, participation, person, fields, now)
        request = waiting_request(participation.id)
        waiting = asking_of(request) if request is not None else {}
        wanted = asking(written_of(participation.id), waiting, _wanted(person, fields))
        if wanted == waiting:
            return bool(waiting)
        if request is not None:
            close_request(request, now)
        if wanted:
            _ask(change, participation, wanted, now)
        elif request is not None:
            change.happened(ChangeTakenBack.of(participation, now, request_id=request.id))
        return bool(wanted)


def take_change_back(viewer: Viewer, *, now: datetime, for_whom: UUID | None = None) -> None:
    """Ask for no change any more; where none waits, nothing happens."""
    with transaction(viewer, REGISTRATION_FOR if for_whom else REGISTRATION_OWN) as change:
        participation, _person = _part(_whose(change, for_whom))
        request = waiting_request(participation.id)
        if request is not None:
            close_request(request, now)
            change.happened(ChangeTakenBack.of(participation, now, request_id=request.id))


def decide_change(viewer: Viewer, request_id: UUID, *, accepts: bool, reason: str, version: int, now: datetime) -> None:
    """Accept or decline a change, with a reason that the person reads; a letter says that there is an answer.

    :raises Unseen: there is no such request, or not for this viewer.
    :raises Refusal: it was decided, taken back or replaced meanwhile, what it would change is no longer as it was
        shown, or it is declined without a reason.
    """
    with transaction(viewer, REGISTRATION_APPROVE) as change:
        request = db.session.get(ChangeRequest, request_id)
        if request is None:
            raise Unseen
        about = Participation.id == request.participation_id
        participation, person = _part(visible(change.viewer, REGISTRATION_APPROVE) & about)
        refuse_decided(request.decided_at is None and participation.status is ParticipationStatus.CONFIRMED)
        refuse_stale(participation.version + person.version, version)
        refuse_no_reason(accepts, reason)
        request.decided_at, request.accepted, request.reason = now, accepts, reason
        db.session.flush()
        change.happened(ChangeDecided.of(participation, now, request_id=request.id, accepted=accepts))
        if accepts:
            _apply(participation, person, asking_of(request))
            change.happened(RegistrationChanged.of(participation, now))
        if person.email is not None:
            owe(_letter(participation, request, now))


def _whose(change: Change, for_whom: UUID | None) -> ColumnElement[bool]:
    return own_part(change.viewer) if for_whom is None else part_for(change.viewer, for_whom)


def _part(which: ColumnElement[bool]) -> tuple[Participation, Person]:
    row = db.session.execute(select(Participation, Person).join(Person, person_of()).where(which)).one_or_none()
    if row is None:
        raise Unseen
    return row.Participation, row.Person


def _refuse_pointless(participation: Participation) -> Meeting:
    if participation.approved_at is None:
        raise Refusal(N_("The office has taken its approval back: save this page again, and it is changed at once."))
    meeting = db.session.get_one(Meeting, participation.meeting_id)
    if not gathering_of(meeting).takes_place:
        raise Refusal(N_("This meeting was cancelled or closed: nothing is changed for it any more."))
    return meeting


def _wanted(person: Person, fields: Mapping[str, Any]) -> dict[Changeable, Plain]:
    wanted = {one: plain(fields[one.value]) for one in Changeable if one.value in fields}
    if Changeable.NAME in wanted and Changeable.SORT_KEY in wanted:
        order = NameOrder(fields["name_order"])
        proposed = sort_key(fields["name"], fields.get("family", ""), fields.get("given", ""), order)
        wanted[Changeable.SORT_KEY] = listed_under(fields["sort_key"], person.sort_key, proposed)
    return wanted


def _write_at_once(
    change: Change, participation: Participation, person: Person, fields: Mapping[str, Any], now: datetime
) -> None:
    new = {one: fields[one] for one in _AT_ONCE if one in fields and fields[one] != getattr(person, one)}
    if new:
        meetings.describe_person(person.id, **cast(Description, new))
        change.happened(RegistrationChanged.of(participation, now))


def _ask(change: Change, participation: Participation, wanted: Asking, now: datetime) -> None:
    forget_decided(participation.id)
    request = ChangeRequest(
        id=uuid4(), dialogue_id=participation.dialogue_id, participation_id=participation.id, asked_at=now
    )
    diff = json.dumps({one.value: both for one, both in wanted.items()}, ensure_ascii=False, sort_keys=True)
    request.diff = seal_text(key_store(), change_key(request), change_place(request), diff)
    db.session.add(request)
    db.session.flush()
    change.happened(ChangeAsked.of(participation, now, request_id=request.id))


def _apply(participation: Participation, person: Person, asked_for: Asking) -> None:
    values: dict[str, Any] = {one.value: wanted for one, (_was, wanted) in asked_for.items()}
    if Changeable.LISTENS_IN in asked_for:
        participation.listens_in = values.pop(Changeable.LISTENS_IN.value)
    if "name_order" in values:
        values["name_order"] = NameOrder(values["name_order"])
    if values:
        meetings.describe_person(person.id, **cast(Description, values))
    participation.version += 1
    db.session.flush()


def _letter(participation: Participation, request: ChangeRequest, now: datetime) -> Debt:
    order, debt_key = f"change-decided:{participation.id}", f"change-decided:{request.id}"
    return letter_about(participation, LetterKind.CHANGE_DECIDED, now, order=order, debt_key=debt_key)
