"""The demo: the database is made where there is none, then web and worker run until Ctrl-C. Standard library only."""

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
#: Seconds for requests and letters under way to end, and for the web to answer after its start.
GRACE, PATIENCE = 30, 20


#: One person of the sample for each way to look at it: role and mailbox.
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
    "travel desk": "st-travel",
}


class CannotRun(Exception):
    """Why the demo cannot run, as one plain sentence."""


def main() -> int:
    """Run the demo; 0 when it was asked to end, 1 when it cannot run."""
    signal.signal(signal.SIGTERM, _as_if_by_keyboard)
    try:
        port = chosen_port()
        environment = demo_environment(port)
        instance = Path(environment["DIALOGUES_INSTANCE"])
        refuse_unwritable(instance)
        return serve(port, environment, is_new=not (instance / "dialogues.db").exists())
    except CannotRun as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _as_if_by_keyboard(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def chosen_port() -> int:
    """The port to serve on.

    :raises CannotRun: it is no port, or something else uses it.
    """
    words = os.environ.get("PORT") or "8000"
    if not words.isdecimal() or not 0 < int(words) < 65536:
        raise CannotRun(f"PORT is {words!r}: give a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(words)))
        except PermissionError:
            raise CannotRun(f"Port {words} is for root only: choose a higher one, as in PORT=8001 make run.") from None
        except OSError:
            raise CannotRun(
                f"Port {words} is taken: end what uses it, or run: make run PORT={int(words) + 1}"
            ) from None
    return int(words)


def demo_environment(port: int) -> dict[str, str]:
    """The settings of the demo; its clock starts in the middle of a meeting."""
    defaults = {"DIALOGUES_NOW": "2027-05-26T08:00+08:00", "DIALOGUES_INSTANCE": str(ROOT / "instance")}
    ours = {"DIALOGUES_DEMO": "1", "DIALOGUES_BASE_URL": f"http://localhost:{port}", "PYTHONUNBUFFERED": "1"}
    # Started again, it starts sooner with its modules compiled.
    given = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return defaults | given | ours


def refuse_unwritable(instance: Path) -> None:
    """Try to write where the database will live.

    :raises CannotRun: that is not allowed.
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
    """What `flask …` prints.

    :raises CannotRun: it failed; the sentence is the last it said.
    """
    done = subprocess.run(
        [BIN / "flask", *arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()[-1]
        reason = said.removeprefix("Error: ")
        raise CannotRun(f"flask {' '.join(arguments[:2])} failed: {reason}")
    return done.stdout


def serve(port: int, environment: dict[str, str], *, is_new: bool) -> int:
    """Prepare the database, start web and worker, show the way in, and stay until told to end."""
    flask(environment, "db", "upgrade")
    if is_new:
        load_sample(environment)
    web = [str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    quiet = ["--log-level", "warning", "--graceful-timeout", str(GRACE), "app:app"]
    commands = {"web": [*web, *quiet], "worker": [str(BIN / "flask"), "outbox", "work"]}
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # In a process group of its own, so that Ctrl-C reaches it once, through us, and work under way can end.
            running[name] = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, process_group=0
            )
        show_the_way_in(port, environment, running["web"])
        return stay(running)
    finally:
        end(running)


def load_sample(environment: dict[str, str]) -> None:
    """Fill an empty database.

    :raises CannotRun: it is not empty.
    """
    print("Loading the sample dialogues …", flush=True)
    flask(environment, "sample", "load", "--json")


def show_the_way_in(port: int, environment: dict[str, str], web: subprocess.Popen[bytes]) -> None:
    """Print the address and one sign-in link per persona, once the web answers.

    :raises CannotRun: it does not answer.
    """
    try:
        links, problem = sign_in_links(environment), ""
    except CannotRun as reason:
        links, problem = [], f"This database is not the sample's: sign in as you know how. ({reason})"
    wait_for_answer(port, web)
    print(f"\nDialogues: http://localhost:{port}    (Ctrl-C ends it)\n")
    print(problem or "Sign in, each link once, as")
    for role, link in zip(PERSONAS, links, strict=False):
        print(f"  {role:<12} {link}")
    print(flush=True)


def sign_in_links(environment: dict[str, str]) -> list[str]:
    """A link for each persona; where they are missing since the loading was cut short, it is done again.

    :raises CannotRun: the database holds something else.
    """
    ask = ("accounts", "sign-in-link", *(f"{mailbox}@example.invalid" for mailbox in PERSONAS.values()))
    try:
        return flask(environment, *ask).split()
    except CannotRun:
        load_sample(environment)
        return flask(environment, *ask).split()


def wait_for_answer(port: int, web: subprocess.Popen[bytes]) -> None:
    """Return when the web answers.

    :raises CannotRun: it ended, or says nothing.
    """
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and web.poll() is None:
        connection = http.client.HTTPConnection("localhost", port, timeout=PATIENCE)
        try:
            connection.request("HEAD", "/")
            connection.getresponse()
            return
        except ConnectionError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise CannotRun("The web server does not answer; what it said stands above.")


def stay(running: dict[str, subprocess.Popen[bytes]]) -> int:
    """Wait until one of the processes ends by itself, which it should not.

    :raises CannotRun: it did; the sentence says which.
    """
    while True:
        for name, process in running.items():
            if process.poll() is not None:
                raise CannotRun(
                    f"The {name} ended by itself (exit code {process.returncode}); what it said stands above."
                )
        time.sleep(0.2)


def end(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Let both finish what they are doing, for a while."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    for process in running.values():
        process.terminate()
    until = time.monotonic() + GRACE
    for process in running.values():
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


if __name__ == "__main__":
    sys.exit(main())
