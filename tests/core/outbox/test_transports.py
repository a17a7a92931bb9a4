"""Mail transports, and errors of mail servers."""

import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from dialogues.core.outbox.jobs import mail_server, mail_transport
from dialogues.lib.mail.parts import FailureKind, Undelivered
from dialogues.lib.mail.transports import LOGIN_REFUSED, Envelope, Folder, MailServer
from dialogues.settings import Settings, SettingsError
from tests.beds.mail import MailServer as Bed
from tests.beds.mail import OpenMailServer
from tests.beds.web import free_port

PARCEL = Envelope(
    email_id=UUID(int=7),
    sender="desk@example.org",
    recipient="bold@example.mn",
    content=b"From: desk@example.org\r\nTo: bold@example.mn\r\nSubject: S\r\n\r\n.a line with a dot\r\n",
)


def trouble(url: str, **changes: float) -> Undelivered:
    """The error for an email that this server did not accept."""
    with pytest.raises(Undelivered) as caught:
        replace(mail_server(url), **changes).send(PARCEL)
    return caught.value


@contextmanager
def scripted(*answers: bytes, pace: float = 0, before_last: float = 0) -> Iterator[str]:
    """A server that sends these replies, one per command, and then hangs up; returns its URL.

    :param before_last: seconds of silence before the last reply.
    """
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError), listening.accept()[0] as connection:
            for answer in answers:
                time.sleep(before_last if answer is answers[-1] else 0)
                for piece in [answer] if not pace else [answer[place : place + 1] for place in range(len(answer))]:
                    connection.sendall(piece)
                    time.sleep(pace)
                heard = connection.recv(65536)
                while heard.startswith(b"From:") and not heard.endswith(b"\r\n.\r\n"):
                    heard += connection.recv(65536)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"localhost:{listening.getsockname()[1]}"
    finally:
        listening.close()
        thread.join()


@pytest.mark.parametrize("security", ["smtp", "starttls", "smtps"])
@pytest.mark.usefixtures("trusted")
def test_an_email_arrives_unchanged_by_each_kind_of_url(open_mail_server: OpenMailServer, security: str) -> None:
    server = open_mail_server(security)
    mail_server(server.url).send(PARCEL)
    (arrived,) = server.emails
    assert arrived.content == PARCEL.content
    assert (arrived.sender, arrived.recipients) == ("desk@example.org", ("bold@example.mn",))
    assert arrived.over_tls is (security != "smtp")


@pytest.mark.usefixtures("trusted")
def test_a_name_and_password_authenticate_at_the_server(open_mail_server: OpenMailServer) -> None:
    server = open_mail_server("starttls", desk="p@ss word")
    mail_server(server.url_for("desk", "p%40ss%20word")).send(PARCEL)
    assert len(server.emails) == 1


@pytest.mark.usefixtures("trusted")
def test_a_wrong_password_is_a_server_error_and_is_never_shown(open_mail_server: OpenMailServer) -> None:
    said = trouble(open_mail_server("starttls", desk="right").url_for("desk", "wr0ng"))
    assert (said.kind, said.words) == (FailureKind.UNREACHABLE, LOGIN_REFUSED)
    assert "wr0ng" not in repr(said) + repr(mail_server("smtps://desk:wr0ng@mail.example.org"))


@pytest.mark.parametrize("security", ["starttls", "smtps"])
def test_a_self_signed_certificate_is_not_trusted(open_mail_server: OpenMailServer, security: str) -> None:
    server = open_mail_server(security)
    assert trouble(server.url).kind is FailureKind.UNREACHABLE
    assert not server.emails


def test_no_email_is_sent_unencrypted_when_the_server_hides_starttls(smtp: Bed) -> None:
    url = smtp.url.replace("smtp://", "smtp+starttls://someone:secret@")
    assert trouble(url).kind is FailureKind.UNREACHABLE
    assert not smtp.emails


def test_a_refused_connection_is_a_server_error() -> None:
    assert trouble(f"smtp://localhost:{free_port()}").kind is FailureKind.UNREACHABLE


def test_a_server_that_is_closing_is_a_server_error() -> None:
    with scripted(b"421 Closing\r\n") as address:
        assert trouble(f"smtp://{address}").kind is FailureKind.UNREACHABLE


def test_a_temporary_refusal_of_our_sender_address_is_a_server_error() -> None:
    with scripted(b"220 Hello\r\n", b"250 Hello\r\n", b"452 No room\r\n", b"250 Reset\r\n") as address:
        assert trouble(f"smtp://{address}").kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("421 Closing", FailureKind.TEMPORARY),
        ("450 Come back later", FailureKind.TEMPORARY),
        ("550 No such person", FailureKind.PERMANENT),
    ],
)
def test_a_refused_recipient_is_an_error_of_that_email(smtp: Bed, answer: str, expected: FailureKind) -> None:
    smtp.recipient_answers[PARCEL.recipient] = answer
    said = trouble(smtp.url)
    assert (said.kind, said.words) == (expected, answer)


