"""A person's own calendar: files, feed addresses, and the feed itself."""

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.agenda.calendars import commands
from dialogues.agenda.calendars.emails import event_facts, neutral_word
from dialogues.agenda.calendars.forms import FeedForm
from dialogues.agenda.calendars.queries import feed as feed_queries
from dialogues.agenda.calendars.queries import own
from dialogues.agenda.calendars.queries.feed import FeedHead
from dialogues.agenda.entries.rules import FiledEntry
from dialogues.agenda.versions.queries import published as versions
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer, without_viewer
from dialogues.core.common.browser import KIND
from dialogues.core.common.pages import download, form_page, see_other
from dialogues.lib.ical.calendar_file import calendar_file, filed_event
from dialogues.lib.refusal import or_not_found
from dialogues.policy import FEED_FETCH, FEED_OWN, INVITE_FILE, NOMINATE

blueprint = Blueprint("calendars", __name__)


_log = logging.getLogger(__name__)
_MEDIA_TYPE = "text/calendar; charset=utf-8"
_NAME = "calendar.ics"
_REFRESH_INTERVAL = timedelta(hours=1)


@blueprint.route("/meetings/<uuid:meeting_id>/calendar", methods=["GET", "POST"])
@allows(FEED_OWN)
@form_page("agenda/calendars/calendar.html")
def calendar(meeting_id: UUID) -> Iterator[Any]:
    """The viewer's own sessions as a file, and their feed addresses. A new address is shown only once."""
    form = FeedForm()
    sessions = own.own_sessions(viewer())
    yield {
        "form": form,
        "meeting_id": meeting_id,
        "sessions": sessions,
        "titles": {session.session_id: session.title for session in versions.sessions_for(viewer(), INVITE_FILE)},
        "word": neutral_word(),
        "discreet": all(not session.content.title for session in sessions),
        "feeds": own.own_feeds(viewer(), clock.real_now()),
        "confidential": own.is_confidential(viewer()),
    }
    secret = commands.open_feed(viewer(), form.name.data, now=clock.now(), real_now=clock.real_now())
    yield _shown_once(meeting_id, secret, form.name.data)


@blueprint.post("/meetings/<uuid:meeting_id>/calendar/feeds/<uuid:feed_id>/renew")
@allows(FEED_OWN)
def renew_feed(meeting_id: UUID, feed_id: UUID) -> str:
    secret = commands.renew_feed(viewer(), feed_id, now=clock.now(), real_now=clock.real_now())
    return _shown_once(meeting_id, secret, "")


@blueprint.post("/meetings/<uuid:meeting_id>/calendar/feeds/<uuid:feed_id>/end")
@allows(FEED_OWN)
def end_feed(meeting_id: UUID, feed_id: UUID) -> Any:
    commands.end_feed(viewer(), feed_id, now=clock.now(), real_now=clock.real_now())
    flash(_("The address is void: whoever fetches it finds nothing."), "success")
    return see_other(url_for("calendars.calendar", meeting_id=meeting_id))


def _shown_once(meeting_id: UUID, secret: str, name: str) -> str:
    """Renders the page with the new secret; it is the answer to a POST, so that the secret is not shown again."""
    address = current_app.config["BASE_URL"] + url_for("calendars.feed", token=secret)
    return render_template(
        "agenda/calendars/address.html",
        meeting_id=meeting_id,
        name=name,
        address=address,
        webcal="webcal://" + address.split("://", 1)[1],
    )


@blueprint.get("/meetings/<uuid:meeting_id>/calendar.ics")
@allows(INVITE_FILE)
def meeting_file(meeting_id: UUID) -> Response:  # noqa: ARG001  used by the authorization
    return _file(own.own_file(viewer()))


@blueprint.get("/meetings/<uuid:meeting_id>/calendar/<uuid:session_id>.ics")
@allows(INVITE_FILE)
def session_file(meeting_id: UUID, session_id: UUID) -> Response:  # noqa: ARG001  used by the authorization
    return _file([own.own_session(viewer(), session_id)])


@blueprint.get("/meetings/<uuid:meeting_id>/nominations/<uuid:participation_id>/calendar.ics")
@allows(NOMINATE)
def nominee_file(meeting_id: UUID, participation_id: UUID) -> Response:  # noqa: ARG001  used by the authorization
    """The calendar file of a nominee without an email address, for the focal point to hand over."""
    return _file(own.nominee_file(viewer(), participation_id))


def _file(entries: Iterable[FiledEntry]) -> Response:
    return download(calendar_file(filed_event(event_facts(entry)) for entry in entries), _NAME, _MEDIA_TYPE)


@blueprint.get("/feed/<token>.ics")
@without_viewer
@allows(FEED_FETCH)
def feed(token: str) -> Response:
    """A person's own entries for a calendar program. Answers 304 before any entry is read."""
    now, real_now = clock.now(), clock.real_now()
    head = or_not_found(feed_queries.feed_head(token, now=now, real_now=real_now))
    if head.last_used_on != real_now.date():
        _stamp(head)
    headers = {
        "ETag": f'W/"{head.tag}"',
        "Content-Type": _MEDIA_TYPE,
        "Content-Disposition": f'inline; filename="{_NAME}"',
        KIND: "feed",
    }
    if request.if_none_match.contains_weak(head.tag):
        return Response(status=304, headers=headers)
    return Response(_feed_file(head), headers=headers)


def _stamp(head: FeedHead) -> None:
    try:
        commands.stamp_fetch(head, clock.real_now())
    except Exception as fault:
        # The feed must not fail because of the stamp, which is only for the owner's information.
        _log.warning("feed stamp: %s", type(fault).__name__)


def _feed_file(head: FeedHead) -> bytes:
    revisions = feed_queries.feed_content(head)
    with force_locale(head.language):
        return calendar_file(
            (filed_event(event_facts(revision)) for revision in revisions),
            name=_("Calendar"),
            refresh=_REFRESH_INTERVAL,
            uid=head.link_id.hex,
            last_modified=max((revision.stamp for revision in revisions), default=None),
        )
