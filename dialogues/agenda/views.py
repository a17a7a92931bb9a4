"""Pages of the agenda: as released, its draft, and the release between them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from dialogues.agenda import commands, queries
from dialogues.agenda.forms import (
    MoveForm,
    ReleaseForm,
    RemoveForm,
    SessionForm,
    as_new,
    as_saved,
    language_name,
    times_as_saved,
)
from dialogues.agenda.queries import DraftSession, NamedPart, Standpoint
from dialogues.agenda.rules import (
    CHATHAM_HOUSE_RULE,
    Admits,
    ChangeKind,
    Difference,
    Fact,
    Part,
    SessionKind,
    changed_facts,
)
from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other, words
from dialogues.common.presentation import word
from dialogues.common.wall_time import WallClock
from dialogues.meetings.rules import Rule
from dialogues.policy import AGENDA_EDIT, AGENDA_RELEASE, AGENDA_SEE, BALANCE_SEE

blueprint = Blueprint("agenda", __name__, url_prefix="/meetings/<uuid:meeting_id>")


@dataclass(frozen=True, slots=True)
class Day:
    """The sessions that begin on one day of the meeting."""

    date: date
    sessions: tuple[Any, ...]


def _by_day(sessions: Iterable[Any], date_of: Any) -> list[Day]:
    return [Day(day, tuple(theirs)) for day, theirs in groupby(sessions, key=date_of)]


@blueprint.get("/agenda")
@allows(AGENDA_SEE)
def agenda(meeting_id: UUID) -> str:
    """The agenda as released, by day, as far as the viewer is admitted."""
    seen_from = queries.standpoint(viewer())
    mine = request.args.get("mine") == "1"
    shown = {} if seen_from is None else _shown(seen_from, mine=mine)
    return render_template("agenda/agenda.html", meeting_id=meeting_id, standpoint=seen_from, mine=mine, **shown)


def _shown(seen_from: Standpoint, *, mine: bool) -> dict[str, Any]:
    parts = _parts(seen_from)
    sessions = queries.sessions_for(viewer(), AGENDA_SEE)
    if mine:
        sessions = [session for session in sessions if session.session_id in parts]
    return {
        "days": _by_day(sessions, lambda session: session.starts.date()),
        "parts": parts,
        "takes_file_of": seen_from.takes_file_of,
        "people": queries.people_in(viewer(), seen_from.release.id) if seen_from.sees_people else {},
        "elsewhere": _elsewhere,
        "by_part": _by_part,
    }


def _parts(seen_from: Standpoint) -> dict[UUID, list[Part]]:
    order = list(Part)
    parts: dict[UUID, list[Part]] = {}
    for session_id, part in sorted(seen_from.parts, key=lambda one: order.index(one[1])):
        parts.setdefault(session_id, []).append(part)
    return parts


def _by_part(people: Iterable[NamedPart]) -> list[tuple[Part, list[NamedPart]]]:
    return [(part, list(named)) for part, named in groupby(people, key=lambda one: one.part)]


def _elsewhere(starts: datetime, ends: datetime) -> str:
    """The same time on the viewer's own clocks, in words; nothing where they show the same."""
    zone = viewer().zone
    if zone is None:
        return ""
    own_starts, own_ends = starts.astimezone(ZoneInfo(zone)), ends.astimezone(ZoneInfo(zone))
    if own_starts.utcoffset() == starts.utcoffset() and own_ends.utcoffset() == ends.utcoffset():
        return ""
    apart = (own_starts.date() - starts.date()).days
    shift = {0: "", 1: _("(+1 day)"), -1: _("(−1 day)")}[apart]
    return f"{own_starts:%H:%M}–{own_ends:%H:%M} {zone.replace('_', ' ')} {shift}".rstrip()


@blueprint.get("/agenda/sessions/<uuid:session_id>")
@allows(AGENDA_SEE)
def session_page(meeting_id: UUID, session_id: UUID) -> str:
    """One released session: its rule in full, who is admitted, who does what."""
    session = queries.released_session(viewer(), session_id)
    people = queries.people_in(viewer(), session.release_id, session_id).get(session_id, [])
    own_parts = [one.part for one in people if one.person_id == viewer().person_id]
    seen_from = queries.standpoint(viewer())
    return render_template(
        "agenda/session.html",
        meeting_id=meeting_id,
        session=session,
        has_file=seen_from is not None and seen_from.takes_file_of(session),
        people=_by_part(people),
        own_parts=own_parts,
        also=_elsewhere(session.starts, session.ends),
        languages=[language_name(code) for code in session.languages],
        chatham_house_rule=CHATHAM_HOUSE_RULE,
    )


