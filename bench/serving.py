"""A web server as in an installation, with one process."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
#: With compiled modules, as in an installation.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def flask(environment: Mapping[str, str], *arguments: str) -> str:
    """The output of `flask …`."""
    command = [str(BIN / "flask"), *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**ENVIRONMENT, **environment}, check=True, capture_output=True, text=True
    ).stdout


@dataclass(frozen=True, slots=True)
class Served:
    """A running server that has responded once."""

    port: int
    process: subprocess.Popen[bytes]
    seconds_to_first_answer: float

    def resident_megabytes(self) -> float:
        """The memory of the largest of its processes."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return max(_resident_kilobytes(pid) for pid in [str(self.process.pid), *children]) / 1024


def _resident_kilobytes(pid: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


@contextmanager
def served(application: str, environment: Mapping[str, str], port: int) -> Iterator[Served]:
    """Serve an application on a local port until the block ends."""
    options = ("--workers", "1", "--threads", "4", "--log-level", "error", "--no-control-socket")
    command = [str(BIN / "gunicorn"), "--bind", f"127.0.0.1:{port}", *options, application]
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env={**ENVIRONMENT, **environment}, stdin=subprocess.DEVNULL)
    try:
        yield Served(port, process, _first_answer(port, process) - began)
    finally:
        process.terminate()
        process.wait()


def _first_answer(port: int, process: subprocess.Popen[bytes]) -> float:
    while process.poll() is None:
        connection = http.client.HTTPConnection("localhost", port)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
            return time.perf_counter()
        except ConnectionError:
            time.sleep(0.01)
        finally:
            connection.close()
    raise RuntimeError("The server ended before its first response; see its output above.")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
