"""Emails about calendars: the format that mail programs need, one reader, and no other people named."""

from datetime import date
from email.message import EmailMessage

import pytest
import vobject
from flask import Flask
from sqlalchemy import select, update

from dialogues.agenda.calendars.emails import span
from dialogues.agenda.entries.models import Entry
from dialogues.agenda.entries.operations.entries import key_id
from dialogues.agenda.entries.rules import answer_token
from dialogues.agenda.planning.models import DraftItem
from dialogues.core.accounts.models import Account
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.encryption.names import KeyName
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.people.invitations.commands import answering as invitations
from tests.agenda.calendars.calendars import Calendars, calendar_part

#: The MIME parts of an email, from outside to inside.
TREE = [
    "multipart/mixed",
    "multipart/alternative",
    "text/plain",
    "text/html",
    "text/calendar",
    "application/ics",
]


@pytest.fixture(params=["discreet", "full"])
def profile(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def request_and_cancel(calendars: Calendars, profile: str = "discreet") -> list[EmailMessage]:
    """An updated entry and its cancellation, as us4 gets them."""
    if profile == "full":
        calendars.show_full_details()
    else:
        calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    emails = calendars.emails("us4")
    calendars.cancel_meeting()
    return emails + calendars.emails("us4")


def raw_text(letter: EmailMessage) -> str:
    """Headers and all parts, decoded."""
    parts = [part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()]
    return "\n".join([*(str(value) for value in letter.values()), *(part.decode() for part in parts)])


def test_an_entry_has_the_mime_structure_that_mail_programs_need(calendars: Calendars, profile: str) -> None:
    for letter, method in zip(request_and_cancel(calendars, profile), ("REQUEST", "CANCEL"), strict=True):
        parts = list(letter.walk())
        assert [part.get_content_type() for part in parts] == TREE
        button, file = parts[4], parts[5]
        assert button.get_param("method") == method
        assert button["Content-Transfer-Encoding"] == file["Content-Transfer-Encoding"] == "base64"
        assert button["Content-Disposition"] is None
        assert button.get_payload(decode=True) == file.get_payload(decode=True)
        assert letter["Auto-Submitted"] == "auto-generated"


def test_the_one_recipient_is_the_one_attendee_and_the_sender_the_organiser(calendars: Calendars, profile: str) -> None:
    for letter in request_and_cancel(calendars, profile):
        event, _content = calendar_part(letter)
        (recipient,) = letter["To"].addresses
        (sender,) = letter["From"].addresses
        assert str(event["ATTENDEE"]) == f"mailto:{recipient.addr_spec}" == "mailto:us4@example.invalid"
        assert str(event["ORGANIZER"]) == f"mailto:{sender.addr_spec}"
        assert recipient.addr_spec != sender.addr_spec


def test_an_email_names_no_other_person(calendars: Calendars, profile: str) -> None:
    own = db.session.get_one(Person, calendars.cast.person("us4")).name
    emails = request_and_cancel(calendars, profile)
    others = db.session.execute(select(Person.name, Person.email).where(Person.name != own)).all()
    for letter in emails:
        text = raw_text(letter)
        assert not [row.name for row in others if row.name in text]
        assert not [
            row.email for row in others if row.email and row.email in text and row.email != "us4@example.invalid"
        ]


def test_a_discreet_email_contains_no_word_of_any_title(calendars: Calendars) -> None:
    calendars.plan("Unheard-of talk")
    calendars.publish()
    emails = calendars.emails("us4") + request_and_cancel(calendars)
    titles = [
        *db.session.scalars(select(Meeting.title)),
        *db.session.scalars(select(Dialogue.title)),
        *db.session.scalars(select(DraftItem.title)),
    ]
    for letter in emails:
        text = raw_text(letter)
        assert not [title for title in titles if title and title in text]
        assert "TRD" not in text


def test_a_full_email_names_the_meeting_in_the_body_but_not_in_the_subject(calendars: Calendars) -> None:
    title = db.session.scalar(select(Meeting.title).where(Meeting.code == "TRD-1"))
    letter = request_and_cancel(calendars, "full")[0]
    assert str(calendar_part(letter)[0]["SUMMARY"]) == title
    assert title
    assert title in raw_text(letter)
    assert letter["Subject"] == "Appointment: changed"


def test_every_email_prints_days_with_zone_and_offset_and_where_to_sign_in(calendars: Calendars) -> None:
    for letter in request_and_cancel(calendars):
        text = letter.get_body(("plain",)).get_content()
        assert "Monday 24 May 2027 to Friday 28 May 2027, Asia/Ulaanbaatar (UTC+08:00)" in text
        assert "http://localhost/" in text


def test_an_offset_that_changes_during_the_meeting_is_printed_twice(app: Flask) -> None:
    with app.test_request_context():
        told = span(date(2027, 10, 30), date(2027, 11, 2), "Europe/Zurich")
    assert told.endswith("(UTC+02:00, UTC+01:00)")


def test_another_parser_reads_the_same_entry(calendars: Calendars, profile: str) -> None:
    event, content = calendar_part(request_and_cancel(calendars, profile)[0])
    read = vobject.readOne(content.decode()).vevent
    assert read.uid.value == str(event["UID"])
    assert (read.dtstart.value, read.dtend.value) == (event.start, event.end)
    assert int(read.sequence.value) == event["SEQUENCE"]
    assert read.summary.value == str(event["SUMMARY"])


def test_the_organiser_address_contains_the_token_of_its_entry(calendars: Calendars) -> None:
    letter = request_and_cancel(calendars)[0]
    entry = db.session.scalars(
        select(Entry).where(Entry.person_id == calendars.cast.person("us4"), Entry.organizer.is_not(None))
    ).one()
    key = key_store().current(KeyName("answers", entry.dialogue_id))
    token = answer_token(key.secret, key_id(key.version), uid=entry.uid, entry_id=str(entry.id))
    assert f"+{token}@" in letter["From"].addresses[0].addr_spec


def test_key_versions_have_names_that_any_mail_system_preserves() -> None:
    assert [key_id(version) for version in (1, 31, 32, 1000)] == ["b", "7", "ba", "7i"]


def test_a_person_without_an_address_gets_no_email(calendars: Calendars) -> None:
    silent = db.session.scalars(select(Person.name).where(Person.email.is_(None))).all()
    calendars.cancel_meeting()
    assert silent
    calendars.emails("us4")
    sent = list(calendars.app.extensions["dialogues"].settings.instance.glob("outbox/*.eml"))
    assert not [path for path in sent if any(name.encode() in path.read_bytes() for name in silent)]


def disable(calendars: Calendars, name: str) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        found = update(Account).where(Account.email == f"{name}@example.invalid")
        session.execute(found.values(disabled_at=calendars.now))


def test_a_disabled_account_gets_no_email(calendars: Calendars) -> None:
    calendars.plan()
    calendars.publish()
    disable(calendars, "us4")
    assert calendars.emails("us4") == []
    assert [mail["Subject"] for mail in calendars.emails("us2")] == ["Your times have changed"]


def test_a_disabled_account_still_gets_a_cancellation(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.emails("us4")
    disable(calendars, "us4")
    calendars.cancel_meeting()
    (cancellation,) = calendars.emails("us4")
    assert calendar_part(cancellation)[0]["STATUS"] == "CANCELLED"


def test_a_person_who_withdrew_gets_no_email_about_the_agenda(calendars: Calendars) -> None:
    calendars.plan()
    calendars.publish()
    invitations.withdraw(calendars.cast.viewer("us4", meeting="TRD-1"), now=calendars.later())
    (letter,) = calendars.emails("us4")
    assert calendar_part(letter)[0]["STATUS"] == "CANCELLED"