@blueprint.get("/agenda/draft")
@allows(AGENDA_EDIT)
def draft(meeting_id: UUID) -> str:
    """The draft by day, with what is doubtful in it and what a release would change."""
    frame = queries.meeting_frame(viewer())
    planned = queries.draft(viewer(), frame)
    sessions, people = queries.as_known(viewer(), frame, planned)
    names = {person.id: person.name for person in people}
    doubts = queries.doubts(frame, sessions, queries.rooms_of_venue(frame), people, names)
    changes = queries.unreleased(viewer(), frame, planned)
    return render_template(
        "agenda/draft.html",
        meeting_id=meeting_id,
        zone=frame.zone,
        days=_by_day(sessions, lambda session: session.slot.starts.local.date()),
        names=names,
        doubts={session_id: [words(refusal) for refusal in found] for session_id, found in doubts.items()},
        changes={change.session_id: change for change in changes},
        cancelled=[change for change in changes if change.kind is ChangeKind.CANCELLED],
        local=_local,
    )


def _local(wall_clock: WallClock) -> datetime:
    """A wall clock as an aware local time, as templates show it."""
    return wall_clock.instant.astimezone(ZoneInfo(wall_clock.zone))


def _session_form(saved: DraftSession | None) -> tuple[SessionForm, dict[str, Any]]:
    """A form for a session of the draft and what stands around it on the page."""
    frame = queries.meeting_frame(viewer())
    form = SessionForm(data=as_saved(saved) if saved else as_new(frame) | _asked_for())
    form.offer(frame, queries.rooms_of_venue(frame), queries.people_of_meeting(viewer(), frame))
    return form, {"form": form, "frame": frame, "saved": saved}


def _asked_for() -> dict[str, Any]:
    """The day for which a session is added, from the link that led here."""
    try:
        return {"day": date.fromisoformat(request.args["day"])}
    except (KeyError, ValueError):
        return {}


def _saved(session_id: UUID) -> DraftSession:
    return queries.draft_session(viewer(), queries.meeting_frame(viewer()), session_id)


