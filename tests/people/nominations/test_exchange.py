"""Sealed lists: submitted unseen, opened to each other at the exchange time, and changed in the open after that."""

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
from tests.people.conftest import Site

pytestmark = pytest.mark.engine


#: The exchange time that the co-chairs of LVR-1 set: 2 August 2027, 10:00 in Vevey.
MOMENT = datetime.fromisoformat("2027-08-02T10:00+02:00")
NOT_SUBMITTED = ("CN", "KP", "KR", "JP")


def viewer(cast: Cast, name: str, now: datetime = BEFORE_LVR_1) -> Any:
    return cast.viewer(name, meeting="LVR-1", now=now)


def lvr(cast: Cast, rest: str = "") -> str:
    return f"/meetings/{cast.meeting('LVR-1')}{rest}"


def listed(cast: Cast, name: str) -> set[str]:
    """The codes of the parties whose people this persona sees on the list of LVR-1."""
    found = roster.participants(viewer(cast, name, clock.now()), ListFilter())
    return {line.party_code for line in found.lines}


def opened_at(cast: Cast) -> datetime | None:
    db.session.rollback()
    return db.session.get_one(Exchange, cast.meeting("LVR-1")).opened_at


def submit_lists(cast: Cast, *codes: str) -> None:
    """Submit the lists of these parties as the coordinator."""
    for code in codes:
        nominations_submitting.submit_list(
            viewer(cast, "st-coord", clock.now()), cast.party(code, "LVR"), now=clock.now()
        )


def propose(cast: Cast, name: str, local: str | None) -> None:
    """Propose an exchange time in the time zone of the place; None proposes to have none."""
    nominations_submitting.propose_exchange(
        viewer(cast, name, clock.now()),
        datetime.fromisoformat(local) if local else None,
        version=nominations_exchange.moment_mark(cast.meeting("LVR-1")),
        now=clock.now(),
    )


def confirm_time(cast: Cast, name: str) -> None:
    """Confirm the proposed time."""
    mark = nominations_exchange.moment_mark(cast.meeting("LVR-1"))
    nominations_submitting.confirm_exchange(viewer(cast, name, clock.now()), version=mark, now=clock.now())


def set_time(cast: Cast, local: str | None, by: tuple[str, str] = ("ch2", "mn1")) -> None:
    """Let one person propose the time and another confirm it."""
    propose(cast, by[0], local)
    confirm_time(cast, by[1])


def set_until(cast: Cast) -> datetime | None:
    """The exchange time in force."""
    db.session.rollback()
    return nominations_exchange.moment_of(cast.meeting("LVR-1")).sealed_until


def clear_time(cast: Cast) -> None:
    set_time(cast, None, ("st-coord", "ch2"))


def confirm(cast: Cast, code: str) -> Participation:
    """Confirm the next invited person of the party without going through a link."""
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
        participants.begin_participation(participation, clock.now())
    db.session.rollback()
    return db.session.get_one(Participation, participation_id)


def changes() -> list[tuple[ListChangeKind, UUID]]:
    db.session.rollback()
    rows = db.session.execute(select(ListChange.kind, ListChange.participation_id).order_by(ListChange.at))
    return [(row.kind, row.participation_id) for row in rows]


def news(kind: EmailKind) -> int:
    db.session.rollback()
    return len(db.session.scalars(select(Email.id).where(Email.kind == kind)).all())


# Submitting


def test_focal_point_submits_and_withdraws_a_list_while_sealed(cast: Cast) -> None:
    ru1, ru = cast.client("ru1"), cast.party("RU", "LVR")
    assert "not lodged yet" not in ru1.get(lvr(cast, "/nominations")).text

    press(ru1, lvr(cast, "/nominations"), "Take the list back")
    assert "not lodged yet" in ru1.get(lvr(cast, "/nominations")).text
    assert send(ru1, lvr(cast, f"/nominations/{ru}/submit")).status_code == 303

    assert "not lodged yet" not in ru1.get(lvr(cast, "/nominations")).text


def test_empty_list_cannot_be_submitted(cast: Cast) -> None:
    ru1, ru = viewer(cast, "ru1"), cast.party("RU", "LVR")
    nominations_submitting.take_submission_back(ru1, ru, now=clock.now())
    for line in nominations_nominations.party_lists(ru1)[0].nominees:
        invitations.take_back(viewer(cast, "st-coord"), line.id, now=clock.now())

    with pytest.raises(Refusal, match="nobody on this list yet"):
        nominations_submitting.submit_list(ru1, ru, now=clock.now())


