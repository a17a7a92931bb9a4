"""Updates calendar entries when meetings, agendas, participations and roles change, in the transaction of the cause."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from dialogues.agenda.entries.operations.entries import (
    EntryUpdate,
    begin_mailing,
    mint_address,
    move_to_new_address,
    update_entries,
)
from dialogues.agenda.entries.queries import guests, stored
from dialogues.agenda.entries.rules import CHANGE_EFFECTS, EntryObject, Revision, entry_order, former_order
from dialogues.agenda.versions.rules import AgendaReleased
from dialogues.core.accounts.rules import AddressChanged
from dialogues.core.outbox.operations import enqueue, enqueue_all
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.lib.ical.parts import Method, State
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.meetings.dialogues.rules.events import DialogueChanged, MeetingCancelled, MeetingChanged, MeetingMoved
from dialogues.meetings.roles.rules import RoleEvent
from dialogues.people.nominations.rules import NomineeReplaced
from dialogues.people.participants.rules.events import ParticipationEvent, people_by_meeting
from dialogues.people.registration.rules import VisibilityChanged

_UMBRELLA = frozenset({EntryObject.MEETING})
_KINDS = {Method.REQUEST: EmailKind.CALENDAR_REQUEST, Method.CANCEL: EmailKind.CALENDAR_CANCEL}


def update_people(events: Sequence[ParticipationEvent]) -> None:
    """Updates the calendars of people who join or leave, with as many queries as for one."""
    for meeting_id, people in people_by_meeting(events).items():
        _update(meeting_id, events[0].at, only=people)


def update_restricted(events: Sequence[ParticipationEvent]) -> None:
    """Updates people with a role who were offered an observer's part, because the offer closes sessions to them."""
    for meeting_id, people in people_by_meeting(events).items():
        restricted = guests.restricted(meeting_id, people)
        if restricted:
            _update(meeting_id, events[0].at, only=restricted)


def update_replaced(events: Sequence[NomineeReplaced]) -> None:
    """Updates the entries of replaced nominees and of their successors."""
    for event in events:
        if event.meeting_id is not None:
            _update(event.meeting_id, event.at, only={event.person_id, event.replaced_person_id})


def update_profiles(events: Sequence[VisibilityChanged]) -> None:
    """Updates people's entries in all meetings of the dialogue after they chose more or less detail."""
    for event in events:
        _update_person(event, None)


def update_role_holders(events: Sequence[RoleEvent]) -> None:
    """Updates the sessions of people whose role changed, in one meeting or in all meetings of the dialogue.

    An offer counts too, because the offer to speak for an observing organisation restricts the person at once.
    """
    for event in events:
        _update_person(event, event.meeting_id)


def move_with_accounts(events: Sequence[AddressChanged]) -> None:
    """Moves emailed entries to the new address of an account. Must run after its people have the new address."""
    _move_entries(guests.people_of_accounts([event.about for event in events]), events[0].at)


def move_with_corrections(events: Sequence[ParticipationEvent]) -> None:
    """Moves emailed entries of people whose address may have been corrected by others."""
    _move_entries([event.person_id for event in events], events[0].at)


def _move_entries(people: Collection[UUID], at: datetime) -> None:
    """Cancels emailed entries at the address to which they went, and sends them to the new one."""
    for former, told in stored.emailed_to_others(people, at):
        meeting, cancelled, again = move_to_new_address(told, at)
        cancellation = _entry_email(meeting, cancelled, at)
        facts = {**cancellation.facts, "former": True}
        order = f"{former_order(cancelled.entry_id)}{cancelled.sequence}"
        enqueue(replace(cancellation, facts=facts, order_key=order, supersedes=False, recipient=former))
        enqueue(_entry_email(meeting, again, at))


def update_meetings(events: Sequence[MeetingChanged]) -> None:
    """Updates all entries of a meeting after its title or status changed."""
    for event in events:
        _update(event.about, event.at)


def update_dialogues(events: Sequence[DialogueChanged]) -> None:
    """Updates all entries of a dialogue's meetings after its confidentiality changed."""
    for event in events:
        for meeting_id in guests.meetings_of(event.about, None):
            _update(meeting_id, event.at)


def move_meetings(events: Sequence[MeetingMoved]) -> None:
    """Updates the umbrella entries after a meeting moved. Sessions follow with the next version of the agenda."""
    for event in events:
        _tell_others(_update(event.about, event.at, kinds=_UMBRELLA), event.at)


def cancel_meetings(events: Sequence[MeetingCancelled]) -> None:
    """Cancels all entries of a meeting."""
    for event in events:
        _tell_others(_update(event.about, event.at), event.at)


def follow_releases(events: Sequence[AgendaReleased]) -> None:
    """Updates all entries after a new version, and sends each person concerned one email about their own changes.

    Umbrella entries are updated too, because an imported meeting can have people who accepted before the import.
    """
    for event in events:
        if event.meeting_id is not None:
            updated = update_entries(event.meeting_id, at=event.at)
            if not event.silent:
                _mail_entries(updated, event.at)
                _tell_people(updated, event)


def _update_person(event: RoleEvent | VisibilityChanged, meeting_id: UUID | None) -> None:
    """Updates a person's entries in one meeting, or in all meetings of the dialogue."""
    if event.dialogue_id is not None:
        for each in guests.meetings_of(event.dialogue_id, meeting_id):
            _update(each, event.at, only={event.person_id})


