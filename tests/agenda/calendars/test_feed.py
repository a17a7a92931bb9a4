"""Feeds: one query finds whether anything changed; a feed contains only its owner's entries."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from dialogues.agenda.versions.rules import Admits, Part
from dialogues.core.accounts.models import Account, SecretLink
from dialogues.core.accounts.operations import revoke_links
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Existence
from dialogues.people.invitations.commands.answering import withdraw
from tests.agenda.calendars.calendars import NEUTRAL, Calendars, evening, statements
from tests.beds.web import set_clock

pytestmark = pytest.mark.engine


BEFORE_THE_WINDOW = datetime(2027, 5, 1, tzinfo=UTC)


def test_a_feed_has_the_headers_that_calendar_programs_need(calendars: Calendars) -> None:
    answer = calendars.fetch(calendars.feed_address("us4"))
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'inline; filename="calendar.ics"'
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["ETag"].startswith('W/"')
    assert "Set-Cookie" not in answer.headers


def test_a_feed_has_a_neutral_name_and_a_refresh_interval(calendars: Calendars) -> None:
    content = calendars.fetch(calendars.feed_address("us4")).data
    assert b"NAME:Calendar\r\n" in content
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H\r\n" in content
    for told in (b"METHOD", b"ORGANIZER", b"ATTENDEE", b"Tuul"):
        assert told not in content


def test_an_unchanged_feed_answers_304_after_one_query(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    tag = calendars.fetch(address).headers["ETag"]
    taken: list[object] = []
    event.listen(db.engine, "checkout", lambda connection, *_rest: taken.append(connection))
    with statements() as asked:
        answer = calendars.fetch(address, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert (len(taken), asked) == (1, [])


@pytest.mark.parametrize("form", ['"other", {tag}', "{strong}", "*"])
def test_an_etag_matches_in_any_notation(calendars: Calendars, form: str) -> None:
    address = calendars.feed_address("us4")
    tag = calendars.fetch(address).headers["ETag"]
    named = form.format(tag=tag, strong=tag.removeprefix("W/"))
    assert calendars.fetch(address, headers={"If-None-Match": named}).status_code == 304


def test_head_returns_the_etag_without_the_content(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    answer = calendars.fetch(address, method="HEAD")
    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["ETag"] == calendars.fetch(address).headers["ETag"]


def test_the_etag_changes_when_one_session_replaces_another(calendars: Calendars) -> None:
    first, address = calendars.plan(), calendars.feed_address("us4")
    calendars.publish()
    before = calendars.fetch(address).headers["ETag"]
    calendars.remove(first)
    calendars.plan("Another talk", when=evening(20))
    calendars.publish()
    assert calendars.fetch(address).headers["ETag"] != before


def test_the_etag_changes_with_profile_language_and_day(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    tags = [calendars.fetch(address).headers["ETag"]]
    calendars.show_full_details()
    tags.append(calendars.fetch(address).headers["ETag"])
    person = calendars.cast.person("us4")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(update(Person).where(Person.id == person).values(locale="fr"))
    tags.append(calendars.fetch(address).headers["ETag"])
    calendars.later(timedelta(days=1))
    tags.append(calendars.fetch(address).headers["ETag"])
    assert len(set(tags)) == 4


def test_each_person_and_each_feed_address_has_its_own_etag(calendars: Calendars) -> None:
    addresses = [calendars.feed_address(name) for name in ("us4", "us4", "kr1")]
    assert len({calendars.fetch(address).headers["ETag"] for address in addresses}) == 3


def test_equal_state_gives_equal_bytes(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    first = calendars.fetch(address).data
    calendars.later(timedelta(hours=2))
    assert calendars.fetch(address).data == first


def test_two_processes_give_the_same_bytes(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    program = (
        "import hashlib\n"
        "from dialogues.factory import create_app\n"
        "from dialogues.settings import read_settings\n"
        f"answer = create_app(read_settings()).test_client().get({address!r})\n"
        "print(answer.status_code, hashlib.sha256(answer.data).hexdigest())\n"
    )
    settings = calendars.app.extensions["dialogues"].settings
    told = {
        "DIALOGUES_INSTANCE": str(settings.instance),
        "DIALOGUES_DATABASE_URL": settings.database_url,
        "DIALOGUES_SECRET_KEY": settings.secret_key,
        "DIALOGUES_DEMO": "1",
        "DIALOGUES_NOW": "2027-05-26T08:00+08:00",
    }
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, **told, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Pyongyang"))
    }
    assert len(found) == 1
    assert found.pop().startswith("200 ")


def test_the_feed_of_the_liaison_desk_contains_only_times(calendars: Calendars) -> None:
    calendars.show_full_details()
    entries = calendars.feed(calendars.feed_address("st-travel")).values()
    assert len(entries) >= 10
    assert all(NEUTRAL.fullmatch(entry["SUMMARY"]) for entry in entries)
    assert {str(entry.get("LOCATION")) for entry in entries} == {"Ulaanbaatar"}
    assert not any("DESCRIPTION" in entry for entry in entries)


def test_a_full_feed_shows_titles_and_rooms_but_no_other_person(calendars: Calendars) -> None:
    calendars.show_full_details()
    content = calendars.fetch(calendars.feed_address("us4")).data.replace(b"\r\n ", b"")
    assert b"Opening remarks" in content
    names = db.session.scalars(select(Person.family).where(Person.family != "")).all()
    assert not [name for name in names if len(name) > 3 and name.encode() in content]


def test_an_interpreter_gets_assigned_sessions_only_within_the_access_window(calendars: Calendars) -> None:
    address = calendars.feed_address("in-ko1")
    inside = calendars.fetch(address)
    set_clock(calendars.app, BEFORE_THE_WINDOW)
    outside = calendars.fetch(address, headers={"If-None-Match": inside.headers["ETag"]})
    assert b"BEGIN:VEVENT" in inside.data
    assert outside.status_code == 200
    assert b"BEGIN:VEVENT" not in outside.data


def test_an_archivist_has_no_feed(calendars: Calendars) -> None:
    assert calendars.fetch(calendars.feed_address("st-arch")).status_code == 404


def test_a_cancelled_session_stays_in_the_feed_for_thirty_days(calendars: Calendars) -> None:
    person, address = calendars.cast.person("us4"), calendars.feed_address("us4")
    others = calendars.feed(address).keys()
    session = calendars.plan(admits=Admits.INVITED, people=((person, Part.INVITED),))
    calendars.publish()
    (uid,) = calendars.feed(address).keys() - others
    calendars.remove(session)
    calendars.publish()
    assert calendars.feed(address)[uid]["STATUS"] == "CANCELLED"
    calendars.later(timedelta(days=29))
    assert uid in calendars.feed(address)
    calendars.later(timedelta(days=2))
    assert uid not in calendars.feed(address)


def test_a_past_session_leaves_the_feed_after_thirty_days(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    set_clock(calendars.app, datetime(2027, 6, 26, tzinfo=UTC))
    starts = sorted(event.start for event in calendars.feed(address).values() if event["TRANSP"] == "OPAQUE")
    assert starts[0].date().isoformat() == "2027-05-27"
    assert len(calendars.feed(address)) < 13


def test_unknown_revoked_expired_and_disabled_feeds_are_the_same_404(calendars: Calendars) -> None:
    revoked, expired, disabled = (calendars.feed_address(name) for name in ("us4", "kr1", "xo2"))
    people = {name: calendars.cast.person(name) for name in ("us4", "kr1")}
    account = calendars.cast.account("xo2")
    with upkeep(system(Purpose.SAMPLE)) as session:
        now = clock.real_now()
        revoke_links(LinkPurpose.FEED, [people["us4"]], now)
        session.execute(update(SecretLink).where(SecretLink.subject == people["kr1"]).values(expires_at=now))
        session.execute(update(Account).where(Account.id == account).values(disabled_at=now))
    answers = [calendars.fetch(path) for path in ("/feed/unknown.ics", revoked, expired, disabled)]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    assert not any("ETag" in answer.headers for answer in answers)


def test_the_last_fetch_is_saved_once_a_day(calendars: Calendars) -> None:
    address, person = calendars.feed_address("us4"), calendars.cast.person("us4")
    calendars.fetch(address)
    with statements() as asked:
        calendars.fetch(address)
    assert not [sql for sql in asked if sql.startswith("UPDATE")]
    db.session.rollback()
    days = db.session.scalars(select(SecretLink.last_used_on).where(SecretLink.subject == person)).all()
    assert clock.real_now().date() in days


def test_a_feed_works_even_if_the_last_fetch_cannot_be_saved(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")

    def refuse(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE secret_link"):
            raise OSError("disk full")

    event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        assert calendars.fetch(address).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", refuse)


def test_a_feed_sends_as_many_queries_for_few_sessions_as_for_many(calendars: Calendars) -> None:
    counts = []
    for name in ("us4", "in-ko1"):
        address = calendars.feed_address(name)
        calendars.fetch(address)
        with statements() as asked:
            calendars.fetch(address)
        counts.append(len([sql for sql in asked if sql.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 3


def cancelled_words(found: dict[str, Any]) -> set[tuple[str, ...]]:
    """What the entries say, apart from their times and short codes."""
    assert all(NEUTRAL.fullmatch(str(event["SUMMARY"])) for event in found.values())
    names = ("STATUS", "TRANSP", "LOCATION")
    return {tuple(str(event.get(name, "")) for name in names) for event in found.values()}


ALL_CANCELLED = {("CANCELLED", "TRANSPARENT", "")}


def test_the_feed_of_a_meeting_that_becomes_confidential_cancels_everything_and_ends(calendars: Calendars) -> None:
    calendars.show_full_details()
    address = calendars.feed_address("us4")
    before, tag = calendars.feed(address), calendars.fetch(address).headers["ETag"]

    calendars.edit_meeting("TRD-1", existence=Existence.CONFIDENTIAL)

    after = calendars.feed(address)
    assert after.keys() == before.keys()
    assert cancelled_words(after) == ALL_CANCELLED
    assert all(after[uid]["SEQUENCE"] == before[uid]["SEQUENCE"] + 1 for uid in before)
    assert calendars.fetch(address).headers["ETag"] != tag
    calendars.later(timedelta(days=31))
    assert calendars.fetch(address).status_code == 404


def test_a_closed_feed_shows_nothing_that_changes_later(calendars: Calendars) -> None:
    address, session = calendars.feed_address("us4"), calendars.plan()
    calendars.publish()
    calendars.edit_meeting("TRD-1", existence=Existence.CONFIDENTIAL)
    before = calendars.fetch(address)
    calendars.move(session, evening(21))
    calendars.plan("One more", when=evening(19))
    calendars.publish()
    after = calendars.fetch(address)
    assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


def test_a_feed_that_opens_again_shows_the_entries_with_a_higher_sequence(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    before = calendars.feed(address)
    calendars.edit_meeting("TRD-1", existence=Existence.CONFIDENTIAL)
    calendars.emails("us4")
    calendars.edit_meeting("TRD-1", existence=Existence.NORMAL)
    after = calendars.feed(address)
    assert after.keys() == before.keys()
    assert {str(event["STATUS"]) for event in after.values()} == {"CONFIRMED"}
    assert all(after[uid]["SEQUENCE"] == before[uid]["SEQUENCE"] + 2 for uid in before)
    assert calendars.emails("us4") == []


def test_the_feed_of_a_person_who_withdrew_ends_after_thirty_days(calendars: Calendars) -> None:
    address = calendars.feed_address("us4")
    withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    calendars.later(timedelta(days=20))
    assert {str(event["STATUS"]) for event in calendars.feed(address).values()} == {"CANCELLED"}
    calendars.later(timedelta(days=11))
    assert calendars.fetch(address).status_code == 404


def test_a_revoked_feed_of_a_person_who_withdrew_ends_at_once(calendars: Calendars) -> None:
    address, person = calendars.feed_address("us4"), calendars.cast.person("us4")
    withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    with upkeep(system(Purpose.SAMPLE)):
        revoke_links(LinkPurpose.FEED, [person], clock.real_now())
    assert calendars.fetch(address).status_code == 404


def test_an_empty_feed_has_one_time_zone(calendars: Calendars) -> None:
    address = calendars.feed_address("in-ko1")
    set_clock(calendars.app, BEFORE_THE_WINDOW)
    content = calendars.fetch(address).data
    assert content.count(b"BEGIN:") == content.count(b"END:") == 3
    assert b"BEGIN:VTIMEZONE\r\nTZID:Etc/UTC\r\n" in content
