"""The application, a test client, and a web server on loopback for browsers."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from tests.beds.database import Installation, opened


@pytest.fixture
def app(installation: Installation) -> Iterator[Flask]:
    """The application on this test's copy of the sample dialogues."""
    with opened(installation.settings()) as app:
        yield app


@pytest.fixture
def empty_app(empty_installation: Installation) -> Iterator[Flask]:
    """The application on an installation without data."""
    with opened(empty_installation.settings()) as app:
        yield app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A test client that is not signed in."""
    return app.test_client()


def set_clock(app: Flask, moment: datetime) -> None:
    """Set the clock of the application; it continues from there."""
    app.extensions["dialogues"].clock_shift = moment - datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Server:
    """A running web server and its application."""

    app: Flask
    url: str


@contextmanager
def serve(app: Flask, port: int = 0) -> Iterator[str]:
    """Serve an application on loopback with one thread per request; port 0 means a free one."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="web server")
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def serving(installation: Installation, **changes: Any) -> Iterator[Server]:
    """Serve an installation whose `base_url` is the address of the server."""
    port = free_port()
    settings = installation.settings(base_url=f"http://localhost:{port}", **changes)
    with opened(settings) as app, serve(app, port) as url:
        yield Server(app, url)


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(installation: Installation) -> Iterator[Server]:
    """A web server on this test's copy of the sample dialogues."""
    with serving(installation) as running:
        yield running
