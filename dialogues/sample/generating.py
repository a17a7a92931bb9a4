"""Generated meetings of any size, for benchmarks and tests of query counts; the same seed gives the same meeting."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from dialogues.agenda.planning.rules import SessionPlan, When
from dialogues.agenda.versions.rules import Admits
from dialogues.core.accounts.models import Account
from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.collation import collation_key
from dialogues.lib.textsearch.folding import haystack
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, Invites, MeetingStatus
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import DIALOGUE_OPEN, Role
from dialogues.sample import agendas, holdings
from dialogues.sample.people import add
from dialogues.sample.rules import MeetingGenerated

_SYLLABLES = ("ka", "mo", "ri", "ten", "sal", "vo", "ne", "lu", "bar", "shi", "ta", "del")
_CITIES = ("Arbor", "Brook", "Cedar", "Delta", "Elm", "Fjord", "Grove", "Heath")
_ZONE = "Asia/Ulaanbaatar"
_FIRST_DAY = date(2027, 6, 14)
_SESSIONS_PER_DAY = 12


def generate_meeting(*, sessions: int, participants: int, records: int, seed: int, now: datetime) -> dict[str, Any]:
    """Add a dialogue with one meeting and a published agenda.

    Returns ids, and the email addresses of a coordinator and a participant who can sign in.
    """
    rng = random.Random(seed)  # noqa: S311  made-up data, no secret
    with transaction(system(Purpose.SAMPLE), DIALOGUE_OPEN) as change:
        ids = _add_meeting(sessions, participants, now)
        people = _people(rng, ids, participants, now)
        change.record(agendas.place_and_release(ids["meeting_id"], _plans(sessions), now))
        holdings.file_many(ids["dialogue_id"], records, rng, now)
        made = MeetingGenerated(
            at=now,
            about=ids["meeting_id"],
            dialogue_id=ids["dialogue_id"],
            sessions=sessions,
            participants=participants,
        )
        change.record(made)
    return {"dialogue": ids["dialogue_id"], "meeting": ids["meeting_id"], "code": ids["code"], **people}


def _add_meeting(sessions: int, participants: int, now: datetime) -> dict[str, Any]:
    number = db.session.execute(select(func.count()).select_from(Dialogue)).scalar_one() + 1
    code = f"GEN{number}"
    title = f"Made-up dialogue {number}"
    dialogue_id = add(Dialogue(code=code, title=title, archive_zone=_ZONE, created_at=now))
    days = max(1, -(-sessions // _SESSIONS_PER_DAY))
    meeting = Meeting(
        dialogue_id=dialogue_id,
        code=f"{code}-1",
        title="Made-up meeting",
        city="Ulaanbaatar",
        zone=_ZONE,
        starts_on=_FIRST_DAY,
        ends_on=_FIRST_DAY + timedelta(days=days - 1),
        status=MeetingStatus.CONFIRMED,
        invites=Invites.MEETING,
        working_languages=["en"],
    )
    place = {"dialogue_id": dialogue_id, "meeting_id": add(meeting)}
    db.session.add(Exchange(**place, opened_at=now))
    parties = [_party(place, city, -(-participants // len(_CITIES)), now) for city in _CITIES]
    db.session.flush()
    return {**place, "code": code, "parties": parties}


def _party(place: dict[str, UUID], city: str, seats: int, now: datetime) -> UUID:
    names = {"en": f"{city} side"}
    party_id = add(Party(dialogue_id=place["dialogue_id"], code=city[:2].upper(), names=names, city=city))
    capacities = {Capacity.PARTICIPANT.value: seats}
    db.session.add(MeetingParty(**place, party_id=party_id, seats=capacities, submitted_at=now))
    return party_id


def _people(rng: random.Random, ids: dict[str, Any], count: int, now: datetime) -> dict[str, Any]:
    """Bulk-insert accounts, persons, participations and roles for one coordinator and `count` participants."""
    place = {"dialogue_id": ids["dialogue_id"], "meeting_id": ids["meeting_id"]}
    numbers = range(count + 1)
    accounts = [
        {"id": uuid4(), "email": mail, "email_norm": mail, "created_at": now, "locale": "en"}
        for mail in (f"{ids['code'].lower()}-{number}@example.invalid" for number in numbers)
    ]
    persons = [
        {
            "id": uuid4(),
            "dialogue_id": ids["dialogue_id"],
            "account_id": account["id"],
            "email": account["email"],
            "email_norm": account["email"],
            **_name(rng),
        }
        for account in accounts
    ]
    participants = persons[1:]
    participations = [
        {
            "id": uuid4(),
            **place,
            "person_id": person["id"],
            "party_id": ids["parties"][number % len(_CITIES)],
            "seat": number // len(_CITIES) + 1,
            "status": ParticipationStatus.CONFIRMED,
            "invited_at": now,
            "answered_at": now,
        }
        for number, person in enumerate(participants)
    ]
    roles = [
        {
            "id": uuid4(),
            **place,
            "person_id": person["id"],
            "offered_at": now,
            "accepted_at": now,
            "role": Role.PARTICIPANT if number else Role.COORDINATOR,
        }
        for number, person in enumerate(persons)
    ]
    for table, rows in ((Account, accounts), (Person, persons), (Participation, participations), (RoleGrant, roles)):
        if rows:
            db.session.execute(insert(table), rows)
    return {
        "coordinator": accounts[0]["email"],
        "participant": accounts[-1]["email"],
        "participant_person": persons[-1]["id"],
    }


def _name(rng: random.Random) -> dict[str, str]:
    given, family = ("".join(rng.choices(_SYLLABLES, k=rng.randint(2, 3))).title() for _ in range(2))
    written = {"name": f"{given} {family.upper()}", "family": family, "given": given}
    searched = {"searched_name": haystack(written["name"]), "searched_names": haystack(written["name"], family)}
    return {**written, "sort_key": family, "collation": collation_key(family), **searched}


def _plans(count: int) -> Iterator[SessionPlan]:
    """Yield `count` sessions of 30 minutes, twelve a day."""
    for number in range(count):
        day, slot = divmod(number, _SESSIONS_PER_DAY)
        starts = datetime.combine(_FIRST_DAY + timedelta(days=day), time(9)) + timedelta(minutes=45 * slot)
        yield SessionPlan(
            code=f"G-{number + 1:03}",
            title=f"Made-up session {number + 1}",
            when=When(starts.date(), starts.time(), (starts + timedelta(minutes=30)).time()),
            admits=Admits.OBSERVERS_TOO if number % 5 else Admits.PARTICIPANTS,
        )