def test_submitting_invites_nominees_with_an_address_and_keeps_the_others_nominated(site: Site) -> None:
    cast = site.cast
    ru1, ru = viewer(cast, "ru1"), cast.party("RU", "LVR")
    nominations_submitting.take_submission_back(ru1, ru, now=clock.now())
    vera = Nominee(name="Vera SMIRNOVA", email="vera@example.invalid")
    named = nominations_nominating.nominate(ru1, ru, vera, once="a" * 32, now=clock.now())
    assert site.mail() == []

    nominations_submitting.submit_list(ru1, ru, now=clock.now())

    db.session.rollback()
    assert db.session.get_one(Participation, named).status is ParticipationStatus.INVITED
    assert [email.recipients for email in site.mail()] == [("vera@example.invalid",)]


@pytest.mark.parametrize("name", ["us1", "ch2", "ru1", "st-rap1", "st-travel"])
def test_nobody_can_infer_which_parties_have_submitted(cast: Cast, name: str) -> None:
    """The list, its counts and the page of the exchange time do not change when another party submits."""
    client = cast.client(name)
    paths = [lvr(cast), lvr(cast, "/participants"), lvr(cast, "/participants?q=a"), lvr(cast, "/exchange"), "/"]

    def readings() -> list[tuple[int, str]]:
        answers = [client.get(path) for path in paths]
        return [(answer.status_code, page(answer).get_text(" ", strip=True)) for answer in answers]

    before = readings()
    submit_lists(cast, "KR", "CN")
    confirm(cast, "KR")

    assert readings() == before


# Opening


def test_without_an_exchange_time_the_lists_open_with_the_last_submission(cast: Cast) -> None:
    clear_time(cast)
    submit_lists(cast, *NOT_SUBMITTED[:-1])
    assert opened_at(cast) is None
    assert listed(cast, "us1") == {"US"} & listed(cast, "us1")

    submit_lists(cast, NOT_SUBMITTED[-1])

    assert opened_at(cast) is not None
    assert {"US", "RU", "CH", "MN"} <= listed(cast, "us1")


def test_with_an_exchange_time_all_submitted_lists_wait_for_it(cast: Cast) -> None:
    submit_lists(cast, *NOT_SUBMITTED)
    assert opened_at(cast) is None

    set_clock(cast.app, MOMENT - timedelta(seconds=5))
    assert open_due_lists() == 0
    set_clock(cast.app, MOMENT)

    assert open_due_lists() == 1
    assert opened_at(cast) is not None


def test_late_sweep_opens_the_lists_once(site: Site) -> None:
    cast = site.cast
    late = MOMENT + timedelta(days=3)
    set_clock(cast.app, late)

    assert (open_due_lists(), open_due_lists()) == (1, 0)

    found = opened_at(cast)
    assert found is not None
    assert found >= late
    emails = [email for email in site.mail() if "participants list" in str(email.message["Subject"])]
    assert emails
    assert len({email.recipients for email in emails}) == len(emails)


def test_emails_about_the_exchange_name_no_person_and_no_meeting(site: Site) -> None:
    set_clock(site.cast.app, MOMENT)
    open_due_lists()

    emails = [email.message.get_content() for email in site.mail()]

    assert emails
    for text in emails:
        assert "the participants lists are open to each other now" in text
        assert "LVR" not in text
        assert "Vevey" not in text


def test_list_not_submitted_in_time_is_absent_until_it_is_submitted(cast: Cast) -> None:
    confirm(cast, "KR")
    set_clock(cast.app, MOMENT)
    open_due_lists()
    assert {"US", "RU"} <= listed(cast, "us1")
    assert "KR" not in listed(cast, "us1")

    submit_lists(cast, "KR")

    assert "KR" in listed(cast, "us1")
    assert [kind for kind, _who in changes()] == [ListChangeKind.JOINED]


def test_observing_organisation_does_not_delay_the_exchange(cast: Cast) -> None:
    observing = db.session.scalars(
        select(Party.code)
        .join(MeetingParty, MeetingParty.party_id == Party.id)
        .where(MeetingParty.meeting_id == cast.meeting("LVR-1"), Party.kind == PartyKind.OBSERVER)
    ).all()
    db.session.rollback()
    clear_time(cast)

    submit_lists(cast, *(code for code in NOT_SUBMITTED if code not in observing))

    assert opened_at(cast) is not None


