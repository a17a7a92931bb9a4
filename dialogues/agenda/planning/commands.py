"""Changes of the draft, and its publication. Each change checks for clashes in its own transaction."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete

from dialogues.agenda.planning import operations
from dialogues.agenda.planning.models import DraftItem, DraftPerson, DraftRoom
from dialogues.agenda.planning.queries import draft
from dialogues.agenda.planning.rules import (
    Booking,
    SessionChanged,
    SessionPlan,
    SessionPlanned,
    SessionRemoved,
    SessionRescheduled,
    When,
    all_clashes,
    clashes,
    first_parts,
    refuse_clashes,
    refuse_rapporteur_without_notes,
    refuse_without_invited,
    time_slot,
)
from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.rules import AgendaReleased, Difference, Part
from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.operations import enqueue_all
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal, or_not_found, refuse_all
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.operations import in_meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.people.participants.queries.news import holders
from dialogues.policy import AGENDA_EDIT, AGENDA_RELEASE, Role

#: Parts that need the role of the same name, because access to notes and booths depends on the role.
_ROLE_FOR_PART = {Part.RAPPORTEUR: Role.RAPPORTEUR, Part.INTERPRETER: Role.INTERPRETER}
_FIELDS = {Part.RAPPORTEUR: "rapporteur", Part.INTERPRETER: "interpreters"}


_People = tuple[tuple[UUID, Part], ...]


def plan_session(viewer: Viewer, plan: SessionPlan, *, now: datetime) -> UUID:
    """Adds a session to the draft and returns its id.

    :raises Refusal: the time is outside the meeting, a room or person is taken, or a rapporteur is named although the
        rule allows no notes.
    """
    with transaction(viewer, AGENDA_EDIT) as change:
        meeting = draft.planned_meeting(change.viewer)
        slot = time_slot(plan.when, days_of(meeting), meeting.zone)
        refuse_without_invited(plan)
        refuse_rapporteur_without_notes(plan.rule, plan.people or ())
        _refuse_outsiders(meeting, plan.people or ())
        session_id, people = uuid4(), first_parts(plan.people or ())
        booking = Booking(session_id, plan.title, slot, _rooms(meeting, plan.rooms, {}), people)
        _refuse_clashes(change.viewer, meeting, draft.draft(change.viewer, meeting), booking)
        operations.place_draft(meeting, plan, session_id=session_id)
        change.record(SessionPlanned(at=now, about=session_id, **in_meeting(meeting)))
    return session_id


def change_session(viewer: Viewer, session_id: UUID, plan: SessionPlan, *, version: int, now: datetime) -> None:
    """Changes a session of the draft.

    :raises Refusal: someone else has changed it since, the time is outside the meeting, a room or person is taken, or a
        rapporteur is named although the rule allows no notes.
    """
    with transaction(viewer, AGENDA_EDIT) as change:
        meeting = draft.planned_meeting(change.viewer)
        slot = time_slot(plan.when, days_of(meeting), meeting.zone)
        sessions = draft.sessions_near(change.viewer, meeting, session_id, slot)
        session = _unchanged(sessions, session_id, version)
        refuse_without_invited(plan)
        people = session.people
        if plan.people is not None:
            _refuse_outsiders(meeting, plan.people)
            people = plan.people + _hidden_parts(change.viewer, meeting, session.people, plan.people)
        refuse_rapporteur_without_notes(plan.rule, people)
        rooms = _rooms(meeting, plan.rooms, session.rooms)
        booking = Booking(session_id, plan.title, slot, rooms, first_parts(people))
        _refuse_clashes(change.viewer, meeting, sessions, booking)
        operations.write_plan(session.item, plan, slot)
        operations.write_rooms(session.item, plan.rooms)
        operations.write_people(session.item, people)
        session.item.version += 1
        change.record(SessionChanged(at=now, about=session_id, **in_meeting(meeting)))


def reschedule_session(
    viewer: Viewer, session_id: UUID, *, to: When, rooms: tuple[UUID, ...], version: int, now: datetime
) -> None:
    """:raises Refusal: someone else changed it, the time is outside the meeting, or a room or person is taken."""
    with transaction(viewer, AGENDA_EDIT) as change:
        meeting = draft.planned_meeting(change.viewer)
        slot = time_slot(to, days_of(meeting), meeting.zone)
        sessions = draft.sessions_near(change.viewer, meeting, session_id, slot)
        session = _unchanged(sessions, session_id, version)
        moved = replace(session.booking, slot=slot, rooms=_rooms(meeting, rooms, session.rooms))
        _refuse_clashes(change.viewer, meeting, sessions, moved)
        was_starts, was_ends = session.item.starts_utc, session.item.ends_utc
        operations.write_slot(session.item, slot)
        if moved.rooms != session.rooms:
            operations.write_rooms(session.item, rooms)
        session.item.version += 1
        change.record(
            SessionRescheduled(
                at=now,
                about=session_id,
                was_starts=was_starts,
                was_ends=was_ends,
                starts=slot.starts_utc,
                ends=slot.ends_utc,
                **in_meeting(meeting),
            )
        )


def remove_session(viewer: Viewer, session_id: UUID, *, version: int, now: datetime) -> None:
    """Removes a session from the draft. If it was published, the next version cancels it.

    :raises Refusal: someone else has changed it since.
    """
    with transaction(viewer, AGENDA_EDIT) as change:
        meeting = draft.planned_meeting(change.viewer)
        _unchanged([draft.draft_session(change.viewer, meeting, session_id)], session_id, version)
        for table in (DraftPerson, DraftRoom, DraftItem):
            db.session.execute(delete(table).where(table.session_id == session_id))
        change.record(SessionRemoved(at=now, about=session_id, **in_meeting(meeting)))


def _unchanged(sessions: Iterable[draft.DraftSession], session_id: UUID, version: int) -> draft.DraftSession:
    """Returns the session, if its version is still the one that the viewer has seen."""
    session = or_not_found(next((one for one in sessions if one.id == session_id), None))
    if session.version != version:
        raise Refusal(
            N_("Someone else has changed this session since you opened it. Compare, then save again."), field="version"
        )
    return session


def _rooms(meeting: Meeting, wanted: tuple[UUID, ...], booked: Mapping[UUID, str]) -> Mapping[UUID, str]:
    """Returns the names of the wanted rooms. Rooms that the session has already are not looked up again."""
    if set(wanted) == booked.keys():
        return booked
    names = {room.id: room.name for room in draft.rooms_of_venue(meeting)}
    if not names.keys() >= set(wanted):
        raise Refusal(N_("This room does not belong to the meeting's venue. Choose another."), field="rooms")
    return {room_id: names[room_id] for room_id in wanted}


def _hidden_parts(viewer: Viewer, meeting: Meeting, named: _People, chosen: _People) -> _People:
    """Returns the parts of people who are hidden from the viewer and therefore could not be chosen in the form.

    A hidden chair or rapporteur is dropped if the viewer chose one, because a session has only one of each.
    """
    hidden = draft.hidden_people(viewer, meeting)
    single = {part for _person, part in chosen if part in {Part.CHAIR, Part.RAPPORTEUR}}
    return tuple((person, part) for person, part in named if person in hidden and part not in single)


def _refuse_outsiders(meeting: Meeting, people: _People) -> None:
    """Checks that everyone with a part belongs to the meeting, and that rapporteurs and interpreters have that role."""
    members = {person.id: person for person in draft.members_of_meeting(meeting)}
    for person_id, part in people:
        person = members.get(person_id)
        if person is None:
            raise Refusal(N_("Someone named here does not belong to this meeting. Invite them first."))
        role = _ROLE_FOR_PART.get(part)
        if role is not None and role not in person.roles:
            raise Refusal(
                N_("%(person)s does not have this role at the meeting. Grant it first, or choose someone else."),
                field=_FIELDS[part],
                person=person.name,
            )


def _refuse_clashes(viewer: Viewer, meeting: Meeting, sessions: Iterable[draft.DraftSession], wanted: Booking) -> None:
    others = [session.booking for session in sessions]
    if clashes(wanted, others):
        refuse_clashes(wanted, others, draft.names_of(viewer, meeting))


def preview_digest(changes: Iterable[Difference]) -> str:
    """SHA-256 of a preview, to check that exactly what was shown is published."""
    lines = (f"{change.session_id} {change.kind.value} {change.now and change.now.digest}" for change in changes)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def release_agenda(viewer: Viewer, *, reason: str, seen: str, now: datetime) -> int:
    """Publishes the draft as a new version and returns its public number.

    :param seen: the `preview_digest` of the preview that the viewer confirmed.
    :raises Refusal: the draft is empty, unchanged, has a clash, or differs from the preview.
    """
    with transaction(viewer, AGENDA_RELEASE) as change:
        meeting = draft.planned_meeting(change.viewer)
        sessions = draft.draft(change.viewer, meeting)
        changes = draft.unreleased(change.viewer, meeting, sessions)
        if changes and preview_digest(changes) != seen:
            raise Refusal(
                N_("The draft has changed since this page was shown. Look at it again before you release it.")
            )
        names = draft.names_of(change.viewer, meeting)
        refuse_all(clash.refusal(names) for clash in all_clashes(session.booking for session in sessions))
        change.record(operations.publish(meeting, sessions, changes, reason=reason, now=now))
        return int(versions.current_release(meeting.id).number)


def follow_zone_data(viewer: Viewer, meeting_id: UUID, *, now: datetime) -> bool:
    """Publishes the current version with present instants if new time zone data moved any, and tells coordinators.

    Returns whether it did. The local times stay, because they are what was agreed.
    """
    with transaction(viewer, AGENDA_RELEASE) as change:
        released = operations.copy_with_present_instants(meeting_id, now=now)
        if released is None:
            return False
        change.record(released)
        coordinators = [person for person, held in holders(meeting_id).items() if Role.COORDINATOR in held.roles]
        enqueue_all([_about_zone_data(released, person) for person in sorted(coordinators)])
        return True


def _about_zone_data(released: AgendaReleased, person_id: UUID) -> EmailRequest:
    return EmailRequest(
        kind=EmailKind.ZONE_DATA_CHANGED,
        dedup_key=f"zone data:{released.about.hex}:{person_id.hex}",
        queued_at=released.at,
        dialogue_id=released.dialogue_id,
        listed_under=released.meeting_id,
        person_id=person_id,
        facts={"sessions": len(released.moved_ids)},
    )
