"""The bytes of an email: the form that mail programs need, and input that is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest

from dialogues.lib.mail.messages import FaultyEmail, email_bytes
from dialogues.lib.mail.parts import Composed

GOLDEN = Path(__file__).parent / "golden"
LETTER_ID = UUID("5d3f2c1a-0b6e-4f7a-9c8d-1e2f3a4b5c6d")
EVENT = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Calendar//EN\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:0f3a\r
DTSTAMP:20270110T083000Z\r
SEQUENCE:2\r
DTSTART:20270524T010000Z\r
DTEND:20270524T023000Z\r
SUMMARY:Appointment\r
ORGANIZER:mailto:desk+token@example.org\r
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bold@example.mn\r
END:VEVENT\r
END:VCALENDAR\r
"""
PLAIN = Composed(
    recipient="bold@example.mn",
    subject="Your registration",
    text="Good day,\n\nplease answer here: http://localhost/r/abc?x=1&y=2.\nУлаанбаатар, 몽골\n",
)
INVITE = replace(
    PLAIN,
    subject="Appointment",
    sender="desk+token@example.org",
    sender_name="Dialogue desk",
    in_reply_to="<first@example.org>",
    calendar=EVENT,
    method="REQUEST",
)
#: The smallest picture: one white pixel.
DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010100000000376ef9240000000a4944415468de6360000000020001e221bc33"
    "0000000049454e44ae426082"
)
PICTURE = replace(PLAIN, subject="Your code", picture=DOT)


def written(composed: Composed) -> bytes:
    return email_bytes(
        LETTER_ID,
        f"<{LETTER_ID}@example.org>",
        composed,
        own_address="desk@example.org",
        base_url="http://localhost",
        at=datetime(2027, 1, 10, 8, 30, 5, 123456, tzinfo=UTC),
    )


def read(content: bytes) -> EmailMessage:
    """The email as a second parser reads it."""
    message = message_from_bytes(content, policy=policy.default)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


@pytest.mark.parametrize(("name", "composed"), [("plain", PLAIN), ("calendar-entry", INVITE), ("picture", PICTURE)])
def test_an_email_equals_its_golden_copy(name: str, composed: Composed) -> None:
    assert written(composed) == (GOLDEN / f"{name}.eml").read_bytes()


def test_every_line_ends_with_crlf_and_is_ascii() -> None:
    content = written(INVITE)
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")


def test_an_email_without_calendar_is_plain_text() -> None:
    message = read(written(PLAIN))
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == PLAIN.text


def test_a_second_parser_finds_one_recipient_and_the_headers() -> None:
    message = read(written(INVITE))
    assert [address.addr_spec for address in message["To"].addresses] == ["bold@example.mn"]
    assert message["From"].addresses[0].addr_spec == "desk+token@example.org"
    assert message["Message-ID"] == f"<{LETTER_ID}@example.org>"
    assert message["In-Reply-To"] == message["References"] == "<first@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime == datetime(2027, 1, 10, 8, 30, 5, tzinfo=UTC)
    assert message["Cc"] is message["Bcc"] is None


def test_a_calendar_email_has_the_parts_that_mail_programs_need() -> None:
    message = read(written(INVITE))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    invite, file = list(message.walk())[-2:]
    assert invite.get_params() == [("text/calendar", ""), ("charset", "utf-8"), ("method", "REQUEST")]
    assert invite["Content-Disposition"] is None
    assert invite["Content-Transfer-Encoding"] == file["Content-Transfer-Encoding"] == "base64"
    assert file["Content-Disposition"] == 'attachment; filename="invite.ics"'
    assert invite.get_payload(decode=True) == file.get_payload(decode=True) == EVENT


def test_only_addresses_of_this_installation_become_links() -> None:
    text = "<b>Bold</b> http://localhost/r/1 and http://localhost.evil.example/ and javascript:alert(1)"
    html = list(read(written(replace(INVITE, text=text))).walk())[3].get_content()
    assert "&lt;b&gt;Bold&lt;/b&gt;" in html
    assert html.count("<a ") == 1
    assert '<a href="http://localhost/r/1">' in html


@pytest.mark.parametrize(
    "address",
    [
        "Bob <a@b.example>, c@d.example",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a@b.example\n",
        "<a@b.example>",
        '"a b"@c.example',
        "a@b@c.example",
        "ä@b.example",
        "a",
        "",
    ],
)
def test_an_invalid_recipient_is_refused(address: str) -> None:
    with pytest.raises(FaultyEmail):
        written(replace(PLAIN, recipient=address))
    if address:
        with pytest.raises(FaultyEmail):
            written(replace(PLAIN, sender=address))


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: c@d.example", "Hello\n\nBody", "Hello\rthere"])
def test_a_subject_never_becomes_a_second_header(subject: str) -> None:
    with pytest.raises(FaultyEmail):
        written(replace(PLAIN, subject=subject))


def test_a_senders_name_never_becomes_a_second_address() -> None:
    message = read(written(replace(PLAIN, sender_name='"Bob" <a@b.example>, c@d.example')))
    assert [address.addr_spec for address in message["From"].addresses] == ["desk@example.org"]
    with pytest.raises(FaultyEmail):
        written(replace(PLAIN, sender_name="Bob\r\nBcc: c@d.example"))


@pytest.mark.parametrize(
    "calendar",
    [
        pytest.param(b"nothing of the kind", id="no calendar"),
        pytest.param(EVENT.replace(b"20270524T010000Z", b"tomorrow"), id="an unreadable start"),
        pytest.param(EVENT.replace(b"UID:0f3a\r\n", b""), id="no UID"),
        pytest.param(EVENT.replace(b"METHOD:REQUEST", b"METHOD:CANCEL"), id="another method"),
        pytest.param(EVENT.replace(b"METHOD:REQUEST\r\n", b""), id="no method"),
        pytest.param(EVENT.replace(b"END:VCALENDAR", b""), id="no end"),
        pytest.param(
            EVENT.replace(
                b"END:VEVENT\r\n", b"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20270110T083000Z\r\nEND:VEVENT\r\n"
            ),
            id="two UIDs",
        ),
        pytest.param(EVENT + EVENT, id="two calendars"),
    ],
)
def test_an_invalid_calendar_part_is_never_sent(calendar: bytes) -> None:
    with pytest.raises(FaultyEmail):
        written(replace(INVITE, calendar=calendar))


def test_a_second_parser_finds_the_picture_under_a_neutral_name() -> None:
    message = read(written(PICTURE))
    text, picture = message.iter_parts()
    assert message.get_content_type() == "multipart/mixed"
    assert text.get_content().replace("\r\n", "\n") == PLAIN.text
    assert (picture.get_content_type(), picture.get_filename()) == ("image/png", "code.png")
    assert picture.get_content() == DOT


def test_a_file_that_is_not_a_picture_is_not_sent_as_one() -> None:
    with pytest.raises(FaultyEmail):
        written(replace(PLAIN, picture=b"<svg/>"))
