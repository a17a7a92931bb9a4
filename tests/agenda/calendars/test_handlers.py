"""Calendar entries and emails follow events (versions, moves, answers, roles); each person gets only their own."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update

from dialogues.agenda.entries.models import Entry
from dialogues.agenda.versions.rules import Admits, Part
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.meetings.dialogues.rules.kinds import Invites, MeetingStatus
from dialogues.meetings.meetings import commands as meetings
from dialogues.meetings.roles import commands as roles
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.venues.models import Venue
from dialogues.people.invitations.commands import answering as invitations_answering
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import Invitee
from dialogues.people.participants.rules.standing import Answer
from dialogues.people.registration import commands as registration_commands
from dialogues.people.registration import queries as registration_queries
from dialogues.people.registration.rules import Visibility
from dialogues.policy import Role
from tests.agenda.calendars.calendars import NEUTRAL, Calendars, calendar_part, evening


def test_loading_the_sample_fills_calendars_and_sends_no_email(calendars: Calendars) -> None:
    assert calendars.number_of_emails() == 0
    assert len(calendars.feed(calendars.feed_address("us4"))) > 1


def test_a_moved_meeting_is_emailed_with_the_same_uid_and_a_higher_sequence(calendars: Calendars) -> None:
    first, last = date(2027, 5, 31), date(2027, 6, 4)
    days = Days(starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 3), arrive_on=first, depart_on=last)
    calendars.edit_meeting(days=days)
    was = calendar_part(calendars.emails("us4")[0])[0]
    calendars.edit_meeting(days=days.moved_to(days.starts_on + timedelta(days=7)))
    now = calendar_part(calendars.emails("us4")[0])[0]
    assert (now["UID"], now["SEQUENCE"]) == (was["UID"], was["SEQUENCE"] + 1)
    assert (now.start, now.end) == (first + timedelta(days=7), last + timedelta(days=8))


def test_a_cancelled_meeting_is_cancelled_in_every_calendar(calendars: Calendars) -> None:
    feed = calendars.feed_address("us4")
    before = calendars.feed(feed)
    calendars.cancel_meeting()
    (letter,) = calendars.emails("us4")
    event, content = calendar_part(letter)
    assert b"METHOD:CANCEL" in content
    assert event["STATUS"] == "CANCELLED"
    after = calendars.feed(feed)
    assert after.keys() == before.keys()
    assert {str(event["STATUS"]) for event in after.values()} == {"CANCELLED"}
    assert all(after[uid]["SEQUENCE"] == before[uid]["SEQUENCE"] + 1 for uid in before)


def test_people_without_an_emailed_entry_get_a_cancellation_in_plain_text(calendars: Calendars) -> None:
    calendars.cancel_meeting()
    (letter,) = calendars.emails("in-ko1")
    assert letter.get_content_type() == "text/plain"
    assert "cancelled" in letter.get_content()


def test_a_confirmed_meeting_keeps_answers_and_is_emailed_again(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.emails("us4")
    calendars.edit_meeting(status=MeetingStatus.CONFIRMED)
    event, _content = calendar_part(calendars.emails("us4")[0])
    assert (event["STATUS"], event["SEQUENCE"]) == ("CONFIRMED", 2)


def test_a_meeting_over_weeks_can_be_one_transparent_all_day_event(calendars: Calendars) -> None:
    calendars.edit_meeting("SCD-1", invites=Invites.MEETING)
    event, content = calendar_part(calendars.emails("us4", "SCD")[0])
    assert event["TRANSP"] == "TRANSPARENT"
    assert b"DTSTART;VALUE=DATE:" in content
    assert (event.end - event.start).days > 7
    assert "LOCATION" not in event


def test_a_new_version_emails_each_person_once_what_changed_for_them(calendars: Calendars) -> None:
    session = calendars.plan()
    calendars.publish()
    (new,) = calendars.emails("us4")
    assert "new: Wednesday 26 May 2027, 18:00–18:45 Asia/Ulaanbaatar (UTC+08:00)" in new.get_content()
    calendars.move(session, evening(20))
    calendars.publish()
    (moved,) = calendars.emails("us4")
    assert "moved from Wednesday 26 May 2027, 18:00–18:45" in moved.get_content()
    assert "to Wednesday 26 May 2027, 20:00–20:45" in moved.get_content()
    calendars.remove(session)
    calendars.publish()
    (gone,) = calendars.emails("us4")
    assert "cancelled: Wednesday 26 May 2027, 20:00–20:45" in gone.get_content()
    assert all(letter.get_content_type() == "text/plain" for letter in (new, moved, gone))


def test_a_new_version_sends_no_email_to_people_without_changes(calendars: Calendars) -> None:
    person = calendars.cast.person("us4")
    calendars.plan(admits=Admits.INVITED, people=((person, Part.INVITED),))
    calendars.publish()
    assert len(calendars.emails("us4")) == 1
    assert calendars.emails("kr1") == []
    assert calendars.emails("st-travel") == []


def test_a_new_title_changes_nothing_for_discreet_guests(calendars: Calendars) -> None:
    session = calendars.plan()
    calendars.publish()
    calendars.emails("us4")
    version = calendars.version("us4")
    calendars.retitle(session, "Another title")
    calendars.publish()
    assert calendars.emails("us4") == []
    assert calendars.version("us4") == version


def test_a_venue_that_discreet_guests_do_not_see_changes_nothing_for_them(calendars: Calendars) -> None:
    feed = calendars.feed_address("us4")
    before = calendars.feed(feed)
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(update(Venue).values(name=Venue.name + " II"))
    calendars.plan()
    calendars.publish()
    after = calendars.feed(feed)
    assert len(after) == len(before) + 1
    assert {uid: after[uid].to_ical() for uid in before} == {uid: event.to_ical() for uid, event in before.items()}


def test_a_new_title_raises_the_sequence_for_guests_who_see_it(calendars: Calendars) -> None:
    calendars.show_full_details()
    session = calendars.plan("First title")
    calendars.publish()
    calendars.emails("us4")
    feed = calendars.feed_address("us4")
    (before,) = [event for event in calendars.feed(feed).values() if event["SUMMARY"] == "First title"]
    calendars.retitle(session, "Second title")
    calendars.publish()
    after = calendars.feed(feed)[str(before["UID"])]
    assert (after["SUMMARY"], after["SEQUENCE"]) == ("Second title", before["SEQUENCE"] + 1)
    assert "Second title: changed" in calendars.emails("us4")[0].get_content()


def test_a_session_that_was_closed_to_a_person_becomes_a_neutral_cancellation(calendars: Calendars) -> None:
    calendars.show_full_details()
    session = calendars.plan("For everyone")
    calendars.publish()
    feed = calendars.feed_address("us4")
    (before,) = [event for event in calendars.feed(feed).values() if event["SUMMARY"] == "For everyone"]
    person = calendars.cast.person("kr1")
    calendars.emails("us4")
    calendars.restrict(session, person)
    calendars.publish()
    (letter,) = calendars.emails("us4")
    assert ": cancelled: Wednesday 26 May 2027, 18:00–18:45" in letter.get_content()
    assert "For everyone" not in letter.get_content()
    stub = calendars.feed(feed)[str(before["UID"])]
    assert (stub["STATUS"], stub["TRANSP"]) == ("CANCELLED", "TRANSPARENT")
    assert NEUTRAL.fullmatch(stub["SUMMARY"])
    assert (stub["SEQUENCE"], stub.start) == (before["SEQUENCE"] + 1, before.start)


def test_working_on_the_draft_changes_no_calendar(calendars: Calendars) -> None:
    version = calendars.version("us4")
    calendars.move(calendars.plan(), evening(20))
    assert calendars.version("us4") == version
    assert calendars.number_of_emails() == 0


def test_a_person_who_withdraws_gets_one_cancel_and_loses_the_sessions(calendars: Calendars) -> None:
    feed = calendars.feed_address("us4")
    before = calendars.feed(feed)
    invitations_answering.withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    (letter,) = calendars.emails("us4")
    assert calendar_part(letter)[0]["STATUS"] == "CANCELLED"
    after = calendars.feed(feed)
    assert after.keys() == before.keys()
    assert {(str(event["STATUS"]), str(event["TRANSP"])) for event in after.values()} == {("CANCELLED", "TRANSPARENT")}
    assert all(NEUTRAL.fullmatch(str(event["SUMMARY"])) for event in after.values())
    assert all(after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"] for uid in before)


def test_a_person_who_rejoins_gets_the_same_entries_again(calendars: Calendars) -> None:
    before = calendars.feed(calendars.feed_address("us4"))
    invitations_answering.withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    calendars.emails("us4")
    calendars.confirm("us4")
    event, content = calendar_part(calendars.emails("us4")[0])
    assert b"METHOD:REQUEST" in content
    assert event["SEQUENCE"] == 2
    after = calendars.feed(calendars.feed_address("us4"))
    assert after.keys() == before.keys()
    assert all(after[uid]["SEQUENCE"] == before[uid]["SEQUENCE"] + 2 for uid in before)
    assert {str(event["STATUS"]) for event in after.values()} == {"CONFIRMED"}


def test_ending_a_role_removes_its_sessions(calendars: Calendars) -> None:
    feed = calendars.feed_address("st-rap1")
    assert calendars.feed(feed)
    grant = db.session.scalars(
        select(RoleGrant.id).where(
            RoleGrant.person_id == calendars.cast.person("st-rap1"), RoleGrant.role == Role.RAPPORTEUR
        )
    ).one()
    coordinator = calendars.cast.viewer("st-coord", dialogue="TRD")
    roles.end_role(coordinator, grant, now=calendars.later())
    assert {str(event["STATUS"]) for event in calendars.feed(feed).values()} == {"CANCELLED"}


def test_choosing_discreet_entries_sends_a_neutral_title_with_a_higher_sequence(calendars: Calendars) -> None:
    calendars.show_full_details()
    title = calendar_part(calendars.emails("us4")[0])[0]["SUMMARY"]
    assert title != "Appointment"
    calendars.prefer_discretion("us4")
    event, content = calendar_part(calendars.emails("us4")[0])
    assert event["SUMMARY"] == "Appointment"
    assert str(title).encode() not in content


def test_successive_versions_never_lower_the_sequence(calendars: Calendars) -> None:
    """A model of a calendar program, which keeps the highest (SEQUENCE, DTSTAMP), ends with the current state."""
    feed = calendars.feed_address("us4")
    kept: dict[str, tuple[int, datetime]] = {}
    session = calendars.plan()
    for change in (
        lambda: calendars.move(session, evening(19)),
        lambda: calendars.move(session, evening(20)),
        lambda: calendars.remove(session),
    ):
        calendars.publish()
        for uid, event in calendars.feed(feed).items():
            seen = (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
            assert seen >= kept.get(uid, (0, datetime(2000, 1, 1, tzinfo=UTC)))
            kept[uid] = seen
        change()


def test_emails_of_an_entry_always_have_the_same_sender(calendars: Calendars) -> None:
    calendars.edit_meeting(title="One")
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.edit_meeting(status=MeetingStatus.CONFIRMED)
    addresses = set(db.session.scalars(select(Entry.organizer).where(Entry.person_id == calendars.cast.person("us4"))))
    emails = calendars.emails("us4")
    calendars.cancel_meeting()
    emails += calendars.emails("us4")
    senders = {letter["From"].addresses[0].addr_spec for letter in emails}
    assert len(senders) == 1
    assert senders <= addresses
    assert {str(calendar_part(letter)[0]["ORGANIZER"]) for letter in emails} == {f"mailto:{senders.pop()}"}


def test_only_the_newest_of_several_unsent_states_is_emailed(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.edit_meeting(status=MeetingStatus.CONFIRMED)
    (letter,) = calendars.emails("us4")
    assert calendar_part(letter)[0]["SEQUENCE"] == 2


def test_later_emails_reply_to_the_first_sent_email(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    (first,) = calendars.emails("us4")
    assert first["In-Reply-To"] is None
    calendars.cancel_meeting()
    (second,) = calendars.emails("us4")
    assert second["In-Reply-To"] == first["Message-ID"]


def test_a_rolled_back_change_leaves_no_entry_and_no_email(calendars: Calendars) -> None:
    version = calendars.version("us4")
    calendars.cancel_and_roll_back()
    assert calendars.version("us4") == version
    assert calendars.number_of_emails() == 0


NEW_DAYS = Days(starts_on=date(2027, 10, 26), ends_on=date(2027, 10, 28))


def test_discreet_entries_apply_to_every_meeting_of_the_dialogue(calendars: Calendars) -> None:
    calendars.show_full_details()
    feed = calendars.feed_address("us4")
    assert not all(NEUTRAL.fullmatch(event["SUMMARY"]) for event in calendars.feed(feed).values())
    meetings.copy_meeting(
        calendars.coordinator(), code="TRD-2", title="", starts_on=NEW_DAYS.starts_on, now=calendars.later()
    )
    us4 = Invitee(name="R. Mockford", email="us4@example.invalid", party_id=calendars.cast.party("US"))
    invitations_inviting.invite_person(calendars.coordinator("TRD-2"), us4, now=calendars.later())
    calendars.answer("us4", "TRD-2", Answer.ACCEPT)
    there = calendars.cast.viewer("us4", meeting="TRD-2", now=calendars.now)
    version = registration_queries.registration(there).version

    registration_commands.fill_in(there, Visibility(always_discreet=True), version=version, now=calendars.later())

    assert all(NEUTRAL.fullmatch(event["SUMMARY"]) for event in calendars.feed(feed).values())


def test_a_person_who_has_not_answered_does_not_learn_the_new_days_or_place(calendars: Calendars) -> None:
    calendars.edit_meeting("LVR-1", days=NEW_DAYS)

    (text,) = (
        letter.get_content()
        for letter in calendars.emails("kr1", "LVR")
        if letter["Subject"] == "About your personal link"
    )

    assert "the invitation that waits for your answer has changed" in text
    for told in ("October", "Zurich", "Vevey", "sign in"):
        assert told not in text


def test_a_person_who_declined_gets_no_email_about_the_move(calendars: Calendars) -> None:
    calendars.emails("kr1", "LVR")
    calendars.edit_meeting("LVR-1", days=NEW_DAYS)
    calendars.answer("kr1", "LVR-1", Answer.DECLINE)

    assert calendars.emails("kr1", "LVR") == []


def test_a_person_whose_role_ended_gets_no_email_about_the_move(calendars: Calendars) -> None:
    calendars.edit_meeting("LVR-1", days=NEW_DAYS)
    interpreter = calendars.cast.person("in-zh1", "LVR")
    grant = db.session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == interpreter)).one()
    roles.end_role(calendars.coordinator("LVR-1"), grant, now=calendars.later())

    assert calendars.emails("in-zh1", "LVR") == []


def test_a_person_who_withdrew_gets_neither_the_entry_nor_its_cancellation(calendars: Calendars) -> None:
    calendars.answer("kr1", "LVR-1", Answer.ACCEPT)
    invitations_answering.withdraw(calendars.cast.viewer("kr1", meeting="LVR-1"), now=calendars.later())
    assert not [letter for letter in calendars.emails("kr1", "LVR") if letter.is_multipart()]

    calendars.answer("kr1", "LVR-1", Answer.ACCEPT)

    (letter,) = calendars.emails("kr1", "LVR")
    assert calendar_part(letter)[0]["SEQUENCE"] == 2
