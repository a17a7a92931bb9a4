"""A benchmark figure states what it found, so that an empty page is never measured."""

import json
from pathlib import Path

import pytest

from bench.figures import PER_BARE, Figure, at_least, keep
from bench.growth import Growth
from bench.proof import HITS, SESSIONS, Proof


def test_a_search_without_results_is_not_measured() -> None:
    assert Proof(HITS, "records", 1000).of("<p>6,515 records found</p>") == "6515 records"
    with pytest.raises(RuntimeError, match="found 0 records"):
        Proof(HITS, "records").of("<p>Nothing found</p>")


def test_the_same_session_twice_counts_once() -> None:
    page = "Made-up session 1, Made-up session 2, Made-up session 2"

    assert Proof(SESSIONS, "sessions", 2).of(page) == "2 sessions"
    with pytest.raises(RuntimeError, match="where 3 must be"):
        Proof(SESSIONS, "sessions", 3).of(page)


def test_a_figure_without_a_found_value_is_refused() -> None:
    with pytest.raises(ValueError, match="say what was found"):
        Figure("search", 1, "ms", "")


def test_a_limit_in_milliseconds_is_a_multiple_of_the_bare_page() -> None:
    page = Figure("agenda", 0.2, PER_BARE, "60 sessions", at_least(4))

    assert page.milliseconds == pytest.approx(2)
    assert page.is_met
    assert not Figure("agenda", 0.05, PER_BARE, "60 sessions", at_least(4)).is_met


def test_the_exponent_is_that_of_the_last_two_sizes(tmp_path: Path) -> None:
    linear = Growth("agenda", "sessions", (50, 200, 800), (9.0, 10.0, 40.0), "800 sessions")
    assert linear.exponent == pytest.approx(1)

    keep([], tmp_path / "bench.json", growth=[linear.row()])

    (row,) = json.loads((tmp_path / "bench.json").read_text("utf-8"))["growth"]
    assert (row["exponent"], row["sizes"], row["found"]) == (pytest.approx(1), [50, 200, 800], "800 sessions")
    assert row["milliseconds"] == pytest.approx([3.6, 4, 16])
