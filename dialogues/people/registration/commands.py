"""Commands of the registration: saving steps, confirming for others, and change requests after approval."""

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any, assert_never, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, select

from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.operations import enqueue
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal_text
from dialogues.lib.refusal import N_, Refusal, or_not_found, refuse_stale
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import Institution, Meeting, MeetingParty, Person
from dialogues.meetings.dialogues.operations import Description, current_meeting
from dialogues.meetings.dialogues.queries.meetings import days_of, registration_window
from dialogues.meetings.dialogues.rules.kinds import NameOrder
from dialogues.meetings.dialogues.rules.names import sort_key
from dialogues.people.participants.models import Availability, ChangeRequest, Participation
from dialogues.people.participants.operations import (
    close_request,
    confirm,
    email_about,
    forget_decided,
    is_open,
    waiting_request,
)
from dialogues.people.participants.queries.capacity import refuse_change_of_person
from dialogues.people.participants.queries.frame import registers
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.audiences import refuse_invisible
from dialogues.people.participants.rules.standing import ParticipationStatus, refuse_closed
from dialogues.people.participants.rules.steps import ASKED_FOR_AFTER_APPROVAL, Step, fingerprint, with_saved
from dialogues.people.registration.queries import change_key, change_place, current_values, requested_changes
from dialogues.people.registration.rules import (
    STEP_EVENTS,
    Affiliation,
    Changeable,
    ChangeAsked,
    ChangeDecided,
    ChangeTakenBack,
    DaysConfirmed,
    Identity,
    JsonValue,
    Languages,
    Presence,
    RegistrationChanged,
    RequestedChanges,
    RulesAccepted,
    StepData,
    Visibility,
    check_interpretation_language,
    events_of,
    json_value,
    listed_under,
    merge_changes,
    refuse_absence,
)
from dialogues.policy import REGISTRATION_APPROVE, REGISTRATION_FOR, REGISTRATION_OWN


def request_change(
    viewer: Viewer, fields: Mapping[str, Any], *, version: int, now: datetime, participation_id: UUID | None = None
) -> bool:
    """Requests a change of approved fields. Returns whether a request is waiting afterwards.

    Merges with a waiting request: a newer value of a field replaces the older one, and a field whose requested value
    equals the current one is dropped. Idempotent: repeating the same request has no effect.

    :param fields: new values by column name.
    :raises NotFound: there is no such registration for this viewer.
    :raises Refusal: the registration is not approved, the meeting is over, it changed meanwhile, or the interpretation
        language is neither the meeting's nor the person's.
    """
    with transaction(viewer, REGISTRATION_FOR if participation_id else REGISTRATION_OWN) as change:
        participation, person = _load(registers(change.viewer, participation_id))
        meeting = _open_meeting(participation)
        if Changeable.LISTENS_IN.value in fields:
            check_interpretation_language(fields["listens_in"], meeting.working_languages, fields["languages"])
        refuse_stale(participation.version + person.version, version)
        if fields.get("gender", person.gender) != person.gender:
            # Saved without approval, because the coordinator does not see it and cannot decide on it.
            dialogues_operations.describe_person(person.id, gender=fields["gender"])
            change.record(RegistrationChanged.of(participation, now))
        request = waiting_request(participation.id)
        waiting = requested_changes(request) if request is not None else {}
        institution = db.session.get(Institution, person.institution_id) if person.institution_id else None
        current = current_values(participation, person, institution)
        wanted = merge_changes(current, waiting, _requested_values(person, fields))
        if wanted == waiting:
            return bool(waiting)
        if request is not None:
            close_request(request, now)
        if wanted:
            _add_request(change, participation, wanted, now)
        elif request is not None:
            change.record(ChangeTakenBack.of(participation, now, request_id=request.id))
        return bool(wanted)


def withdraw_change_request(viewer: Viewer, *, now: datetime, participation_id: UUID | None = None) -> None:
    """Withdraws the waiting change request, if there is one."""
    with transaction(viewer, REGISTRATION_FOR if participation_id else REGISTRATION_OWN) as change:
        participation, _person = _load(registers(change.viewer, participation_id))
        request = waiting_request(participation.id)
        if request is not None:
            close_request(request, now)
            change.record(ChangeTakenBack.of(participation, now, request_id=request.id))


