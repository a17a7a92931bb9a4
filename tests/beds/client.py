"""A client that looks at every page it fetches: a page that breaks a rule of ours fails the test that fetched it."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.architecture.page_checks import page_faults


class ReadingClient(FlaskClient):
    """Flask's client, with the page checks."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Fetch.

        :raises AssertionError: what came is a page of ours with faults.
        """
        answer = super().open(*arguments, **options)
        moved = 300 <= answer.status_code < 400
        if answer.mimetype == "text/html" and answer.data and not moved:
            faults = page_faults(answer.text)
            assert not faults, "\n".join([answer.request.path, *faults])
        return answer
