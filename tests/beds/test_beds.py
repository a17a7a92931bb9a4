"""Tests of the test fixtures themselves."""

import smtplib
import socket
import ssl
from email.message import EmailMessage

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser

from tests.beds.browser import accessibility_faults, open_watched_page
from tests.beds.mail import MailServer, OpenMailServer
from tests.beds.network import ForeignNetworkError
from tests.beds.web import serve


def new_email() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@example.org", "ch1@example.org", "Вам письмо"
    message.set_content("Text")
    return message


@pytest.mark.parametrize("host", ["192.0.2.1", "example.org", "10.0.0.1", "2001:db8::1"])
def test_connection_to_another_machine_fails(host: str) -> None:
    with pytest.raises(ForeignNetworkError):
        socket.create_connection((host, 80), timeout=1)


def test_mail_server_keeps_an_email_and_its_envelope(smtp: MailServer) -> None:
    with smtplib.SMTP("localhost", smtp.port) as connection:
        connection.send_message(new_email())
    (arrived,) = smtp.to("ch1@example.org")
    assert arrived.message["Subject"] == "Вам письмо"
    assert not arrived.over_tls


def test_mail_server_refuses_a_recipient_on_request(smtp: MailServer) -> None:
    smtp.recipient_answers["ch1@example.org"] = "550 No such person"
    with smtplib.SMTP("localhost", smtp.port) as connection, pytest.raises(smtplib.SMTPRecipientsRefused):
        connection.send_message(new_email())
    assert smtp.emails == []


@pytest.mark.usefixtures("trusted")
def test_starttls_server_accepts_no_email_without_encryption(open_mail_server: OpenMailServer) -> None:
    server = open_mail_server("starttls", desk="sesame")
    with smtplib.SMTP("localhost", server.port) as connection:
        with pytest.raises(smtplib.SMTPException):
            connection.send_message(new_email())
        connection.starttls(context=ssl.create_default_context())
        connection.login("desk", "sesame")
        connection.send_message(new_email())
    assert server.emails[0].over_tls


@pytest.mark.usefixtures("trusted")
def test_tls_server_is_trusted_by_its_authority(open_mail_server: OpenMailServer) -> None:
    server = open_mail_server("smtps")
    with smtplib.SMTP_SSL("localhost", server.port, context=ssl.create_default_context()) as connection:
        connection.send_message(new_email())
    assert server.emails[0].over_tls


@pytest.fixture
def faulty_site() -> Flask:
    """A site with one page per fault; each has its own address."""
    site = Flask("faulty")
    pages = {
        "/fine": "<h1>Fine</h1>",
        "/inline-style": "<h1 style='color:red'>Red</h1>",
        "/inline-script": "<h1>Script</h1><script>document.title = 'x'</script>",
        "/foreign": "<h1>Foreign</h1><img alt='' src='http://192.0.2.1/pixel.png'>",
        "/missing-part": "<h1>Missing</h1><img alt='' src='/nowhere.png'>",
        "/unlabelled": "<h1>Form</h1><form><input name='title'></form>",
    }
    for path, body in pages.items():
        document = f"<!doctype html><html lang='en'><title>Page</title><link rel=icon href='data:,'><main>{body}</main>"
        site.add_url_rule(path, path, lambda document=document: document)

    @site.after_request
    def strict(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; img-src 'self' data:; require-trusted-types-for 'script'; trusted-types 'none'"
        )
        return response

    return site


@pytest.mark.journey
@pytest.mark.parametrize(
    ("path", "javascript"),
    [
        ("/inline-script", True),
        ("/inline-style", True),
        ("/inline-style", False),
        ("/foreign", True),
        ("/foreign", False),
        ("/missing-part", False),
    ],
)
def test_page_that_breaks_a_rule_fails_its_test(
    chromium: Browser, faulty_site: Flask, path: str, javascript: bool
) -> None:
    with (
        serve(faulty_site) as url,
        pytest.raises(AssertionError),
        open_watched_page(chromium, url, javascript=javascript) as page,
    ):
        page.goto(path, wait_until="networkidle")


@pytest.mark.journey
def test_axe_runs_under_our_content_policy_and_finds_an_unlabelled_field(chromium: Browser, faulty_site: Flask) -> None:
    with serve(faulty_site) as url, open_watched_page(chromium, url) as page:
        page.goto("/fine")
        assert accessibility_faults(page) == []
        page.goto("/unlabelled")
        assert any(fault.startswith("label:") for fault in accessibility_faults(page))
