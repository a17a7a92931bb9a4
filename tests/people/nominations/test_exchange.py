"""Sealed lists: lodged unseen, opened to each other at one moment, and after that changed in everyone's sight."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Exchange, MeetingParty, Party
from dialogues.meetings.dialogues.rules.kinds import PartyKind
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.queries import nominee as nominations_nominee
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants import operations as participants
from dialogues.people.participants.models import ListChange, Participation
from dialogues.people.participants.rules.kinds import ListChangeKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster.queries import listing as roster
from dialogues.people.roster.queries.listing import ListFilter
from tests.beds.forms import complaints, page, press, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast
from tests.people.conftest import Office

pytestmark = pytest.mark.engine


#: When the co-chairs of LVR-1 let the lists open: 2 August 2027, 10:00 in Vevey.
MOMENT = datetime.fromisoformat("2027-08-02T10:00+02:00")
NOT_LODGED = ("CN", "KP", "KR", "JP")


def viewer(cast: Cast, name: str, now: datetime = BEFORE_LVR_1) -> Any:
    return cast.viewer(name, meeting="LVR-1", now=now)


def lvr(cast: Cast, rest: str = "") -> str:
    return f"/meetings/{cast.meeting('LVR-1')}{rest}"


def listed(cast: Cast, name: str) -> set[str]:
    """The codes of the parties that someone sees on the list of LVR-1."""
    found = roster.participants(viewer(cast, name, clock.now()), ListFilter())
    return {line.party_code for line in found.lines}


def opened_at(cast: Cast) -> datetime | None:
    db.session.rollback()
    return db.session.get_one(Exchange, cast.meeting("LVR-1")).opened_at


def lodge(cast: Cast, *codes: str) -> None:
    """The coordinator lodges for parties."""
    for code in codes:
        nominations_submitting.submit_list(
            viewer(cast, "st-coord", clock.now()), cast.party(code, "LVR"), now=clock.now()
        )


def propose(cast: Cast, name: str, local: str | None) -> None:
    """Someone proposes a time on the clocks of the place, or that there be none."""
    nominations_submitting.propose_exchange(
        viewer(cast, name, clock.now()),
        datetime.fromisoformat(local) if local else None,
        version=nominations_exchange.moment_mark(cast.meeting("LVR-1")),
        now=clock.now(),
    )


def confirm_time(cast: Cast, name: str) -> None:
    """Someone confirms the time that is proposed."""
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    nominations_submitting.confirm_exchange(viewer(cast, name, clock.now()), version=mark, now=clock.now())


def set_time(cast: Cast, local: str | None, by: tuple[str, str] = ("ch2", "mn1")) -> None:
    """Two people set the time."""
    propose(cast, by[0], local)
    confirm_time(cast, by[1])


def set_until(cast: Cast) -> datetime | None:
    """The time that is set at present."""
    db.session.rollback()
    return nominations_exchange.moment_of(cast.meeting("LVR-1")).sealed_until


def no_moment(cast: Cast) -> None:
    set_time(cast, None, ("st-coord", "ch2"))


def confirm(cast: Cast, code: str) -> Participation:
    """One of the party's people accepts, by whatever way."""
    found = db.session.execute(
        select(Participation)
        .where(
            Participation.meeting_id == cast.meeting("LVR-1"),
            Participation.party_id == cast.party(code, "LVR"),
            Participation.status == ParticipationStatus.INVITED,
        )
        .order_by(Participation.seat)
        .limit(1)
    ).scalar_one()
    participation_id = found.id
    db.session.rollback()
    with upkeep(system(Purpose.SAMPLE)):
        participation = db.session.get_one(Participation, participation_id)
        participation.status = ParticipationStatus.CONFIRMED
        participants.begin_part(participation, clock.now())
    db.session.rollback()
    return db.session.get_one(Participation, participation_id)


def changes() -> list[tuple[ListChangeKind, UUID]]:
    db.session.rollback()
    rows = db.session.execute(select(ListChange.kind, ListChange.participation_id).order_by(ListChange.at))
    return [(row.kind, row.participation_id) for row in rows]


