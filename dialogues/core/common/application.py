"""Flask, with work that is the same for every request done once."""

from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class SignedCookie(SecureCookieSessionInterface):
    """Flask's session cookie with one cached signer, because an installation has only one key."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


class Templates(Environment):
    """A Jinja environment that does not copy its globals for each template, because all templates share them."""

    def make_globals(self, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(own) if own else self.globals


class Application(Flask):
    """The Flask application of an installation. It has no asynchronous views."""

    jinja_environment = Templates

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.session_interface = SignedCookie()
        #: Headers added to every response, including errors of the server; views do not set them.
        self.default_headers: list[tuple[str, str]] = []

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        """Add `default_headers` to every response."""

        def start(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            return start_response(status, [*headers, *self.default_headers], *fault)

        return super().wsgi_app(environ, start)

    def ensure_sync(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Return the view unchanged: Flask would check at each request whether it is asynchronous."""
        return view
