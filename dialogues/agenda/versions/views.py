"""Pages of the published agenda: the current version, one session, and the earlier versions."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from dialogues.agenda.versions.forms import language_name
from dialogues.agenda.versions.queries import published
from dialogues.agenda.versions.queries.published import Standpoint
from dialogues.agenda.versions.rules import CHATHAM_HOUSE_RULE, Part
from dialogues.core.common.access import allows, viewer
from dialogues.policy import AGENDA_EDIT, AGENDA_SEE, SESSION_PEOPLE_SEE

blueprint = Blueprint("versions", __name__, url_prefix="/meetings/<uuid:meeting_id>")


def by_day(sessions: Iterable[Any], date_of: Any) -> list[tuple[date, list[Any]]]:
    """Returns the days of the meeting, each with the sessions that begin on it."""
    return [(day, list(sessions_of_day)) for day, sessions_of_day in groupby(sessions, key=date_of)]


@blueprint.get("/agenda")
@allows(AGENDA_SEE)
def agenda(meeting_id: UUID) -> str:
    """The published agenda by day, limited to what the viewer is admitted to. `?mine=1` shows only the viewer's own
    parts.
    """
    view_of_agenda = published.standpoint(viewer())
    mine = request.args.get("mine") == "1"
    shown: dict[str, Any] = {}
    if view_of_agenda is not None:
        parts = _parts(view_of_agenda)
        sessions = published.sessions_for(viewer(), AGENDA_SEE)
        has_file = any(view_of_agenda.can_download(session) for session in sessions)
        if mine:
            sessions = [session for session in sessions if session.session_id in parts]
        sees_people = viewer().may(SESSION_PEOPLE_SEE)
        shown = {
            "days": by_day(sessions, lambda session: session.starts.date()),
            "parts": parts,
            "has_file": has_file,
            "can_download": view_of_agenda.can_download,
            "people": published.people_in(viewer(), view_of_agenda.release.id) if sees_people else {},
            "elsewhere": _in_viewer_zone,
            "by_part": _by_part,
        }
    return render_template(
        "agenda/versions/agenda.html", meeting_id=meeting_id, standpoint=view_of_agenda, mine=mine, **shown
    )


def _parts(view_of_agenda: Standpoint) -> dict[UUID, list[Part]]:
    order = list(Part)
    parts: dict[UUID, list[Part]] = {}
    for session_id, part in sorted(view_of_agenda.parts, key=lambda one: order.index(one[1])):
        parts.setdefault(session_id, []).append(part)
    return parts


def _by_part(people: Iterable[Any]) -> list[tuple[Part, list[Any]]]:
    return [(part, list(named)) for part, named in groupby(people, key=lambda one: one.part)]


def _in_viewer_zone(starts: datetime, ends: datetime) -> str:
    """Returns the same time in the viewer's own zone, or "" if both clocks show the same."""
    zone = viewer().zone
    if zone is None:
        return ""
    own_starts, own_ends = starts.astimezone(ZoneInfo(zone)), ends.astimezone(ZoneInfo(zone))
    if own_starts.utcoffset() == starts.utcoffset() and own_ends.utcoffset() == ends.utcoffset():
        return ""
    day_shift = (own_starts.date() - starts.date()).days
    suffix = {0: "", 1: _("(+1 day)"), -1: _("(−1 day)")}[day_shift]
    return f"{own_starts:%H:%M}–{own_ends:%H:%M} {zone.replace('_', ' ')} {suffix}".rstrip()


@blueprint.get("/agenda/sessions/<uuid:session_id>")
@allows(AGENDA_SEE)
def session_page(meeting_id: UUID, session_id: UUID) -> str:
    session = published.released_session(viewer(), session_id)
    people = published.people_in(viewer(), session.release_id, session_id).get(session_id, [])
    own_parts = [one.part for one in people if one.person_id == viewer().person_id]
    view_of_agenda = published.standpoint(viewer())
    return render_template(
        "agenda/versions/session.html",
        meeting_id=meeting_id,
        session=session,
        has_file=view_of_agenda is not None and view_of_agenda.can_download(session),
        people=_by_part(people),
        own_parts=own_parts,
        also=_in_viewer_zone(session.starts, session.ends),
        languages=[language_name(code) for code in session.languages],
        chatham_house_rule=CHATHAM_HOUSE_RULE,
    )


@blueprint.get("/agenda/releases")
@allows(AGENDA_EDIT)
def releases(meeting_id: UUID) -> str:
    return render_template(
        "agenda/versions/releases.html", meeting_id=meeting_id, releases=published.release_history(viewer())
    )


@blueprint.get("/agenda/releases/<int:number>")
@allows(AGENDA_EDIT)
def release_page(meeting_id: UUID, number: int) -> str:
    head, sessions = published.earlier_version(viewer(), number)
    return render_template(
        "agenda/versions/release_page.html",
        meeting_id=meeting_id,
        release=head,
        days=by_day(sessions, lambda session: session.starts.date()),
        people=published.people_in(viewer(), head.id),
        by_part=_by_part,
    )
