"""Updates calendar entries when meetings, agendas, participations and roles change, in the transaction of the cause."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dialogues.agenda.calendars.operations import EntryChange, Settlement, begin_mailing, mint_address, settle
from dialogues.agenda.calendars.queries import guests
from dialogues.agenda.calendars.rules import CHANGE_EFFECTS, EntryObject, entry_order
from dialogues.agenda.versions.rules import AgendaReleased
from dialogues.core.outbox.operations import enqueue_all
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.lib.ical.parts import Method, State
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.meetings.dialogues.rules.events import DialogueChanged, MeetingCancelled, MeetingChanged, MeetingMoved
from dialogues.meetings.roles.rules import RoleAccepted, RoleDeclined, RoleEnded, RoleOffered
from dialogues.people.nominations.rules import NomineeReplaced
from dialogues.people.participants.rules.events import ParticipationEvent
from dialogues.people.registration.rules import RegistrationChanged

_UMBRELLA = frozenset({EntryObject.MEETING})
_KINDS = {Method.REQUEST: EmailKind.CALENDAR_REQUEST, Method.CANCEL: EmailKind.CALENDAR_CANCEL}


def settle_person(event: ParticipationEvent) -> None:
    """Updates the calendar of a person who joins or leaves."""
    settle_people([event])


def settle_people(events: Sequence[ParticipationEvent]) -> None:
    """Updates the calendars of people who join or leave, with as many queries as for one."""
    for meeting_id in dict.fromkeys(event.meeting_id for event in events):
        if meeting_id is not None:
            here = [event for event in events if event.meeting_id == meeting_id]
            at = max(event.at for event in here)
            _mail_umbrellas(settle(meeting_id, at=at, only={event.person_id for event in here}), at)


def settle_restricted(events: Sequence[ParticipationEvent]) -> None:
    """Updates people with a role who were offered an observer's part, because the offer closes sessions to them."""
    for meeting_id in dict.fromkeys(event.meeting_id for event in events):
        if meeting_id is not None:
            here = [event for event in events if event.meeting_id == meeting_id]
            at = max(event.at for event in here)
            people = guests.restricted(meeting_id, {event.person_id for event in here})
            if people:
                _mail_umbrellas(settle(meeting_id, at=at, only=people), at)


def settle_restricted_person(event: ParticipationEvent) -> None:
    """Like `settle_restricted`, for one person."""
    settle_restricted([event])


def settle_replaced(event: NomineeReplaced) -> None:
    """Updates the entries of a replaced nominee and of the successor."""
    if event.meeting_id is not None:
        both = {event.person_id, event.replaced_person_id}
        _mail_umbrellas(settle(event.meeting_id, at=event.at, only=both), event.at)


def settle_details(event: RegistrationChanged) -> None:
    """Updates a person's entries in all meetings of the dialogue after they chose more or less detail."""
    if event.dialogue_id is None:
        return
    for meeting_id in guests.meetings_of(event.dialogue_id, None):
        settled = settle(meeting_id, at=event.at, only={event.person_id})
        _mail_umbrellas(settled, event.at)


def settle_holder(event: RoleAccepted | RoleDeclined | RoleEnded | RoleOffered) -> None:
    """Updates the sessions of a person whose role changed, in one meeting or in all meetings of the dialogue.

    An offer counts too, because the offer to speak for an observing organisation restricts the person at once.
    """
    if event.dialogue_id is None:
        return
    for meeting_id in guests.meetings_of(event.dialogue_id, event.meeting_id):
        settled = settle(meeting_id, at=event.at, only={event.person_id})
        _mail_umbrellas(settled, event.at)


def renew_entries(event: MeetingChanged) -> None:
    """Updates all entries of a meeting after its title or status changed."""
    _mail_umbrellas(settle(event.about, at=event.at), event.at)


def renew_all(event: DialogueChanged) -> None:
    """Updates all entries of a dialogue's meetings after its confidentiality changed."""
    for meeting_id in guests.meetings_of(event.about, None):
        _mail_umbrellas(settle(meeting_id, at=event.at), event.at)


def move_meeting(event: MeetingMoved) -> None:
    """Updates the umbrella entries after a meeting moved. Sessions follow with the next version of the agenda."""
    settled = settle(event.about, at=event.at, kinds=_UMBRELLA)
    _mail_umbrellas(settled, event.at)
    _tell_others(settled, event.at)


def cancel_meeting(event: MeetingCancelled) -> None:
    """Cancels all entries of a meeting."""
    settled = settle(event.about, at=event.at)
    _mail_umbrellas(settled, event.at)
    _tell_others(settled, event.at)


