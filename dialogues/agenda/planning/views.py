"""Pages of the draft, its publication, and the balance between parties."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from dialogues.agenda.planning import commands
from dialogues.agenda.planning.forms import (
    MoveForm,
    ReleaseForm,
    SessionForm,
    as_new,
    as_saved,
    times_as_saved,
)
from dialogues.agenda.planning.queries import balance as balance_queries
from dialogues.agenda.planning.queries import draft as draft_queries
from dialogues.agenda.planning.queries import problems as problem_queries
from dialogues.agenda.planning.queries.draft import DraftSession
from dialogues.agenda.versions.rules import Admits, ChangeKind, Difference, Fact, SessionKind, changed_facts
from dialogues.agenda.versions.views import by_day
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other, words
from dialogues.core.common.presentation import word
from dialogues.lib.wall_time import WallClock
from dialogues.meetings.dialogues.forms import ConfirmForm
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.policy import AGENDA_EDIT, AGENDA_RELEASE, BALANCE_SEE

blueprint = Blueprint("planning", __name__, url_prefix="/meetings/<uuid:meeting_id>")


@blueprint.get("/agenda/draft")
@allows(AGENDA_EDIT)
def draft(meeting_id: UUID) -> str:
    meeting = draft_queries.planned_meeting(viewer())
    sessions, people, changes = draft_queries.draft_as_seen(viewer(), meeting)
    names = {person.id: person.name for person in people}
    problems = problem_queries.problems(meeting, sessions, draft_queries.rooms_of_venue(meeting), people, names)
    return render_template(
        "agenda/planning/draft.html",
        meeting_id=meeting_id,
        zone=meeting.zone,
        days=by_day(sessions, lambda session: session.slot.starts.local.date()),
        names=names,
        problems={session_id: [words(refusal) for refusal in found] for session_id, found in problems.items()},
        changes={change.session_id: change for change in changes},
        cancelled=[change for change in changes if change.kind is ChangeKind.CANCELLED],
        local=_local,
    )


def _local(wall_clock: WallClock) -> datetime:
    """Returns a wall clock as an aware local time, because templates format datetimes."""
    return wall_clock.instant.astimezone(ZoneInfo(wall_clock.zone))


def _session_form(saved: DraftSession | None) -> tuple[SessionForm, dict[str, Any]]:
    meeting = draft_queries.planned_meeting(viewer())
    form = SessionForm(data=as_saved(saved) if saved else as_new(meeting) | _day_from_link())
    form.offer(meeting, draft_queries.rooms_of_venue(meeting), draft_queries.people_of_meeting(viewer(), meeting))
    return form, {"form": form, "saved": saved, **_limits(meeting)}


def _limits(meeting: Any) -> dict[str, Any]:
    return {"meeting_id": meeting.id, "days": days_of(meeting), "zone": meeting.zone}


def _day_from_link() -> dict[str, Any]:
    try:
        return {"day": date.fromisoformat(request.args["day"])}
    except (KeyError, ValueError):
        return {}


def _saved(session_id: UUID) -> DraftSession:
    return draft_queries.draft_session(viewer(), draft_queries.planned_meeting(viewer()), session_id)


@blueprint.route("/agenda/draft/new", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/planning/session_form.html")
def new_session(meeting_id: UUID) -> Iterator[Any]:
    form, page = _session_form(None)
    yield page
    session_id = commands.plan_session(viewer(), form.plan(), now=clock.now())
    flash(_("The session is in the draft. Others see it with the next release."), "success")
    yield see_other(url_for("planning.draft", meeting_id=meeting_id, _anchor=f"s-{session_id}"))


@blueprint.route("/agenda/draft/<uuid:session_id>/edit", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/planning/session_form.html")
def edit_session(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    form, page = _session_form(_saved(session_id))
    yield page
    commands.change_session(viewer(), session_id, form.plan(), version=form.version.data, now=clock.now())
    flash(_("The session is changed in the draft. Others see it with the next release."), "success")
    yield see_other(url_for("planning.draft", meeting_id=meeting_id, _anchor=f"s-{session_id}"))


@blueprint.route("/agenda/draft/<uuid:session_id>/move", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/planning/move.html")
def move_session(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    meeting, saved = draft_queries.planned_meeting(viewer()), _saved(session_id)
    form = MoveForm(data=times_as_saved(saved))
    form.offer_rooms(draft_queries.rooms_of_venue(meeting))
    yield {"form": form, "saved": saved, "local": _local, **_limits(meeting)}
    commands.reschedule_session(
        viewer(),
        session_id,
        to=form.when(),
        rooms=tuple(form.rooms.data or ()),
        version=form.version.data,
        now=clock.now(),
    )
    flash(_("The session is moved in the draft. Others see it with the next release."), "success")
    yield see_other(url_for("planning.draft", meeting_id=meeting_id, _anchor=f"s-{session_id}"))


@blueprint.route("/agenda/draft/<uuid:session_id>/remove", methods=["GET", "POST"])
@allows(AGENDA_EDIT)
@form_page("agenda/planning/remove.html")
def remove_session(meeting_id: UUID, session_id: UUID) -> Iterator[Any]:
    saved = _saved(session_id)
    form = ConfirmForm(data={"version": saved.version})
    yield {"form": form, "saved": saved, "meeting_id": meeting_id, "local": _local}
    commands.remove_session(viewer(), session_id, version=form.version.data, now=clock.now())
    flash(_("The session is no longer in the draft. Where it was released, the next release cancels it."), "success")
    yield see_other(url_for("planning.draft", meeting_id=meeting_id))


@blueprint.route("/agenda/release", methods=["GET", "POST"])
@allows(AGENDA_RELEASE)
@form_page("agenda/planning/release.html")
def release(meeting_id: UUID) -> Iterator[Any]:
    """Shows what a new version would change and how many people it concerns, then publishes it."""
    meeting = draft_queries.planned_meeting(viewer())
    changes = draft_queries.unreleased(viewer(), meeting, draft_queries.draft(viewer(), meeting))
    form = ReleaseForm()
    seen, form.seen.data = form.seen.data or "", commands.preview_digest(changes)
    yield {
        "form": form,
        "meeting_id": meeting_id,
        "zone": meeting.zone,
        "changes": [(change, _fact_words(Fact.TIME, change.state.frozen), _fact_changes(change)) for change in changes],
        "concerned": problem_queries.concerned(meeting, changes),
    }
    number = commands.release_agenda(viewer(), reason=form.reason.data or "", seen=seen, now=clock.now())
    flash(_("Release %(number)s is what everyone sees now.", number=number), "success")
    yield see_other(url_for("versions.agenda", meeting_id=meeting_id))


@blueprint.get("/balance")
@allows(BALANCE_SEE)
def balance(meeting_id: UUID) -> str:
    return render_template(
        "agenda/planning/balance.html", meeting_id=meeting_id, balance=balance_queries.balance(viewer())
    )


def _fact_changes(difference: Difference) -> list[tuple[Fact, str, str]]:
    was, now = difference.was, difference.now
    if was is None or now is None:
        return []
    changed = changed_facts(was, now)
    return [(fact, _fact_words(fact, was.frozen), _fact_words(fact, now.frozen)) for fact in Fact if fact in changed]


def _fact_words(fact: Fact, frozen: Mapping[str, Any]) -> str:
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
