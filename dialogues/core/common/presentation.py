"""Globals and filters of templates: the viewer, navigation, times with their zone, and labels of enums."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, request, url_for
from flask_babel import format_date, format_datetime, get_locale, gettext
from markupsafe import Markup

from dialogues.core.common import access, browser, clock
from dialogues.core.common.viewer import Viewer
from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_
from dialogues.policy import ACTIONS, HOME_SEE, OWN_ACCOUNT, OWN_DATA_SEE, STAFF_INVITE, VENUES_SEE, Action, Scope


@dataclass(frozen=True, slots=True)
class Tab:
    """A navigation entry, shown to viewers who may do any of its actions."""

    label: str
    endpoint: str
    actions: tuple[Action, ...]
    #: Show it only to viewers whose scope includes other people than themselves.
    beyond_own: bool = False
    #: Endpoints that belong to the tab although their path is not below its own.
    also: tuple[str, ...] = ()


MAIN_NAVIGATION = (
    Tab(N_("Home"), "home.home", (HOME_SEE,)),
    Tab(N_("Dialogues"), "meetings.dialogues", (HOME_SEE,)),
    Tab(N_("Venues"), "venues.venues", (VENUES_SEE,)),
    Tab(N_("Staff"), "accounts.staff", (STAFF_INVITE,)),
)
ACCOUNT_NAVIGATION = (
    Tab(N_("Your account"), "accounts.own_account", (OWN_ACCOUNT,)),
    Tab(N_("What is held about you"), "home.own_data", (OWN_DATA_SEE,)),
)


def register_template_helpers(app: Flask, meeting_tabs: Sequence[Tab]) -> None:
    def links(tabs: Sequence[Tab], **values: Any) -> list[dict[str, str]]:
        viewer = access.viewer()
        return [
            {
                "label": translated(tab.label),
                "url": path_of(tab.endpoint, **values),
                "blueprint": tab.endpoint.partition(".")[0],
                "current": _aria_current(tab, path_of(tab.endpoint, **values)),
            }
            for tab in tabs
            if tab.endpoint in app.view_functions and any(_is_shown(viewer, action, tab) for action in tab.actions)
        ]

    def tabs_of_meeting() -> list[dict[str, str]]:
        place = access.viewer().place
        return [] if place is None or place.meeting_id is None else links(meeting_tabs, meeting_id=place.meeting_id)

    def _aria_current(tab: Tab, url: str) -> str:
        """The value of aria-current for a tab: it covers the pages below its path and those that it names."""
        if request.endpoint == tab.endpoint:
            return "page"
        return "true" if request.path.startswith(f"{url}/") or request.endpoint in tab.also else ""

    @lru_cache(maxsize=4096)
    def path_of(endpoint: str, **values: Any) -> str:
        return url_for(endpoint, **values) if endpoint in app.view_functions else ""

    @app.context_processor
    def about_the_viewer() -> dict[str, Any]:
        viewer = access.viewer()
        return {
            "viewer": viewer,
            "place": viewer.place,
            "may": lambda name: viewer.may(ACTIONS[name]),
            "meeting_tabs": tabs_of_meeting,
            "demo": app.config["DEMO"],
        }

    app.jinja_env.globals.update(
        csp_nonce=browser.nonce,
        clock_now=clock.now,
        language=language,
        path_of=path_of,
        house_places=lambda: links(MAIN_NAVIGATION),
        own_places=lambda: links(ACCOUNT_NAVIGATION),
        gettext=translated,
        _=translated,
    )
    app.jinja_env.filters.update(
        word=word, day=day, clock_time=clock_time, moment=moment, utc_offset=utc_offset, in_zone=in_zone
    )


def _is_shown(viewer: Viewer, action: Action, tab: Tab) -> bool:
    return bool(viewer.scopes(action) - {Scope.OWN}) if tab.beyond_own else viewer.may(action)


def language() -> str:
    return str(get_locale() or "en")


def translated(message: str, **facts: Any) -> str:
    """Translate our own text and escape the facts; templates call it as `_`."""
    found = _find_translation(language(), message, bool(facts))
    return found % facts if facts else found


@lru_cache(maxsize=4096)
def _find_translation(_language: str, message: str, has_facts: bool) -> Markup:
    """Cached per language, because the agenda of 60 sessions has hundreds of texts (`make bench` has its bar)."""
    words = Markup(gettext(message))  # noqa: S704  Our own text, from templates or a catalogue.
    return words if has_facts else words % {}


def word(value: Labelled) -> str:
    return str(gettext(value.label))


def day(value: date) -> str:
    return str(format_date(value, "EEEE d MMMM yyyy"))


def in_zone(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone))


def clock_time(value: datetime) -> str:
    return f"{value:%H:%M}"


def utc_offset(value: datetime) -> str:
    """The offset of an aware time as text: UTC+08:00."""
    offset = value.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def moment(instant: datetime, zone: str) -> str:
    """Date and time with the name of the zone and its offset; UTC is shown without an offset."""
    local = in_zone(instant, zone)
    words = format_datetime(local.replace(tzinfo=None), "EEEE d MMMM yyyy, HH:mm", rebase=False)
    return f"{words} {zone}" if zone == "UTC" else f"{words} {zone} ({utc_offset(local)})"
