"""gunicorn's configuration; `gunicorn --bind … app:app` finds it in the current folder."""

import gc
from typing import Any

import gunicorn.util

from dialogues.core.common.writers import Writers

#: Load the application once before forking, so that a startup error is reported once and gunicorn ends.
preload_app = True


def when_ready(_server: object) -> None:
    """Exclude the loaded application from garbage collection, so that all processes share its memory."""
    gc.freeze()
    # A page creates some thousand objects; Python's default of 700 would collect several times per page.
    gc.set_threshold(20_000, 20, 20)


def post_worker_init(worker: Any) -> None:
    """Let half of the threads write, so that the others answer readers while writers wait for the database."""
    worker.wsgi.extensions["dialogues"].writers = Writers(max(1, worker.cfg.threads // 2))


#: Signals are enough; the control socket would be created in a home directory.
control_socket_disable = True

#: No proxy may choose the path of the application: a header such as SCRIPT_NAME is answered with 400.
forwarder_headers = ""
header_map = "refuse"

_HEADERS = (
    "Connection: close\r\nContent-Type: text/plain\r\nCache-Control: no-store\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nReferrer-Policy: same-origin\r\n"
    "X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\nX-Robots-Tag: noindex, nofollow, noarchive\r\n"
)


def _write_error(sock: Any, status: int, reason: str, _message: str) -> None:
    """Answer a request that does not reach the application, without repeating any of it."""
    page = f"{status} {reason}"
    head = f"HTTP/1.1 {page}\r\n{_HEADERS}Content-Length: {len(page)}\r\n\r\n"
    gunicorn.util.write_nonblock(sock, f"{head}{page}".encode("latin-1"))


# gunicorn has no setting for it.
gunicorn.util.write_error = _write_error
