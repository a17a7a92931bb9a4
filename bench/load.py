"""A load generator: sequential requests on persistent connections for a period of time."""

import gzip
import re
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.proof import Proof

CONNECTIONS = 2
TURNS = 5
WARM_UP = 0.1
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """A request, and what its response must contain."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    #: What the page must contain; None checks the status only.
    proof: Proof | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """Responses per second and the size of a response."""

    per_second: float
    gzipped_bytes: int
    #: What the measured page contained.
    found: str


def measure(port: int, request: Request, seconds: float) -> Rate:
    """Send requests on a few connections for `seconds`, after a short warm-up.

    :raises RuntimeError: a response has the wrong status or content.
    """
    body = _send_for(port, request, WARM_UP)[1]
    found = request.proof.of(body.decode()) if request.proof else f"status {request.status}, {len(body)} bytes"
    results: list[tuple[int, bytes]] = []
    faults: list[Exception] = []

    def send() -> None:
        try:
            results.append(_send_for(port, request, seconds))
        except (RuntimeError, OSError) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=send) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    seconds_taken = time.perf_counter() - began
    return Rate(sum(count for count, _ in results) / seconds_taken, len(gzip.compress(body)), found)


def compare(bare_port: int, port: int, request: Request, seconds: float) -> tuple[float, Rate]:
    """Requests per request of the bare page; measured in turns, so that both see the same load."""
    turns = [
        (measure(bare_port, Request("/"), seconds / TURNS), measure(port, request, seconds / TURNS))
        for _turn in range(TURNS)
    ]
    return sum(rate.per_second for _bare, rate in turns) / sum(bare.per_second for bare, _rate in turns), turns[-1][1]


def _send_for(port: int, request: Request, seconds: float) -> tuple[int, bytes]:
    lines = [
        f"GET {request.path} HTTP/1.1",
        f"Host: localhost:{port}",
        *(f"{k}: {v}" for k, v in request.headers.items()),
    ]
    request_bytes = "\r\n".join([*lines, "", ""]).encode()
    until, count, body = time.perf_counter() + seconds, 0, b""
    with socket.create_connection(("localhost", port), timeout=30) as connection:
        while count == 0 or time.perf_counter() < until:
            connection.sendall(request_bytes)
            status, body = _answer(connection)
            if status != request.status:
                raise RuntimeError(f"{request.path} answered {status} instead of {request.status}")
            count += 1
    return count, body


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body; parsed by hand, because a slow client would improve every ratio."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += _receive(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    length_header = _LENGTH.search(head)
    length = int(length_header[1]) if length_header else 0
    while len(body) < length:
        body += _receive(connection)
    return int(head[9:12]), body


def _receive(connection: socket.socket) -> bytes:
    part = connection.recv(65536)
    if not part:
        raise RuntimeError("The server closed the connection amid an answer.")
    return part