def news(kind: EmailKind) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Email.id).where(Email.kind == kind)).all())


# Lodging


def test_a_focal_point_lodges_and_takes_back_while_sealed(cast: Cast) -> None:
    ru1, ru = cast.client("ru1"), cast.party("RU", "LVR")
    assert "not lodged yet" not in ru1.get(lvr(cast, "/nominations")).text

    press(ru1, lvr(cast, "/nominations"), "Take the list back")
    assert "not lodged yet" in ru1.get(lvr(cast, "/nominations")).text
    assert send(ru1, lvr(cast, f"/nominations/{ru}/submit")).status_code == 303

    assert "not lodged yet" not in ru1.get(lvr(cast, "/nominations")).text


def test_an_empty_list_is_not_lodged(cast: Cast) -> None:
    ru1, ru = viewer(cast, "ru1"), cast.party("RU", "LVR")
    nominations_submitting.take_submission_back(ru1, ru, now=clock.now())
    for line in nominations_nominations.party_lists(ru1)[0].nominees:
        invitations.take_back(viewer(cast, "st-coord"), line.id, now=clock.now())

    with pytest.raises(Refusal, match="nobody on this list yet"):
        nominations_submitting.submit_list(ru1, ru, now=clock.now())


def test_lodging_writes_to_those_with_an_address_and_leaves_the_others_nominated(office: Office) -> None:
    cast = office.cast
    ru1, ru = viewer(cast, "ru1"), cast.party("RU", "LVR")
    nominations_submitting.take_submission_back(ru1, ru, now=clock.now())
    vera = Nominee(name="Vera SMIRNOVA", email="vera@example.invalid")
    named = nominations_nominating.nominate(ru1, ru, vera, once="a" * 32, now=clock.now())
    assert office.mail() == []

    nominations_submitting.submit_list(ru1, ru, now=clock.now())

    db.session.rollback()
    assert db.session.get_one(Participation, named).status is ParticipationStatus.INVITED
    assert [letter.recipients for letter in office.mail()] == [("vera@example.invalid",)]


@pytest.mark.parametrize("name", ["us1", "ch2", "ru1", "st-rap1", "st-travel"])
def test_nobody_concludes_on_who_has_lodged(cast: Cast, name: str) -> None:
    """The list, its counts and the page of the moment are the same before and after somebody else lodged."""
    client = cast.client(name)
    paths = [lvr(cast), lvr(cast, "/participants"), lvr(cast, "/participants?q=a"), lvr(cast, "/exchange"), "/"]

    def told() -> list[tuple[int, str]]:
        answers = [client.get(path) for path in paths]
        return [(answer.status_code, page(answer).get_text(" ", strip=True)) for answer in answers]

    before = told()
    lodge(cast, "KR", "CN")
    confirm(cast, "KR")

    assert told() == before


# Opening


def test_without_a_moment_the_lists_open_with_the_last_lodging(cast: Cast) -> None:
    no_moment(cast)
    lodge(cast, *NOT_LODGED[:-1])
    assert opened_at(cast) is None
    assert listed(cast, "us1") == {"US"} & listed(cast, "us1")

    lodge(cast, NOT_LODGED[-1])

    assert opened_at(cast) is not None
    assert {"US", "RU", "CH", "MN"} <= listed(cast, "us1")


def test_with_a_moment_all_lodged_lists_wait_for_it(cast: Cast) -> None:
    lodge(cast, *NOT_LODGED)
    assert opened_at(cast) is None

    set_clock(cast.app, MOMENT - timedelta(seconds=5))
    assert open_due_lists() == 0
    set_clock(cast.app, MOMENT)

    assert open_due_lists() == 1
    assert opened_at(cast) is not None


