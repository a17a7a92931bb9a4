"""No user gains access by leaving an offer unanswered, or by a decision they can make alone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from dialogues.agenda.calendars.models import Entry, EntryRevision
from dialogues.agenda.calendars.operations import update_entries
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.meetings.meetings.queries import my_meetings
from dialogues.meetings.roles import commands as roles_commands
from dialogues.meetings.roles import operations as roles_operations
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import offers as open_offers
from dialogues.people.invitations import operations as invitations_operations
from dialogues.people.invitations.commands import answering as invitations_answering
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import Invitee
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import news as participants_news
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster.queries import listing as roster
from dialogues.people.roster.queries.listing import ListFilter
from dialogues.policy import (
    AGENDA_EDIT,
    AGENDA_SEE,
    EXCHANGE_FIX,
    PARTICIPANTS_SEE,
    RAW_NOTES_WRITE,
    RECORD_READ,
    SESSION_PEOPLE_SEE,
    SUBMIT_LIST,
    SUMMARY_SEE,
    Condition,
    Role,
    Scope,
)
from tests.beds.forms import SAME_ORIGIN, page, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast
from tests.people.conftest import Outside

#: A session restricted to participants, which observers know of.
CLOSED_TO_OBSERVERS = "LVR-1-04"
#: The time at which the lists of LVR-1 open in the sample.
SET_TIME = datetime(2027, 8, 2, 8, 0, tzinfo=UTC)
SUBSTANCE = (AGENDA_EDIT, SUMMARY_SEE, EXCHANGE_FIX)


@pytest.fixture
def inside(app: Flask, cast: Cast) -> Iterator[Cast]:
    """The sample two months before the lists of LVR-1 open."""
    with app.app_context():
        app.test_client_class = Outside
        set_clock(app, BEFORE_LVR_1)
        yield cast
        db.session.remove()


def viewer(cast: Cast, name: str, meeting: str = "LVR-1") -> Viewer:
    return cast.viewer(name, meeting=meeting, now=clock.now())


def status_of(cast: Cast, name: str, address: str) -> int:
    return cast.client(name).get(f"/meetings/{cast.meeting('LVR-1')}{address}").status_code


def reads_closed_session(cast: Cast, name: str) -> bool:
    return status_of(cast, name, f"/agenda/sessions/{cast.session(CLOSED_TO_OBSERVERS)}") == 200


def part_of(cast: Cast, name: str) -> Participation:
    db.session.rollback()
    return db.session.execute(
        select(Participation).where(
            Participation.meeting_id == cast.meeting("LVR-1"), Participation.person_id == cast.person(name, "LVR")
        )
    ).scalar_one()


def accept(cast: Cast, name: str) -> None:
    """Accept the participation of a person directly."""
    part = part_of(cast, name).id
    with upkeep(system(Purpose.SAMPLE)) as session:
        row = session.get_one(Participation, part)
        row.status = ParticipationStatus.CONFIRMED
        participants_operations.begin_participation(row, clock.now())


def take_back(cast: Cast, name: str) -> None:
    part = part_of(cast, name).id
    invitations_inviting.take_back(viewer(cast, "st-coord"), part, now=clock.now())


def invite(cast: Cast, name: str, capacity: Capacity) -> None:
    """The coordinator invites a person, whatever they were before; they do not answer."""
    invitee = Invitee(
        name=name, email=f"{name}@example.invalid", party_id=cast.party(name[:2].upper(), "LVR"), capacity=capacity
    )
    invitations_inviting.invite_person(viewer(cast, "st-coord"), invitee, now=clock.now())


def offer_observers_part(cast: Cast, name: str) -> None:
    """End a person's participation and invite them as an observer."""
    take_back(cast, name)
    invite(cast, name, Capacity.OBSERVER)


def grant(cast: Cast, name: str, role: Role, *, accepted: bool = True, **place: Any) -> None:
    where = {"dialogue_id": cast.dialogue("LVR"), "meeting_id": cast.meeting("LVR-1")} | place
    person = cast.person(name, "LVR")
    at = clock.now()
    with upkeep(system(Purpose.SAMPLE)):
        roles_operations.grant_role(person, role, **where, offered_at=at, accepted_at=at if accepted else None)


