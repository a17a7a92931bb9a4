"""Runs the tests: on SQLite, on PostgreSQL, and the journeys in a browser.

`make test` runs on PostgreSQL only the tests that can differ there; `make test-all` runs all on both, and behind nginx.
Other arguments are passed to pytest.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tools.needs import NeedsMissingError, ensure_needs


class Run(NamedTuple):
    """One run of pytest: title, database, marker expression, and number of examples of the state machines."""

    title: str
    engine: str
    markers: str
    games: int = 3


ON_SQLITE = Run("on SQLite", "sqlite", "not journey and not proxy")
JOURNEYS = Run("in Chromium", "sqlite", "journey")
RUNS = (ON_SQLITE, Run("that can differ, on PostgreSQL", "postgres", "engine"), JOURNEYS)
ALL_RUNS = (
    ON_SQLITE._replace(games=20),
    JOURNEYS,
    Run("on PostgreSQL", "postgres", "not journey and not proxy", games=20),
    Run("in Chromium, on PostgreSQL", "postgres", "journey"),
    Run("behind nginx", "sqlite", "proxy"),
)


#: Free memory that a run needs for its databases, with a margin.
_ENOUGH = 2 * 2**30


def main(arguments: list[str]) -> int:
    """Run all, even after a failure, so that one call shows every problem."""
    runs_all = "--all" in arguments
    try:
        ensure_needs(["nginx"] if runs_all else [])
    except NeedsMissingError as missing:
        print(missing, file=sys.stderr)
        return 1
    runs = ALL_RUNS if runs_all else RUNS
    pytest_arguments = [argument for argument in arguments if argument != "--all"]
    results = [_run(run, pytest_arguments) for run in runs]
    print("\n" + "\n".join(line for line, _ in results))
    return 0 if all(passed for _, passed in results) else 1


def _run(run: Run, arguments: list[str]) -> tuple[str, bool]:
    print(f"\nThe tests {run.title}", flush=True)
    pytest = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "2", "--durations", "10"]
    # Journeys start with the longest and are given out one by one, so that both workers end at about the same time.
    pytest += ["-p", "no:randomly", "--maxschedchunk", "1"] if run.markers == "journey" else []
    environment = {**os.environ, "TEST_DATABASE": run.engine, "TEST_GAMES": str(run.games), **_in_memory()}
    began = time.monotonic()
    code = subprocess.run([*pytest, "-m", run.markers, *arguments], env=environment, check=False).returncode
    passed = code == 0
    return f"{'passed' if passed else 'FAILED'}  the tests {run.title}, in {time.monotonic() - began:.0f} s", passed


def _in_memory() -> dict[str, str]:
    """Tell pytest to use folders in memory if there is room, because each test copies a database."""
    memory = Path("/dev/shm")  # noqa: S108  pytest creates a private folder in it
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ENOUGH
    return {"PYTEST_DEBUG_TEMPROOT": str(memory)} if has_room else {}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
