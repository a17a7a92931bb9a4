"""URLs that contain a secret. The secret must not reach a redirect, a page or a log line."""

import logging
import re
from urllib.parse import unquote

#: The only prefixes of such paths; a test compares them with the routes.
PREFIXES = ("/links/", "/r/", "/feed/", "/attendance/code/")
#: The argument of every route whose path contains a secret.
ARGUMENT = "token"

_IN_TEXT = re.compile(r"(/+(?:links|r|feed|attendance/+code)/+)[^\s\"'<>]+", re.IGNORECASE)


def holds_secret(path: str) -> bool:
    """Whether a path contains a secret, or may be a mistyped path that does."""
    plain = re.sub(r"[/\\]+", "/", unquote(path)).casefold()
    return plain.startswith(PREFIXES)


class HideSecrets(logging.Filter):
    """Replaces secrets in log lines that contain a requested path."""

    def filter(self, record: logging.LogRecord) -> bool:
        line = record.getMessage()
        shown = _IN_TEXT.sub(r"\1…", line)
        if shown != line:
            record.msg, record.args = shown, ()
        return True


_hide_secrets = HideSecrets()


def hide_secrets_in_logs() -> None:
    for name in ("gunicorn.access", "gunicorn.error", "werkzeug"):
        logging.getLogger(name).addFilter(_hide_secrets)