def end_role(cast: Cast, name: str, role: Role) -> None:
    here, person = {"dialogue_id": cast.dialogue("LVR"), "meeting_id": cast.meeting("LVR-1")}, cast.person(name, "LVR")
    with upkeep(system(Purpose.SAMPLE)):
        roles_operations.revoke_role(person, role, **here, now=clock.now())


# Access by offers


@pytest.mark.parametrize("capacity", [Capacity.OBSERVER, Capacity.SPECIAL_OBSERVER, Capacity.RESOURCE_PERSON])
def test_a_focal_point_with_an_open_observer_offer_reads_as_an_observer(inside: Cast, capacity: Capacity) -> None:
    assert reads_closed_session(inside, "us2")
    take_back(inside, "us2")
    assert reads_closed_session(inside, "us2")
    invite(inside, "us2", capacity)

    us2 = viewer(inside, "us2")
    assert not reads_closed_session(inside, "us2")
    assert us2.scopes(AGENDA_SEE) == {Scope.ADMITTED}
    assert us2.scopes(SUBMIT_LIST) == {Scope.OWN_PARTY}
    assert not us2.may(RECORD_READ)


def test_a_co_chair_with_an_open_observer_offer_reads_as_an_observer(inside: Cast) -> None:
    end_role(inside, "mn1", Role.FOCAL_POINT)
    assert all(viewer(inside, "mn1").may(action) for action in SUBSTANCE)
    offer_observers_part(inside, "mn1")

    mn1 = viewer(inside, "mn1")
    assert not any(mn1.may(action) for action in SUBSTANCE)
    assert mn1.scopes(AGENDA_SEE) == {Scope.ADMITTED}
    assert not reads_closed_session(inside, "mn1")
    assert status_of(inside, "mn1", "/exchange") == 404


def test_a_nominated_observer_is_restricted_at_once(inside: Cast) -> None:
    take_back(inside, "ru1")
    ru1 = part_of(inside, "ru1").id
    with upkeep(system(Purpose.SAMPLE)) as session:
        part = session.get_one(Participation, ru1)
        part.status, part.capacity = ParticipationStatus.NOMINATED, Capacity.OBSERVER

    assert not reads_closed_session(inside, "ru1")


@pytest.mark.parametrize("name", ["us2", "mn1"])
def test_declining_or_losing_the_offer_does_not_restore_access(inside: Cast, name: str) -> None:
    offer_observers_part(inside, name)
    part = part_of(inside, name).id
    with upkeep(system(Purpose.SAMPLE)) as session:
        row = session.get_one(Participation, part)
        row.status = ParticipationStatus.DECLINED
        participants_operations.end_participation(row, clock.now())
    assert not reads_closed_session(inside, name)

    invitations_inviting.invite_again(viewer(inside, "st-coord"), part, now=clock.now())
    take_back(inside, name)
    assert not reads_closed_session(inside, name)


@pytest.mark.parametrize("name", ["us2", "mn1"])
def test_only_accepting_as_a_participant_lifts_the_restriction(inside: Cast, name: str) -> None:
    offer_observers_part(inside, name)
    take_back(inside, name)
    invite(inside, name, Capacity.PARTICIPANT)
    assert not reads_closed_session(inside, name)

    accept(inside, name)

    assert reads_closed_session(inside, name)


def test_a_co_chair_who_withdraws_as_observer_stays_restricted(inside: Cast) -> None:
    end_role(inside, "mn1", Role.FOCAL_POINT)
    offer_observers_part(inside, "mn1")
    accept(inside, "mn1")
    assert not reads_closed_session(inside, "mn1")

    invitations_answering.withdraw(viewer(inside, "mn1"), now=clock.now())

    assert not reads_closed_session(inside, "mn1")


def test_an_offer_alone_gives_no_rights(inside: Cast) -> None:
    take_back(inside, "us4")
    invite(inside, "us4", Capacity.OBSERVER)

    with pytest.raises(LookupError):
        viewer(inside, "us4")


