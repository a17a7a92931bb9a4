"""`make bench`: a demo installation with the sample, measured against a bare page in the same run."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.figures import Figure, keep, table
from bench.load import Request, measure
from bench.serving import BIN, ROOT, Served, free_port, served

SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))


def flask(environment: Mapping[str, str], *arguments: str) -> str:
    """What `flask …` prints."""
    command = [str(BIN / "flask"), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, check=True, capture_output=True, text=True
    ).stdout


def measure_pages(server: Served, bare_rate: float) -> list[Figure]:
    """The pages of an installation, as ratios to the bare page."""
    rate = measure(server.port, Request("/sign-in"), SECONDS)
    return [
        Figure("sign-in page", rate.per_second / bare_rate, "x bare"),
        Figure("sign-in page, gzipped", rate.gzipped_bytes / 1000, "kB", 100, "at most"),
    ]


def main() -> int:
    """Measure, show the table, keep bench.json; a missed bar is shown, not hidden, and does not stop the run."""
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        environment = {
            "DIALOGUES_INSTANCE": folder,
            "DIALOGUES_BASE_URL": f"http://localhost:{port}",
            "DIALOGUES_DEMO": "1",
            "DIALOGUES_NOW": "2027-05-26T08:00+08:00",
        }
        flask(environment, "db", "upgrade")
        flask(environment, "sample", "load", "--json")
        with served("bench.bare:app", {}, free_port()) as bare:
            bare_rate = measure(bare.port, Request("/"), SECONDS).per_second
        figures = [Figure("bare Flask page", bare_rate, "per second")]
        with served("app:app", environment, port) as server:
            figures += measure_pages(server, bare_rate)
            figures += [
                Figure("start to first answer", server.seconds_to_first_answer, "s", 2, "at most"),
                Figure("web process", server.resident_megabytes(), "MB", 150, "at most"),
            ]
    print(table(figures))
    keep(figures, Path(ROOT / "bench.json"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
