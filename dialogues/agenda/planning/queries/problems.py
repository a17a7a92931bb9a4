"""Warnings about the draft, and the number of people whom a new version concerns."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from dialogues.agenda.planning.queries.draft import DraftSession, PersonChoice, members_of_meeting
from dialogues.agenda.planning.rules import all_clashes, still_fits
from dialogues.agenda.versions.rules import Admits, Difference, Part, admitted, expected
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.venues.models import Room


def problems(
    meeting: Meeting,
    sessions: Sequence[DraftSession],
    rooms: Iterable[Room],
    people: Sequence[PersonChoice],
    names: Mapping[UUID, str],
) -> dict[UUID, list[Refusal]]:
    """Returns the warnings by session id.

    :param people: the people whom the viewer may know; if empty, warnings about people are left out.
    """
    found: dict[UUID, list[Refusal]] = {}
    for clash in all_clashes(session.booking for session in sessions):
        found.setdefault(clash.wanted.session_id, []).append(clash.refusal(names))
    capacity = {room.id: room.capacity for room in rooms}
    for session in sessions:
        own = found.setdefault(session.id, [])
        if not still_fits(session.slot, days_of(meeting), meeting.zone):
            own.append(Refusal(N_("This time is not, or no longer, on the days and clocks of the meeting. Move it.")))
        if not session.rule.has_notes and session.with_part(Part.RAPPORTEUR):
            own.append(Refusal(N_("A rapporteur is named, but the rule lets no notes be kept. Edit the session.")))
        if people:
            own += _about_people(session, capacity, people)
    return found


def _about_people(session: DraftSession, capacity: Mapping[UUID, int], people: Sequence[PersonChoice]) -> list[Refusal]:
    found = []
    named = {person for person, _part in session.people}
    if not named <= {person.id for person in people}:
        found.append(Refusal(N_("Someone named here no longer belongs to the meeting. Edit the session.")))
    seats = sum(capacity.get(room_id, 0) for room_id in session.rooms)
    wanted = expected(session.admits, named, {person.id: person.roles for person in people})
    if session.rooms and wanted > seats:
        found.append(
            Refusal(
                N_("%(wanted)s people are admitted, staff included; the room holds %(seats)s."),
                wanted=wanted,
                seats=seats,
            )
        )
    return found


def concerned(meeting: Meeting, changes: Iterable[Difference]) -> int:
    """Returns how many people of the meeting are, or were, admitted to a session that changes."""
    states = [state for change in changes for state in (change.was, change.now) if state is not None]
    audiences = [(Admits(state.frozen["admits"]), {person for person, _part in state.people}) for state in states]
    return sum(
        any(admitted(admits, person.roles, named=person.id in named) for admits, named in audiences)
        for person in members_of_meeting(meeting)
    )
