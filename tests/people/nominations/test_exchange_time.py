"""The exchange time: proposed by one person, confirmed by another, at least 24 hours ahead."""

import re
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from dialogues.core.common import clock
from dialogues.lib.refusal import Refusal
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.nominations.queries import nominations as nominations_nominations
from tests.beds.forms import complaints, page, press, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast
from tests.people.conftest import Site
from tests.people.nominations.exchange import MOMENT, confirm_time, lvr, propose, set_time, set_until, viewer

pytestmark = pytest.mark.engine


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


@pytest.mark.parametrize("typed", ["0001-01-01T00:00", "9999-12-31T23:59"])
def test_exchange_time_with_a_mistyped_year_is_refused(cast: Cast, typed: str) -> None:
    answer = send(cast.client("st-coord"), lvr(cast, "/exchange"), moment=typed)

    assert "Look at the year" in complaints(answer)


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


def test_co_chair_finds_the_page_of_the_exchange_time(cast: Cast) -> None:
    shown = cast.client("ch2").get(lvr(cast))

    assert lvr(cast, "/exchange") in shown.text
    assert "nominations" not in shown.text
