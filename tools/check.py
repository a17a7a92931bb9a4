"""Every check that needs no test run, one line and a time for each: form, types, architecture, dependencies …"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.lock import ROOT, stale_locks

#: What to run, or a function that says what is wrong.
Step = list[str] | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one step went."""

    name: str
    seconds: float
    trouble: str


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name(name)), *arguments]


def main() -> int:
    """Run all steps, two at a time; show the words of those that fail."""
    steps: dict[str, Step] = {
        "format": _tool("ruff", "format", "--check", "--quiet", "."),
        "lint": _tool("ruff", "check", "--quiet", "."),
        "types": _tool("mypy", "--no-error-summary"),
        "architecture": _tool("lint-imports"),
        "templates": _python("-m", "tools.templates"),
        "template style": _tool("djlint", "--quiet", "--lint", "templates"),
        "words": words_are_found,
        "migrations": migrations_match,
        "dependencies": _tool("deptry", "--no-ansi", "."),
        "locks": locks_match,
    }
    with ThreadPoolExecutor(max_workers=2) as workers:
        outcomes = list(_shown(workers.map(_take, steps, steps.values())))
    return 1 if any(outcome.trouble for outcome in outcomes) else 0


def _shown(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Say how each went, as soon as it and those before it are done."""
    for outcome in outcomes:
        print(f"{'FAILED' if outcome.trouble else 'ok    '}  {outcome.name:<16}{outcome.seconds:6.1f} s", flush=True)
        if outcome.trouble:
            print(outcome.trouble)
        yield outcome


def _take(name: str, step: Step) -> Outcome:
    began = time.monotonic()
    trouble = _trouble_of(step) if isinstance(step, list) else step()
    return Outcome(name, time.monotonic() - began, trouble)


def _trouble_of(command: list[str], **environment: str) -> str:
    """What a command printed if it failed, else nothing."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return (done.stdout.strip() or f"exit code {done.returncode}") if done.returncode else ""


def words_are_found() -> str:
    """The words for translators can be gathered from code and templates."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "messages.pot"
        extract = ("--quiet", "extract", "--mapping-file", "pyproject.toml", "--keywords", "_l", "--keywords", "N_")
        trouble = _trouble_of(_tool("pybabel", *extract, "--output-file", str(catalogue), "."))
        if not trouble and 'msgid "' not in catalogue.read_text("utf-8").partition("\n\n")[2]:
            trouble = "No word was found."
        return trouble


def migrations_match() -> str:
    """The migrations make, on an empty database, what the models say."""
    with tempfile.TemporaryDirectory() as instance:
        for command in ("upgrade", "check"):
            trouble = _trouble_of(_python("-m", "flask", "db", command), DIALOGUES_INSTANCE=instance)
            if trouble:
                return trouble
    return ""


def locks_match() -> str:
    """The lock files are what pyproject.toml asks for."""
    try:
        stale = stale_locks()
    except subprocess.CalledProcessError as failed:
        return f"The locks could not be compiled: {failed}"
    return f"Run make lock: {', '.join(stale)} no longer matches pyproject.toml." if stale else ""


if __name__ == "__main__":
    sys.exit(main())
