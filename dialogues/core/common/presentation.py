"""What templates know: who looks, where they stand, times with their zone, and words for our enumerations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache, partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask import Flask, request, url_for
from flask_babel import format_date, format_datetime, get_locale, get_translations, gettext
from markupsafe import Markup

from dialogues.core.common import access, browser, clock
from dialogues.core.common.viewer import Viewer
from dialogues.core.common.words import WORDS
from dialogues.lib.refusal import N_
from dialogues.policy import ACTIONS, HOME_SEE, OWN_ACCOUNT, OWN_DATA_SEE, STAFF_INVITE, VENUES_SEE, Action, Scope


@dataclass(frozen=True, slots=True)
class Tab:
    """An entry of a navigation, shown to those who may do any of its actions."""

    label: str
    endpoint: str
    actions: tuple[Action, ...]
    #: Whether it is for those only whom an action lets see others than themselves.
    beyond_own: bool = False
    #: Pages that stand beneath it though their path does not go on from its own.
    also: tuple[str, ...] = ()

    @property
    def blueprint(self) -> str:
        return self.endpoint.split(".")[0]


class Link(NamedTuple):
    """An entry of a navigation as this viewer sees it."""

    label: str
    url: str
    blueprint: str
    #: How the entry is marked: "page" on its own page, "true" on those beneath it, "" elsewhere.
    current: str


HOUSE_PLACES = (
    Tab(N_("Home"), "home.home", (HOME_SEE,)),
    Tab(N_("Dialogues"), "meetings.dialogues", (HOME_SEE,)),
    Tab(N_("Venues"), "venues.venues", (VENUES_SEE,)),
    Tab(N_("Staff"), "accounts.staff", (STAFF_INVITE,)),
)
OWN_PLACES = (
    Tab(N_("Your account"), "accounts.own_account", (OWN_ACCOUNT,)),
    Tab(N_("What is held about you"), "home.held", (OWN_DATA_SEE,)),
)


def register_template_helpers(app: Flask, meeting_tabs: Sequence[Tab]) -> None:
    """Give every template its globals and filters."""

    def links(tabs: Sequence[Tab], **values: Any) -> list[Link]:
        viewer, reads = access.viewer(), language()
        return [
            Link(
                label=_said(reads, tab.label),
                url=path_of(tab.endpoint, **values),
                blueprint=tab.blueprint,
                current=_mark(tab, path_of(tab.endpoint, **values)),
            )
            for tab in tabs
            if tab.endpoint in app.view_functions and any(_opens(viewer, action, tab) for action in tab.actions)
        ]

    def tabs_of_meeting() -> list[Link]:
        place = access.viewer().place
        return [] if place is None or place.meeting_id is None else links(meeting_tabs, meeting_id=place.meeting_id)

    def _mark(tab: Tab, url: str) -> str:
        """Beneath a tab stand the pages whose path goes on from its own, and those that it names."""
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
            # The page itself finds its language once; macros, which see no context, ask `translated` each time.
            "_": partial(_said, language()),
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
        house_places=lambda: links(HOUSE_PLACES),
        own_places=lambda: links(OWN_PLACES),
        gettext=translated,
        _=translated,
    )
    app.jinja_env.filters.update(
        word=word, day=day, clock_time=clock_time, moment=moment, utc_offset=utc_offset, in_zone=in_zone
    )


def _opens(viewer: Viewer, action: Action, tab: Tab) -> bool:
    return bool(viewer.scopes(action) - {Scope.OWN}) if tab.beyond_own else viewer.may(action)


def language() -> str:
    """The language of this page, for its html tag."""
    return str(get_locale() or "en")


def translated(message: str, **facts: Any) -> str:
    """Our own words in the reader's language, with facts that are escaped; what macros call `_`."""
    return _said(language(), message, **facts)


def _said(language: str, message: str, **facts: Any) -> str:
    found = _found(language, message, bool(facts))
    return found % facts if facts else found


@lru_cache(maxsize=4096)
def _found(_language: str, message: str, has_facts: bool) -> Markup:
    """Looked up once per language, since a page has dozens of them."""
    words = Markup(get_translations().ugettext(message))  # noqa: S704  Words of our own, from templates or a catalogue.
    return words if has_facts else words % {}


def word(value: Enum) -> str:
    """The word for an enumeration's value in the reader's language."""
    return str(gettext(WORDS[value]))


def day(value: date) -> str:
    """A date in words, weekday first."""
    return str(format_date(value, "EEEE d MMMM yyyy"))


def in_zone(instant: datetime, zone: str) -> datetime:
    """The instant on the clocks of that zone."""
    return instant.astimezone(ZoneInfo(zone))


def clock_time(value: datetime) -> str:
    """Hours and minutes, as on the clock that the value was taken from."""
    return f"{value:%H:%M}"


def utc_offset(value: datetime) -> str:
    """The offset of an aware time in visible text: UTC+08:00."""
    offset = value.strftime("%z")
    return f"UTC{offset[:3]}:{offset[3:5]}"


def moment(instant: datetime, zone: str) -> str:
    """Day and time in a zone, with the zone's name and its offset, which UTC says by its name."""
    local = in_zone(instant, zone)
    words = format_datetime(local.replace(tzinfo=None), "EEEE d MMMM yyyy, HH:mm", rebase=False)
    return f"{words} {zone}" if zone == "UTC" else f"{words} {zone} ({utc_offset(local)})"