# The exchange time


def test_co_chairs_of_two_parties_move_the_time_in_the_zone_of_the_place(cast: Cast) -> None:
    ch2, mn1 = cast.client("ch2"), cast.client("mn1")
    assert send(ch2, lvr(cast, "/exchange"), moment="2027-09-01T09:00").status_code == 303
    assert set_until(cast) == MOMENT

    press(mn1, lvr(cast, "/exchange"), "Confirm this time")

    assert set_until(cast) == datetime.fromisoformat("2027-09-01T09:00+02:00")


def test_past_exchange_time_is_refused(cast: Cast) -> None:
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


def test_exchange_time_less_than_24_hours_ahead_is_refused(cast: Cast) -> None:
    answer = send(cast.client("ch2"), lvr(cast, "/exchange"), moment="2027-06-02T10:59")

    assert "at least 24 hours from now" in complaints(answer)
    assert 'value="2027-06-02T10:59"' in answer.text


def test_proposal_less_than_24_hours_ahead_cannot_be_confirmed(cast: Cast) -> None:
    propose(cast, "ch2", "2027-06-02T12:00")
    set_clock(cast.app, BEFORE_LVR_1 + timedelta(hours=2))

    with pytest.raises(Refusal, match="at least 24 hours from now"):
        confirm_time(cast, "mn1")

    assert set_until(cast) == MOMENT


def test_everyone_concerned_gets_an_email_and_nobody_else(site: Site) -> None:
    set_time(site.cast, "2027-09-01T09:00")

    emails = site.mail()
    recipients = {email.recipients[0].partition("@")[0] for email in emails}

    # Focal points who have accepted the role, the co-chairs, the coordinator and the host lead.
    assert recipients == {"us2", "ru1", "mn1", "ch3", "ch2", "st-coord", "st-host"}
    for email in emails:
        text = email.message.get_content()
        assert "the time at which the participants lists open was set or changed" in text
        assert not any(word in text for word in ("LVR", "Vevey", "lodged", "submitted", "2027"))


def test_proposal_is_shown_to_those_who_may_set_the_time_and_sends_no_email(site: Site) -> None:
    cast = site.cast
    before = page(cast.client("us2").get(lvr(cast))).get_text(" ", strip=True)
    propose(cast, "ch2", "2027-09-01T09:00")

    assert site.mail() == []
    assert "Luc EXEMPLE proposes" in cast.client("mn1").get(lvr(cast, "/exchange")).text
    assert "Luc EXEMPLE proposes" in cast.client("st-coord").get(lvr(cast, "/exchange")).text
    assert "time that is proposed" in cast.client("mn1").get(lvr(cast)).text
    assert "time that is proposed" not in cast.client("ch2").get(lvr(cast)).text
    assert "Confirm this time" not in cast.client("ch2").get(lvr(cast, "/exchange")).text
    assert page(cast.client("us2").get(lvr(cast))).get_text(" ", strip=True) == before


def test_no_list_is_withdrawn_within_24_hours_of_the_exchange(cast: Cast) -> None:
    set_clock(cast.app, MOMENT - timedelta(hours=24, seconds=1))
    assert "Take the list back" in cast.client("ru1").get(lvr(cast, "/nominations")).text
    set_clock(cast.app, MOMENT - timedelta(hours=24))

    assert "Take the list back" not in cast.client("ru1").get(lvr(cast, "/nominations")).text
    for name in ("ru1", "st-coord"):
        with pytest.raises(Refusal, match="no list can be withdrawn now"):
            nominations_submitting.take_submission_back(
                viewer(cast, name, clock.now()), cast.party("RU", "LVR"), now=clock.now()
            )


def test_pages_say_that_a_list_cannot_be_withdrawn_within_24_hours(cast: Cast) -> None:
    said, submit_page = "No list can be withdrawn now", lvr(cast, f"/nominations/{cast.party('KR', 'LVR')}/submit")
    assert said not in cast.client("ru1").get(lvr(cast, "/nominations")).text
    assert "Until 24 hours before, you can take it back" in cast.client("st-coord").get(submit_page).text

    set_clock(cast.app, MOMENT - timedelta(hours=2))

    assert said in cast.client("ru1").get(lvr(cast, "/nominations")).text
    assert "You cannot take it back" in cast.client("st-coord").get(submit_page).text


