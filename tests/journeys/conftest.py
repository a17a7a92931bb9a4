"""The sample dialogues behind a web server, with a mail server for their emails."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.beds.browser import OpenPage
from tests.beds.database import Installation
from tests.beds.mail import MailServer
from tests.beds.web import Server, serving
from tests.journeys.stage import Stage


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the longest journeys."""
    items.sort(key=lambda item: item.path.name != "test_all_pages.py")


@pytest.fixture
def server(installation: Installation, smtp: MailServer) -> Iterator[Server]:
    """A web server whose emails are sent by SMTP."""
    with serving(installation, mail_url=smtp.url) as running:
        yield running


@pytest.fixture
def stage(server: Server, smtp: MailServer, open_page: OpenPage, sample: dict[str, Any]) -> Stage:
    """The way to sign people in and to read their emails."""
    return Stage(server.app, smtp, open_page, dict(sample["sign_in"]))