@blueprint.route("/agenda/draft/new", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/session_form.html")
def new_session(meeting_id: UUID) -> Iterator[Any]:
    """Add a session to the draft."""
    form, page = _session_form(None)
    yield page | {"meeting_id": meeting_id}
    session_id = commands.plan_session(viewer(), form.plan(), now=clock.now())
    flash(_("The session is in the draft. Others see it with the next release."), "success")
    yield see_other(url_for("agenda.draft", meeting_id=meeting_id, _anchor=f"s-{session_id}"))


@blueprint.route("/agenda/draft/<uuid:session_id>/edit", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/session_form.html")
def edit_session(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    """Change a session of the draft."""
    form, page = _session_form(_saved(session_id))
    yield page | {"meeting_id": meeting_id}
    commands.change_session(viewer(), session_id, form.plan(), version=form.version.data, now=clock.now())
    flash(_("The session is changed in the draft. Others see it with the next release."), "success")
    yield see_other(url_for("agenda.draft", meeting_id=meeting_id, _anchor=f"s-{session_id}"))


@blueprint.route("/agenda/draft/<uuid:session_id>/move", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/move.html")
def move_session(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    """Move a session of the draft to another time or room."""
    frame, saved = queries.meeting_frame(viewer()), _saved(session_id)
    form = MoveForm(data=times_as_saved(saved))
    form.offer_rooms(queries.rooms_of_venue(frame))
    yield {"form": form, "frame": frame, "saved": saved, "meeting_id": meeting_id, "local": _local}
    commands.reschedule_session(
        viewer(),
        session_id,
        to=form.when(),
        rooms=tuple(form.rooms.data or ()),
        version=form.version.data,
        now=clock.now(),
    )
    flash(_("The session is moved in the draft. Others see it with the next release."), "success")
    yield see_other(url_for("agenda.draft", meeting_id=meeting_id, _anchor=f"s-{session_id}"))


@blueprint.route("/agenda/draft/<uuid:session_id>/remove", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/remove.html")
def remove_session(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    """Take a session out of the draft."""
    saved = _saved(session_id)
    form = RemoveForm(data={"version": saved.version})
    yield {"form": form, "saved": saved, "meeting_id": meeting_id, "local": _local}
    commands.remove_session(viewer(), session_id, version=form.version.data, now=clock.now())
    flash(_("The session is no longer in the draft. Where it was released, the next release cancels it."), "success")
    yield see_other(url_for("agenda.draft", meeting_id=meeting_id))


@blueprint.route("/agenda/release", methods=["GET", "POST"])
@allows(AGENDA_RELEASE)
@form_page("agenda/release.html")
def release(meeting_id: UUID) -> Iterator[Any]:
    """Show what a release would change and whom it concerns, and release."""
    frame = queries.meeting_frame(viewer())
    changes = queries.unreleased(viewer(), frame, queries.draft(viewer(), frame))
    form = ReleaseForm()
    seen, form.seen.data = form.seen.data or "", commands.preview_digest(changes)
    yield {
        "form": form,
        "meeting_id": meeting_id,
        "zone": frame.zone,
        "changes": [(change, _when(change), _lines(change)) for change in changes],
        "concerned": queries.concerned(frame, changes),
    }
    number = commands.release_agenda(viewer(), reason=form.reason.data or "", seen=seen, now=clock.now())
    flash(_("Release %(number)s is what everyone sees now.", number=number), "success")
    yield see_other(url_for("agenda.agenda", meeting_id=meeting_id))


@blueprint.get("/agenda/releases")
@allows(AGENDA_EDIT)
def releases(meeting_id: UUID) -> str:
    """All releases, newest first."""
    return render_template("agenda/releases.html", meeting_id=meeting_id, releases=queries.release_history(viewer()))


@blueprint.get("/agenda/releases/<int:number>")
@allows(AGENDA_EDIT)
def release_page(meeting_id: UUID, number: int) -> str:
    """What the agenda was in one release, to be read."""
    head, sessions = queries.release_as_it_was(viewer(), number)
    return render_template(
        "agenda/release_page.html",
        meeting_id=meeting_id,
        release=head,
        days=_by_day(sessions, lambda session: session.starts.date()),
        people=queries.people_in(viewer(), head.id),
        by_part=_by_part,
    )


@blueprint.get("/balance")
@allows(BALANCE_SEE)
def balance(meeting_id: UUID) -> str:
    """How evenly seats and parts are shared by the parties."""
    return render_template("agenda/balance.html", meeting_id=meeting_id, balance=queries.balance(viewer()))


def _when(difference: Difference) -> str:
    """The day and time of the session, as it is now or was last."""
    side = difference.now or difference.was
    return _in_words(Fact.TIME, side.frozen) if side else ""


def _lines(difference: Difference) -> list[tuple[Fact, str, str]]:
    """What changes about a session, fact by fact: what it was and what it will be, in words."""
    was, now = difference.was, difference.now
    if was is None or now is None:
        return []
    changed = changed_facts(was, now)
    return [(fact, _in_words(fact, was.frozen), _in_words(fact, now.frozen)) for fact in Fact if fact in changed]


def _in_words(fact: Fact, frozen: Mapping[str, Any]) -> str:
    match fact:
        case Fact.TIME:
            starts, ends = (datetime.fromisoformat(frozen[key]) for key in ("local_start", "local_end"))
            return f"{format_date(starts.date(), 'EEE d MMM')} {starts:%H:%M}–{ends:%H:%M} {frozen['zone']}"
        case Fact.ROOM | Fact.LANGUAGES:
            return ", ".join(frozen["rooms" if fact is Fact.ROOM else "languages"]) or _("none")
        case Fact.KIND:
            return word(SessionKind(frozen["kind"]))
        case Fact.RULE:
            return word(Rule(frozen["rule"]))
        case Fact.ADMITS:
            return word(Admits(frozen["admits"]))
        case Fact.PEOPLE:
            return ""
        case _:
            return str(frozen[fact.value]) or _("none")