def decide_change(viewer: Viewer, request_id: UUID, *, accepts: bool, reason: str, version: int, now: datetime) -> None:
    """Accepts or declines a change request and emails the person that there is a decision.

    :raises NotFound: missing or not permitted.
    :raises Refusal: it was decided, withdrawn or replaced meanwhile, current values changed, or it is declined without
        a reason.
    """
    with transaction(viewer, REGISTRATION_APPROVE) as change:
        request = or_not_found(db.session.get(ChangeRequest, request_id))
        about = Participation.id == request.participation_id
        participation, person = _load(visible(change.viewer, REGISTRATION_APPROVE) & about)
        if request.decided_at is not None or participation.status is not ParticipationStatus.CONFIRMED:
            raise Refusal(
                N_("This is no longer open: it was decided by someone else, taken back, or replaced by a newer one.")
            )
        refuse_stale(participation.version + person.version, version)
        if not accepts and not reason:
            raise Refusal(N_("Write in a few words why this is declined: the person reads it."), field="reason")
        request.decided_at, request.accepted, request.reason = now, accepts, reason
        db.session.flush()
        change.record(ChangeDecided.of(participation, now, request_id=request.id, accepted=accepts))
        if accepts:
            requested = requested_changes(request)
            _apply(participation, person, requested)
            change.record(*(event.of(participation, now) for event in events_of(requested)))
        if person.email is not None:
            order, dedup_key = f"change-decided:{participation.id}", f"change-decided:{request.id}"
            enqueue(email_about(participation, EmailKind.CHANGE_DECIDED, now, order=order, dedup_key=dedup_key))


def _load(which: ColumnElement[bool]) -> tuple[Participation, Person]:
    row = or_not_found(
        db.session.execute(select(Participation, Person).join(Person, person_of()).where(which)).one_or_none()
    )
    return row.Participation, row.Person


def _open_meeting(participation: Participation) -> Meeting:
    if participation.approved_at is None:
        raise Refusal(N_("The office has taken its approval back: save this page again, and it is changed at once."))
    meeting = db.session.get_one(Meeting, participation.meeting_id)
    if not registration_window(meeting).takes_place:
        raise Refusal(N_("This meeting was cancelled or closed: nothing is changed for it any more."))
    return meeting


def _requested_values(person: Person, fields: Mapping[str, Any]) -> dict[Changeable, JsonValue]:
    wanted = {one: json_value(fields[one.value]) for one in Changeable if one.value in fields}
    if Changeable.NAME in wanted and Changeable.SORT_KEY in wanted:
        order = NameOrder(fields["name_order"])
        proposed = sort_key(fields["name"], fields.get("family", ""), fields.get("given", ""), order)
        wanted[Changeable.SORT_KEY] = listed_under(fields["sort_key"], person.sort_key, proposed)
    return wanted


def _add_request(change: Change, participation: Participation, wanted: RequestedChanges, now: datetime) -> None:
    forget_decided(participation.id)
    request = ChangeRequest(
        id=uuid4(), dialogue_id=participation.dialogue_id, participation_id=participation.id, asked_at=now
    )
    diff = json.dumps({one.value: both for one, both in wanted.items()}, ensure_ascii=False, sort_keys=True)
    request.diff = seal_text(key_store(), change_key(request), change_place(request), diff)
    db.session.add(request)
    db.session.flush()
    change.record(ChangeAsked.of(participation, now, request_id=request.id))


def _apply(participation: Participation, person: Person, requested: RequestedChanges) -> None:
    values: dict[str, Any] = {one.value: wanted for one, (_was, wanted) in requested.items()}
    if Changeable.LISTENS_IN in requested:
        participation.listens_in = values.pop(Changeable.LISTENS_IN.value)
    if "name_order" in values:
        values["name_order"] = NameOrder(values["name_order"])
    if values:
        dialogues_operations.describe_person(person.id, **cast(Description, values))
    participation.version += 1
    db.session.flush()


def fill_in(
    viewer: Viewer, data: StepData, *, version: int, now: datetime, participation_id: UUID | None = None
) -> None:
    """Saves one step of the viewer's own registration, or of that of a person without an address (`participation_id`).

    :raises NotFound: there is no such registration for this viewer.
    :raises Refusal: registration is closed, the input is invalid, the step is approved already, the registration
        changed meanwhile, or a focal point makes another person of a participant.
    """
    with transaction(viewer, REGISTRATION_FOR if participation_id else REGISTRATION_OWN) as change:
        participation, person = _load(registers(change.viewer, participation_id))
        meeting = current_meeting(change)
        if not registration_window(meeting).is_open(now):
            raise Refusal(N_("Registration is closed: write to the office about what has changed."))
        refuse_stale(participation.version + person.version, version)
        if participation_id is not None and isinstance(data, Identity):
            names, new_names = (person.name, person.native), (data.name, data.native)
            refuse_change_of_person(change.viewer, participation, (names, None), (new_names, None))
        step = _save_step_data(participation, meeting, person, data, now)
        if participation.approved_at is not None and step in ASKED_FOR_AFTER_APPROVAL:
            raise Refusal(N_("The office has approved this registration: ask the office for this change."))
        participation.steps = with_saved(participation.steps, step)
        participation.version += 1
        change.record(STEP_EVENTS.get(step, RegistrationChanged).of(participation, now))