@pytest.mark.parametrize(
    ("name", "role", "action"),
    [("st-rap1", Role.RAPPORTEUR, RAW_NOTES_WRITE), ("st-coord", Role.COORDINATOR, AGENDA_EDIT)],
)
def test_staff_work_continues_for_a_person_who_is_also_an_observer(
    inside: Cast, name: str, role: Role, action: Any
) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        invitations_operations.invite(
            inside.person(name, "LVR"),
            inside.party("CH", "LVR"),
            Capacity.OBSERVER,
            dialogue_id=inside.dialogue("LVR"),
            meeting_id=inside.meeting("LVR-1"),
            at=clock.now(),
        )

    assert role in viewer(inside, name).roles
    assert viewer(inside, name).may(action)


def test_the_offered_focal_point_of_an_observing_organisation_reads_as_an_observer(inside: Cast) -> None:
    party = uuid4()
    names, dialogue = {"en": "Observing organisation"}, inside.dialogue("LVR")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.add(Party(id=party, dialogue_id=dialogue, code="OBS", names=names, kind=PartyKind.OBSERVER))
    assert reads_closed_session(inside, "us4")
    grant(inside, "us4", Role.FOCAL_POINT, accepted=False, party_id=party)

    assert not reads_closed_session(inside, "us4")
    offers = open_offers(inside.viewer("us4"))
    roles_commands.decline_role(inside.viewer("us4"), offers[0].id, now=clock.now())
    assert reads_closed_session(inside, "us4")


def test_the_restriction_also_limits_a_role_in_the_whole_dialogue(inside: Cast) -> None:
    end_role(inside, "ch2", Role.CO_CHAIR)
    grant(inside, "ch2", Role.CO_CHAIR, meeting_id=None)
    assert viewer(inside, "ch2").may(AGENDA_EDIT)
    offer_observers_part(inside, "ch2")

    around = inside.viewer("ch2", dialogue="LVR", now=clock.now())
    assert Role.CO_CHAIR not in viewer(inside, "ch2").roles | around.roles
    assert not around.may(RECORD_READ)


def test_restricted_sessions_leave_the_calendar_at_once(inside: Cast) -> None:
    def entries() -> set[UUID]:
        """The sessions of which the newest calendar entry is active."""
        db.session.rollback()
        rows = db.session.execute(
            select(Entry.object_id, EntryRevision.state)
            .join(EntryRevision, EntryRevision.entry_id == Entry.id)
            .where(Entry.person_id == inside.person("us2", "LVR"))
            .order_by(EntryRevision.sequence, EntryRevision.dtstamp)
        )
        newest = {row.object_id: row.state for row in rows}
        return {one for one, state in newest.items() if state is not State.CANCELLED}

    closed = inside.session(CLOSED_TO_OBSERVERS)
    with upkeep(system(Purpose.SAMPLE)):
        settle_everyone(inside)
    take_back(inside, "us2")
    assert closed in entries()

    invite(inside, "us2", Capacity.OBSERVER)

    assert closed not in entries()


def settle_everyone(cast: Cast) -> None:
    update_entries(cast.meeting("LVR-1"), at=clock.now())


# Access by decisions


def propose(cast: Cast, name: str, at: datetime | None = SET_TIME + timedelta(days=1)) -> None:
    local = at.replace(tzinfo=None) if at else None
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    nominations_submitting.propose_exchange(viewer(cast, name), local, version=mark, now=clock.now())


def confirm(cast: Cast, name: str) -> None:
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    nominations_submitting.confirm_exchange(viewer(cast, name), version=mark, now=clock.now())


def is_set(cast: Cast) -> bool:
    db.session.rollback()
    return nominations_exchange.moment_of(cast.meeting("LVR-1")).sealed_until != SET_TIME


@pytest.mark.parametrize("pair", [("ch2", "mn1"), ("st-coord", "ch2"), ("mn1", "st-coord")])
def test_two_authorized_people_set_the_time(inside: Cast, pair: tuple[str, str]) -> None:
    propose(inside, pair[0])
    assert not is_set(inside)

    confirm(inside, pair[1])

    assert is_set(inside)


@pytest.mark.parametrize("name", ["ch2", "mn1", "st-coord"])
@pytest.mark.parametrize("at", [SET_TIME + timedelta(days=1), None])
def test_a_person_cannot_confirm_their_own_proposal(inside: Cast, name: str, at: datetime | None) -> None:
    propose(inside, name, at)

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, name)

    assert not is_set(inside)