@pytest.mark.parametrize(
    ("answer", "expected"), [("451 Try again", FailureKind.TEMPORARY), ("554 Not this one", FailureKind.PERMANENT)]
)
def test_refused_content_is_an_error_of_that_email(smtp: Bed, answer: str, expected: FailureKind) -> None:
    smtp.data_answers.append(answer)
    assert trouble(smtp.url).kind is expected


def test_addresses_in_a_server_reply_are_not_shown(smtp: Bed) -> None:
    smtp.recipient_answers[PARCEL.recipient] = "550 5.1.1 <bold@example.mn>: bold@example.mn is unknown"
    assert trouble(smtp.url).words == "550 5.1.1 …: … is unknown"


HELLOS = (b"220 Hello\r\n", b"250 Hello\r\n", b"250 Sender\r\n", b"250 Recipient\r\n", b"354 Go on\r\n")


def test_an_email_is_tried_again_if_the_connection_is_lost_before_acceptance() -> None:
    with scripted(*HELLOS) as address:
        assert trouble(f"smtp://{address}").kind is FailureKind.TEMPORARY


def test_an_email_may_have_arrived_if_the_connection_is_lost_after_its_content() -> None:
    with scripted(*HELLOS) as address:
        assert trouble(f"smtp://{address}").maybe_sent
    with scripted(*HELLOS[:-1]) as address:
        assert trouble(f"smtp://{address}").maybe_sent
    with scripted(*HELLOS[:-2]) as address:
        assert not trouble(f"smtp://{address}").maybe_sent


def test_a_server_has_longer_to_accept_an_email_than_for_everything_before() -> None:
    with scripted(*HELLOS, b"250 Taken\r\n", before_last=1.5) as address:
        replace(mail_server(f"smtp://{address}"), deadline=1).send(PARCEL)


def test_a_server_that_never_accepts_an_email_is_left_after_a_time() -> None:
    with scripted(*HELLOS, b"250 Taken\r\n", before_last=1) as address:
        said = trouble(f"smtp://{address}", answer_wait=0.1)
    assert (said.kind, said.maybe_sent) == (FailureKind.TEMPORARY, True)


def test_a_connection_lost_after_acceptance_changes_nothing() -> None:
    with scripted(*HELLOS, b"250 Taken\r\n") as address:
        mail_server(f"smtp://{address}").send(PARCEL)


def test_a_server_that_replies_one_byte_at_a_time_times_out() -> None:
    with scripted(b"220 Hello\r\n", b"250-" + b"x" * 3000 + b"\r\n", pace=0.02) as address:
        assert trouble(f"smtp://{address}", deadline=0.5).kind is FailureKind.UNREACHABLE


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org",
        "http://user:pass@mail.example.org",
        "smtp://",
        "smtp://mail.example.org:notaport",
        "smtp://user:pass@mail.example.org",
    ],
)
def test_a_url_that_is_unclear_or_unsafe_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        mail_server(url)
    assert "pass@" not in str(caught.value)


def test_ports_are_those_that_mail_uses() -> None:
    ports = [mail_server(f"{scheme}://mail.example.org").port for scheme in ("smtp", "smtp+starttls", "smtps")]
    assert ports == [25, 587, 465]


def test_without_a_mail_server_emails_are_written_to_files(tmp_path: Path) -> None:
    folder = mail_transport(Settings(instance=tmp_path))
    assert isinstance(folder, Folder)
    assert isinstance(mail_transport(Settings(instance=tmp_path, mail_url="smtp://localhost")), MailServer)
    folder.send(PARCEL)
    second = replace(PARCEL, email_id=uuid4())
    folder.send(second)
    names = sorted(path.name for path in (tmp_path / "outbox").iterdir())
    assert names == [f"00001-{PARCEL.email_id}.eml", f"00002-{second.email_id}.eml"]
    file = tmp_path / "outbox" / names[0]
    assert file.read_bytes() == PARCEL.content
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_written_again_replaces_the_first(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.send(PARCEL)
    folder.send(replace(PARCEL, content=b"again"))
    (file,) = tmp_path.iterdir()
    assert file.read_bytes() == b"again"


def test_a_folder_that_cannot_be_written_is_a_server_error(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with pytest.raises(Undelivered) as caught:
        Folder(tmp_path / "outbox").send(PARCEL)
    assert caught.value.kind is FailureKind.UNREACHABLE
    assert [path.name for path in tmp_path.iterdir()] == ["outbox"]
