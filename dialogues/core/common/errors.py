"""Error pages; missing and forbidden use the same text, so that existence is not revealed."""

import logging

from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from dialogues.core.common.outages import RETRY_AFTER, is_outage, reason

log = logging.getLogger("dialogues")

_SECRET_FIELDS = ("password", "code")


def register_error_handlers(app: Flask) -> None:
    """Answer every error with the same neutral page."""

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> tuple[str, int]:
        return _page(400, _("This form is too old."), _("Go back, load the page again and send it once more."))

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int]:
        code = error.code or 500
        return _page(code, *_words(code))

    @app.errorhandler(Exception)
    def fault(error: Exception) -> tuple[str, int] | tuple[str, int, dict[str, str]]:
        if is_outage(error):
            log.error("outage in %s: %s", request.endpoint, reason(error))
            return retry_later(503, RETRY_AFTER)
        log.error("unhandled error in %s", request.endpoint, exc_info=error)
        return _page(500, *_words(500))


def retry_later(code: int, seconds: int) -> tuple[str, int, dict[str, str]]:
    """The page that asks to try again later; for 503 it sends again what was typed."""
    heading, advice = _words(code)
    page = render_template(
        "error.html",
        code=code,
        heading=heading,
        advice=advice,
        retry_after=seconds,
        typed=_typed() if code == 503 else [],
    )
    return page, code, {"Retry-After": str(seconds)}


def _typed() -> list[tuple[str, str]]:
    """The fields of the form that was sent, without secrets."""
    if request.method != "POST":
        return []
    try:
        sent = list(request.form.items(multi=True))
    except OSError:
        # A full disk prevented reading the request.
        return []
    return [(name, value) for name, value in sent if not any(word in name for word in _SECRET_FIELDS)]


def _words(code: int) -> tuple[str, str]:
    known = {
        400: (_("The request could not be read."), _("Go back, load the page again and try once more.")),
        403: (_("This is not open to you."), _("Go back to your start page.")),
        404: (_("There is nothing here."), _("The address may be mistyped, or no longer in use.")),
        405: (_("There is nothing here."), _("The address may be mistyped, or no longer in use.")),
        413: (_("This is too large."), _("Send a smaller file or a shorter text.")),
        429: (_("Too many tries."), _("Wait a few minutes and try again.")),
        503: (_("The service is busy."), _("Nothing was saved yet. Wait a moment and send it again.")),
    }
    return known.get(code, (_("Something went wrong on our side."), _("It has been noted. Try again in a while.")))


def _page(code: int, heading: str, advice: str) -> tuple[str, int]:
    return render_template("error.html", code=code, heading=heading, advice=advice), code