def test_a_person_with_two_roles_cannot_confirm_their_own_proposal(inside: Cast) -> None:
    grant(inside, "st-coord", Role.CO_CHAIR)
    propose(inside, "st-coord")

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "st-coord")


@pytest.mark.parametrize("first", ["ch2", "ch3"])
def test_two_co_chairs_of_one_party_cannot_set_the_time(inside: Cast, first: str) -> None:
    grant(inside, "ch3", Role.CO_CHAIR)
    propose(inside, first)

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "ch3" if first == "ch2" else "ch2")


def test_a_coordinator_and_a_co_chair_of_one_party_cannot_set_the_time(inside: Cast) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        here = {"dialogue_id": inside.dialogue("LVR"), "meeting_id": inside.meeting("LVR-1")}
        invitations_operations.invite(
            inside.person("st-coord", "LVR"), inside.party("CH", "LVR"), Capacity.PARTICIPANT, **here, at=clock.now()
        )
    propose(inside, "st-coord")

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "ch2")


def test_a_co_chair_who_leaves_their_seat_still_belongs_to_the_party(inside: Cast) -> None:
    grant(inside, "ch3", Role.CO_CHAIR)
    take_back(inside, "ch3")
    propose(inside, "ch2")

    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "ch3")


def test_a_co_chair_without_a_party_sets_the_time_only_with_a_coordinator(inside: Cast) -> None:
    grant(inside, "st-host", Role.CO_CHAIR)
    propose(inside, "ch2")
    with pytest.raises(Refusal, match="second person"):
        confirm(inside, "st-host")
    propose(inside, "st-coord")
    confirm(inside, "st-host")

    assert is_set(inside)


@pytest.mark.parametrize("how", ["ended", "restricted"])
def test_the_proposal_of_a_person_who_lost_the_role_is_not_valid(inside: Cast, how: str) -> None:
    propose(inside, "ch2")
    if how == "restricted":
        offer_observers_part(inside, "ch2")
    else:
        end_role(inside, "ch2", Role.CO_CHAIR)

    assert "proposes" not in inside.client("mn1").get(f"/meetings/{inside.meeting('LVR-1')}/exchange").text
    with pytest.raises(Refusal, match="no proposal"):
        confirm(inside, "mn1")
    assert not is_set(inside)


def test_clearing_the_time_has_no_effect_before_a_second_person_confirms(inside: Cast) -> None:
    for code in ("CN", "KP", "KR", "JP"):
        nominations_submitting.submit_list(viewer(inside, "st-coord"), inside.party(code, "LVR"), now=clock.now())
    propose(inside, "mn1", None)
    open_due_lists()
    assert nominations_exchange.moment_of(inside.meeting("LVR-1")).opened_at is None

    confirm(inside, "ch2")

    assert nominations_exchange.moment_of(inside.meeting("LVR-1")).opened_at is not None


def test_a_waiting_nominee_does_not_count_as_the_last_person_on_a_frozen_list(inside: Cast) -> None:
    """A waiting nominee is on no list, so the last seated person cannot be withdrawn from the frozen list."""
    mn, speaker = inside.party("MN", "LVR"), viewer(inside, "mn1")
    for name in ("mn1", "mn3"):
        take_back(inside, name)
    with upkeep(system(Purpose.SAMPLE)):
        row = db.session.get_one(MeetingParty, (inside.meeting("LVR-1"), mn))
        row.seats = {"participant": 2, "observer": 1}
    last = nominate_for_mn(inside, speaker, "Zed", capacity=Capacity.OBSERVER)
    waits = nominate_for_mn(inside, speaker, "Me", email="mn1@example.invalid")
    set_clock(inside.app, SET_TIME - timedelta(hours=2))
    one, other = (db.session.get_one(Participation, each) for each in (last, waits))
    mark = one.version + db.session.get_one(Person, one.person_id).version
    assert (one.seat, other.seat, other.queue_no) == (1, None, None)
    db.session.rollback()

    with pytest.raises(Refusal, match="this list needs one person"):
        nominations_nominating.withdraw_nominee(viewer(inside, "mn1"), last, version=mark, now=clock.now())


