"""What clashes: two sessions at one time in one room, or with one person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from dialogues.agenda.rules.times import TimeSlot
from dialogues.agenda.rules.words import WORDS, Part
from dialogues.common.refusal import N_, Refusal, refuse_all

#: The field of the form at which a clash of a person in this part is shown.
_FIELDS = {
    Part.CHAIR: "chair",
    Part.LEAD: "leads",
    Part.RAPPORTEUR: "rapporteur",
    Part.INTERPRETER: "interpreters",
    Part.INVITED: "invited",
}


@dataclass(frozen=True, slots=True)
class Booking:
    """What a session takes up: a time, rooms by id with their names, and people with what they do in it."""

    session_id: UUID
    title: str
    slot: TimeSlot
    rooms: Mapping[UUID, str]
    people: Mapping[UUID, Part]


@dataclass(frozen=True, slots=True)
class Clash:
    """A session that is in the way of another: by a room's name, or by a person with a part in both."""

    wanted: Booking
    other: Booking
    room: str = ""
    person_id: UUID | None = None

    def refusal(self, names: Mapping[UUID, str]) -> Refusal:
        """The clash in words; a person whose name the reader may not see is not told by name."""
        facts = {
            "starts": f"{self.other.slot.starts.local:%H:%M}",
            "ends": f"{self.other.slot.ends.local:%H:%M}",
            "title": self.other.title,
        }
        if self.person_id is None:
            return Refusal(
                N_(
                    "The room %(room)s is taken from %(starts)s to %(ends)s by “%(title)s”. "
                    "Choose another room or another time."
                ),
                field="rooms",
                room=self.room,
                **facts,
            )
        if self.person_id not in names:
            # At no field, which would tell their part.
            return Refusal(
                N_("Someone named in this session is not available from %(starts)s to %(ends)s. Choose another time."),
                starts=facts["starts"],
                ends=facts["ends"],
            )
        return Refusal(
            N_(
                "%(person)s is in “%(title)s” from %(starts)s to %(ends)s, as %(part)s. Choose another time or another "
                "person."
            ),
            field=_FIELDS[self.wanted.people[self.person_id]],
            person=names[self.person_id],
            part=WORDS[self.other.people[self.person_id]],
            **facts,
        )


def first_parts(people: Sequence[tuple[UUID, Part]]) -> dict[UUID, Part]:
    """Each person with the first of their parts in a session."""
    return dict(reversed(people))


def clashes(wanted: Booking, others: Iterable[Booking]) -> list[Clash]:
    """What is in the way of a session: first taken rooms, then people who are elsewhere."""
    overlapping = [
        other for other in others if other.session_id != wanted.session_id and wanted.slot.overlaps(other.slot)
    ]
    taken = [
        Clash(wanted, other, room=name)
        for other in overlapping
        for room_id, name in wanted.rooms.items()
        if room_id in other.rooms
    ]
    busy = [
        Clash(wanted, other, person_id=person)
        for other in overlapping
        for person in wanted.people
        if person in other.people
    ]
    return taken + busy


def all_clashes(bookings: Iterable[Booking]) -> list[Clash]:
    """Every pair of sessions that are in each other's way."""
    return [clash for one, other in combinations(bookings, 2) for clash in clashes(one, [other])]


def refuse_clashes(wanted: Booking, others: Iterable[Booking], names: Mapping[UUID, str]) -> None:
    """:raises Refusal: a room is taken, or people are in other sessions then; the words name all that is to change."""
    refuse_all(clash.refusal(names) for clash in clashes(wanted, others))