def _update(
    meeting_id: UUID,
    at: datetime,
    *,
    only: Collection[UUID] | None = None,
    kinds: Collection[EntryObject] = frozenset(EntryObject),
) -> EntryUpdate:
    updated = update_entries(meeting_id, at=at, only=only, kinds=kinds)
    _mail_entries(updated, at)
    return updated


def _tell_people(updated: EntryUpdate, event: AgendaReleased) -> None:
    by_entry = {entry.person_id for entry in updated.entries if entry.object_kind is EntryObject.SESSION}
    people = sorted(updated.session_people - by_entry, key=str)
    reached = (person_id for person_id in people if _can_be_told(updated, person_id, event.at))
    enqueue_all([_about_release(updated, event, person_id) for person_id in reached])


def _can_be_told(updated: EntryUpdate, person_id: UUID, at: datetime) -> bool:
    """Returns whether the person has an address and may now read more of the agenda than times and places."""
    guest = updated.guests.get(person_id)
    return guest is not None and guest.email is not None and updated.here.reads_now(guest.roles, at)


def _about_release(updated: EntryUpdate, event: AgendaReleased, person_id: UUID) -> EmailRequest:
    return EmailRequest(
        kind=EmailKind.AGENDA_CHANGED,
        dedup_key=f"agenda:{event.about.hex}:{person_id.hex}",
        queued_at=event.at,
        dialogue_id=event.dialogue_id,
        listed_under=event.meeting_id,
        person_id=person_id,
        facts={"release_id": str(event.about)},
        order_key=f"agenda:{updated.here.meeting.id.hex}:{person_id.hex}",
        sequence=event.number,
    )


def _mail_entries(updated: EntryUpdate, at: datetime) -> None:
    """Queues one email per stored entry that has a new revision; a newer email supersedes an unsent one."""
    former_guests = {entry.person_id for entry in updated.entries} - updated.guests.keys()
    with_email = {guest.person_id for guest in updated.guests.values() if guest.email is not None}
    with_email |= guests.with_address(former_guests)
    mailed = [entry for entry in updated.entries if entry.person_id in with_email and _has_email(entry)]
    emails = enqueue_all([_entry_email(updated.here.meeting, entry, at) for entry in mailed])
    begin_mailing(
        (entry.entry_id, _address(updated, entry), email_id)
        for entry, email_id in zip(mailed, emails, strict=True)
        if entry.organizer is None
    )


def _has_email(entry: Revision) -> bool:
    return CHANGE_EFFECTS[entry.change].method is not None


def _entry_email(meeting: Meeting, entry: Revision, at: datetime) -> EmailRequest:
    method = CHANGE_EFFECTS[entry.change].method or Method.REQUEST
    return EmailRequest(
        kind=_KINDS[method],
        dedup_key=f"calendar:{entry.entry_id.hex}:{entry.sequence}",
        queued_at=at,
        dialogue_id=meeting.dialogue_id,
        listed_under=meeting.id,
        person_id=entry.person_id,
        facts={"entry_id": str(entry.entry_id), "sequence": entry.sequence},
        order_key=entry_order(entry.entry_id),
        sequence=entry.sequence,
        supersedes=True,
    )


def _address(updated: EntryUpdate, entry: Revision) -> str:
    return mint_address(updated.here.meeting.dialogue_id, uid=entry.uid, entry_id=entry.entry_id)


def _tell_others(updated: EntryUpdate, at: datetime) -> None:
    """Queues one email in words to everyone in the meeting whose emailed entries do not already say it.

    People who have not answered get no dates, because they must read the invitation through its own link.
    """
    if updated.here.mails_sessions:
        reached = {entry.person_id for entry in updated.entries}
    else:
        reached = {guest.person_id for guest in updated.guests.values() if guest.umbrella is not None}
    others = [guest.person_id for guest in updated.guests.values() if guest.email is not None]
    days = _days(updated)
    state: dict[str, str | bool] = {"cancelled": updated.here.state is State.CANCELLED}
    facts = {person: {**state, "asked": True} for person in guests.unanswered(updated.here.meeting.id)}
    facts.update(dict.fromkeys(others, days | state))
    enqueue_all([_change_email(updated, person, facts[person], at) for person in facts if person not in reached])


def _change_email(updated: EntryUpdate, person_id: UUID, facts: dict[str, str | bool], at: datetime) -> EmailRequest:
    meeting = updated.here.meeting
    return EmailRequest(
        kind=EmailKind.MEETING_CHANGED,
        dedup_key=f"meeting:{meeting.id.hex}:{meeting.version}:{person_id.hex}",
        queued_at=at,
        dialogue_id=meeting.dialogue_id,
        listed_under=meeting.id,
        person_id=person_id,
        facts=facts,
        order_key=f"meeting:{meeting.id.hex}:{person_id.hex}",
        sequence=meeting.version,
        supersedes=True,
    )


def _days(updated: EntryUpdate) -> dict[str, str | bool]:
    meeting = updated.here.meeting
    days = dialogues.days_of(meeting)
    return {"first_day": days.first.isoformat(), "last_day": days.last.isoformat(), "zone": meeting.zone}
