"""The application factory: settings, extensions, request authorization, features, and the application's state."""

import zoneinfo
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryFile
from types import ModuleType
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

import click
from flask import Blueprint, Flask
from jinja2 import StrictUndefined
from sqlalchemy.exc import ArgumentError
from werkzeug.middleware.proxy_fix import ProxyFix

from dialogues import event_handlers, policy
from dialogues.agenda.planning.queries import waiting as planning
from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.views.cookie import load_viewer
from dialogues.core.audit import operations as audit
from dialogues.core.common import access, assets, browser, clock, database, read_guard, readiness, stores, transaction
from dialogues.core.common.errors import register_error_handlers
from dialogues.core.common.numbers import ShortNumber
from dialogues.core.common.presentation import Tab, register_template_helpers
from dialogues.core.common.secret_addresses import hide_secrets_in_logs
from dialogues.core.common.state import State, state
from dialogues.core.common.viewer import Viewer
from dialogues.core.keys import operations as keys
from dialogues.core.keys.queries import refuse_lost_keys
from dialogues.core.outbox import jobs as outbox
from dialogues.extensions import babel, bootstrap, csrf, db, login, migrate
from dialogues.lib.auth.hashing import Hasher
from dialogues.lib.refusal import N_, NotFound, or_not_found
from dialogues.meetings.dialogues.queries.names import is_disabled, names_of
from dialogues.meetings.roles import queries as roles
from dialogues.pages.home.views import steps_ahead
from dialogues.people.participants.queries.limited import stand_at_registration
from dialogues.settings import ROOT, Settings, SettingsError, exit_on_settings_error, unwritable

#: Every feature, lower ones first; each may have `views.blueprint` and `cli.commands`.
FEATURES = (
    *("core.keys", "core.audit", "core.outbox", "core.accounts", "core.monitoring"),
    *("meetings.venues", "meetings.dialogues", "meetings.precedence", "meetings.roles", "meetings.meetings"),
    *("people.participants", "people.questionnaire", "people.nominations", "people.invitations", "people.documents"),
    *("people.registration", "people.messages", "people.roster"),
    *("agenda.versions", "agenda.planning", "agenda.entries", "agenda.calendars"),
    *("onsite.seating", "onsite.attendance"),
    *("records.notes", "records.archive"),
    *("pages.home", "sample"),
)

#: Tabs of a meeting: label, endpoint, and actions of which the viewer needs one.
MEETING_TABS = (
    Tab(N_("Agenda"), "versions.agenda", (policy.AGENDA_SEE,), also=("planning.balance",)),
    Tab(N_("Participants"), "roster.participants", (policy.PARTICIPANTS_SEE, policy.NOMINATIONS_SEE)),
    Tab(N_("Attendance"), "attendance.attendance", (policy.ATTENDANCE_MARK,)),
    Tab(N_("Travel papers"), "documents.all_papers", (policy.VISA_STATUS_SEE,), beyond_own=True),
    Tab(N_("Nominations"), "nominations.nominations", (policy.NOMINATE, policy.SUBMISSION_SEE)),
    Tab(N_("Practical"), "meetings.practical", (policy.PRACTICAL_SEE,)),
    Tab(N_("Notes"), "notes.notes", (policy.SUMMARY_SEE, policy.SUMMARY_FILED_READ)),
    Tab(N_("Archive"), "archive.records", (policy.RECORD_READ, policy.RECORD_LINE_SEE)),
    Tab(N_("Letters"), "outbox.emails", (policy.EMAILS_SEE,)),
    Tab(N_("Roles"), "roles.roles", (policy.ROLES_SEE,)),
    Tab(N_("Settings"), "meetings.settings", (policy.MEETING_EDIT,)),
)


@exit_on_settings_error()
def create_app(settings: Settings) -> Flask:
    """The application for these settings; WSGI servers and the command line call it.

    Ends the process with a message if the application cannot serve. CLI commands check later, because some of them
    prepare the installation.

    :raises UndeclaredRoute: a route declares no action.
    """
    app = build_app(settings)
    if _is_serving():
        with app.app_context():
            readiness.refuse_unready()
            # The server may fork after this, and processes must not share a connection.
            db.engine.dispose()
    return app


