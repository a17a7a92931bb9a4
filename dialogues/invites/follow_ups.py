"""What calendars owe when meetings, agendas, participations and roles change; joins the transaction of the cause."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from dialogues.agenda.rules import AgendaReleased
from dialogues.invites import queries
from dialogues.invites.answer_addresses import mint_address
from dialogues.invites.posting import Settled, Settlement, begin_mailing, settle
from dialogues.invites.rules import OWED, EntryObject, Method, State, entry_order
from dialogues.meetings.rules import (
    DialogueChanged,
    MeetingCancelled,
    MeetingChanged,
    MeetingMoved,
    RoleAccepted,
    RoleDeclined,
    RoleEnded,
    RoleOffered,
)
from dialogues.outbox.posting import owe_all
from dialogues.outbox.rules import Debt, LetterKind
from dialogues.participants import queries as participants
from dialogues.participants.rules import NomineeReplaced, ParticipationHappening, RegistrationChanged

_UMBRELLA = frozenset({EntryObject.MEETING})
_KINDS = {Method.REQUEST: LetterKind.CALENDAR_REQUEST, Method.CANCEL: LetterKind.CALENDAR_CANCEL}


def settle_person(happening: ParticipationHappening) -> None:
    """Someone comes, or comes no more: their calendar follows."""
    settle_people([happening])


def settle_people(happenings: Sequence[ParticipationHappening]) -> None:
    """Many come, or come no more: their calendars follow, in as many queries as for one."""
    for meeting_id in dict.fromkeys(happening.meeting_id for happening in happenings):
        if meeting_id is not None:
            here = [happening for happening in happenings if happening.meeting_id == meeting_id]
            at = max(happening.at for happening in here)
            _mail_umbrellas(settle(meeting_id, at=at, only={happening.person_id for happening in here}), at)


def settle_restricted(happenings: Sequence[ParticipationHappening]) -> None:
    """People with a role are offered an observer's part, which restricts them at once: they lose other sessions."""
    for meeting_id in dict.fromkeys(happening.meeting_id for happening in happenings):
        if meeting_id is not None:
            here = [happening for happening in happenings if happening.meeting_id == meeting_id]
            at = max(happening.at for happening in here)
            people = queries.restricted(meeting_id, {happening.person_id for happening in here})
            if people:
                _mail_umbrellas(settle(meeting_id, at=at, only=people), at)


def settle_restricted_person(happening: ParticipationHappening) -> None:
    """The same for one person."""
    settle_restricted([happening])


def settle_replaced(happening: NomineeReplaced) -> None:
    """Someone takes another's seat and sessions: neither keeps an entry that is not theirs."""
    if happening.meeting_id is not None:
        both = {happening.person_id, happening.replaced_person_id}
        _mail_umbrellas(settle(happening.meeting_id, at=happening.at, only=both), happening.at)


def settle_details(happening: RegistrationChanged) -> None:
    """Someone wants their entries to say less, or more again: what they are told of every meeting follows."""
    if happening.dialogue_id is None:
        return
    for meeting_id in queries.meetings_of(happening.dialogue_id, None):
        settled = settle(meeting_id, at=happening.at, only={happening.person_id})
        _mail_umbrellas(settled, happening.at)


def settle_holder(happening: RoleAccepted | RoleDeclined | RoleEnded | RoleOffered) -> None:
    """Someone has another role, in one meeting or in all of a dialogue: their sessions follow.

    The offer to speak for an observing organisation restricts at once.
    """
    if happening.dialogue_id is None:
        return
    for meeting_id in queries.meetings_of(happening.dialogue_id, happening.meeting_id):
        settled = settle(meeting_id, at=happening.at, only={happening.person_id})
        _mail_umbrellas(settled, happening.at)


def renew_entries(happening: MeetingChanged) -> None:
    """A meeting is told in other words, or is certain now: every entry of it follows."""
    _mail_umbrellas(settle(happening.about, at=happening.at), happening.at)


def renew_all(happening: DialogueChanged) -> None:
    """A dialogue is confidential now, or no longer: every entry of its meetings follows."""
    for meeting_id in queries.meetings_of(happening.about, None):
        _mail_umbrellas(settle(meeting_id, at=happening.at), happening.at)


def move_meeting(happening: MeetingMoved) -> None:
    """A meeting has other days or another place: its umbrellas follow, its sessions with the next release."""
    settled = settle(happening.about, at=happening.at, kinds=_UMBRELLA)
    _mail_umbrellas(settled, happening.at)
    _tell_others(settled, happening.at)


def cancel_meeting(happening: MeetingCancelled) -> None:
    """A meeting will not take place: everything about it is taken back."""
    settled = settle(happening.about, at=happening.at)
    _mail_umbrellas(settled, happening.at)
    _tell_others(settled, happening.at)


