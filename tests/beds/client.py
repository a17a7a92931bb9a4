"""A client that looks at every page it fetches: a page that breaks a rule of ours fails the test that fetched it."""

import re
from collections import OrderedDict
from contextvars import Context
from hashlib import sha256
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.architecture.page_checks import page_faults

#: Of how many pages it is remembered that they are without fault; a digest of each is all that is kept.
_MOST_REMEMBERED = 10_000
#: What differs each time without a say in the verdict: a value that is there stays there.
_NONCE = re.compile(r'nonce="[^"]+"')
_TOKEN = re.compile(r'(name="csrf_token"[^>]*? value=")[^"]+"')
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class GoodPages:
    """The pages that were found without fault, by what does not differ each time; the oldest are forgotten first."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._most = most
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen)

    def faults(self, document: str) -> list[str]:
        """What is wrong with the page; a page like a good one is not parsed again."""
        mark = sha256(likeness(document).encode()).digest()
        if mark in self._seen:
            self._seen.move_to_end(mark)
            return []
        faults = page_faults(document)
        if not faults:
            self._seen[mark] = None
            if len(self._seen) > self._most:
                self._seen.popitem(last=False)
        return faults


def likeness(document: str) -> str:
    """The page without nonce and token; each id is told by where it first stands, so that twice the same stays that."""
    known: dict[str, str] = {}
    steady = _TOKEN.sub(r'\1·"', _NONCE.sub('nonce="·"', document))
    return _ID.sub(lambda found: known.setdefault(found[0], f"id-{len(known)}"), steady)


_good_pages = GoodPages()


class ReadingClient(FlaskClient):
    """Flask's client, with the page checks."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Fetch.

        :raises AssertionError: what came is a page of ours with faults.
        """
        answer = super().open(*arguments, **options)
        moved = 300 <= answer.status_code < 400
        if answer.mimetype == "text/html" and answer.data and not moved:
            faults = _good_pages.faults(answer.text)
            assert not faults, "\n".join([answer.request.path, *faults])
        return answer


class Outside(ReadingClient):
    """A browser as it is: nothing of the test's own context reaches its requests."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        return Context().run(super().open, *arguments, **options)
