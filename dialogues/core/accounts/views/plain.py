"""Quick leave, and endpoints for machines."""

import json
import logging
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from flask import Response as FlaskResponse
from flask import jsonify, make_response, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from dialogues.core.accounts import queries
from dialogues.core.accounts.commands import signing_in
from dialogues.core.accounts.views.blueprint import blueprint
from dialogues.core.accounts.views.cookie import end_present, this_way
from dialogues.core.common.access import allows, without_viewer
from dialogues.core.common.pages import see_other
from dialogues.lib.auth.throttle import Throttled
from dialogues.policy import ASSET_SEE, SIGN_IN

log = logging.getLogger("dialogues.accounts")
_LONGEST_REPORT = 64 * 1024


@blueprint.post("/leave")
@allows(SIGN_IN)
def leave() -> Response:
    """End the sign-in at once and show an empty page."""
    end_present()
    answer = see_other(url_for("accounts.left"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.get("/left")
@without_viewer
@allows(SIGN_IN)
def left() -> FlaskResponse:
    """An empty page that does not reveal where it came from."""
    answer = make_response(render_template("empty.html"))
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@blueprint.get("/robots.txt")
@without_viewer
@allows(ASSET_SEE)
def robots() -> FlaskResponse:
    """Keeps search engines out, but lets calendar services fetch feeds."""
    answer = make_response("User-agent: *\nAllow: /feed/\nDisallow: /\n")
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    return answer


@blueprint.get("/health")
@without_viewer
@allows(ASSET_SEE)
def health() -> FlaskResponse:
    """Health check: whether the database answers, and the version of the time zone data."""
    return jsonify(database="ok" if queries.can_read_database() else "silent", tz=version("tzdata"))


@blueprint.post("/csp-report")
@without_viewer
@allows(ASSET_SEE)
def csp_report() -> FlaskResponse:
    """Log what a browser blocked, without our own URLs, because they may contain secrets."""
    request.max_content_length = _LONGEST_REPORT
    body = request.get_data()
    context = this_way()
    try:
        signing_in.count_attempt(context.caller.for_report(context.moment.real), context.moment.real)
    except Throttled:
        return _nothing()
    for directive, blocked in _refused(body):
        log.warning("content security policy violation: %s %s", directive, blocked)
    return _nothing()


@blueprint.record_once
def exempt_from_csrf(state: BlueprintSetupState) -> None:
    """Exempt two endpoints from CSRF tokens; the origin of a request to leave is still checked.

    An expired form must not keep anyone from leaving, and browsers send reports automatically.
    """
    for view in (leave, csp_report):
        state.app.extensions["csrf"].exempt(view)


def _nothing() -> FlaskResponse:
    return FlaskResponse("", 204, mimetype="text/plain")


def _refused(body: bytes) -> list[tuple[str, str]]:
    """Directive and blocked origin of at most ten reports, reduced to characters that are safe in a log."""
    try:
        reports = json.loads(body)
    except ValueError:
        return []
    bodies = [report.get("body") for report in reports if isinstance(report, dict)] if isinstance(reports, list) else []
    return [
        (_word(body.get("effectiveDirective")), _origin(body.get("blockedURL")))
        for body in bodies[:10]
        if isinstance(body, dict)
    ]


def _word(value: Any) -> str:
    return "".join(character for character in str(value) if character.isalnum() or character in "-.")[:40]


def _origin(value: Any) -> str:
    try:
        return _word(urlsplit(str(value)).hostname or str(value).split(":", 1)[0])
    except ValueError:
        return "?"