def nominate_for_mn(cast: Cast, speaker: Viewer, name: str, **facts: Any) -> UUID:
    nominee = Nominee(name=name, **facts)
    return nominations_nominating.nominate(speaker, cast.party("MN", "LVR"), nominee, once=uuid4().hex, now=clock.now())


# A party that has not submitted its list reads no other list, whatever other roles its people have


@pytest.fixture
def late(inside: Cast) -> Cast:
    """The lists of LVR-1 are open; MN, whose focal point is a co-chair, withdrew its own list before."""
    nominations_submitting.take_submission_back(viewer(inside, "mn1"), inside.party("MN", "LVR"), now=clock.now())
    set_clock(inside.app, SET_TIME)
    assert open_due_lists() == 1
    return inside


PLACES = (
    "/participants",
    "/participants?q=a",
    "/participants?q=SAMPLEWOOD",
    "/participants?order=ru",
    "/seating",
    "/seating/plates",
    "/speaking",
    "/participants/speaking",
    "/agenda",
    "/agenda/draft",
    "/agenda/balance",
    "/order",
    "/calendar",
    "",
)


def words_of(cast: Cast, name: str) -> dict[str, str]:
    client = cast.client(name)
    base = f"/meetings/{cast.meeting('LVR-1')}"
    return {place: page(client.get(base + place)).get_text(" ", strip=True) for place in PLACES}


@pytest.mark.parametrize("name", ["mn1", "mn3"])
def test_after_the_exchange_a_late_party_sees_no_people_of_other_parties(late: Cast, name: str) -> None:
    people = {
        row.name
        for row in db.session.execute(
            select(Person.name, Party.code)
            .join(Participation, Participation.person_id == Person.id)
            .join(Party, Party.id == Participation.party_id)
            .where(Participation.meeting_id == late.meeting("LVR-1"), Party.code != "MN")
        )
    }
    db.session.rollback()
    assert len(people) > 5

    shown = words_of(late, name)

    assert [(where, person) for where, text in shown.items() for person in people if person in text] == []
    asked = viewer(late, name)
    assert Condition.EXCHANGED not in asked.conditions
    assert not asked.may(PARTICIPANTS_SEE)
    assert not asked.may(SESSION_PEOPLE_SEE)
    assert nominations_exchange.announced(asked) == []
    assert "Your party reads them once it submits" in shown["/participants"]


def test_the_home_page_of_a_late_party_contains_no_counts_of_other_parties(late: Cast) -> None:
    before = page(late.client("mn1").get("/")).get_text(" ", strip=True)
    nominations_submitting.submit_list(viewer(late, "st-coord"), late.party("KR", "LVR"), now=clock.now())

    assert page(late.client("mn1").get("/")).get_text(" ", strip=True) == before
    mine = [one for one in queries_of_meetings(late, "mn1") if one.id == late.meeting("LVR-1")]
    assert Condition.EXCHANGED not in mine[0].viewer.conditions


def queries_of_meetings(cast: Cast, name: str) -> Any:
    return my_meetings(cast.viewer(name), clock.now())


def test_a_late_party_gets_no_news_about_the_lists(late: Cast) -> None:
    mn1, us2 = late.person("mn1", "LVR"), late.person("us2", "LVR")
    for kind in (EmailKind.LISTS_OPENED, EmailKind.LIST_CHANGED):
        readers = participants_news.readers_of_news(late.meeting("LVR-1"), kind)
        assert us2 in readers
        assert mn1 not in readers


def test_a_late_party_reads_the_lists_after_submitting(late: Cast) -> None:
    nominations_submitting.submit_list(viewer(late, "mn1"), late.party("MN", "LVR"), now=clock.now())

    for name in ("mn1", "mn3"):
        found = roster.participants(viewer(late, name), ListFilter())
        assert {"US", "RU", "MN"} <= {line.party_code for line in found.lines}


