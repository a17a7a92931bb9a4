"""Transports of emails: a mail server, or a folder for installations without one."""

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
from typing import Any, Protocol
from uuid import UUID

from dialogues.lib.mail.parts import ANSWER_WAIT, DEADLINE, FailureKind, Undelivered
from dialogues.lib.refusal import N_
from dialogues.lib.text import one_line

_TIMEOUT_SECONDS = 20.0
_QUIT_SECONDS = 2.0
_ADDRESS = re.compile(r"<?[^\s<>@]+@[^\s<>@]+>?")

UNREACHABLE = N_("The mail server cannot be reached.")
LOGIN_REFUSED = N_("The mail server does not accept our name and password.")
NO_TLS = N_("The mail server offers no connection that can be trusted.")
CONNECTION_LOST = N_("The mail server ended the connection before it took the letter.")
FOLDER_NOT_WRITABLE = N_("The folder for letters cannot be written.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """The bytes of an email with its sender and recipient."""

    email_id: UUID
    sender: str
    recipient: str
    content: bytes


class Transport(Protocol):
    def send(self, envelope: Envelope) -> None:
        """Send an email.

        :raises Undelivered: it was not sent, as far as can be known.
        """


class _PatientSMTP(smtplib.SMTP):
    """Hangs up when a time limit is over; from DATA on, the limit is the long one."""

    answer_wait = ANSWER_WAIT
    #: Whether DATA was begun; if the connection is lost after that, the server may have the email.
    data_begun = False
    _timer: threading.Timer | None = None

    def limit(self, seconds: float | None) -> None:
        """Replace the time limit; None removes it."""
        if self._timer is not None:
            self._timer.cancel()
        if seconds is not None:
            self._timer = threading.Timer(seconds, _hang_up, [self])
            self._timer.daemon = True
            self._timer.start()

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.data_begun = True
        self.limit(self.answer_wait)
        if self.sock is not None:
            self.sock.settimeout(self.answer_wait)
        return super().data(msg)


class _PatientTLS(_PatientSMTP, smtplib.SMTP_SSL):
    """The same over TLS from the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """A mail server, used as its URL says; never falls back to an unencrypted connection."""

    security: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    deadline: float = DEADLINE
    answer_wait: float = ANSWER_WAIT

    def send(self, envelope: Envelope) -> None:
        """Send the email in a new connection, within the deadline; then wait for the server to accept it."""
        with self._connection() as server:
            with _email_failures(server):
                server.sendmail(envelope.sender, [envelope.recipient], envelope.content)
            # The server has accepted the email, so later errors must not mark it as failed, nor later waiting delay it.
            server.limit(_QUIT_SECONDS)
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    @contextmanager
    def _connection(self) -> Iterator["_PatientSMTP"]:
        with _server_failures():
            server = self._connect()
        try:
            server.limit(self.deadline)
            with _server_failures():
                self._greet(server)
            yield server
        finally:
            server.limit(None)
            server.close()

    def _connect(self) -> "_PatientSMTP":
        wait = min(_TIMEOUT_SECONDS, self.deadline)
        if self.security == "smtps":
            server: _PatientSMTP = _PatientTLS(self.host, self.port, timeout=wait, context=ssl.create_default_context())
        else:
            server = _PatientSMTP(self.host, self.port, timeout=wait)
        server.answer_wait = self.answer_wait
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.security == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user:
            server.login(self.user, self.password)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of `.eml` files, numbered in the order of sending."""

    path: Path

    def send(self, envelope: Envelope) -> None:
        """Write the email as a file; sending it again replaces the first file."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(self.path, self._name(envelope.email_id), envelope.content)
        except OSError as error:
            raise Undelivered(FailureKind.UNREACHABLE, FOLDER_NOT_WRITABLE) from error

    def _name(self, email_id: UUID) -> str:
        files = sorted(self.path.glob("*-*.eml"))
        existing = [path.name for path in files if path.name.endswith(f"-{email_id}.eml")]
        if existing:
            return existing[0]
        numbers = [int(path.name.split("-", 1)[0]) for path in files if path.name.split("-", 1)[0].isdigit()]
        return f"{max(numbers, default=0) + 1:05}-{email_id}.eml"


def _write(folder: Path, name: str, content: bytes) -> None:
    """Write a file completely or not at all, readable for its owner only."""
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
    """End a delivery that takes too long, whatever the server is doing."""
    with suppress(OSError):
        if server.sock is not None:
            # A plain shutdown below TLS, because it wakes the thread that waits for a response.
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


@contextmanager
def _server_failures() -> Iterator[None]:
    """Errors before an email is named are not the email's fault."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise Undelivered(FailureKind.UNREACHABLE, LOGIN_REFUSED) from error
    except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
        raise Undelivered(FailureKind.UNREACHABLE, NO_TLS) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(FailureKind.UNREACHABLE, UNREACHABLE) from error


@contextmanager
def _email_failures(server: _PatientSMTP) -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        raise _refused(*next(iter(error.recipients.values()))) from error
    except smtplib.SMTPSenderRefused as error:
        # The sender is always our own, so a temporary refusal of it is no fault of this email.
        raise _refused(error.smtp_code, error.smtp_error, FailureKind.UNREACHABLE) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Undelivered(FailureKind.TEMPORARY, CONNECTION_LOST, maybe_sent=server.data_begun) from error


def _refused(code: int, answer: bytes | str, temporary: FailureKind = FailureKind.TEMPORARY) -> Undelivered:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    # Server responses often repeat the address, and readers of this message may not see it.
    words = _ADDRESS.sub("…", one_line(text))
    return Undelivered(FailureKind.PERMANENT if 500 <= code < 600 else temporary, f"{code} {words}"[:200].strip())