def test_a_late_sweep_opens_once_and_from_then_on(office: Office) -> None:
    cast = office.cast
    late = MOMENT + timedelta(days=3)
    set_clock(cast.app, late)

    assert (open_due_lists(), open_due_lists()) == (1, 0)

    found = opened_at(cast)
    assert found is not None
    assert found >= late
    emails = [letter for letter in office.mail() if "participants list" in str(letter.message["Subject"])]
    assert emails
    assert len({letter.recipients for letter in emails}) == len(emails)


def test_the_letters_about_it_name_nobody_and_no_meeting(office: Office) -> None:
    set_clock(office.cast.app, MOMENT)
    open_due_lists()

    emails = [letter.message.get_content() for letter in office.mail()]

    assert emails
    for text in emails:
        assert "the participants lists are open to each other now" in text
        assert "LVR" not in text
        assert "Vevey" not in text


def test_who_has_not_lodged_by_the_moment_is_not_there_until_it_lodges(cast: Cast) -> None:
    confirm(cast, "KR")
    set_clock(cast.app, MOMENT)
    open_due_lists()
    assert {"US", "RU"} <= listed(cast, "us1")
    assert "KR" not in listed(cast, "us1")

    lodge(cast, "KR")

    assert "KR" in listed(cast, "us1")
    assert [kind for kind, _who in changes()] == [ListChangeKind.JOINED]


def test_an_observing_organisation_keeps_nobody_waiting(cast: Cast) -> None:
    observing = db.session.scalars(
        select(Party.code)
        .join(MeetingParty, MeetingParty.party_id == Party.id)
        .where(MeetingParty.meeting_id == cast.meeting("LVR-1"), Party.kind == PartyKind.OBSERVER)
    ).all()
    db.session.rollback()
    no_moment(cast)

    lodge(cast, *(code for code in NOT_LODGED if code not in observing))

    assert opened_at(cast) is not None


# The moment


def test_two_co_chairs_of_different_parties_move_the_time_on_the_clocks_of_the_place(cast: Cast) -> None:
    ch2, mn1 = cast.client("ch2"), cast.client("mn1")
    assert send(ch2, lvr(cast, "/exchange"), moment="2027-09-01T09:00").status_code == 303
    assert set_until(cast) == MOMENT

    press(mn1, lvr(cast, "/exchange"), "Confirm this time")

    assert set_until(cast) == datetime.fromisoformat("2027-09-01T09:00+02:00")


def test_a_moment_that_is_past_is_refused(cast: Cast) -> None:
    answer = send(cast.client("ch2"), lvr(cast, "/exchange"), moment="2027-05-01T09:00")

    assert "This moment is past" in complaints(answer)
    assert 'value="2027-05-01T09:00"' in answer.text


def test_two_co_chairs_do_not_overwrite_each_other(cast: Cast) -> None:
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    first, second = datetime.fromisoformat("2027-09-01T09:00"), datetime.fromisoformat("2027-09-02T09:00")
    nominations_submitting.propose_exchange(viewer(cast, "ch2"), first, version=mark, now=clock.now())

    with pytest.raises(Refusal, match="Someone saved a change"):
        nominations_submitting.propose_exchange(viewer(cast, "mn1"), second, version=mark, now=clock.now())
    with pytest.raises(Refusal, match="Someone saved a change"):
        nominations_submitting.confirm_exchange(viewer(cast, "mn1"), version=mark, now=clock.now())


def test_a_time_less_than_24_hours_ahead_is_refused(cast: Cast) -> None:
    answer = send(cast.client("ch2"), lvr(cast, "/exchange"), moment="2027-06-02T10:59")

    assert "at least 24 hours from now" in complaints(answer)
    assert 'value="2027-06-02T10:59"' in answer.text


def test_a_proposal_that_came_too_near_is_not_confirmed(cast: Cast) -> None:
    propose(cast, "ch2", "2027-06-02T12:00")
    set_clock(cast.app, BEFORE_LVR_1 + timedelta(hours=2))

    with pytest.raises(Refusal, match="at least 24 hours from now"):
        confirm_time(cast, "mn1")

    assert set_until(cast) == MOMENT


