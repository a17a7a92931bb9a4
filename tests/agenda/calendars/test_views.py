"""A user's calendar page: own files and feed addresses, which are shown once."""

import re
from contextvars import Context
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from dialogues.core.audit.models import AuditEntry
from dialogues.extensions import db
from tests.agenda.calendars.calendars import Calendars, events, statements

ADDRESS = re.compile(r'value="http://localhost(/feed/[A-Za-z0-9_-]{43}\.ics)"')


def path(calendars: Calendars, rest: str = "", meeting: str = "TRD-1") -> str:
    return f"/meetings/{calendars.cast.meeting(meeting)}/calendar{rest}"


def send(calendars: Calendars, persona: str, where: str, /, **form: str) -> Any:
    """Post a form of the calendar page, with its token."""
    db.session.rollback()
    client = Context().run(calendars.cast.client, persona)
    page = Context().run(client.get, path(calendars)).get_data(as_text=True)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token is not None
    data = {"csrf_token": token[1], **form}
    return Context().run(client.post, where, data=data, headers={"Sec-Fetch-Site": "same-origin"})


def test_the_file_of_a_meeting_contains_the_users_own_sessions(calendars: Calendars) -> None:
    answer = calendars.download("us4", path(calendars, ".ics"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calendar.ics"'
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(events(answer.data)) == 12


def test_the_file_of_a_session_has_the_same_uid_as_the_feed(calendars: Calendars) -> None:
    session = calendars.cast.session("TRD-1-04")
    found = events(calendars.download("us4", path(calendars, f"/{session}.ics")).data)
    assert len(found) == 1
    assert found.keys() <= calendars.feed(calendars.feed_address("us4")).keys()


def test_files_of_other_sessions_look_like_unknown_sessions(calendars: Calendars) -> None:
    closed = calendars.cast.session("TRD-1-06")
    answers = [calendars.download("us4", path(calendars, f"/{one}.ics")) for one in (closed, uuid4())]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert calendars.download("kr1", path(calendars, f"/{closed}.ics")).status_code == 200


def test_an_observer_downloads_open_sessions_only(calendars: Calendars) -> None:
    assert calendars.download("xo2", path(calendars, f"/{calendars.cast.session('TRD-1-04')}.ics")).status_code == 200
    assert calendars.download("xo2", path(calendars, f"/{calendars.cast.session('TRD-1-05')}.ics")).status_code == 404


def test_an_observer_of_a_confidential_meeting_has_its_open_sessions_in_the_file(calendars: Calendars) -> None:
    calendars.confirm("kr3", "LVR")
    found = events(calendars.download("kr3", path(calendars, ".ics", "LVR-1")).data)
    starts = {entry.start.isoformat() for entry in found.values()}
    assert "2027-10-20T11:00:00+02:00" in starts
    assert "2027-10-20T09:00:00+02:00" not in starts


def test_a_file_shows_titles_only_if_meeting_and_person_allow_it(calendars: Calendars) -> None:
    file = path(calendars, ".ics")
    assert b"Opening remarks" not in calendars.download("us4", file).data
    calendars.show_full_details()
    assert b"Opening remarks" in calendars.download("us4", file).data
    calendars.prefer_discretion("us4")
    assert b"Opening remarks" not in calendars.download("us4", file).data


def test_an_archivist_has_no_calendar(calendars: Calendars) -> None:
    assert calendars.download("st-arch", path(calendars)).status_code == 404
    assert calendars.download("st-arch", path(calendars, ".ics")).status_code == 404


def test_before_the_first_version_the_file_contains_the_meeting_as_a_whole(calendars: Calendars) -> None:
    calendars.forget_sessions()
    (event,) = events(calendars.download("us4", path(calendars, ".ics")).data).values()
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_feed_address_is_shown_once_and_works(calendars: Calendars) -> None:
    page = send(calendars, "us4", path(calendars), name="telephone")
    found = ADDRESS.search(page.get_data(as_text=True))
    assert found is not None
    assert page.headers["Cache-Control"] == "no-store"
    assert calendars.fetch(found[1]).status_code == 200
    listed = calendars.download("us4", path(calendars)).get_data(as_text=True)
    assert "telephone" in listed
    assert "/feed/" not in listed


def test_a_renewed_address_replaces_the_old_one_at_once(calendars: Calendars) -> None:
    old = ADDRESS.search(send(calendars, "us4", path(calendars), name="telephone").get_data(as_text=True))
    page = send(calendars, "us4", action(calendars, "us4", "renew")).get_data(as_text=True)
    new = ADDRESS.search(page)
    assert old is not None
    assert new is not None
    assert calendars.fetch(old[1]).status_code == 404
    assert calendars.fetch(new[1]).status_code == 200


def test_an_ended_feed_address_does_not_work(calendars: Calendars) -> None:
    found = ADDRESS.search(send(calendars, "us4", path(calendars), name="telephone").get_data(as_text=True))
    assert send(calendars, "us4", action(calendars, "us4", "end")).status_code == 303
    assert found is not None
    assert calendars.fetch(found[1]).status_code == 404


def test_a_user_cannot_renew_or_end_another_users_feed_address(calendars: Calendars) -> None:
    send(calendars, "us4", path(calendars), name="telephone")
    foreign = action(calendars, "us4", "end")
    assert send(calendars, "kr1", foreign).status_code == 404


def test_creating_and_ending_feeds_is_in_the_audit_log_without_addresses(calendars: Calendars) -> None:
    send(calendars, "us4", path(calendars), name="telephone")
    send(calendars, "us4", action(calendars, "us4", "end"))
    db.session.rollback()
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert {"feed.opened", "feed.ended"} <= set(actions)


def test_a_confidential_meeting_offers_files_and_no_feed(calendars: Calendars) -> None:
    page = calendars.download("us2", path(calendars, meeting="LVR-1")).get_data(as_text=True)
    assert "No feed for this meeting" in page
    assert 'name="name"' not in page


def test_a_user_can_have_at_most_ten_feed_addresses(calendars: Calendars) -> None:
    for number in range(9):
        assert send(calendars, "kr1", path(calendars), name=f"device {number}").status_code == 200
    refused = send(calendars, "kr1", path(calendars), name="one more")
    assert refused.status_code == 422
    assert "End one that you no longer use" in refused.get_data(as_text=True)


def test_the_page_sends_the_same_number_of_queries_for_any_list(calendars: Calendars) -> None:
    counts = []
    for name in ("us4", "in-ko1"):
        calendars.download(name, path(calendars))
        with statements() as asked:
            calendars.download(name, path(calendars))
        counts.append(len([sql for sql in asked if sql.startswith("SELECT")]))
    assert counts[0] == counts[1] <= 12


def action(calendars: Calendars, name: str, what: str) -> str:
    """The path of a button next to the last feed address of a persona."""
    page = calendars.download(name, path(calendars)).get_data(as_text=True)
    return re.findall(rf'action="([^"]+/{what})"', page)[-1]
