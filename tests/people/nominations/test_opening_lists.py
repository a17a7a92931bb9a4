"""Lists open to each other: with the last submission, or at the exchange time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dialogues.extensions import db
from dialogues.meetings.dialogues.models import MeetingParty, Party
from dialogues.meetings.dialogues.rules.kinds import PartyKind
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.participants.rules.kinds import ListChangeKind
from tests.beds.web import set_clock
from tests.cast import Cast
from tests.people.conftest import Site
from tests.people.nominations.exchange import (
    MOMENT,
    NOT_SUBMITTED,
    changes,
    clear_time,
    confirm,
    listed,
    opened_at,
    submit_lists,
)

pytestmark = pytest.mark.engine


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
