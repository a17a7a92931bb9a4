"""Carries a letter away: to a mail server, or into a folder where there is none."""

import os
import re
import smtplib
import socket
import ssl
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

from dialogues.lib.mail.parts import DEADLINE, Trouble, Undelivered
from dialogues.lib.refusal import N_
from dialogues.lib.text import one_line

_ANSWER_TIME = 20.0
_AN_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")


AWAY = N_("The mail server cannot be reached.")
NOT_LET_IN = N_("The mail server does not accept our name and password.")
NO_TLS = N_("The mail server offers no connection that can be trusted.")
CUT_OFF = N_("The mail server ended the connection before it took the letter.")
NO_ROOM = N_("The folder for letters cannot be written.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The bytes of a letter and its envelope."""

    email_id: UUID
    sender: str
    recipient: str
    content: bytes


class Transport(Protocol):
    """Takes a letter away, or says why not."""

    def carry(self, parcel: Envelope) -> None:
        """Take the letter away.

        :raises Undelivered: it did not leave, as far as can be known.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server, reached as its URL says or not at all: there is no way back to plain text."""

    security: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    deadline: float = DEADLINE

    def carry(self, parcel: Envelope) -> None:
        """Hand the letter to the server, in a connection of its own and within the deadline."""
        with self._connection() as server:
            with _told_as_trouble_of_the_letter():
                server.sendmail(parcel.sender, [parcel.recipient], parcel.content)
            # The letter is taken: nothing that follows may make it seem otherwise.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        with _told_as_trouble_of_the_server():
            server = self._reached()
        ending = threading.Timer(self.deadline, _hang_up, [server])
        ending.daemon = True
        ending.start()
        try:
            with _told_as_trouble_of_the_server():
                self._greet(server)
            yield server
        finally:
            ending.cancel()
            server.close()

    def _reached(self) -> smtplib.SMTP:
        wait = min(_ANSWER_TIME, self.deadline)
        if self.security == "smtps":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=wait, context=ssl.create_default_context())
        return smtplib.SMTP(self.host, self.port, timeout=wait)

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.security == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of `.eml` files, numbered in the order in which they left, where there is no mail server."""

    path: Path

    def carry(self, parcel: Envelope) -> None:
        """Write the letter as a file; sent again it takes the place of the first one."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self.path, self._name(parcel.email_id), parcel.content)
        except OSError as error:
            raise Undelivered(Trouble.AWAY, NO_ROOM) from error

    def _name(self, email_id: UUID) -> str:
        known = sorted(self.path.glob("*-*.eml"))
        again = [path.name for path in known if path.name.endswith(f"-{email_id}.eml")]
        if again:
            return again[0]
        numbers = [int(path.name.split("-", 1)[0]) for path in known if path.name.split("-", 1)[0].isdigit()]
        return f"{max(numbers, default=0) + 1:05}-{email_id}.eml"


def _write(folder: Path, name: str, content: bytes) -> None:
    """Write a file so that it is there whole or not at all, for its owner's eyes only."""
    descriptor, draft = tempfile.mkstemp(dir=folder, prefix=".draft-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(folder / name)
    finally:
        Path(draft).unlink(missing_ok=True)


def _hang_up(server: smtplib.SMTP) -> None:
    """End a delivery that lasts too long, whatever the other side is doing."""
    with suppress(OSError):
        if server.sock is not None:
            # The plain shutdown, under any TLS: it wakes the thread that waits for an answer.
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


@contextmanager
def _told_as_trouble_of_the_server() -> Iterator[None]:
    """Before a letter is named, nothing that goes wrong is the letter's fault."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered(Trouble.AWAY, NOT_LET_IN) from error
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        raise Undelivered(Trouble.AWAY, NO_TLS) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(Trouble.AWAY, AWAY) from error


@contextmanager
def _told_as_trouble_of_the_letter() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPSenderRefused as error:
        # The sender is always ours, so that a passing no to it is none to this letter.
        raise _refused(error.smtp_code, error.smtp_error, Trouble.AWAY) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(Trouble.PASSING, CUT_OFF) from error


def _refused(code: int, answer: bytes | str, passing: Trouble = Trouble.PASSING) -> Undelivered:
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    # What servers answer often repeats the address; this is shown to people who are not to read it here.
    words = _AN_ADDRESS.sub("…", one_line(said))
    return Undelivered(Trouble.FINAL if 500 <= code < 600 else passing, f"{code} {words}"[:200].strip())