def build_app(settings: Settings) -> Flask:
    """The application, also for an installation that is not ready.

    :raises SettingsError: a setting, the instance folder or the master key cannot be used.
    :raises UndeclaredRoute: a route declares no action.
    """
    _refuse_unwritable(settings.instance)
    zoneinfo.reset_tzpath(())
    app = Flask(
        "dialogues",
        static_folder=None,
        static_url_path="/static",
        template_folder=str(ROOT / "templates"),
        root_path=str(ROOT),
    )
    if app.debug and not settings.demo:
        raise SettingsError("Debug mode is for the demonstration only: unset FLASK_DEBUG, and leave out --debug.")
    configure(app, settings)
    # Otherwise a doubled slash is answered with a redirect that repeats the URL, which may contain a secret.
    app.url_map.merge_slashes = False
    app.url_map.converters["int"] = ShortNumber
    hide_secrets_in_logs()
    _open_database(app)
    stores.install(app, settings)
    _bind_extensions(app, settings)
    browser.set_security_headers(app)
    access.guard(app)
    register_error_handlers(app)
    assets.serve_assets(app, ROOT / "static")
    register_template_helpers(app, MEETING_TABS)
    for feature in FEATURES:
        _register_feature(app, feature)
    _fill_state(app)
    _protect_extension_routes(app)
    access.refuse_undeclared_routes(app)
    if app.debug:
        read_guard.guard_reads(app)
    return app


def _is_serving() -> bool:
    context = click.get_current_context(silent=True)
    return context is None or context.info_name in {"run", "shell"}


def _refuse_unwritable(instance: Path) -> None:
    try:
        instance.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=instance):
            pass
    except OSError as error:
        raise unwritable(instance, error) from None


