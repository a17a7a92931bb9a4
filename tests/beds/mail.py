"""A mail server on loopback that keeps its emails, with STARTTLS, TLS or neither, and can refuse recipients."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, Literal

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.beds.certificate import Certificate, make_certificate
from tests.beds.web import free_port

Security = Literal["smtp", "starttls", "smtps"]


ACCEPTED = "250 Taken"


@dataclass(frozen=True, slots=True)
class Email:
    """One email as it arrived, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes
    over_tls: bool

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass  # Without slots, because aiosmtpd inspects the handler in a way that fails with slots on early 3.11.
class MailServer:
    """Receives the emails of a test; set `recipient_answers` or `data_answers` to have some refused."""

    security: Security
    port: int = 0
    emails: list[Email] = field(default_factory=list)
    #: The answer to RCPT for an address: "550 No such person".
    recipient_answers: dict[str, str] = field(default_factory=dict)
    #: Replies to the next emails, used one by one; without any, emails are accepted.
    data_answers: list[str] = field(default_factory=list)
    #: Emails to these addresses are accepted only after the event is set.
    slow: dict[str, threading.Event] = field(default_factory=dict)
    #: How long an email is taken before the sender hears of it.
    seconds_to_answer: float = 0
    #: Names and passwords; if there are any, a sender must log in.
    accounts: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The value of DIALOGUES_MAIL_URL for this server."""
        return self.url_for()

    def url_for(self, user: str = "", password: str = "") -> str:
        """The URL with a name and password."""
        who = f"{user}:{password}@" if user else ""
        scheme = {"smtp": "smtp", "starttls": "smtp+starttls", "smtps": "smtps"}[self.security]
        return f"{scheme}://{who}localhost:{self.port}"

    def to(self, address: str) -> list[Email]:
        """The emails to one address in order of arrival."""
        return [email for email in self.emails if address in email.recipients]

    async def handle_RCPT(  # noqa: N802 (aiosmtpd finds its hooks by these names)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.recipient_answers.get(address, ACCEPTED)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (as above)
        for address in self.slow.keys() & set(envelope.rcpt_tos):
            await asyncio.to_thread(self.slow[address].wait, 60)
        answer = self.data_answers.pop(0) if self.data_answers else ACCEPTED
        if answer.startswith("250"):
            content = envelope.content or b""
            raw = content if isinstance(content, bytes) else content.encode()
            over_tls = self.security == "smtps" or session.ssl is not None
            self.emails.append(Email(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, over_tls))
        await asyncio.sleep(self.seconds_to_answer)
        return answer


OpenMailServer = Callable[..., MailServer]


@contextmanager
def mail_server(certificate: Certificate, security: Security = "smtp", **accounts: str) -> Iterator[MailServer]:
    """A mail server on a free port; if there are accounts, only they can send."""
    server = MailServer(security, accounts=accounts)
    options: dict[str, Any] = {}
    if security == "starttls":
        options = {"tls_context": certificate.server_context(), "require_starttls": True}
    if accounts:
        options |= {"authenticator": _authenticator(server), "auth_required": True}
        options["auth_require_tls"] = security == "starttls"
    over_tls = certificate.server_context() if security == "smtps" else None
    controller = Controller(server, hostname="127.0.0.1", port=free_port(), ssl_context=over_tls, **options)
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


def _authenticator(server: MailServer) -> Callable[..., object]:
    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
        known = isinstance(data, LoginPassword) and server.accounts.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=known, handled=False)

    return check


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate for localhost and its certificate authority."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def trusted(certificate: Certificate, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process trusts the tests' certificate authority as a machine trusts the public ones."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.authority))
    return certificate.authority


@pytest.fixture
def open_mail_server(certificate: Certificate) -> Iterator[OpenMailServer]:
    """Opens mail servers: `open_mail_server("starttls", someone="their password")`."""
    with ExitStack() as opened:
        yield lambda security="smtp", **accounts: opened.enter_context(mail_server(certificate, security, **accounts))


@pytest.fixture(scope="session")
def plain_mail_server(certificate: Certificate) -> Iterator[MailServer]:
    """A mail server without TLS whose address is the same for the whole run."""
    with mail_server(certificate) as server:
        yield server


@pytest.fixture
def smtp(plain_mail_server: MailServer) -> MailServer:
    """The mail server without TLS, empty, accepting everything."""
    plain_mail_server.emails.clear()
    plain_mail_server.recipient_answers.clear()
    plain_mail_server.data_answers.clear()
    plain_mail_server.slow.clear()
    return plain_mail_server
