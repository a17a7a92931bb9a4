"""Requests one after the other on connections that are kept, counted over a span of time."""

import gzip
import http.client
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

CONNECTIONS = 2


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask for, as whom, and what must come back."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Rate:
    """How often a request was answered, and how large the answer is on the wire."""

    per_second: float
    gzipped_bytes: int


def measure(port: int, request: Request, seconds: float) -> Rate:
    """Ask on a few connections at once for so long, after a short warm-up.

    :raises RuntimeError: an answer has another status than it must.
    """
    size = _ask(port, request, 0.3)[1]
    results: list[tuple[int, int]] = []
    faults: list[Exception] = []

    def ask() -> None:
        try:
            results.append(_ask(port, request, seconds))
        except (RuntimeError, OSError) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return Rate(sum(count for count, _ in results) / (time.perf_counter() - began), size)


def _ask(port: int, request: Request, seconds: float) -> tuple[int, int]:
    connection = http.client.HTTPConnection("localhost", port)
    until, count, body = time.perf_counter() + seconds, 0, b""
    try:
        while count == 0 or time.perf_counter() < until:
            connection.request("GET", request.path, headers=dict(request.headers))
            response = connection.getresponse()
            body = response.read()
            if response.status != request.status:
                raise RuntimeError(f"{request.path} answered {response.status} instead of {request.status}")
            count += 1
    finally:
        connection.close()
    return count, len(gzip.compress(body))
