"""A house in which a story happens: the sample dialogues behind a web server, and a mail server for its letters."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.beds.browser import OpenPage
from tests.beds.database import Installation
from tests.beds.mail import MailServer
from tests.beds.web import Server, serving
from tests.journeys.stage import Stage


@pytest.fixture
def server(installation: Installation, smtp: MailServer) -> Iterator[Server]:
    """A web server whose letters leave by SMTP."""
    with serving(installation, mail_url=smtp.url) as running:
        yield running


@pytest.fixture
def stage(server: Server, smtp: MailServer, open_page: OpenPage, sample: dict[str, Any]) -> Stage:
    """Where the people of a story come in, and where their letters arrive."""
    return Stage(server.app, smtp, open_page, dict(sample["sign_in"]))
