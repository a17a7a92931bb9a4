"""LVR-1 with an observing organisation, a canary in every name, and data to find by a link."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.agenda.calendars.commands import open_feed
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, Existence, PartyKind
from dialogues.meetings.roles import operations as roles
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.invitations import operations as invitations
from dialogues.people.participants import operations as participants
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role
from dialogues.sample.reading import sample
from tests.architecture.dishonest.oracle import Oracle, Someone, canary
from tests.architecture.dishonest.readings import ELSEWHERE, SEALED
from tests.beds.forms import send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

#: The time at which the lists of LVR-1 open in the sample.
SET_TIME = datetime(2027, 8, 2, 8, 0, tzinfo=UTC)
#: Parties of LVR-1, and whether they have submitted their lists at the start of a game.
SUBMITTED = {code: code in {"US", "RU", "CH", "MN"} for code in ("US", "RU", "CH", "MN", "CN", "KP", "KR", "JP", "XO")}
CO_CHAIRS = ("ch2", "mn1")
FOCAL_POINTS = {"us2": "US", "ru1": "RU", "ch3": "CH", "mn1": "MN", "kr3": "KR", "xo1": "XO"}
PASSPORT = {"passport_number": SEALED, "passport_nationality": "Exampleland", "passport_valid_until": "2031-01-31"}


def prepare(cast: Cast) -> None:
    """Prepare the sample for the games, once, because each game uses a copy."""
    set_clock(cast.app, BEFORE_LVR_1)
    with cast.app.app_context():
        _add_observing_organisation(cast)
        meeting, elsewhere = cast.meeting("LVR-1"), cast.meeting("SCD-1")
        with upkeep(system(Purpose.SAMPLE)) as session:
            # A confidential meeting has no feeds.
            session.get_one(Meeting, meeting).existence = Existence.NORMAL
            session.get_one(Meeting, elsewhere).title = ELSEWHERE
        for key in ("kr1", "kr3"):
            _accept_all(cast, key)
        _plant_names(cast)
        for code in ("LVR-1", "SCD-1"):
            place = f"/meetings/{cast.meeting(code)}/registration/needs"
            assert send(cast.client("ru4"), place, **PASSPORT).status_code == 303
        db.session.remove()


def _add_observing_organisation(cast: Cast) -> None:
    party, dialogue, meeting = uuid4(), cast.dialogue("LVR"), cast.meeting("LVR-1")
    account, now = cast.account("xo1"), clock.now()
    with upkeep(system(Purpose.SAMPLE)) as session:
        names = {"en": "Observing organisation"}
        session.add(Party(id=party, dialogue_id=dialogue, code="XO", names=names, kind=PartyKind.OBSERVER))
        session.flush()
        session.add(MeetingParty(meeting_id=meeting, party_id=party, dialogue_id=dialogue, seats={"observer": 3}))
        session.flush()
        who = dialogues.add_person(dialogue, "Speaker", "xo1@example.invalid", account_id=account)
        here = {"dialogue_id": dialogue, "meeting_id": meeting}
        roles.grant_role(who, Role.FOCAL_POINT, **here, party_id=party, offered_at=now, accepted_at=now)
        invitations.invite(who, party, Capacity.OBSERVER, **here, at=now)
    _accept_all(cast, "xo1")


def person_of(cast: Cast, key: str) -> UUID:
    return cast._one(
        select(Person.id).where(
            Person.dialogue_id == cast.dialogue("LVR"), Person.email_norm == f"{key}@example.invalid"
        )
    )


def _accept_all(cast: Cast, key: str) -> None:
    """Accept the participation and all offered roles of a person."""
    who, part = person_of(cast, key), cast.participation(key, "LVR-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        row = session.get_one(Participation, part)
        row.status, row.answered_at = ParticipationStatus.CONFIRMED, clock.now()
        participants.begin_participation(row, clock.now())
        for grant in session.scalars(select(RoleGrant).where(RoleGrant.person_id == who)):
            grant.accepted_at = grant.accepted_at or clock.now()


def _plant_names(cast: Cast) -> None:
    """Replace the name of every person of the dialogue by a canary."""
    keys = {one["name"]: one["id"] for one in sample()["persons"]}
    dialogue = cast.dialogue("LVR")
    with upkeep(system(Purpose.SAMPLE)) as session:
        for person in session.scalars(select(Person).where(Person.dialogue_id == dialogue)).all():
            if person.name in keys or person.name == "Speaker":
                name = f"{canary(keys.get(person.name, 'xo1'))} Canary"
                dialogues.describe_person(person.id, name=name, sort_key=name, native="", family="", given="")


def feed_of(cast: Cast, key: str) -> str:
    """The address of a new feed of a person."""
    viewer = cast.viewer(key, meeting="LVR-1", now=clock.now())
    return f"/feed/{open_feed(viewer, 'telephone', now=clock.now(), real_now=clock.real_now())}.ics"


def oracle_at_start() -> Oracle:
    """The oracle at the start of a game."""
    oracle = Oracle(now=BEFORE_LVR_1, set_time=SET_TIME, submitted=dict(SUBMITTED))
    meeting = next(one for one in sample()["dialogues"] if one["id"] == "LVR")["meetings"][0]
    for capacity, word in (("full", "participant"), ("observer", "observer")):
        for key in meeting["participants"][capacity]:
            oracle.people[key] = Someone(key, key[:2].upper(), capacity=word)
    oracle.people["xo1"] = Someone("xo1", "XO")
    oracle.people["xo2"] = Someone("xo2", "XO")
    for one in oracle.people.values():
        one.is_restricted = one.was_observer = one.capacity == "observer" and one.key != "xo2"
        comes = SUBMITTED[one.party] or one.key in {"kr1", "kr3", "xo1"}
        one.holds = one.capacity if comes and one.key != "xo2" else ""
        one.is_chair, one.is_focal_point = one.key in CO_CHAIRS, one.key in FOCAL_POINTS
    return oracle