def test_everyone_concerned_is_told_by_email_and_nobody_else(office: Office) -> None:
    set_time(office.cast, "2027-09-01T09:00")

    emails = office.mail()
    told = {letter.recipients[0].partition("@")[0] for letter in emails}

    # The focal points who have taken the role, the co-chairs, the coordinator and the host lead.
    assert told == {"us2", "ru1", "mn1", "ch3", "ch2", "st-coord", "st-host"}
    for letter in emails:
        text = letter.message.get_content()
        assert "the time at which the participants lists open was set or changed" in text
        assert not any(word in text for word in ("LVR", "Vevey", "lodged", "submitted", "2027"))


def test_a_proposal_is_shown_to_those_who_may_set_the_time_and_mailed_to_nobody(office: Office) -> None:
    cast = office.cast
    before = page(cast.client("us2").get(lvr(cast))).get_text(" ", strip=True)
    propose(cast, "ch2", "2027-09-01T09:00")

    assert office.mail() == []
    assert "Luc EXEMPLE proposes" in cast.client("mn1").get(lvr(cast, "/exchange")).text
    assert "Luc EXEMPLE proposes" in cast.client("st-coord").get(lvr(cast, "/exchange")).text
    assert "time that is proposed" in cast.client("mn1").get(lvr(cast)).text
    assert "time that is proposed" not in cast.client("ch2").get(lvr(cast)).text
    assert "Confirm this time" not in cast.client("ch2").get(lvr(cast, "/exchange")).text
    assert page(cast.client("us2").get(lvr(cast))).get_text(" ", strip=True) == before


def test_within_24_hours_of_the_set_time_no_list_is_withdrawn(cast: Cast) -> None:
    set_clock(cast.app, MOMENT - timedelta(hours=24, seconds=1))
    assert "Take the list back" in cast.client("ru1").get(lvr(cast, "/nominations")).text
    set_clock(cast.app, MOMENT - timedelta(hours=24))

    assert "Take the list back" not in cast.client("ru1").get(lvr(cast, "/nominations")).text
    for name in ("ru1", "st-coord"):
        with pytest.raises(Refusal, match="no list can be withdrawn now"):
            nominations_submitting.take_submission_back(
                viewer(cast, name, clock.now()), cast.party("RU", "LVR"), now=clock.now()
            )


def test_the_pages_say_that_a_list_cannot_be_withdrawn_within_24_hours(cast: Cast) -> None:
    said, lodging_page = "No list can be withdrawn now", lvr(cast, f"/nominations/{cast.party('KR', 'LVR')}/submit")
    assert said not in cast.client("ru1").get(lvr(cast, "/nominations")).text
    assert "Until 24 hours before, you can take it back" in cast.client("st-coord").get(lodging_page).text

    set_clock(cast.app, MOMENT - timedelta(hours=2))

    assert said in cast.client("ru1").get(lvr(cast, "/nominations")).text
    assert "You cannot take it back" in cast.client("st-coord").get(lodging_page).text


def test_the_proposal_and_what_it_needs_are_two_sentences(cast: Cast) -> None:
    propose(cast, "mn1", "2027-08-05T08:00")

    text = page(cast.client("mn1").get(lvr(cast, "/exchange"))).get_text()

    assert re.search(r"proposes [^.]+\.\s+A second person must confirm it\.", text)


def test_within_24_hours_a_nominee_is_withdrawn_but_not_the_last_one(cast: Cast) -> None:
    set_clock(cast.app, MOMENT - timedelta(hours=2))
    ru1 = viewer(cast, "ru1", clock.now())
    people = [line.id for line in nominations_nominations.party_lists(ru1)[0].nominees]

    def withdraw(participation_id: UUID) -> None:
        version = nominations_nominee.nominee(ru1, participation_id).version
        nominations_nominating.withdraw_nominee(ru1, participation_id, version=version, now=clock.now())

    assert len(people) > 1
    for one in people[:-1]:
        withdraw(one)
    with pytest.raises(Refusal, match="needs one person"):
        withdraw(people[-1])