def configure(app: Flask, settings: Settings) -> None:
    over_https = settings.over_https
    app.config.update(
        SECRET_KEY=settings.secret_key,
        BASE_URL=settings.base_url.rstrip("/"),
        OVER_HTTPS=over_https,
        DEMO=settings.demo,
        SQLALCHEMY_DATABASE_URI=settings.database,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or _own_hosts(settings),
        OWN_PORTS=_own_ports(settings),
        # The methods of a page are not shown; browsers ask for them only before requests that are refused anyway.
        PROVIDE_AUTOMATIC_OPTIONS=False,
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=2_000_000,
        SESSION_COOKIE_NAME="__Host-s" if over_https else "s",
        SESSION_COOKIE_SECURE=over_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=None,
        BOOTSTRAP_SERVE_LOCAL=True,
        BABEL_DEFAULT_LOCALE=settings.locale,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "dialogues" / "translations"),
    )
    app.extensions["dialogues"] = State(settings, clock.shift_of(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's default provider has it.
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask documents


def _engine_options(settings: Settings) -> dict[str, Any]:
    if not settings.is_sqlite:
        wait = f"-c lock_timeout={int(transaction.LOCK_WAIT)}s"
        arguments = {"connect_timeout": 10, "options": wait}
        return {"pool_pre_ping": True, "hide_parameters": True, "connect_args": arguments}
    import pysqlite3.dbapi2 as sqlite

    database.refuse_old_sqlite(sqlite.sqlite_version_info)
    address = f"file:{quote(str(settings.database_file))}?mode=rw"

    def open_existing() -> Any:
        return sqlite.connect(address, uri=True, check_same_thread=False)

    return {"module": sqlite, "creator": open_existing, "pool_use_lifo": True, "hide_parameters": True}


def _own_hosts(settings: Settings) -> list[str]:
    host = settings.base_url.split("://", 1)[1].split("/", 1)[0].rsplit(":", 1)[0]
    return [host, "localhost", "127.0.0.1"] if settings.demo else [host]


def _own_ports(settings: Settings) -> frozenset[str]:
    """The ports that a Host header may name."""
    address = urlsplit(settings.base_url)
    own = address.port or (443 if settings.over_https else 80)
    return frozenset({str(own), *(host.rpartition(":")[2] for host in settings.trusted_hosts if ":" in host)})


def _open_database(app: Flask) -> None:
    try:
        db.init_app(app)
    except (ArgumentError, ImportError, ValueError):
        raise SettingsError(
            "DIALOGUES_DATABASE_URL cannot be used: is it written as postgresql+psycopg://user:password@host/name, and "
            "psycopg installed?"
        ) from None
    migrate.init_app(app, db, directory=str(ROOT / "dialogues" / "migrations"))
    with app.app_context():
        transaction.configure_engine(db.engine)


def _bind_extensions(app: Flask, settings: Settings) -> None:
    csrf.init_app(app)
    bootstrap.init_app(app)
    # Not init_app, because its remember-me reads the cookie at every response, so that assets would vary by cookie.
    app.login_manager = login  # type: ignore[attr-defined]  # where Flask-Login looks for it
    babel.init_app(app, locale_selector=lambda: access.viewer().locale or settings.locale)


def _register_feature(app: Flask, feature: str) -> None:
    _modules(feature, "models")
    pages = {getattr(module, "blueprint", None) for module in _modules(feature, "views")}
    for blueprint in pages:
        if isinstance(blueprint, Blueprint):
            app.register_blueprint(blueprint)
    for module in _modules(feature, "cli"):
        app.cli.add_command(module.commands)


def _modules(feature: str, file: str) -> list[ModuleType]:
    """The module of that name in a feature, with its submodules if it is a package; empty if there is none."""
    path = f"dialogues.{feature}.{file}"
    if find_spec(path) is None:
        return []
    found = import_module(path)
    parts = iter_modules(getattr(found, "__path__", ()), f"{path}.")
    return [found, *(import_module(part.name) for part in parts)]


def _fill_state(app: Flask) -> None:
    app_state = state(app)
    app_state.checks = (
        stores.refuse_unready,
        database.refuse_unready,
        refuse_lost_keys,
        outbox.mail_transport,
        outbox.refuse_unknown,
    )
    app_state.hasher = Hasher(app_state.settings.instance)
    app_state.who, app_state.reload = load_viewer, _reload_viewer
    app_state.place, app_state.list_key = _place_viewer, keys.list_key
    app_state.handle, app_state.audit = event_handlers.handle_events, audit.record_event
    app_state.wake, app_state.is_disabled = lambda: outbox.wake(app), is_disabled
    app_state.names, app_state.next_steps, app_state.unpublished = names_of, steps_ahead, planning.unreleased_here
    for feature in FEATURES:
        for module in _modules(feature, "emails"):
            app_state.composers.update(getattr(module, "COMPOSERS", {}))
        for module in _modules(feature, "jobs"):
            app_state.sweeps.update(getattr(module, "SWEEPS", {}))


def _reload_viewer(viewer: Viewer) -> Viewer:
    """:raises NotFound: the sign-in has ended, or the viewer has lost access to the place."""
    if viewer.is_system or not viewer.signed_in:
        return viewer
    if not accounts.still_signed_in(viewer, clock.real_now()):
        raise NotFound
    if viewer.place is None:
        return viewer
    return or_not_found(_place_viewer(viewer, viewer.place.dialogue_id, viewer.meeting_id))


def _place_viewer(viewer: Viewer, dialogue_id: UUID | None, meeting_id: UUID | None) -> Viewer | None:
    """The viewer in that dialogue or meeting; a limited sign-in only at its own registration."""
    if viewer.is_limited:
        return stand_at_registration(viewer, meeting_id, clock.now())
    return roles.viewer_in_meeting(viewer, dialogue_id, meeting_id, clock.now())


def _protect_extension_routes(app: Flask) -> None:
    for endpoint, view in list(app.view_functions.items()):
        if endpoint.endswith(".static") and not hasattr(view, "__action__"):
            app.view_functions[endpoint] = _asset_view(view)


def _asset_view(view: Any) -> Any:
    @access.without_viewer
    @access.allows(policy.ASSET_SEE)
    def asset(**arguments: Any) -> Any:
        return view(**arguments)

    return asset
