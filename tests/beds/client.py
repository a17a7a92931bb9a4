"""A test client that checks every page it fetches: a page that breaks a rule fails the test."""

import re
from collections import OrderedDict
from contextvars import Context
from hashlib import sha256
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.architecture.page_checks import page_faults

#: Number of valid pages whose digests are remembered.
_MOST_REMEMBERED = 10_000
#: Values that differ in each response and do not affect validity; an empty value is not replaced.
_NONCE = re.compile(r'nonce="[^"]+"')
_TOKEN = re.compile(r'(name="csrf_token"[^>]*? value=")[^"]+"')
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class GoodPages:
    """LRU cache of valid pages; pages that differ only in nonce, token and ids share an entry."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._most = most
        self._seen: OrderedDict[bytes, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._seen)

    def faults(self, document: str) -> list[str]:
        """The faults of the page; a page like an earlier valid one is not parsed again."""
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
    """The page without nonce and token; ids become numbers by first appearance, so that duplicates remain."""
    known: dict[str, str] = {}
    steady = _TOKEN.sub(r'\1·"', _NONCE.sub('nonce="·"', document))
    return _ID.sub(lambda found: known.setdefault(found[0], f"id-{len(known)}"), steady)


_good_pages = GoodPages()


class ReadingClient(FlaskClient):
    """Flask's test client with the page checks."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        """Send a request.

        :raises AssertionError: the response is an HTML page with faults.
        """
        answer = super().open(*arguments, **options)
        moved = 300 <= answer.status_code < 400
        if answer.mimetype == "text/html" and answer.data and not moved:
            faults = _good_pages.faults(answer.text)
            assert not faults, "\n".join([answer.request.path, *faults])
        return answer


class Outside(ReadingClient):
    """A client whose requests run outside the test's context, like a real browser."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        return Context().run(super().open, *arguments, **options)
