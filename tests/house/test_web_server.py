"""The web server as operators start it: what it refuses before the application is reached."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialogues.settings import ROOT
from tests.beds.database import Installation
from tests.beds.web import free_port

GUNICORN = Path(sys.executable).parent / "gunicorn"


@pytest.fixture
def port(installation: Installation) -> Iterator[int]:
    """The port of a running gunicorn on this test's copy of the sample."""
    port = free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DIALOGUES_", "FLASK_"))}
    settings = {
        "DIALOGUES_INSTANCE": str(installation.instance),
        "DIALOGUES_DATABASE_URL": installation.database_url,
        "DIALOGUES_DEMO": "1",
        "DIALOGUES_BASE_URL": f"http://localhost:{port}",
    }
    command = [str(GUNICORN), "--bind", f"127.0.0.1:{port}", "app:app"]
    with subprocess.Popen(command, cwd=ROOT, env=clean | settings, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        assert any("Booting worker" in line for line in server.stderr)
        yield port
        server.terminate()
        server.stderr.read()


def ask(port: int, *lines: str) -> tuple[str, dict[str, str]]:
    """The status line and the headers of the answer to these lines."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall("".join(f"{line}\r\n" for line in (*lines, "Connection: close", "")).encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b"")).decode("latin-1")
    status, *headers = answer.partition("\r\n\r\n")[0].split("\r\n")
    return status, dict(header.split(": ", 1) for header in headers)


def test_what_names_another_address_is_refused_with_all_headers(port: int) -> None:
    host = f"Host: localhost:{port}"
    assert ask(port, "GET /sign-in HTTP/1.1", host)[0] == "HTTP/1.1 200 OK"
    for lines in (
        ("GET /sign-in HTTP/1.1", host, "SCRIPT_NAME: /evil"),
        ("GET /sign-in HTTP/1.1", host, "PATH_INFO: /account"),
        ("GET http://evil.example/sign-in HTTP/1.1", host),
        (f"GET http://localhost:{port}/sign-in HTTP/1.1", host),
        ("GET /sign-in HTTP/1.0",),
        ("GET /sign-in HTTP/1.1",),
        ("GET /sign-in HTTP/1.1", "Host: localhost:1"),
        ("GET /sign-in HTTP/1.1", "Host: evil.example"),
        ("GET /sign-in HTTP/1.1", host, "Broken header"),
        ("GET /static/x/%00 HTTP/1.1", host),
    ):
        status, headers = ask(port, *lines)
        assert status.split()[1] == "400", lines
        assert headers["Cache-Control"] == "no-store", lines
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"], lines
        assert headers["X-Content-Type-Options"] == "nosniff", lines
