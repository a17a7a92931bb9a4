"""Runs the demo: creates the database if missing, then web and worker until Ctrl-C. Standard library only."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
#: Seconds for requests and emails in progress to finish, and for the web server to start.
GRACE, START_TIMEOUT = 30, 20


#: One person of the sample for each role: role and mailbox.
PERSONAS = {
    "host": "st-host",
    "coordinator": "st-coord",
    "co-chair": "ch1",
    "focal point": "kr1",
    "participant": "us4",
    "observer": "xo2",
    "interpreter": "in-ko1",
    "rapporteur": "st-rap1",
    "archivist": "st-arch",
    "liaison desk": "st-travel",
}


class CannotRun(Exception):
    """The demo cannot run; the message is one plain sentence."""


def main() -> int:
    """Run the demo; returns 0 when it is stopped, 1 if it cannot run."""
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        port = read_port()
        environment = demo_environment(port)
        instance = Path(environment["DIALOGUES_INSTANCE"])
        refuse_unwritable(instance)
        return serve(port, environment, is_new=not (instance / "dialogues.db").exists())
    except CannotRun as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def read_port() -> int:
    """The port from the environment variable PORT, else 8000.

    :raises CannotRun: it is not a port, or it is in use.
    """
    value = os.environ.get("PORT") or "8000"
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise CannotRun(f"PORT is {value!r}: give a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(value)))
        except PermissionError:
            raise CannotRun(f"Port {value} is for root only: choose a higher one, as in PORT=8001 make run.") from None
        except OSError:
            raise CannotRun(
                f"Port {value} is taken: end what uses it, or run: make run PORT={int(value) + 1}"
            ) from None
    return int(value)


def demo_environment(port: int) -> dict[str, str]:
    """The environment variables of the demo; its clock starts in the middle of a meeting."""
    defaults = {"DIALOGUES_NOW": "2027-05-26T08:00+08:00", "DIALOGUES_INSTANCE": str(ROOT / "instance")}
    ours = {"DIALOGUES_DEMO": "1", "DIALOGUES_BASE_URL": f"http://localhost:{port}", "PYTHONUNBUFFERED": "1"}
    # Compiled modules make the next start faster.
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return defaults | given | ours


def refuse_unwritable(instance: Path) -> None:
    """Check that the database's folder can be written.

    :raises CannotRun: it cannot.
    """
    try:
        instance.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=instance):
            pass
    except OSError as error:
        raise CannotRun(
            f"{instance} cannot be written ({error.strerror}): the database and files live there."
        ) from None


def flask(environment: dict[str, str], *arguments: str) -> str:
    """The output of `flask …`.

    :raises CannotRun: it failed; the message has the last line of its output.
    """
    done = subprocess.run(
        [BIN / "flask", *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        last_line = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        reason = last_line.removeprefix("Error: ")
        raise CannotRun(f"flask {' '.join(arguments[:2])} failed: {reason}")
    return done.stdout


def serve(port: int, environment: dict[str, str], *, is_new: bool) -> int:
    """Prepare the database, start web and worker, print sign-in links, and wait until stopped."""
    flask(environment, "db", "upgrade")
    if is_new:
        load_sample(environment)
    web = [str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    quiet = ["--log-level", "warning", "--graceful-timeout", str(GRACE), "app:app"]
    commands = {"web": [*web, *quiet], "worker": [str(BIN / "flask"), "outbox", "work"]}
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # In its own process group, so that Ctrl-C reaches it only once, through us, and work in progress can
            # finish.
            running[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, process_group=0
            )
        print_sign_in_links(port, environment, running["web"])
        return wait_for_exit(running)
    finally:
        stop_all(running)


def load_sample(environment: dict[str, str]) -> None:
    """Load the sample into an empty database.

    :raises CannotRun: the database is not empty.
    """
    print("Loading the sample dialogues …", flush=True)
    flask(environment, "sample", "load", "--json")


def print_sign_in_links(port: int, environment: dict[str, str], web: subprocess.Popen[bytes]) -> None:
    """Print the URL and one sign-in link per persona, once the web server responds.

    :raises CannotRun: it does not respond.
    """
    try:
        links, problem = sign_in_links(environment), ""
    except CannotRun as reason:
        links, problem = [], f"This database is not the sample's: sign in as you know how. ({reason})"
    wait_for_answer(port, web)
    print(f"\nDialogues: http://localhost:{port}    (Ctrl-C ends it)\n")
    print(problem or "Sign in, each link once, as")
    for role, link in zip(PERSONAS, links, strict=False):
        print(f"  {role:<13} {link}")
    print(flush=True)


def sign_in_links(environment: dict[str, str]) -> list[str]:
    """A link for each persona; loads the sample again if an earlier load was interrupted.

    :raises CannotRun: the database contains something else.
    """
    ask = ("accounts", "sign-in-link", *(f"{mailbox}@example.invalid" for mailbox in PERSONAS.values()))
    try:
        return flask(environment, *ask).split()
    except CannotRun:
        load_sample(environment)
        return flask(environment, *ask).split()


def wait_for_answer(port: int, web: subprocess.Popen[bytes]) -> None:
    """Wait until the web server responds.

    :raises CannotRun: it ended, or does not respond.
    """
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and web.poll() is None:
        connection = http.client.HTTPConnection("localhost", port, timeout=START_TIMEOUT)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
            return
        except ConnectionError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise CannotRun("The web server does not respond; see its output above.")


def wait_for_exit(running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Wait until a process ends unexpectedly.

    :raises CannotRun: always; the message names the process.
    """
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                raise CannotRun(
                    f"The {name} ended unexpectedly (exit code {process.returncode}); see its output above."
                )
        time.sleep(0.2)


def stop_all(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Stop both processes; kills them after GRACE seconds."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in running.values():
        process.terminate()
    deadline = time.monotonic() + GRACE
    for process in running.values():
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