def test_opened_lists_are_not_sealed_again(cast: Cast) -> None:
    set_clock(cast.app, MOMENT)
    open_due_lists()
    now = MOMENT + timedelta(minutes=1)

    with pytest.raises(Refusal, match="open already"):
        propose(cast, "ch2", "2027-09-01T09:00")
    with pytest.raises(Refusal, match="open already"):
        confirm_time(cast, "mn1")
    with pytest.raises(Refusal, match="open already"):
        nominations_submitting.take_submission_back(viewer(cast, "ru1", now), cast.party("RU", "LVR"), now=now)


# Changes since


def opened(cast: Cast) -> None:
    set_clock(cast.app, MOMENT)
    open_due_lists()
    set_clock(cast.app, MOMENT + timedelta(hours=1))


def test_before_the_opening_no_change_is_announced(cast: Cast) -> None:
    ru2 = next(
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1"))[0].nominees
        if line.name.startswith("Pavel") or line.status is ParticipationStatus.CONFIRMED
    )

    invitations.take_back(viewer(cast, "st-coord"), ru2.id, now=clock.now())

    assert changes() == []
    assert news(EmailKind.LIST_CHANGED) == 0


def test_who_leaves_and_joins_is_announced_to_those_who_read_the_list(office: Office) -> None:
    cast = office.cast
    opened(cast)
    now = clock.now()
    gone = next(
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1", now))[0].nominees
        if line.status is ParticipationStatus.CONFIRMED and line.seat == 4
    )
    office.mail()

    invitations.take_back(viewer(cast, "st-coord", now), gone.id, now=now)

    shown = page(cast.client("us2").get(lvr(cast, "/participants"))).get_text(" ", strip=True)
    assert "Changes since the lists were opened" in shown
    assert gone.name in shown
    assert "comes no more" in shown
    emails = [letter.message.get_content() for letter in office.mail() if "calendar" not in str(letter.message)]
    assert emails
    assert not any(gone.name in text for text in emails if "list has changed" in text)


def test_one_letter_tells_of_many_changes(office: Office) -> None:
    cast = office.cast
    opened(cast)
    office.mail()
    now = clock.now()
    people = [
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1", now))[0].nominees
        if line.status is ParticipationStatus.CONFIRMED and (line.seat or 0) > 2
    ]
    for line in people:
        invitations.take_back(viewer(cast, "st-coord", now), line.id, now=now)

    told = [letter.recipients for letter in office.mail() if "list has changed" in str(letter.message.get_payload())]

    assert len(people) == 2
    assert told
    assert len(told) == len(set(told))


def test_the_nominations_page_costs_the_same_however_many_are_named(cast: Cast, statements: Any) -> None:
    desk = cast.client("st-coord")
    desk.get(lvr(cast, "/nominations"))
    few = statements(lambda: desk.get(lvr(cast, "/nominations")))
    for number in range(30):
        nominations_nominating.nominate(
            viewer(cast, "st-coord"),
            cast.party("KR", "LVR"),
            Nominee(name=f"Person {number}"),
            once=f"{number:032x}",
            now=clock.now(),
        )

    assert statements(lambda: desk.get(lvr(cast, "/nominations"))) == few <= 12


def test_who_lodges_after_the_moment_joins_as_a_change_even_before_the_sweep(cast: Cast) -> None:
    confirm(cast, "KR")
    set_clock(cast.app, MOMENT + timedelta(seconds=1))

    lodge(cast, "KR")

    assert opened_at(cast) is not None
    assert [kind for kind, _who in changes()] == [ListChangeKind.JOINED]


def test_a_co_chair_finds_the_page_of_the_moment(cast: Cast) -> None:
    shown = cast.client("ch2").get(lvr(cast))

    assert lvr(cast, "/exchange") in shown.text
    assert "nominations" not in shown.text


def meeting_id(cast: Cast) -> UUID:
    with cast.app.app_context():
        return cast.meeting("LVR-1")
