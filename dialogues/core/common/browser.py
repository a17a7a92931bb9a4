"""Security headers of every response, and checks of where unsafe requests come from."""

import secrets
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Flask, abort, current_app, g, request
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response

PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), display-capture=(), encrypted-media=(), "
    "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "picture-in-picture=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=(), publickey-credentials-get=(self), "
    "publickey-credentials-create=(self)"
)
DEFAULT_HEADERS = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Origin-Agent-Cluster": "?1",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Permissions-Policy": PERMISSIONS,
}
PAGE_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'; report-to csp"
)
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
ASSET_POLICY = "default-src 'none'; frame-ancestors 'none'"

#: Response header that a view sets to its kind of content; removed before the response is sent.
KIND = "X-Dialogues-Kind"


def nonce() -> str:
    """The CSP nonce of this response (128 bits); never stored."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def set_security_headers(app: Flask) -> None:
    """Set the headers of every response, errors included, and refuse unsafe requests from other sites."""

    @app.before_request
    def refuse_foreign_addresses() -> Response | None:
        if isinstance(request.routing_exception, SecurityError) or not _is_own_address(request.environ):
            # Plain text, because url_for cannot build the links of a page for a foreign host.
            return Response("400 Bad Request", 400, mimetype="text/plain")
        return None

    @app.before_request
    def refuse_other_machines_in_demo() -> Response | None:
        if current_app.config["DEMO"] and not _is_this_machine(request.remote_addr):
            # In the demo every visitor may sign in as anyone, so only this machine may open it.
            return Response("403 The demonstration is for its own machine only.", 403, mimetype="text/plain")
        return None

    @app.before_request
    def refuse_foreign_origins() -> None:
        is_report = request.endpoint == "monitoring.csp_report"
        if request.method not in {"GET", "HEAD"} and not is_report and not is_own_site_request():
            abort(400, "cross-site")

    @app.after_request
    def set_headers(answer: Response) -> Response:
        kind = answer.headers.pop(KIND, None) or ("asset" if request.endpoint in ASSETS else "page")
        if kind == "asset":
            answer.headers["Content-Security-Policy"] = ASSET_POLICY
            is_found = answer.status_code in {200, 304}
            answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_found else "no-store"
        else:
            answer.headers.update({"download": _DOWNLOAD, "feed": _FEED}.get(kind) or _page_headers())
        answer.headers.update(DEFAULT_HEADERS)
        if app.config["OVER_HTTPS"]:
            answer.headers["Strict-Transport-Security"] = "max-age=63072000; includeSubDomains"
        return answer


ASSETS = frozenset({"static", "bootstrap.static"})


def is_own_site_request() -> bool:
    """Whether a page of this installation sent the request; uses Sec-Fetch-Site, else Origin or Referer."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in {"cross-site", "same-site"}
    source = request.headers.get("Origin") or request.headers.get("Referer")
    if source is None:
        return False
    home, there = urlsplit(str(current_app.config["BASE_URL"])), urlsplit(source)
    return (there.scheme, there.netloc) == (home.scheme, home.netloc)


def _is_own_address(environ: dict[str, Any]) -> bool:
    """Whether the request names a path of this installation, and a port of it if it names one."""
    typed = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "/")
    if environ.get("SCRIPT_NAME") or not typed.startswith("/") or "\x00" in unquote(typed):
        return False
    port = str(environ.get("HTTP_HOST", "-")).rpartition("]")[2].partition(":")[2]
    return "HTTP_HOST" in environ and (not port or port in current_app.config["OWN_PORTS"])


def _is_this_machine(address: str | None) -> bool:
    try:
        numbers = ip_address(address or "")
    except ValueError:
        return False
    return (getattr(numbers, "ipv4_mapped", None) or numbers).is_loopback


def _page_headers() -> dict[str, str]:
    return {
        "Content-Security-Policy": PAGE_POLICY.format(nonce=nonce()),
        "Reporting-Endpoints": f'csp="{current_app.config["BASE_URL"]}/csp-report"',
        "Cache-Control": "no-store",
        "Vary": "Cookie",
    }


_DOWNLOAD = {"Content-Security-Policy": FILE_POLICY, "Cache-Control": "no-store"}
_FEED = {"Content-Security-Policy": FILE_POLICY, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