def _save_step_data(
    participation: Participation, meeting: Meeting, person: Person, data: StepData, now: datetime
) -> Step:
    match data:
        case Identity():
            proposed = sort_key(data.name, data.family, data.given, data.name_order)
            typed = replace(data, sort_key=listed_under(data.sort_key, person.sort_key, proposed))
            dialogues_operations.describe_person(person.id, **cast(Description, asdict(typed)))
            return Step.IDENTITY
        case Affiliation():
            dialogues_operations.describe_person(person.id, affiliation=data.affiliation)
            return Step.AFFILIATION
        case Languages():
            check_interpretation_language(data.listens_in, meeting.working_languages, data.languages)
            dialogues_operations.describe_person(person.id, languages=data.languages)
            participation.listens_in = data.listens_in
            return Step.LANGUAGES
        case Presence():
            refuse_absence(data, days_of(meeting))
            participation.present_from, participation.present_to = data.present_from, data.present_to
            participation.remote = data.remote
            ids = {"dialogue_id": participation.dialogue_id, "participation_id": participation.id}
            db.session.execute(delete(Availability).where(Availability.participation_id == participation.id))
            db.session.add_all(Availability(**ids, **asdict(absence)) for absence in data.away)
            return Step.DAYS
        case Visibility():
            refuse_invisible(data.shown)
            dialogues_operations.describe_person(person.id, always_discreet=data.always_discreet)
            participation.visibility = {audience.value: shown.value for audience, shown in data.shown.items()}
            return Step.VISIBILITY
        case RulesAccepted():
            if data.words != fingerprint(meeting.rules_text):
                raise Refusal(N_("The rules have changed since you opened this page. Please read them again."))
            participation.rules_accepted_at = now
            return Step.RULES
        case _:
            assert_never(data)


def confirm_days(viewer: Viewer, *, days_version: int, now: datetime) -> None:
    """Stores that the viewer, who had accepted, can still come on the days that they were shown.

    Possible after registration has closed, because meetings move late. Idempotent: repeating it has no effect.

    :param days_version: the `Meeting.days_version` that was shown.
    :raises NotFound: the viewer has not accepted.
    :raises Refusal: the days changed again, or the meeting is cancelled or closed.
    """
    with transaction(viewer, REGISTRATION_OWN) as change:
        participation, _person = _load(registers(change.viewer))
        meeting = current_meeting(change)
        if not registration_window(meeting).takes_place:
            raise Refusal(N_("This meeting was cancelled or closed: nothing is changed for it any more."))
        if days_version != meeting.days_version:
            raise Refusal(N_("The days have changed again. Read the new days, then answer."))
        if participation.answered_days != days_version:
            participation.answered_days, participation.answered_at = days_version, now
            participation.version += 1
            change.record(DaysConfirmed.of(participation, now))


def confirm_for(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Accepts the invitation for a person without an address.

    Idempotent: repeating it has no effect.

    :raises NotFound: missing, not permitted, or the person answers themselves.
    :raises Refusal: registration is closed, the person waits for a seat, or the party has not submitted its list.
    """
    with transaction(viewer, REGISTRATION_FOR) as change:
        participation, person = _load(registers(change.viewer, participation_id))
        if participation.status is ParticipationStatus.CONFIRMED:
            return
        meeting = current_meeting(change)
        refuse_closed(registration_window(meeting), now)
        refuse_stale(participation.version + person.version, version)
        if participation.status is ParticipationStatus.WAITING:
            raise Refusal(N_("This person waits for a seat: accept for them once they have one."))
        row = db.session.get(MeetingParty, (meeting.id, participation.party_id))
        if not is_open(meeting.id) and (row is None or row.submitted_at is None):
            raise Refusal(N_("The party has not lodged its list yet: lodge it first, then accept."))
        confirm(change, participation, now)
