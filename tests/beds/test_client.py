"""The page checks parse similar pages once and still find every fault."""

import pytest

from tests.architecture.page_checks import page_faults
from tests.beds import client
from tests.beds.client import GoodPages

_ONE, _OTHER = "4f9c1a52-0b7e-4a8e-9a3e-0d6f2f9b1c11", "7d2b8c1e-93a4-4c5f-8b6d-2e1f0a9c8b7d"


def page(*, nonce: str = "abc", field: str = "abc", one: str = _ONE, other: str = _OTHER, more: str = "") -> str:
    return (
        '<!doctype html><html lang="en"><head><title>Page</title>'
        f'<script nonce="{nonce}" src="/static/a.js"></script></head><body><h1>Page</h1>'
        f'<form method="post"><input id="csrf_token" name="csrf_token" type="hidden" value="{field}"></form>'
        f'<p id="p-{one}">a</p><p id="p-{other}">b</p>{more}</body></html>'
    )


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The pages that were parsed."""
    seen: list[str] = []

    def noted(document: str) -> list[str]:
        seen.append(document)
        return page_faults(document)

    monkeypatch.setattr(client, "page_faults", noted)
    return seen


def test_pages_that_differ_only_by_nonce_token_and_ids_are_parsed_once(parsed: list[str]) -> None:
    good = GoodPages()
    for document in (page(), page(nonce="xyz", field="xyz"), page(one=_OTHER, other=_ONE)):
        assert good.faults(document) == []
    assert len(parsed) == 1


@pytest.mark.parametrize(
    "faulty",
    [page(one=_ONE, other=_ONE), page(field=""), page(more='<a href="https://elsewhere.example/">x</a>')],
    ids=["an id twice", "a form without a token", "a foreign host"],
)
def test_fault_is_found_after_a_similar_valid_page(faulty: str) -> None:
    good = GoodPages()
    assert good.faults(page()) == []
    assert good.faults(faulty) != []
    assert good.faults(faulty) != []


def test_number_of_remembered_pages_is_limited(parsed: list[str]) -> None:
    good = GoodPages(most=2)
    for words in ("one", "two", "three", "one"):
        good.faults(page(more=f"<p>{words}</p>"))
    assert (len(good), len(parsed)) == (2, 4)
