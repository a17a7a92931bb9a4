"""Runs every check that needs no tests, with one line and time for each: format, types, architecture …"""

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

#: A command to run, or a function that returns an error message ("" if there is none).
Step = list[str] | Callable[[], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one step; `trouble` is its error message."""

    name: str
    seconds: float
    problem: str


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _tool(name: str, *arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name(name)), *arguments]


def main() -> int:
    """Run all steps, two at a time; prints the output of those that fail."""
    steps: dict[str, Step] = {
        "format": _tool("ruff", "format", "--check", "--quiet", "."),
        "lint": _tool("ruff", "check", "--quiet", "."),
        "types": _tool("mypy", "--no-error-summary"),
        "architecture": _tool("lint-imports"),
        "templates": _python("-m", "tools.templates"),
        "template style": _tool("djlint", "--quiet", "--lint", "templates"),
        "words": messages_are_extracted,
        "migrations": migrations_match,
        "dependencies": _tool("deptry", "--no-ansi", "."),
        "locks": locks_match,
    }
    with ThreadPoolExecutor(max_workers=2) as workers:
        outcomes = list(_print_outcomes(workers.map(_run_step, steps, steps.values())))
    return 1 if any(outcome.problem for outcome in outcomes) else 0


def _print_outcomes(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """Print each result as soon as it and those before it are complete."""
    for outcome in outcomes:
        print(f"{'FAILED' if outcome.problem else 'ok    '}  {outcome.name:<16}{outcome.seconds:6.1f} s", flush=True)
        if outcome.problem:
            print(outcome.problem)
        yield outcome


def _run_step(name: str, step: Step) -> Outcome:
    began = time.monotonic()
    problem = _run_command(step) if isinstance(step, list) else step()
    return Outcome(name, time.monotonic() - began, problem)


def _run_command(command: list[str], **environment: str) -> str:
    """The output of a command that failed, else ""."""
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


def messages_are_extracted() -> str:
    """Check that gettext messages can be extracted from code and templates."""
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "messages.pot"
        extract = ("--quiet", "extract", "--mapping-file", "pyproject.toml", "--keywords", "_l", "--keywords", "N_")
        problem = _run_command(_tool("pybabel", *extract, "--output-file", str(catalogue), "."))
        if not problem and 'msgid "' not in catalogue.read_text("utf-8").partition("\n\n")[2]:
            problem = "No word was found."
        return problem


def migrations_match() -> str:
    """Check that the migrations create what the models declare."""
    with tempfile.TemporaryDirectory() as instance:
        for command in ("upgrade", "check"):
            problem = _run_command(_python("-m", "flask", "db", command), DIALOGUES_INSTANCE=instance)
            if problem:
                return problem
    return ""


def locks_match() -> str:
    """Check that the lock files match pyproject.toml."""
    try:
        stale = stale_locks()
    except subprocess.CalledProcessError as failed:
        return f"The locks could not be compiled: {failed}"
    return f"Run make lock: {', '.join(stale)} no longer matches pyproject.toml." if stale else ""


if __name__ == "__main__":
    sys.exit(main())
