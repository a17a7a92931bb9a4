"""Venues, dialogues and meetings of the sample, with roles and participations."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Meeting, MeetingParty, Party, PracticalPage
from dialogues.meetings.dialogues.rules.kinds import Capacity, Existence, MeetingFormat, MeetingStatus, Rule
from dialogues.meetings.dialogues.rules.roles import seats_for
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.venues.models import Room, Venue
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.participants.rules.steps import Step
from dialogues.policy import Role
from dialogues.sample.people import SampleIds, add, load_parties, load_people
from dialogues.sample.reading import sample

_STAFF_ROLES = {
    "host_lead": Role.HOST_LEAD,
    "coordinator": Role.COORDINATOR,
    "liaison_travel_desk": Role.LIAISON_DESK,
    "rapporteur": Role.RAPPORTEUR,
    "archivist": Role.ARCHIVIST,
}
_CAPACITIES = {
    "full": Capacity.PARTICIPANT,
    "observer": Capacity.OBSERVER,
    "special_observer": Capacity.SPECIAL_OBSERVER,
}


def load_venues(loaded: SampleIds) -> None:
    for venue in sample()["venues"]:
        row = Venue(**{key: venue[key] for key in ("name", "city", "country", "subdivision", "zone", "address")})
        loaded.venues[venue["id"]] = add(row)
        for position, room in enumerate(venue["rooms"]):
            facts = {key: room[key] for key in ("name", "capacity", "booths")}
            loaded.rooms[room["id"]] = add(Room(venue_id=row.id, position=position, **facts))


def load_dialogue(loaded: SampleIds, dialogue: dict[str, Any], at: datetime) -> None:
    code = dialogue["id"]
    meeting = dialogue["meetings"][0]
    loaded.dialogues[code] = add(
        Dialogue(
            code=code,
            title=dialogue["title"],
            themes=dialogue["theme"],
            phase=dialogue["phase"],
            archive_zone=meeting["tz"],
            created_at=at,
        )
    )
    people = _all_person_ids(meeting)
    party_of = {person["id"]: person["party"] for person in sample()["persons"]}
    load_parties(loaded, code, {party_of[name] for name in people if name in party_of} | set(meeting["focal_points"]))
    load_people(loaded, code, people)
    _load_meeting(loaded, code, meeting, at)


def _all_person_ids(meeting: dict[str, Any]) -> set[str]:
    people = {name for names in meeting["participants"].values() for name in names}
    people |= set(meeting["focal_points"].values()) | set(meeting["co_chairs"]) | _interpreters(meeting)
    people |= {person["id"] for person in sample()["staff"] if person["role"] in _STAFF_ROLES}
    registrars = {p["registered_by"] for p in sample()["persons"] if p["id"] in people and "registered_by" in p}
    return people | registrars


def _interpreters(meeting: dict[str, Any]) -> set[str]:
    team = set(meeting.get("interpretation", {}).get("team", []))
    return team.union(*(booth["interpreters"] for booth in meeting.get("whispered", [])))


def _load_meeting(loaded: SampleIds, code: str, meeting: dict[str, Any], at: datetime) -> None:
    name, dates = meeting["id"], meeting["dates"]
    arrangement = sample()["arrangements"][name]
    row = Meeting(
        dialogue_id=loaded.dialogues[code],
        code=name,
        title=arrangement["title"],
        venue_id=loaded.venues.get(arrangement["venue"]),
        city=meeting["city"],
        zone=meeting["tz"],
        arrive_on=dates.get("arrive"),
        starts_on=dates["start"],
        ends_on=dates["end"],
        depart_on=dates.get("depart"),
        status=MeetingStatus(meeting["status"]),
        format=MeetingFormat(meeting["format"]),
        existence=Existence(meeting.get("existence", "normal")),
        default_rule=Rule(meeting["rule_default"]),
        working_languages=meeting["working_languages"],
        registration_closes_at=datetime.fromisoformat(arrangement["registration_closes"]),
    )
    loaded.meetings[name] = add(row)
    _load_parties_and_exchange(loaded, code, meeting, arrangement)
    _load_roles(loaded, code, meeting, at)
    _load_participants(loaded, code, meeting, at)
    db.session.add(PracticalPage(meeting_id=row.id, dialogue_id=row.dialogue_id, **arrangement["practical"]))


def _load_parties_and_exchange(
    loaded: SampleIds, code: str, meeting: dict[str, Any], arrangement: dict[str, Any]
) -> None:
    """Load the parties of the meeting and its exchange.

    An exchange time in the past means that every party has submitted.
    """
    nominations = meeting.get("nominations", {})
    opened = datetime.fromisoformat(arrangement["exchanged"]) if "exchanged" in arrangement else None
    observers, place = _observers(meeting), _place(loaded, code, meeting)
    for (dialogue, party), party_id in loaded.parties.items():
        if dialogue != code:
            continue
        has_submitted = opened is not None or party in nominations.get("received", [])
        db.session.add(
            MeetingParty(
                **place,
                party_id=party_id,
                seats=seats_for(
                    db.session.get_one(Party, party_id).kind,
                    {Capacity.PARTICIPANT.value: meeting["target_per_party"], **observers.get(party, {})},
                ),
                submitted_at=(opened or datetime.fromisoformat(arrangement["released"])) if has_submitted else None,
            )
        )
    sealed_until = nominations.get("sealed_until")
    db.session.add(
        Exchange(
            **place,
            sealed_until=datetime.fromisoformat(sealed_until) if sealed_until else None,
            opened_at=opened,
        )
    )


def _place(loaded: SampleIds, code: str, meeting: dict[str, Any]) -> dict[str, UUID]:
    return {"dialogue_id": loaded.dialogues[code], "meeting_id": loaded.meetings[meeting["id"]]}


def _observers(meeting: dict[str, Any]) -> dict[str, Counter[str]]:
    """Count people who are not participants, by party and value of `Capacity`."""
    party_of = {person["id"]: person["party"] for person in sample()["persons"]}
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kind, names in meeting["participants"].items():
        for name in names:
            if _CAPACITIES[kind] is not Capacity.PARTICIPANT:
                counts[party_of[name]][_CAPACITIES[kind].value] += 1
    return counts


def _load_roles(loaded: SampleIds, code: str, meeting: dict[str, Any], at: datetime) -> None:
    def grant(name: str, role: Role, *, everywhere: bool = False, party: str | None = None) -> None:
        db.session.add(
            RoleGrant(
                dialogue_id=loaded.dialogues[code],
                meeting_id=None if everywhere else loaded.meetings[meeting["id"]],
                person_id=loaded.people[code, name],
                role=role,
                party_id=loaded.parties[code, party] if party else None,
                offered_at=at,
                accepted_at=at if party is None or _has_submitted(meeting, party) else None,
            )
        )

    for person in sample()["staff"]:
        if person["role"] in _STAFF_ROLES:
            grant(person["id"], _STAFF_ROLES[person["role"]], everywhere=True)
    for name in sorted(_interpreters(meeting)):
        grant(name, Role.INTERPRETER)
    for name in meeting["co_chairs"]:
        grant(name, Role.CO_CHAIR)
    for party, name in meeting["focal_points"].items():
        grant(name, Role.FOCAL_POINT, party=party)


def _has_submitted(meeting: dict[str, Any], party: str) -> bool:
    nominations = meeting.get("nominations")
    return nominations is None or party in nominations["received"]


def _load_participants(loaded: SampleIds, code: str, meeting: dict[str, Any], at: datetime) -> None:
    party_of, dates = {person["id"]: person["party"] for person in sample()["persons"]}, meeting["dates"]
    seats: Counter[tuple[str, Capacity]] = Counter()
    for capacity, name in (
        (_CAPACITIES[kind], name) for kind, names in meeting["participants"].items() for name in names
    ):
        party = party_of[name]
        seats[party, capacity] += 1
        answered = _has_submitted(meeting, party)
        ids = {**_place(loaded, code, meeting), "person_id": loaded.people[code, name]}
        db.session.add(
            Participation(
                **ids,
                party_id=loaded.parties[code, party],
                capacity=capacity,
                seat=seats[party, capacity],
                status=ParticipationStatus.CONFIRMED if answered else ParticipationStatus.INVITED,
                invited_at=at,
                answered_at=at if answered else None,
                present_from=dates.get("arrive", dates["start"]) if answered else None,
                present_to=dates.get("depart", dates["end"]) if answered else None,
                steps=[step.value for step in Step] if answered else [],
            )
        )
        role = Role.PARTICIPANT if capacity is Capacity.PARTICIPANT else Role.OBSERVER
        db.session.add(RoleGrant(**ids, role=role, offered_at=at, accepted_at=at if answered else None))