def follow_release(happening: AgendaReleased) -> None:
    """A new agenda: everyone's sessions follow, and each person concerned has one letter about what changed for them.

    Umbrellas are settled as well, for meetings that are taken over with people who had accepted before.
    """
    if happening.meeting_id is None:
        return
    settled = settle(happening.meeting_id, at=happening.at, release_id=happening.about)
    if happening.silent:
        return
    _mail_umbrellas(settled, happening.at)
    sessions = (entry for entry in settled.entries if entry.object_kind is EntryObject.SESSION)
    people = dict.fromkeys(entry.person_id for entry in sessions)
    told = (person_id for person_id in people if _can_be_told(settled, person_id, happening.at))
    owe_all([_about_release(settled, happening, person_id) for person_id in told])


def _can_be_told(settled: Settlement, person_id: UUID, at: datetime) -> bool:
    """Whether the person has an address and may read more of the agenda now than times and places."""
    guest = settled.guests.get(person_id)
    return guest is not None and guest.email is not None and settled.here.reads_now(guest.roles, at)


def _about_release(settled: Settlement, happening: AgendaReleased, person_id: UUID) -> Debt:
    return Debt(
        kind=LetterKind.AGENDA_CHANGED,
        debt_key=f"agenda:{happening.about.hex}:{person_id.hex}",
        owed_at=happening.at,
        dialogue_id=happening.dialogue_id,
        listed_under=happening.meeting_id,
        person_id=person_id,
        facts={"release_id": str(happening.about)},
        order_key=f"agenda:{settled.here.meeting.id.hex}:{person_id.hex}",
        sequence=happening.number,
    )


def _mail_umbrellas(settled: Settlement, at: datetime) -> None:
    """Owe the mailed form of every umbrella that has a new revision: one letter each, the newest only."""
    left = {entry.person_id for entry in settled.entries} - settled.guests.keys()
    reached = {guest.person_id for guest in settled.guests.values() if guest.email is not None}
    reached |= queries.with_address(left)
    mailed = [entry for entry in settled.entries if entry.person_id in reached and _has_letter(entry)]
    letters = owe_all([_umbrella_letter(settled, entry, at) for entry in mailed])
    begin_mailing(
        (entry.entry_id, _address(settled, entry), letter_id)
        for entry, letter_id in zip(mailed, letters, strict=True)
        if entry.organizer is None
    )


def _has_letter(entry: Settled) -> bool:
    return entry.object_kind is EntryObject.MEETING and OWED[entry.change].letter is not None


def _umbrella_letter(settled: Settlement, entry: Settled, at: datetime) -> Debt:
    method = OWED[entry.change].letter or Method.REQUEST
    return Debt(
        kind=_KINDS[method],
        debt_key=f"calendar:{entry.entry_id.hex}:{entry.sequence}",
        owed_at=at,
        dialogue_id=settled.here.meeting.dialogue_id,
        listed_under=settled.here.meeting.id,
        person_id=entry.person_id,
        facts={"entry_id": str(entry.entry_id), "sequence": entry.sequence},
        order_key=entry_order(entry.entry_id),
        sequence=entry.sequence,
        supersedes=True,
    )


def _address(settled: Settlement, entry: Settled) -> str:
    return mint_address(settled.here.meeting.dialogue_id, uid=entry.uid, entry_id=entry.entry_id)


def _tell_others(settled: Settlement, at: datetime) -> None:
    """Owe one letter in words to everyone around the meeting who has no umbrella that tells it.

    Who has not answered yet is told no days: the invitation says what there is to know, by its own link.
    """
    told = {guest.person_id for guest in settled.guests.values() if guest.umbrella is not None}
    others = [guest.person_id for guest in settled.guests.values() if guest.email is not None]
    days = _days(settled)
    state: dict[str, str | bool] = {"cancelled": settled.here.state is State.CANCELLED}
    facts = {person: {**state, "asked": True} for person in queries.still_asked(settled.here.meeting.id)}
    facts.update(dict.fromkeys(others, days | state))
    owe_all([_in_words(settled, person, facts[person], at) for person in facts if person not in told])


def _in_words(settled: Settlement, person_id: UUID, facts: dict[str, str | bool], at: datetime) -> Debt:
    meeting = settled.here.meeting
    return Debt(
        kind=LetterKind.MEETING_CHANGED,
        debt_key=f"meeting:{meeting.id.hex}:{meeting.version}:{person_id.hex}",
        owed_at=at,
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
    days = participants.days_of(meeting)
    return {"first_day": days.first.isoformat(), "last_day": days.last.isoformat(), "zone": meeting.zone}
