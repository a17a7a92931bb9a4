"""Turns a letter in words into the bytes that leave: equal letters give equal bytes."""

import html
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from uuid import UUID

from dialogues.lib.mail.parts import Composed

_PNG = b"\x89PNG\r\n\x1a\n"
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")


class FaultyEmail(Exception):
    """A composed letter that must not leave: its addresses, headers or calendar part are not what they should be."""


def email_bytes(
    email_id: UUID, message_id: str, composed: Composed, *, own_address: str, base_url: str, at: datetime
) -> bytes:
    """The letter as it leaves: one recipient, one Message-ID, and for a calendar entry the parts that programs want.

    :raises FaultyLetter: an address is not one plain address, a header holds a line break, the calendar is wrong.
    """
    letter = EmailMessage(policy=SMTP)
    try:
        letter["From"] = Address(composed.sender_name, addr_spec=one_address(composed.sender or own_address))
        letter["To"] = Address(addr_spec=one_address(composed.recipient))
        letter["Subject"] = composed.subject
        letter["Message-ID"] = message_id
        if composed.in_reply_to:
            letter["In-Reply-To"] = letter["References"] = composed.in_reply_to
    except ValueError as error:
        raise FaultyEmail(f"A header cannot be written: {type(error).__name__}.") from error
    letter["Date"] = at.replace(microsecond=0)
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(composed.text, cte="quoted-printable")
    if composed.calendar is not None:
        _add_calendar(letter, email_id, composed, base_url)
    if composed.picture is not None:
        _add_picture(letter, email_id, composed.picture)
    return letter.as_bytes()


def one_address(address: str) -> str:
    """The address, if it is one plain address and nothing else.

    :raises FaultyLetter: it is not.
    """
    try:
        plain = Address(addr_spec=address).addr_spec == address and address.isascii() and address.count("@") == 1
    except Exception as error:  # The parser of addresses raises whatever it stumbles over.
        raise FaultyEmail("An address cannot be read.") from error
    if not plain or any(character <= " " or character in '<>,;:"()\x7f' for character in address):
        raise FaultyEmail("An address is not one plain address.")
    return address


def _add_calendar(letter: EmailMessage, email_id: UUID, composed: Composed, base_url: str) -> None:
    calendar, method = composed.calendar or b"", composed.method or ""
    refuse_faulty_calendar(calendar, method)
    letter.add_alternative(_as_html(composed.text, composed.language, base_url), subtype="html", cte="quoted-printable")
    letter.add_alternative(
        calendar, maintype="text", subtype="calendar", cte="base64", params={"charset": "utf-8", "method": method}
    )
    letter.set_boundary(f"=_alternative_{email_id.hex}")
    # The same bytes again: the part above makes buttons, this one a file.
    letter.add_attachment(calendar, maintype="application", subtype="ics", cte="base64", filename="invite.ics")
    letter.set_boundary(f"=_mixed_{email_id.hex}")
    _keep_one_version(letter)


def _keep_one_version(letter: EmailMessage) -> None:
    for part in letter.walk():
        # Its own copy of this header in every part is nothing any mail program needs.
        if part is not letter:
            del part["MIME-Version"]


def _add_picture(letter: EmailMessage, email_id: UUID, picture: bytes) -> None:
    """Attach the picture under a name that tells nothing."""
    if not picture.startswith(_PNG):
        raise FaultyEmail("The picture is none.")
    letter.add_attachment(picture, maintype="image", subtype="png", cte="base64", filename="code.png")
    letter.set_boundary(f"=_mixed_{email_id.hex}")
    _keep_one_version(letter)


def refuse_faulty_calendar(calendar: bytes, method: str) -> None:
    """Read the calendar part back, with another reader than the one that wrote it.

    :raises FaultyLetter: it has errors, another METHOD, or not exactly one UID.
    """
    from icalendar import Calendar  # Only where letters are sent: web processes do without.

    try:
        read = Calendar.from_ical(calendar)
    except Exception as error:  # Whatever stops this reader might stop that of a mail program.
        raise FaultyEmail(f"The calendar part cannot be read: {type(error).__name__}.") from error
    if any(part.errors for part in read.walk()):
        raise FaultyEmail("The calendar part has errors.")
    if not method or str(read.get("METHOD", "")) != method:
        raise FaultyEmail("The calendar part has another method than the letter.")
    if len({str(event.get("UID", "")) for event in read.walk("VEVENT")} - {""}) != 1:
        raise FaultyEmail("The calendar part must hold exactly one UID.")


def _as_html(text: str, language: str, base_url: str) -> str:
    paragraphs = "\n".join(
        f"<p>{'<br>'.join(_linked(line, base_url) for line in paragraph.splitlines())}</p>"
        for paragraph in text.strip().split("\n\n")
    )
    head = f'<!DOCTYPE html>\n<html lang="{html.escape(language.replace("_", "-"))}">\n'
    return f'{head}<head><meta charset="utf-8"></head>\n<body>\n{paragraphs}\n</body>\n</html>\n'


def _linked(line: str, base_url: str) -> str:
    """The line with links, to this house only: what people typed never becomes one."""
    pieces, end = [], 0
    for match in _LINK.finditer(line):
        if match[0].startswith(f"{base_url}/"):
            target = html.escape(match[0])
            pieces += [html.escape(line[end : match.start()]), f'<a href="{target}">{target}</a>']
            end = match.end()
    return "".join((*pieces, html.escape(line[end:])))