@pytest.mark.parametrize("how", ["seat", "role", "seat and role"])
def test_leaving_a_late_party_gives_no_access(late: Cast, how: str) -> None:
    """A co-chair still belongs to the party after losing the seat and the focal point role."""
    if "seat" in how:
        take_back(late, "mn1")
    if "role" in how:
        end_role(late, "mn1", Role.FOCAL_POINT)

    assert not viewer(late, "mn1").may(PARTICIPANTS_SEE)


def test_a_co_chair_who_was_never_nominated_belongs_to_the_party_of_their_institution(late: Cast) -> None:
    here, mn1 = {"dialogue_id": late.dialogue("LVR"), "meeting_id": late.meeting("LVR-1")}, late.person("mn1", "LVR")
    at = clock.now()
    with upkeep(system(Purpose.SAMPLE)) as session:
        institution = session.get_one(Person, mn1).institution_id
        who = dialogues.add_person(here["dialogue_id"], "New CHAIR", "chair@example.invalid")
        session.get_one(Person, who).institution_id = institution
        roles_operations.grant_role(who, Role.CO_CHAIR, **here, offered_at=at, accepted_at=at)
    assert who not in participants_news.readers_of_news(late.meeting("LVR-1"), EmailKind.LISTS_OPENED)
    assert who in participants_news.readers_of_news(late.meeting("LVR-1"), EmailKind.EXCHANGE_SET)


def test_the_offered_focal_point_of_a_late_party_reads_no_list(late: Cast) -> None:
    assert viewer(late, "us4").may(PARTICIPANTS_SEE)
    live = select(RoleGrant).where(
        RoleGrant.party_id == late.party("MN", "LVR"), RoleGrant.meeting_id == late.meeting("LVR-1")
    )
    with upkeep(system(Purpose.SAMPLE)) as session:
        for one in session.scalars(live):
            one.revoked_at = clock.now()
    grant(late, "us4", Role.FOCAL_POINT, accepted=False, party_id=late.party("MN", "LVR"))

    assert not viewer(late, "us4").may(PARTICIPANTS_SEE)


@pytest.mark.parametrize("name", ["st-coord", "st-host", "st-rap1", "st-travel", "ch2", "us2", "us4"])
def test_people_without_a_late_party_read_the_lists(late: Cast, name: str) -> None:
    found = roster.participants(viewer(late, name), ListFilter())

    assert {"US", "RU"} <= {line.party_code for line in found.lines}
    assert name == "st-coord" or name == "st-host" or "MN" not in {line.party_code for line in found.lines}


def test_an_observing_organisation_delays_no_party_and_reads_after_submitting(inside: Cast) -> None:
    trd = inside.meeting("TRD-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Meeting, trd).observers_told = True
    assert viewer(inside, "xo1", "TRD-1").may(PARTICIPANTS_SEE)
    party = inside.party("XO")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(MeetingParty, (trd, party)).submitted_at = None

    assert viewer(inside, "us4", "TRD-1").may(PARTICIPANTS_SEE)
    for name in ("xo1", "xo2"):
        assert not viewer(inside, name, "TRD-1").may(PARTICIPANTS_SEE)


# The same attack in a browser


def test_a_co_chair_who_is_focal_point_cannot_read_other_lists_by_moving_the_time(inside: Cast) -> None:
    mn1, base = inside.client("mn1"), f"/meetings/{inside.meeting('LVR-1')}"
    party = inside.party("MN", "LVR")
    token = page(mn1.get(f"{base}/exchange")).select_one("[name=csrf_token]")
    assert token is not None

    def post(address: str, **more: Any) -> int:
        typed = {"csrf_token": token["value"], **more}
        return mn1.post(base + address, data=typed, headers=SAME_ORIGIN).status_code

    assert post(f"/nominations/{party}/take-back") == 303
    assert send(mn1, f"{base}/exchange", moment="2027-06-03T12:00").status_code == 303
    assert post("/exchange/confirm", version=nominations_exchange.moment_mark(inside.meeting("LVR-1"))) == 303

    assert not is_set(inside)
    set_clock(inside.app, SET_TIME - timedelta(days=1))
    assert open_due_lists() == 0
    set_clock(inside.app, SET_TIME)
    assert open_due_lists() == 1
    assert "SAMPLEWOOD" not in mn1.get(f"{base}/participants").text