def follow_release(event: AgendaReleased) -> None:
    """Updates all entries after a new version, and sends each person concerned one email about their own changes.

    Umbrella entries are updated too, because an imported meeting can have people who accepted before the import.
    """
    if event.meeting_id is None:
        return
    settled = settle(event.meeting_id, at=event.at, release_id=event.about)
    if event.silent:
        return
    _mail_umbrellas(settled, event.at)
    sessions = (entry for entry in settled.entries if entry.object_kind is EntryObject.SESSION)
    people = dict.fromkeys(entry.person_id for entry in sessions)
    reached = (person_id for person_id in people if _can_be_told(settled, person_id, event.at))
    enqueue_all([_about_release(settled, event, person_id) for person_id in reached])


def _can_be_told(settled: Settlement, person_id: UUID, at: datetime) -> bool:
    """Returns whether the person has an address and may now read more of the agenda than times and places."""
    guest = settled.guests.get(person_id)
    return guest is not None and guest.email is not None and settled.here.reads_now(guest.roles, at)


def _about_release(settled: Settlement, event: AgendaReleased, person_id: UUID) -> EmailRequest:
    return EmailRequest(
        kind=EmailKind.AGENDA_CHANGED,
        dedup_key=f"agenda:{event.about.hex}:{person_id.hex}",
        queued_at=event.at,
        dialogue_id=event.dialogue_id,
        listed_under=event.meeting_id,
        person_id=person_id,
        facts={"release_id": str(event.about)},
        order_key=f"agenda:{settled.here.meeting.id.hex}:{person_id.hex}",
        sequence=event.number,
    )


def _mail_umbrellas(settled: Settlement, at: datetime) -> None:
    """Queues one email per umbrella entry that has a new revision; a newer email supersedes an unsent one."""
    former_guests = {entry.person_id for entry in settled.entries} - settled.guests.keys()
    with_email = {guest.person_id for guest in settled.guests.values() if guest.email is not None}
    with_email |= guests.with_address(former_guests)
    mailed = [entry for entry in settled.entries if entry.person_id in with_email and _has_email(entry)]
    emails = enqueue_all([_umbrella_email(settled, entry, at) for entry in mailed])
    begin_mailing(
        (entry.entry_id, _address(settled, entry), email_id)
        for entry, email_id in zip(mailed, emails, strict=True)
        if entry.organizer is None
    )


def _has_email(entry: EntryChange) -> bool:
    return entry.object_kind is EntryObject.MEETING and CHANGE_EFFECTS[entry.change].method is not None


def _umbrella_email(settled: Settlement, entry: EntryChange, at: datetime) -> EmailRequest:
    method = CHANGE_EFFECTS[entry.change].method or Method.REQUEST
    return EmailRequest(
        kind=_KINDS[method],
        dedup_key=f"calendar:{entry.entry_id.hex}:{entry.sequence}",
        queued_at=at,
        dialogue_id=settled.here.meeting.dialogue_id,
        listed_under=settled.here.meeting.id,
        person_id=entry.person_id,
        facts={"entry_id": str(entry.entry_id), "sequence": entry.sequence},
        order_key=entry_order(entry.entry_id),
        sequence=entry.sequence,
        supersedes=True,
    )


def _address(settled: Settlement, entry: EntryChange) -> str:
    return mint_address(settled.here.meeting.dialogue_id, uid=entry.uid, entry_id=entry.entry_id)


def _tell_others(settled: Settlement, at: datetime) -> None:
    """Queues one email in words to everyone in the meeting whose umbrella entry does not already say it.

    People who have not answered get no dates, because they must read the invitation through its own link.
    """
    reached = {guest.person_id for guest in settled.guests.values() if guest.umbrella is not None}
    others = [guest.person_id for guest in settled.guests.values() if guest.email is not None]
    days = _days(settled)
    state: dict[str, str | bool] = {"cancelled": settled.here.state is State.CANCELLED}
    facts = {person: {**state, "asked": True} for person in guests.unanswered(settled.here.meeting.id)}
    facts.update(dict.fromkeys(others, days | state))
    enqueue_all([_change_email(settled, person, facts[person], at) for person in facts if person not in reached])


def _change_email(settled: Settlement, person_id: UUID, facts: dict[str, str | bool], at: datetime) -> EmailRequest:
    meeting = settled.here.meeting
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


def _days(settled: Settlement) -> dict[str, str | bool]:
    meeting = settled.here.meeting
    days = dialogues.days_of(meeting)
    return {"first_day": days.first.isoformat(), "last_day": days.last.isoformat(), "zone": meeting.zone}
