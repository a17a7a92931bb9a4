"""`make bench`: a demo installation with the sample, measured against a bare page in the same run."""

import gzip
import http.client
import json
import os
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import flask_bootstrap

from bench.answers import answer_figures
from bench.exchange import exchange_figures
from bench.figures import PER_BARE, Figure, at_least, keep, load_average, table
from bench.growth import growth_table, growths
from bench.load import Request, compare, measure
from bench.orders import queries_of_orders
from bench.proof import EVENTS, HITS, PERSONS, SESSIONS, Proof
from bench.queries import queries_per_page
from bench.seating import seating_time
from bench.serving import ROOT, Served, flask, free_port, served
from bench.visitor import sign_in
from dialogues.factory import create_app
from dialogues.settings import read_settings

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
CROWD, SHELF = 2000, 10_000
#: Words in the generated records: one in most of them, one in few.
COMMON, RARE = "flood", "heron"


sizes: list[Figure] = []


def made_up(environment: Mapping[str, str], **sizes: int) -> dict[str, str]:
    """A generated meeting of that size: its ids, and the addresses of people who can see it."""
    options = [part for name, size in sizes.items() for part in (f"--{name}", str(size))]
    found: dict[str, str] = json.loads(flask(environment, "sample", "generate", *options, "--json"))
    return found


def measure_pages(server: Served, environment: Mapping[str, str], bare: Served) -> list[Figure]:
    """The pages of an installation, as ratios to the bare page."""
    meeting = made_up(environment, sessions=60, participants=200)
    crowd = made_up(environment, sessions=1, participants=CROWD)
    shelf = made_up(environment, sessions=1, participants=1, records=SHELF)
    agenda, people = f"/meetings/{meeting['meeting']}/agenda", f"/meetings/{crowd['meeting']}/participants"
    search = f"/dialogues/{shelf['dialogue']}/archive/search?q="
    form = Proof(r'name="password"', "password field")
    figures = [_page("sign-in page", server, Request("/sign-in", proof=form), bare, None)]
    sessions, names = Proof(SESSIONS, "sessions", 60), Proof(PERSONS, "different names", 50)
    for name, path, who, bar, proof in (
        ("agenda of 60 sessions, a participant", agenda, meeting["participant"], at_least(28), sessions),
        ("agenda of 60 sessions, the coordinator", agenda, meeting["coordinator"], at_least(28), sessions),
        (f"participants list of {CROWD}", people, crowd["coordinator"], None, names),
        ("home", "/", meeting["coordinator"], None, Proof(meeting["code"], "meeting")),
        (
            f"search for {COMMON}, {SHELF} records",
            search + COMMON,
            shelf["coordinator"],
            None,
            Proof(HITS, "records", SHELF // 2),
        ),
        (f"search for {RARE}, {SHELF} records", search + RARE, shelf["coordinator"], None, Proof(HITS, "records")),
    ):
        cookie = sign_in(server.port, flask(environment, "accounts", "sign-in-link", who).split()[-1])
        figures.append(_page(name, server, Request(path, {"Cookie": cookie}, proof=proof), bare, bar))
    return figures + _feed(server, meeting["feed"], bare)


def _page(name: str, server: Served, request: Request, bare: Served, bar: float | None) -> Figure:
    ratio, rate = compare(bare.port, server.port, request, SECONDS)
    sizes.append(
        Figure(
            f"{name}, gzipped with its assets",
            (rate.gzipped_bytes + assets()) / 1000,
            "kB",
            f"{rate.gzipped_bytes} bytes of page",
            100,
            "at most",
        )
    )
    return Figure(name, ratio, PER_BARE, rate.found, bar)


def _feed(server: Served, token: str, bare: Served) -> list[Figure]:
    path = f"/feed/{token}.ics"
    tag = _tag(server, path)
    entries = Proof(EVENTS, "entries", 60)
    whole, rate = compare(bare.port, server.port, Request(path, proof=entries), SECONDS)
    same, unchanged = compare(bare.port, server.port, Request(path, {"If-None-Match": tag}, status=304), SECONDS)
    return [
        Figure("personal feed, whole", whole, PER_BARE, rate.found),
        Figure("personal feed, unchanged (304)", same, PER_BARE, unchanged.found, 0.5),
    ]


def _tag(server: Served, path: str) -> str:
    connection = http.client.HTTPConnection("localhost", server.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.getheader("ETag") or ""


@cache
def assets() -> int:
    """Total gzipped size of the style sheets, icons and scripts of a page."""
    bootstrap = Path(flask_bootstrap.__file__).parent / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    own = [path for path in (ROOT / "static").rglob("*") if path.suffix in {".css", ".svg", ".js"}]
    return sum(len(gzip.compress(path.read_bytes())) for path in [bootstrap, *own])


def main() -> int:
    """Measure, print the table, write bench.json; a missed limit is shown and does not stop the run."""
    before = load_average()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {
            "DIALOGUES_INSTANCE": folder,
            "DIALOGUES_BASE_URL": f"http://localhost:{port}",
            "DIALOGUES_DEMO": "1",
            "DIALOGUES_NOW": "2027-05-26T08:00+08:00",
            "DIALOGUES_SEARCHES_AN_HOUR": "1000000",
        }
        flask(environment, "db", "upgrade")
        flask(environment, "sample", "load", "--json")
        with served("bench.bare:app", {}, free_port()) as bare, served("app:app", environment, port) as server:
            rate = measure(bare.port, Request("/", proof=Proof("<h1>Bare</h1>", "heading")), SECONDS)
            figures = [Figure("bare Flask page", rate.per_second, "per second", rate.found)]
            figures += measure_pages(server, environment, bare)
            figures += [
                *sizes,
                seating_time(),
                *queries_per_page(create_app(read_settings(environment))),
                queries_of_orders(create_app(read_settings(environment))),
                *exchange_figures(create_app(read_settings(environment))),
                *answer_figures(create_app(read_settings(environment))),
                Figure("start to first answer", server.seconds_to_first_answer, "s", "one answer", 2, "at most"),
                Figure("web process", server.resident_megabytes(), "MB", "after the pages above", 150, "at most"),
            ]
        growth = growths(create_app(read_settings(environment)))
    print(table(figures), growth_table(growth), sep="\n\n")
    load = [before, load_average()]
    print(f"\nLoad average (1, 5, 15 minutes) before and after: {load[0]}; {load[1]}. More than 1 makes figures noisy.")
    keep(figures, Path(ROOT / "bench.json"), growth=[one.row() for one in growth], load_average=load)
    return 0


if __name__ == "__main__":
    sys.exit(main())
