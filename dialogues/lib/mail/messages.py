"""Builds the bytes of an email; equal input gives equal bytes."""

import html
import re
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage
from uuid import UUID

from dialogues.lib.mail.addresses import plain_address
from dialogues.lib.mail.headers import POLICY, sender_of, subject_value
from dialogues.lib.mail.parts import Composed
from dialogues.lib.refusal import N_

_PNG = b"\x89PNG\r\n\x1a\n"
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")

FAULTY_ADDRESS = N_("The letter could not be written: correct the e-mail address.")
FAULTY_HEADER = N_("The letter could not be written: its subject or a name has signs that no header can have.")
FAULTY_CALENDAR = N_("The letter could not be written: its calendar entry is faulty. Please report this.")
FAULTY_PICTURE = N_("The letter could not be written: its picture is faulty. Please report this.")


class FaultyEmail(Exception):
    """The email must not be sent, because its addresses, headers or calendar part are wrong; says which, for pages."""


def email_bytes(
    email_id: UUID, message_id: str, composed: Composed, *, own_address: str, base_url: str, at: datetime
) -> bytes:
    """The message for one recipient, with its Message-ID; a calendar entry has the parts that mail programs need.

    :raises FaultyEmail: an address is not a single plain address, a header has a line break, or the calendar is wrong.
    """
    message = EmailMessage(policy=POLICY)
    _set_names(message, composed, own_address)
    message["Message-ID"] = message_id
    if composed.in_reply_to:
        message["In-Reply-To"] = message["References"] = composed.in_reply_to
    message["Date"] = at.replace(microsecond=0)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(composed.text, cte="quoted-printable")
    if composed.calendar is not None:
        _add_calendar(message, email_id, composed, base_url)
    if composed.picture is not None:
        _add_picture(message, email_id, composed.picture)
    for part in message.walk():
        # Mail programs need this header only once.
        if part is not message:
            del part["MIME-Version"]
    content = message.as_bytes()
    _check_headers(content, message, composed.subject)
    return content


def _set_names(message: EmailMessage, composed: Composed, own_address: str) -> None:
    """Set sender, recipient and subject."""
    try:
        sender, recipient = plain_address(composed.sender or own_address), plain_address(composed.recipient)
    except ValueError as error:
        raise FaultyEmail(FAULTY_ADDRESS) from error
    try:
        message["From"] = Address(composed.sender_name, addr_spec=sender)
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = subject_value(composed.subject)
    except ValueError as error:
        raise FaultyEmail(FAULTY_HEADER) from error


def _check_headers(content: bytes, message: EmailMessage, subject: str) -> None:
    """:raises FaultyEmail: a reader sees another subject, sender or recipient."""
    read = message_from_bytes(content, policy=policy.default)
    if read["Subject"] != subject:
        raise FaultyEmail(FAULTY_HEADER)
    if read["To"].addresses != message["To"].addresses or sender_of(content) != message["From"].addresses[0]:
        raise FaultyEmail(FAULTY_ADDRESS)


def _add_calendar(message: EmailMessage, email_id: UUID, composed: Composed, base_url: str) -> None:
    calendar, method = composed.calendar or b"", composed.method or ""
    check_calendar(calendar, method)
    message.add_alternative(_html(composed.text, composed.language, base_url), subtype="html", cte="quoted-printable")
    message.add_alternative(
        calendar, maintype="text", subtype="calendar", cte="base64", params={"charset": "utf-8", "method": method}
    )
    message.set_boundary(f"=_alternative_{email_id.hex}")
    # The same bytes again: the part above shows buttons, this one is a file.
    message.add_attachment(calendar, maintype="application", subtype="ics", cte="base64", filename="invite.ics")
    message.set_boundary(f"=_mixed_{email_id.hex}")


def _add_picture(message: EmailMessage, email_id: UUID, picture: bytes) -> None:
    """Attach the picture under a neutral file name."""
    if not picture.startswith(_PNG):
        raise FaultyEmail(FAULTY_PICTURE)
    message.add_attachment(picture, maintype="image", subtype="png", cte="base64", filename="code.png")
    message.set_boundary(f"=_mixed_{email_id.hex}")


def check_calendar(calendar: bytes, method: str) -> None:
    """:raises FaultyEmail: another parser finds errors, another METHOD, or not exactly one UID."""
    from icalendar import Calendar  # Imported late, because web processes do not need it.

    try:
        read = Calendar.from_ical(calendar)
    except Exception as error:  # An error of this parser may also occur in a mail program.
        raise FaultyEmail(FAULTY_CALENDAR) from error
    if any(part.errors for part in read.walk()):
        raise FaultyEmail(FAULTY_CALENDAR)
    if not method or str(read.get("METHOD", "")) != method:
        raise FaultyEmail(FAULTY_CALENDAR)
    if len({str(event.get("UID", "")) for event in read.walk("VEVENT")} - {""}) != 1:
        raise FaultyEmail(FAULTY_CALENDAR)


def _html(text: str, language: str, base_url: str) -> str:
    paragraphs = "\n".join(
        f"<p>{'<br>'.join(_linked(line, base_url) for line in paragraph.splitlines())}</p>"
        for paragraph in text.strip().split("\n\n")
    )
    head = f'<!DOCTYPE html>\n<html lang="{html.escape(language.replace("_", "-"))}">\n'
    return f'{head}<head><meta charset="utf-8"></head>\n<body>\n{paragraphs}\n</body>\n</html>\n'


def _linked(line: str, base_url: str) -> str:
    """The line as HTML. Only URLs of this installation become links, never those that people typed."""
    pieces, end = [], 0
    for match in _LINK.finditer(line):
        if match[0].startswith(f"{base_url}/"):
            target = html.escape(match[0])
            pieces += [html.escape(line[end : match.start()]), f'<a href="{target}">{target}</a>']
            end = match.end()
    return "".join((*pieces, html.escape(line[end:])))
