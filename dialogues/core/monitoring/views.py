"""What machines ask of the service: crawlers, a monitor, browsers with a report."""

import json
import logging
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, make_response, request
from flask.sansio.blueprints import BlueprintSetupState

from dialogues.core.accounts.commands import signing_in
from dialogues.core.accounts.views.cookie import sign_in_context
from dialogues.core.common.access import allows, without_viewer
from dialogues.core.common.database import condition
from dialogues.core.keys.queries import has_lost_keys
from dialogues.lib.auth.throttle import Throttled
from dialogues.policy import ASSET_SEE

log = logging.getLogger("dialogues.monitoring")
blueprint = Blueprint("monitoring", __name__)
_LONGEST_REPORT = 64 * 1024


@blueprint.get("/robots.txt")
@without_viewer
@allows(ASSET_SEE)
def robots() -> Response:
    """Nothing is for search engines; calendars that ask first may fetch feeds."""
    answer = make_response("User-agent: *\nAllow: /feed/\nDisallow: /\n")
    answer.headers["Content-Type"] = "text/plain; charset=utf-8"
    return answer


@blueprint.get("/health")
@without_viewer
@allows(ASSET_SEE)
def health() -> Response:
    """Say in one word what is wrong; the log and the start checks say more."""
    found = {"database": condition()}
    if found["database"] != "silent":
        found["keys"] = "lost" if has_lost_keys() else "ok"
    answer = jsonify(**found, tz=version("tzdata"))
    answer.status_code = 200 if set(found.values()) == {"ok"} else 503
    return answer


@blueprint.post("/csp-report")
@without_viewer
@allows(ASSET_SEE)
def csp_report() -> Response:
    """Note what a browser refused to load; addresses of our pages are left out, since they may hold secrets."""
    request.max_content_length = _LONGEST_REPORT
    body = request.get_data()
    context = sign_in_context()
    try:
        signing_in.count_attempt(context.caller.for_report(context.moment.real), context.moment.real)
    except Throttled:
        return _nothing()
    for directive, blocked in _refused(body):
        log.warning("content security policy violation: %s %s", directive, blocked)
    return _nothing()


@blueprint.record_once
def ask_no_token(state: BlueprintSetupState) -> None:
    state.app.extensions["csrf"].exempt(csp_report)


def _nothing() -> Response:
    return Response("", 204, mimetype="text/plain")


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