def test_proposal_and_its_requirement_are_two_sentences(cast: Cast) -> None:
    propose(cast, "mn1", "2027-08-05T08:00")

    text = page(cast.client("mn1").get(lvr(cast, "/exchange"))).get_text()

    assert re.search(r"proposes [^.]+\.\s+A second person must confirm it\.", text)


def test_nominee_can_be_withdrawn_within_24_hours_but_not_the_last_one(cast: Cast) -> None:
    set_clock(cast.app, MOMENT - timedelta(hours=2))
    ru1 = viewer(cast, "ru1", clock.now())
    people = [line.id for line in nominations_nominations.party_lists(ru1)[0].nominees]

    def withdraw(participation_id: UUID) -> None:
        version = nominations_nominations.nominee(ru1, participation_id).version
        nominations_nominating.withdraw_nominee(ru1, participation_id, version=version, now=clock.now())

    assert len(people) > 1
    for one in people[:-1]:
        withdraw(one)
    with pytest.raises(Refusal, match="needs one person"):
        withdraw(people[-1])


def test_opened_lists_cannot_be_sealed_again(cast: Cast) -> None:
    set_clock(cast.app, MOMENT)
    open_due_lists()
    now = MOMENT + timedelta(minutes=1)

    with pytest.raises(Refusal, match="open already"):
        propose(cast, "ch2", "2027-09-01T09:00")
    with pytest.raises(Refusal, match="open already"):
        confirm_time(cast, "mn1")
    with pytest.raises(Refusal, match="open already"):
        nominations_submitting.take_submission_back(viewer(cast, "ru1", now), cast.party("RU", "LVR"), now=now)


# Changes after the exchange


def open_lists(cast: Cast) -> None:
    set_clock(cast.app, MOMENT)
    open_due_lists()
    set_clock(cast.app, MOMENT + timedelta(hours=1))


def test_before_the_exchange_no_change_is_announced(cast: Cast) -> None:
    ru2 = next(
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1"))[0].nominees
        if line.name.startswith("Pavel") or line.status is ParticipationStatus.CONFIRMED
    )

    invitations.take_back(viewer(cast, "st-coord"), ru2.id, now=clock.now())

    assert changes() == []
    assert news(EmailKind.LIST_CHANGED) == 0


def test_leaving_and_joining_is_announced_to_readers_of_the_list(site: Site) -> None:
    cast = site.cast
    open_lists(cast)
    now = clock.now()
    gone = next(
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1", now))[0].nominees
        if line.status is ParticipationStatus.CONFIRMED and line.seat == 4
    )
    site.mail()

    invitations.take_back(viewer(cast, "st-coord", now), gone.id, now=now)

    shown = page(cast.client("us2").get(lvr(cast, "/participants"))).get_text(" ", strip=True)
    assert "Changes since the lists were opened" in shown
    assert gone.name in shown
    assert "comes no more" in shown
    emails = [email.message.get_content() for email in site.mail() if "calendar" not in str(email.message)]
    assert emails
    assert not any(gone.name in text for text in emails if "list has changed" in text)


def test_one_email_announces_many_changes(site: Site) -> None:
    cast = site.cast
    open_lists(cast)
    site.mail()
    now = clock.now()
    people = [
        line
        for line in nominations_nominations.party_lists(viewer(cast, "ru1", now))[0].nominees
        if line.status is ParticipationStatus.CONFIRMED and (line.seat or 0) > 2
    ]
    for line in people:
        invitations.take_back(viewer(cast, "st-coord", now), line.id, now=now)

    recipients = [email.recipients for email in site.mail() if "list has changed" in str(email.message.get_payload())]

    assert len(people) == 2
    assert recipients
    assert len(recipients) == len(set(recipients))


def test_nominations_page_takes_the_same_queries_for_any_number_of_nominees(cast: Cast, statements: Any) -> None:
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


def test_list_submitted_after_the_exchange_time_joins_as_a_change_even_before_the_sweep(cast: Cast) -> None:
    confirm(cast, "KR")
    set_clock(cast.app, MOMENT + timedelta(seconds=1))

    submit_lists(cast, "KR")

    assert opened_at(cast) is not None
    assert [kind for kind, _who in changes()] == [ListChangeKind.JOINED]


def test_co_chair_finds_the_page_of_the_exchange_time(cast: Cast) -> None:
    shown = cast.client("ch2").get(lvr(cast))

    assert lvr(cast, "/exchange") in shown.text
    assert "nominations" not in shown.text


def meeting_id(cast: Cast) -> UUID:
    with cast.app.app_context():
        return cast.meeting("LVR-1")
