"""How cost grows: each kind of work at three sizes, and the exponent between the two largest."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import time as clock_time
from datetime import timedelta
from math import log
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from bench.bare import app as bare_app
from bench.figures import BARE_MS
from bench.proof import EVENTS, HITS, PERSONS, SESSIONS, Proof
from dialogues.agenda.planning import commands as planning_commands
from dialogues.agenda.planning.queries import draft as planning_draft
from dialogues.agenda.planning.rules import SessionPlan, When
from dialogues.core.common import clock
from dialogues.extensions import db
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.sample.generating import generate_meeting
from tests.cast import Cast

SESSION_SIZES, PEOPLE_SIZES, RECORD_SIZES = (50, 200, 600), (200, 700, 2000), (1000, 3000, 10_000)
#: The fastest of this many runs counts, because other work on the machine only adds time.
TIMES = 5
_FIRST_DAY_EVENING = (clock_time(20), clock_time(20, 30))


@dataclass(frozen=True, slots=True)
class Growth:
    """One kind of work: its sizes, the cost of each in multiples of the bare page, and what the largest found."""

    name: str
    unit: str
    sizes: tuple[int, ...]
    multiples: tuple[float, ...]
    found: str

    @property
    def exponent(self) -> float:
        """The slope between the last two sizes on logarithmic scales: 0 is constant, 1 linear."""
        return log(self.multiples[-1] / self.multiples[-2]) / log(self.sizes[-1] / self.sizes[-2])

    def row(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "unit": self.unit,
            "sizes": self.sizes,
            "multiples": self.multiples,
            "milliseconds": [multiple * BARE_MS for multiple in self.multiples],
            "exponent": self.exponent,
            "found": self.found,
        }


def growths(app: Flask) -> list[Growth]:
    """Measure everything on generated meetings; creating the largest takes about a minute."""
    bare = _fastest(lambda: bare_app.test_client().get("/"))
    costs: dict[str, list[tuple[int, float, str]]] = {}
    units: dict[str, str] = {}
    for unit, sizes, measure in (
        ("sessions", SESSION_SIZES, _sessions),
        ("people", PEOPLE_SIZES, _people),
        ("records", RECORD_SIZES, _records),
    ):
        for size in sizes:
            for name, seconds, found in measure(app, size):
                costs.setdefault(name, []).append((size, seconds / bare, found))
                units[name] = unit
    return [
        Growth(name, units[name], tuple(size for size, _, _ in rows), tuple(cost for _, cost, _ in rows), rows[-1][2])
        for name, rows in costs.items()
    ]


def _sessions(app: Flask, size: int) -> Iterator[tuple[str, float, str]]:
    made, client = _meeting(app, sessions=size, participants=10)
    here = f"/meetings/{made['meeting']}"
    yield "agenda", *_page(client, f"{here}/agenda", Proof(SESSIONS, "sessions", size))
    yield "draft", *_page(client, f"{here}/agenda/draft", Proof(SESSIONS, "sessions", size))
    yield "calendar file", *_page(client, f"{here}/calendar.ics", Proof(EVENTS, "entries", size))
    yield "publish", *_publish(app, made)


def _people(app: Flask, size: int) -> Iterator[tuple[str, float, str]]:
    made, client = _meeting(app, sessions=1, participants=size)
    here = f"/meetings/{made['meeting']}"
    yield "people", *_page(client, f"{here}/participants", Proof(PERSONS, "names on the page", 50))
    yield "nominations", *_page(client, f"{here}/nominations", Proof(PERSONS, "different names", size // 2))
    yield "home", *_page(client, "/", Proof(made["code"], "meeting"))
    own = Cast(app).client(str(made["participant"]).partition("@")[0])
    yield "one person's calendar file", *_page(own, f"{here}/calendar.ics", Proof(EVENTS, "entries", 1))


def _records(app: Flask, size: int) -> Iterator[tuple[str, float, str]]:
    made, client = _meeting(app, sessions=1, participants=1, records=size)
    search = f"/dialogues/{made['dialogue']}/archive/search?q="
    yield "search, a common word", *_page(client, f"{search}flood", Proof(HITS, "records", size // 2))
    yield "search, a rare word", *_page(client, f"{search}heron", Proof(HITS, "records"))


def _meeting(app: Flask, *, records: int = 0, **sizes: int) -> tuple[dict[str, Any], FlaskClient]:
    with app.app_context():
        made = generate_meeting(**sizes, records=records, seed=1, now=clock.now())
        db.session.remove()
    return made, Cast(app).client(_name(made))


def _name(made: dict[str, Any]) -> str:
    return str(made["coordinator"]).partition("@")[0]


def _page(client: FlaskClient, path: str, proof: Proof) -> tuple[float, str]:
    found = proof.of(client.get(path).text)
    return _fastest(lambda: client.get(path)), found


def _publish(app: Flask, made: dict[str, Any]) -> tuple[float, str]:
    """Publish a draft with one new session."""
    with app.app_context():
        viewer = Cast(app).viewer(_name(made), meeting=f"{made['code']}-1")
        day = days_of(planning_draft.planned_meeting(viewer)).first
        planning_commands.plan_session(
            viewer, SessionPlan(title="One more", when=When(day, *_FIRST_DAY_EVENING)), now=clock.now()
        )
        planned = planning_draft.planned_meeting(viewer)
        changes = planning_draft.unreleased(viewer, planned, planning_draft.draft(viewer, planned))
        seen = planning_commands.preview_digest(changes)
        began = time.perf_counter()
        number = planning_commands.release_agenda(viewer, reason="", seen=seen, now=clock.now() + timedelta(minutes=1))
        taken = time.perf_counter() - began
        db.session.remove()
    return taken, f"version {number} with 1 new session"


def _fastest(work: Callable[[], Any]) -> float:
    taken = []
    for _time in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def growth_table(rows: Sequence[Growth]) -> str:
    """One line for each kind of work: the time at each size (if the bare page takes BARE_MS) and the exponent."""
    lines = [f"{'growth':<24}{'of':<10}{'size: ms':<48}{'exponent':>8}  found at the largest"]
    for row in rows:
        times = "  ".join(
            f"{size}: {multiple * BARE_MS:.1f}" for size, multiple in zip(row.sizes, row.multiples, strict=True)
        )
        lines.append(f"{row.name:<24}{row.unit:<10}{times:<48}{row.exponent:>8.2f}  {row.found}")
    return "\n".join(lines)
