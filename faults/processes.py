"""The web, the worker and commands as processes, as in an installation."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from dialogues.settings import ROOT, Settings

BIN = Path(sys.executable).parent


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The environment of a process with these settings; the demonstration's, with a fixed secret key."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DIALOGUES_", "FLASK_"))}
    return {
        **clean,
        "DIALOGUES_INSTANCE": str(settings.instance),
        "DIALOGUES_DATABASE_URL": settings.database_url,
        "DIALOGUES_BASE_URL": settings.base_url,
        "DIALOGUES_SECRET_KEY": settings.secret_key,
        "DIALOGUES_MAIL_URL": settings.mail_url,
        "DIALOGUES_PROXY_HOPS": str(settings.proxy_hops),
        "DIALOGUES_DEMO": "1",
        "DIALOGUES_NOW": settings.now.isoformat() if settings.now else "",
        **more,
    }


def start_web(environment: Mapping[str, str], port: int) -> subprocess.Popen[bytes]:
    """Start gunicorn as the README says, and wait until it answers."""
    options = ("--workers", "2", "--threads", "4", "--log-level", "critical")
    web = _start(environment, "gunicorn", "--bind", f"127.0.0.1:{port}", *options, "app:app")
    wait_for_answer(port, web)
    return web


def start_worker(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return _start(environment, "flask", "outbox", "work")


def command(environment: Mapping[str, str], *arguments: str) -> str:
    """Run `flask …` and return what it prints.

    :raises subprocess.CalledProcessError: it failed.
    """
    done = subprocess.run(
        [str(BIN / "flask"), *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def children_of(process: subprocess.Popen[bytes]) -> list[int]:
    """The processes that a running process has started."""
    try:
        return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
    except OSError:
        return []


def wait_for_answer(port: int, process: subprocess.Popen[bytes]) -> None:
    """:raises RuntimeError: the process ended."""
    while process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("GET", "/robots.txt", headers={"Host": f"localhost:{port}"})
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError("The web ended before its first answer; see its output above.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(environment: Mapping[str, str], program: str, *arguments: str) -> subprocess.Popen[bytes]:
    # A session of its own, so that a kill of the group reaches all of its processes and nothing else.
    return subprocess.Popen(
        [str(BIN / program), *arguments],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
