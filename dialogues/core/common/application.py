"""Flask, with what is the same for every request made once instead of for each."""

from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.templating import Environment
from itsdangerous import URLSafeTimedSerializer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class SignedCookie(SecureCookieSessionInterface):
    """Flask's own cookie; the one key of an installation has one signer."""

    _signer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """What signs the cookie and reads it."""
        self._signer = self._signer or super().get_signing_serializer(app)
        return self._signer


class Templates(Environment):
    """Flask's templates; all of them know the same, so that macros are imported without comparing what each knows."""

    def make_globals(self, own: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows besides what it is given."""
        return super().make_globals(own) if own else self.globals


class Application(Flask):
    """An installation's application; none of its views is asynchronous."""

    jinja_environment = Templates

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.session_interface = SignedCookie()
        #: Headers of every answer, whoever made it; no view sets them itself.
        self.always_told: list[tuple[str, str]] = []

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:
        """Answer a request."""

        def start(status: str, headers: list[tuple[str, str]], *fault: Any) -> Any:
            return start_response(status, [*headers, *self.always_told], *fault)

        return super().wsgi_app(environ, start)

    def ensure_sync(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """The view itself: Flask would look at each view and hook, with each request, whether it is asynchronous."""
        return view
