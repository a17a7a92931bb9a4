"""The whole suite: on SQLite, on a real PostgreSQL, and the journeys in a real browser. Arguments go to pytest."""

import os
import subprocess
import sys
import time

from tools.needs import NeedsMissingError, ensure_needs

RUNS = (
    ("on SQLite", "sqlite", "not journey"),
    ("on PostgreSQL", "postgres", "not journey"),
    ("in Chromium", "sqlite", "journey"),
)


def main() -> int:
    """Every run, also after one that fails, so that one look shows all."""
    try:
        ensure_needs()
    except NeedsMissingError as missing:
        print(missing, file=sys.stderr)
        return 1
    results = [_run(title, engine, marker) for title, engine, marker in RUNS]
    print("\n" + "\n".join(line for line, _ in results))
    return 0 if all(passed for _, passed in results) else 1


def _run(title: str, engine: str, marker: str) -> tuple[str, bool]:
    print(f"\nThe tests {title}", flush=True)
    command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "2", "-m", marker, *sys.argv[1:]]
    began = time.monotonic()
    code = subprocess.run(command, env={**os.environ, "TEST_DATABASE": engine}, check=False).returncode
    passed = code == 0
    return f"{'passed' if passed else 'FAILED'}  the tests {title}, in {time.monotonic() - began:.0f} s", passed


if __name__ == "__main__":
    sys.exit(main())
