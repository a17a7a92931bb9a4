"""Meetings are created, copied, moved and cancelled, and shown only to people with a role in them."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from dialogues.agenda.planning.models import DraftItem, DraftPerson, DraftRoom
from dialogues.core.audit.models import AuditEntry
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Exchange, Meeting, MeetingParty, PracticalPage
from dialogues.meetings.dialogues.rules.kinds import InviteProfile, MeetingStatus
from dialogues.meetings.meetings import commands as meetings_commands
from dialogues.meetings.meetings import queries as meetings_queries
from dialogues.meetings.roles import operations as roles
from dialogues.meetings.venues.models import Venue
from dialogues.policy import Role
from tests.beds.forms import complaints, page, send
from tests.beds.web import set_clock
from tests.cast import Cast

PERSONAS = ("st-host", "st-coord", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel")
NO_PLACES = ["Etc/GMT-8", "EST", "Factory", "UTC", "US/Eastern", "Etc/UTC", "PST8PDT", "Japan"]
NEXT = {"code": "TRD-2", "title": "Second meeting", "starts_on": "2027-11-02", "ends_on": "2027-11-04"}


def new_meeting_form(cast: Cast) -> str:
    with cast.app.app_context():
        return f"/dialogues/{cast.dialogue()}/meetings/new"


def address(cast: Cast, part: str = "", code: str = "TRD-1") -> str:
    with cast.app.app_context():
        return f"/meetings/{cast.meeting(code)}{part}"


def plan(cast: Cast, **typed: str) -> tuple[FlaskClient, str]:
    client = cast.client("st-coord")
    return client, str(send(client, new_meeting_form(cast), **NEXT | {"zone": "Asia/Ulaanbaatar"} | typed).location)


def test_after_a_move_the_page_says_that_the_published_agenda_shows_the_old_days(cast: Cast) -> None:
    coordinator = cast.client("st-coord")
    settings = address(cast, "/settings", "LVR-1")
    days = {"arrive_on": "2027-10-25", "starts_on": "2027-10-26", "ends_on": "2027-10-28", "depart_on": "2027-10-29"}

    assert send(coordinator, settings, title="Another title").status_code == 303
    assert "old day" not in coordinator.get(settings).text
    assert send(coordinator, settings, **days).status_code == 303
    shown = page(coordinator.get(settings)).select_one("main")

    assert "The released agenda still shows 7 sessions with their old days and places" in shown.get_text()
    assert shown.select_one(".notice a")["href"] == address(cast, "/agenda/release", "LVR-1")


def test_a_meeting_takes_city_and_time_zone_from_its_venue(cast: Cast, read) -> None:
    venue = read(select(Venue).where(Venue.city == "Vevey"))

    send(cast.client("st-coord"), new_meeting_form(cast), **NEXT, venue_id=str(venue.id))

    meeting = read(select(Meeting).where(Meeting.code == "TRD-2"))
    assert (meeting.city, meeting.zone, meeting.status) == ("Vevey", "Europe/Zurich", MeetingStatus.PROVISIONAL)
    assert meeting.profile is InviteProfile.DISCREET


def test_a_new_meeting_has_sealed_lists_and_seats_for_its_parties(cast: Cast, read) -> None:
    plan(cast, seats="4")

    meeting = read(select(Meeting.id).where(Meeting.code == "TRD-2"))
    assert read(select(Exchange).where(Exchange.meeting_id == meeting)).opened_at is None
    with_four = MeetingParty.seats["participant"].as_integer() == 4
    assert read(select(func.count()).where(MeetingParty.meeting_id == meeting)) == 9
    # Observing organisations have no participant seats.
    assert read(select(func.count()).where(MeetingParty.meeting_id == meeting, with_four)) == 8


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"starts_on": "2027-11-04", "ends_on": "2027-11-02"}, "The last day is before the first day"),
        ({"arrive_on": "2027-11-03"}, "arrive after the first day"),
        ({"depart_on": "2027-11-03"}, "leave before the last day"),
        ({"zone": "Asia/Atlantis"}, "is no time zone"),
        ({"zone": ""}, "is no time zone"),
        *(({"zone": zone}, f"“{zone}” is no time zone of a place") for zone in NO_PLACES),
        ({"starts_on": "0027-09-10", "ends_on": "0027-09-11"}, "Look at the year: 0027."),
        ({"starts_on": "2127-11-02", "ends_on": "2127-11-04"}, "Look at the year"),
        ({"starts_on": "2001-11-02", "ends_on": "2001-11-04"}, "Look at the year"),
        ({"arrive_on": "2026-11-01"}, "Look at the year"),
        ({"depart_on": "2028-11-05"}, "Look at the year"),
        ({"registration_closes": "0027-09-01T12:00"}, "Look at the year: 0027."),
        ({"registration_closes": "2017-09-01T12:00"}, "Registration would close before now"),
        ({"registration_closes": "2037-09-01T12:00"}, "Registration would close after the meeting"),
        ({"code": "trd-1"}, "already has the code"),
        ({"starts_on": "2027-02-30"}, "First day"),
        ({"title": "x" * 10_000}, "at most 200 characters"),
        ({"zone": "Europe/Zurich", "registration_closes": "2027-03-28T02:30"}, "does not exist in Europe/Zurich"),
        ({"seats": "0"}, "between 1 and 500"),
    ],
)
def test_invalid_input_is_refused_and_kept_in_the_form(cast: Cast, typed: dict[str, str], words: str) -> None:
    whole = NEXT | {"zone": "Asia/Ulaanbaatar", "city": "Darkhan"} | typed

    answer = send(cast.client("st-coord"), new_meeting_form(cast), **whole)

    assert answer.status_code == 422
    assert words in complaints(answer)
    assert page(answer).select_one("#city")["value"] == "Darkhan"


def test_the_list_of_time_zones_shows_places_with_their_offset(cast: Cast) -> None:
    options = page(cast.client("st-coord").get(new_meeting_form(cast))).select("#zones option")
    labels = {str(option["value"]): str(option["label"]) for option in options}

    assert labels["Asia/Ulaanbaatar"] == "Asia/Ulaanbaatar (UTC+08:00)"
    assert labels["Europe/Zurich"] == "Europe/Zurich (UTC+01:00/+02:00)"
    assert labels["Asia/Kathmandu"] == "Asia/Kathmandu (UTC+05:45)"
    assert not set(NO_PLACES) & set(labels)


def test_settings_can_be_saved_after_registration_has_closed(cast: Cast) -> None:
    client, _planned = plan(cast, registration_closes="2027-10-20T18:00")
    set_clock(cast.app, datetime(2027, 10, 25, tzinfo=UTC))

    assert send(client, address(cast, "/settings", "TRD-2"), title="Another title").status_code == 303


def test_registration_closes_in_the_time_zone_of_the_meeting(cast: Cast, read) -> None:
    plan(cast, registration_closes="2027-10-20T18:00")

    closes = read(select(Meeting.registration_closes_at).where(Meeting.code == "TRD-2"))
    assert closes == datetime(2027, 10, 20, 10, tzinfo=UTC)


def test_an_ambiguous_closing_time_is_the_later_one(cast: Cast, read) -> None:
    plan(cast, zone="Europe/Zurich", registration_closes="2027-10-31T02:30")

    closes = read(select(Meeting.registration_closes_at).where(Meeting.code == "TRD-2"))
    assert closes == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_copy_with_a_mistyped_year_is_refused(cast: Cast, day: str) -> None:
    typed = {"code": "TRD-2", "title": "Second meeting", "starts_on": day}

    answer = send(cast.client("st-coord"), address(cast, "/copy"), **typed)

    assert "Look at the year" in complaints(answer)


def test_a_copied_meeting_takes_everything_except_the_people(cast: Cast, read) -> None:
    typed = {"code": "TRD-2", "title": "Second meeting", "starts_on": "2027-11-02"}

    answer = send(cast.client("st-coord"), address(cast, "/copy"), **typed)

    assert answer.status_code == 303
    model = read(select(Meeting).where(Meeting.code == "TRD-1"))
    copy = read(select(Meeting).where(Meeting.code == "TRD-2"))
    assert (copy.arrive_on, copy.ends_on, copy.depart_on) == (date(2027, 11, 1), date(2027, 11, 4), date(2027, 11, 5))
    assert (copy.venue_id, copy.zone, copy.default_rule) == (model.venue_id, model.zone, model.default_rule)
    assert copy.working_languages == model.working_languages
    assert (copy.status, copy.registration_closes_at) == (MeetingStatus.PROVISIONAL, None)
    parties, drafts = (func.count(), MeetingParty.meeting_id), (func.count(), DraftItem.meeting_id)
    for counted, meeting_id in (parties, drafts):
        assert read(select(counted).where(meeting_id == copy.id)) == read(select(counted).where(meeting_id == model.id))
    of_the_copy = DraftItem.meeting_id == copy.id
    assert read(select(func.count()).select_from(DraftPerson).join(DraftItem).where(of_the_copy)) == 0
    assert read(select(func.count()).select_from(DraftRoom).join(DraftItem).where(of_the_copy)) > 0


def test_a_copy_at_the_same_venue_takes_the_practical_page(cast: Cast, read) -> None:
    for model, copied in (("TRD-1", "TRD-2"), ("SCD-1", "SCD-2")):
        send(cast.client("st-coord"), address(cast, "/copy", model), code=copied, starts_on="2027-11-02")

    def page_of(code: str) -> PracticalPage | None:
        return read(
            select(PracticalPage).join(Meeting, Meeting.id == PracticalPage.meeting_id).where(Meeting.code == code)
        )

    written, taken = page_of("TRD-1"), page_of("TRD-2")
    assert written is not None
    assert taken is not None
    assert (taken.way, taken.hotel, taken.night_telephone) == (written.way, written.hotel, written.night_telephone)
    assert page_of("SCD-1") is not None
    assert page_of("SCD-2") is None


def test_a_copied_session_keeps_its_time_and_its_day_of_the_meeting(cast: Cast, read) -> None:
    send(cast.client("st-coord"), address(cast, "/copy"), code="TRD-2", starts_on="2027-11-02")

    session = read(select(DraftItem).where(DraftItem.code == "TRD-2-04"))
    assert session.local_start == datetime(2027, 11, 2, 14, 0)  # noqa: DTZ001  local time without zone
    assert session.starts_utc == datetime(2027, 11, 2, 6, tzinfo=UTC)


def test_a_copy_with_a_used_code_creates_nothing(cast: Cast, read) -> None:
    before = read(select(func.count()).select_from(DraftItem))

    answer = send(cast.client("st-coord"), address(cast, "/copy"), code="TRD-1", starts_on="2027-11-02")

    assert "already has the code" in complaints(answer)
    assert read(select(func.count()).select_from(DraftItem)) == before


def test_moving_a_meeting_moves_its_draft(cast: Cast, read) -> None:
    later = {"arrive_on": "2027-06-07", "starts_on": "2027-06-08", "ends_on": "2027-06-10", "depart_on": "2027-06-11"}

    answer = send(cast.client("st-coord"), address(cast, "/settings"), **later)

    assert answer.status_code == 303
    session = read(select(DraftItem).where(DraftItem.code == "TRD-1-04"))
    assert session.starts_utc == datetime(2027, 6, 8, 6, tzinfo=UTC)


def test_a_meeting_cannot_move_without_its_draft(cast: Cast, read) -> None:
    later = {"arrive_on": "2027-06-07", "starts_on": "2027-06-08", "ends_on": "2027-06-10", "depart_on": "2027-06-11"}

    answer = send(cast.client("st-coord"), address(cast, "/settings"), **later, keeps_distance=None)

    assert "of the draft would lie outside these days" in complaints(answer)
    assert page(answer).select_one("#starts_on")["value"] == "2027-06-08"
    assert read(select(Meeting.starts_on).where(Meeting.code == "TRD-1")) == date(2027, 5, 25)


def test_in_another_time_zone_local_times_stay_and_utc_times_change(cast: Cast, read) -> None:
    send(cast.client("st-coord"), address(cast, "/settings"), venue_id="", zone="Asia/Tokyo", city="Sendai")

    session = read(select(DraftItem).where(DraftItem.code == "TRD-1-04"))
    assert session.local_start == datetime(2027, 5, 25, 14, 0)  # noqa: DTZ001  local time without zone
    assert session.starts_utc == datetime(2027, 5, 25, 5, tzinfo=UTC)
    assert read(select(func.count()).where(DraftRoom.session_id == session.session_id)) == 0


def test_a_new_venue_with_the_old_time_zone_needs_confirmation(cast: Cast, read) -> None:
    vevey, client, settings = read(select(Venue.id).where(Venue.city == "Vevey")), cast.client("st-coord"), "/settings"

    refused = send(client, address(cast, settings), venue_id=str(vevey))

    assert "clocks of this venue show Europe/Zurich" in complaints(refused)
    assert send(client, address(cast, settings), venue_id=str(vevey), zone="").status_code == 303
    assert read(select(Meeting.zone).where(Meeting.code == "TRD-1")) == "Europe/Zurich"


def test_a_draft_cannot_be_moved_into_a_skipped_hour(cast: Cast, read) -> None:
    client, meeting = plan(cast, zone="Europe/Zurich", starts_on="2027-03-20", ends_on="2027-03-21")
    night = {"title": "Night watch", "day": "2027-03-20", "starts": "02:10", "ends": "02:50"}
    assert send(client, f"{meeting}/agenda/draft/new", **night).status_code == 303

    answer = send(client, f"{meeting}/settings", starts_on="2027-03-28", ends_on="2027-03-29")

    assert "at an hour that the clocks skip" in complaints(answer)
    assert read(select(Meeting.starts_on).where(Meeting.code == "TRD-2")) == date(2027, 3, 20)


def test_concurrent_changes_of_the_settings_lose_nothing(cast: Cast) -> None:
    client, settings = cast.client("st-coord"), address(cast, "/settings")
    stale = page(client.get(settings)).select_one("#version")["value"]
    send(client, settings, title="First meeting, renamed")

    refused = send(client, settings, title="Another name", version=stale)

    assert "Someone saved a change" in complaints(refused)
    assert "First meeting, renamed" in page(refused).select_one(".notice-info").text
    assert page(refused).select_one("#title")["value"] == "Another name"


def test_a_party_with_a_submitted_list_cannot_be_removed(cast: Cast) -> None:
    client = cast.client("st-coord")
    keep = page(client.get(address(cast, "/settings", "LVR-1"))).select_one("input[name=parties][checked]")["value"]
    with cast.app.app_context():
        submitted = str(cast.party("US", "LVR"))

    answer = send(client, address(cast, "/settings", "LVR-1"), parties=[keep] if keep != submitted else [])

    assert "has lodged its list" in complaints(answer)


def test_a_cancelled_meeting_can_be_read_but_not_changed(cast: Cast, read) -> None:
    client = cast.client("st-coord")

    assert send(client, address(cast, "/cancel")).status_code == 303

    assert read(select(Meeting.status).where(Meeting.code == "TRD-1")) is MeetingStatus.CANCELLED
    assert "This meeting is cancelled" in cast.client("kr1").get(address(cast)).text
    assert page(client.get(address(cast, "/settings"))).select_one("main form") is None
    assert "is cancelled" in complaints(send(client, address(cast, "/cancel")))


def test_changes_of_a_meeting_are_in_the_audit_log(cast: Cast, read) -> None:
    _client, meeting = plan(cast)
    send(cast.client("st-coord"), f"{meeting}/cancel")

    for action in ("meeting.planned", "meeting.cancelled"):
        assert read(select(func.count()).where(AuditEntry.action == action)) == 1


@pytest.mark.parametrize(
    ("part", "who_may"),
    [
        ("", set(PERSONAS)),
        ("/practical", set(PERSONAS) - {"st-arch"}),
        ("/practical/edit", {"st-coord", "st-travel"}),
        ("/roles", {"st-host", "st-coord"}),
        ("/settings", {"st-coord"}),
        ("/copy", {"st-coord"}),
        ("/cancel", {"st-coord"}),
    ],
)
def test_each_page_opens_only_for_its_roles(cast: Cast, part: str, who_may: set[str]) -> None:
    unknown = f"/meetings/00000000-0000-4000-8000-000000000000{part}"
    for who in PERSONAS:
        client = cast.client(who)
        answer = client.get(address(cast, part))
        if who in who_may:
            assert answer.status_code == 200, who
        else:
            assert answer.status_code == 404, who
            assert page(answer).main == page(client.get(unknown)).main


def test_people_without_a_role_do_not_see_the_meeting(cast: Cast) -> None:
    plan(cast)
    with cast.app.app_context():
        dialogue = f"/dialogues/{cast.dialogue()}"

    for who, sees in (("st-host", True), ("st-coord", True), ("us4", False), ("kr1", False), ("in-ko1", False)):
        assert ("TRD-2" in cast.client(who).get(dialogue).text) is sees, who
    assert cast.client("us4").get(address(cast, code="TRD-2")).status_code == 404


def test_the_meeting_page_links_to_the_participants_registration_and_calendar(cast: Cast) -> None:
    steps = page(cast.client("us4").get(address(cast))).select_one(".tasks")

    assert {link["href"] for link in steps.select("a")} >= {address(cast, "/registration"), address(cast, "/calendar")}
    assert "Look after registrations" not in steps.text
    assert "Look after registrations" in cast.client("kr1").get(address(cast)).text


@pytest.mark.usefixtures("inside")
def test_before_the_exchange_only_admitted_people_find_the_meeting(cast: Cast) -> None:
    seen = {who: {meeting.facts.code for meeting in mine(cast, who)} for who in ("st-coord", "xo2", "kr1")}

    assert seen["st-coord"] >= {"TRD-1", "LVR-1", "SCD-1"}
    assert "TRD-1" in seen["xo2"]
    assert "LVR-1" not in seen["kr1"]


def mine(cast: Cast, who: str) -> list[meetings_queries.MyMeeting]:
    return meetings_queries.my_meetings(cast.viewer(who), clock.now())


@pytest.mark.usefixtures("inside")
def test_an_interpreter_sees_the_meeting_only_within_the_access_window(cast: Cast) -> None:
    viewer = cast.viewer("in-ko1")
    early, late = datetime(2027, 5, 10, tzinfo=UTC), datetime(2027, 6, 4, tzinfo=UTC)

    assert [meeting.facts.code for meeting in meetings_queries.my_meetings(viewer, clock.now())] == ["TRD-1"]
    assert meetings_queries.my_meetings(viewer, early) == meetings_queries.my_meetings(viewer, late) == []


def test_the_practical_page_keeps_line_breaks_and_links_the_telephone(cast: Cast) -> None:
    written = {"night_telephone": "+976 11 000 000", "way": "By bus.\nThen <b>on foot</b>.", "hotel": ""}
    assert send(cast.client("st-travel"), address(cast, "/practical/edit"), **written).status_code == 303

    shown = page(cast.client("us4").get(address(cast, "/practical")))

    assert shown.select_one('a[href="tel:+97611000000"]').text == "+976 11 000 000"
    assert "<b>on foot</b>" in shown.main.text
    assert shown.main.select_one("br") is not None


def test_concurrent_editors_of_the_practical_page_see_both_texts(cast: Cast) -> None:
    form, coordinator, desk = address(cast, "/practical/edit"), cast.client("st-coord"), cast.client("st-travel")
    stale = page(coordinator.get(form)).select_one("#version")["value"]
    send(desk, form, way="By train.")

    refused = send(coordinator, form, way="By boat.", version=stale)

    assert refused.status_code == 422
    assert "By train." in page(refused).select_one(".notice-info").text
    assert "By boat." in page(refused).select_one("#way").text


def test_pages_send_as_many_queries_for_many_parties_and_meetings_as_for_few(cast: Cast, queries_of) -> None:
    client, _meeting = plan(cast)
    with cast.app.app_context():
        dialogue = f"/dialogues/{cast.dialogue()}"
    few = queries_of(lambda: client.get(dialogue))
    for number in range(12):
        send(client, f"{dialogue}/parties/new", code=f"P{number}", name_en=f"Party {number}")
        plan(cast, code=f"N-{number}")

    assert queries_of(lambda: client.get(dialogue)) == few <= 12


def test_a_copy_belongs_to_the_dialogue_of_the_original(cast: Cast) -> None:
    location = send(cast.client("st-coord"), address(cast, "/copy"), code="T2", starts_on="2027-11-02").location

    with cast.app.app_context():
        dialogue = cast.dialogue()
        copy = db.session.get(Meeting, UUID(str(location).rsplit("/", 1)[1]))
        assert copy is not None
        assert copy.dialogue_id == dialogue


def test_a_role_in_one_meeting_does_not_allow_copying_it(cast: Cast) -> None:
    with cast.app.app_context():
        meeting, dialogue, person = cast.meeting(), cast.dialogue(), cast.person("us4")
        with upkeep(system(Purpose.SAMPLE)):
            roles.grant_role(
                person,
                Role.COORDINATOR,
                dialogue_id=dialogue,
                meeting_id=meeting,
                offered_at=clock.now(),
                accepted_at=clock.now(),
            )
        viewer = cast.viewer("us4", meeting="TRD-1")
        with pytest.raises(NotFound):
            meetings_commands.copy_meeting(viewer, code="TRD-2", title="", starts_on=date(2027, 9, 1), now=clock.now())
    client = cast.client("us4")

    assert "Copy as the next meeting" not in client.get(f"/meetings/{meeting}/settings").text
    assert client.get(f"/meetings/{meeting}/copy").status_code == 404
    assert "Copy as the next meeting" in cast.client("st-coord").get(f"/meetings/{meeting}/settings").text
