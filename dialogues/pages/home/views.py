"""Home page, the personal data of the account, and the demonstration of all components."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.presentation import day, moment, word
from dialogues.core.common.state import Step
from dialogues.core.common.viewer import Viewer
from dialogues.lib.refusal import N_
from dialogues.pages.home.forms import ExampleForm, form_with_errors
from dialogues.pages.home.queries import ahead
from dialogues.pages.home.queries import own_data as own_data_queries
from dialogues.pages.home.queries import today as today_queries
from dialogues.pages.home.rules import Stage, Task, TaskKind
from dialogues.people.documents.forms import read_only
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.policy import (
    AGENDA_EDIT,
    AGENDA_SEE,
    ASSET_SEE,
    EXCHANGE_FIX,
    HOME_SEE,
    NOMINATIONS_SEE,
    OWN_DATA_SEE,
    RECORD_READ,
    SUBMISSION_SEE,
    Action,
)

blueprint = Blueprint("home", __name__)


@blueprint.route("/")
@allows(HOME_SEE)
def home() -> str:
    """Show open tasks, today's sessions, and the viewer's meetings."""
    now = clock.now()
    tasks, sessions, meetings = today_queries.today(viewer(), now)
    return render_template(
        "pages/home/home.html",
        tasks=[_step(task) for task in tasks],
        sessions=sessions,
        meetings=meetings,
        stages=Stage,
        now=now,
    )


@blueprint.route("/held-about-me")
@allows(OWN_DATA_SEE)
def own_data() -> str:
    """Show the personal data stored about the viewer, in all their dialogues."""
    return render_template(
        "pages/home/own_data.html",
        data=own_data_queries.personal_data(viewer(), clock.now()),
        audience_word=lambda value: word(Audience(value)),
        shown_word=lambda value: word(Shown(value)),
    )


@blueprint.post("/held-about-me/sealed/<uuid:field_id>/show")
@allows(OWN_DATA_SEE)
def show_own_field(field_id: UUID) -> str:
    """Show one of the viewer's own encrypted fields; not written to the access log."""
    kind, parts = own_data_queries.reveal_own_field(viewer(), field_id, clock.now())
    return render_template("pages/home/shown.html", kind=kind, parts=read_only(kind, parts))


@blueprint.route("/held-about-me/log")
@allows(OWN_DATA_SEE)
def log() -> str:
    return render_template("pages/home/log.html", entries=own_data_queries.log_about(viewer()))


@blueprint.route("/design")
@allows(ASSET_SEE)
def design() -> str:
    """Show every component on one page; only in demonstration mode, else 404."""
    if not current_app.config["DEMO"]:
        abort(404)
    return render_template(
        "design.html",
        form=ExampleForm(formdata=None),
        wrong=form_with_errors(),
        zone=ZoneInfo("Asia/Ulaanbaatar"),
        elsewhere=ZoneInfo("Europe/Zurich"),
        now=clock.now().astimezone(UTC),
    )


def steps_ahead(for_viewer: Viewer, meeting: Any, now: datetime) -> list[Step]:
    """Return the next steps of a viewer, as the page of their current meeting shows them."""
    return [_step(task) for task in ahead.next_tasks(for_viewer, meeting, now)]


def _step(task: Task) -> Step:
    return _label(task), _url(task), _hint(task), task.urgent


#: Endpoints for each kind of task, with the right needed; the first one the viewer may open counts. Invitations have
#: none, because only the link in the invitation email may open them.
_ENDPOINTS: dict[TaskKind, tuple[tuple[str, Action | None], ...]] = {
    TaskKind.OFFER: (("roles.offers", None),),
    TaskKind.STEPS: (("registration.own_registration", None),),
    TaskKind.EMAILS_FAILED: (("outbox.emails", None),),
    TaskKind.ADDRESS_DOUBT: (("nominations.nominations", None),),
    TaskKind.ADDRESS_ASKED: (("nominations.nominations", None),),
    TaskKind.CAPACITY_ASKED: (("nominations.nominations", None),),
    TaskKind.SUBMIT_LIST: (("nominations.nominations", None),),
    TaskKind.UNANSWERED: (("roster.participants", None),),
    TaskKind.TO_APPROVE: (("roster.participants", None),),
    TaskKind.CHANGES_ASKED: (("registration.changes", None),),
    TaskKind.NO_RELEASE: (("planning.draft", None),),
    TaskKind.UNRELEASED: (("planning.release", None),),
    TaskKind.SUMMARY: (("notes.notes", None),),
    TaskKind.TO_FILE: (("archive.records", None),),
    TaskKind.NOT_OUT: (("planning.draft", AGENDA_EDIT), ("versions.agenda", AGENDA_SEE)),
    TaskKind.EXCHANGE_PROPOSED: (("nominations.exchange", EXCHANGE_FIX),),
    TaskKind.LISTS_OPEN: (
        ("nominations.exchange", EXCHANGE_FIX),
        ("nominations.nominations", SUBMISSION_SEE),
        ("roster.participants", NOMINATIONS_SEE),
    ),
    TaskKind.OVER: (("archive.records", RECORD_READ), ("versions.agenda", AGENDA_SEE)),
}


def _url(task: Task) -> str:
    choices = _ENDPOINTS.get(task.kind, ())
    endpoint = next((name for name, action in choices if action is None or viewer().may(action)), "")
    if not endpoint or task.meeting_id is None:
        return url_for(endpoint) if endpoint else ""
    ready = "to_approve" if task.kind is TaskKind.TO_APPROVE else None
    return url_for(endpoint, meeting_id=task.meeting_id, ready=ready)


_HINTS = {
    TaskKind.NOT_OUT: N_("whoever is concerned gets a letter with the first release"),
    TaskKind.LISTS_OPEN: N_("to all parties at the same moment"),
    TaskKind.OVER: N_("what was filed of it is in the archive"),
}


def _hint(task: Task) -> str:
    if task.kind in _HINTS:
        return str(_(_HINTS[task.kind]))
    if task.by is None:
        return task.meeting
    if not task.meeting:
        return str(_("registration closes on %(day)s", day=day(task.by.date())))
    return str(_("%(meeting)s, registration closes on %(day)s", meeting=task.meeting, day=day(task.by.date())))


def _label(task: Task) -> str:
    if task.kind is TaskKind.LISTS_OPEN and task.by is not None:
        place = viewer().place
        return str(_("The lists open on %(moment)s", moment=moment(task.by, place.zone if place else "UTC")))
    return str(_LABELS[task.kind](task.count))


#: The instruction for a number of things to do.
_LABELS: dict[TaskKind, Callable[[int], Any]] = {
    TaskKind.OFFER: lambda _n: _("Answer the role that you are offered"),
    TaskKind.INVITATION: lambda _n: _("You have an invitation: please open the link in its letter"),
    TaskKind.NO_RELEASE: lambda _n: _("Release the agenda: nobody has seen it yet"),
    TaskKind.NOT_OUT: lambda _n: _("The agenda is not out yet"),
    TaskKind.EXCHANGE_PROPOSED: lambda _n: _("Look at the time that is proposed for the exchange"),
    TaskKind.OVER: lambda _n: _("This meeting is over"),
    TaskKind.STEPS: lambda n: ngettext(
        "Save the last step of your registration", "Save %(num)s steps of your registration", n
    ),
    TaskKind.EMAILS_FAILED: lambda n: ngettext(
        "Look at a letter that could not be delivered", "Look at %(num)s undelivered letters", n
    ),
    TaskKind.ADDRESS_DOUBT: lambda n: ngettext(
        "Look at an e-mail address in doubt", "Look at %(num)s e-mail addresses in doubt", n
    ),
    TaskKind.ADDRESS_ASKED: lambda n: ngettext(
        "The office asks for another e-mail address of a nominee",
        "The office asks for other e-mail addresses of %(num)s nominees",
        n,
    ),
    TaskKind.CAPACITY_ASKED: lambda n: ngettext(
        "Decide whether a nominee becomes a participant", "Decide whether %(num)s nominees become participants", n
    ),
    TaskKind.SUBMIT_LIST: lambda n: ngettext(
        "Lodge your party's list: one seat is free", "Lodge your party's list: %(num)s seats are free", n
    ),
    TaskKind.UNANSWERED: lambda n: ngettext("One person has not answered", "%(num)s people have not answered", n),
    TaskKind.CHANGES_ASKED: lambda n: ngettext(
        "Answer a change that is asked for", "Answer %(num)s changes that are asked for", n
    ),
    TaskKind.TO_APPROVE: lambda n: ngettext("Approve a registration", "Approve %(num)s registrations", n),
    TaskKind.UNRELEASED: lambda n: ngettext(
        "One session differs from what others see", "%(num)s sessions differ from what others see", n
    ),
    TaskKind.SUMMARY: lambda n: ngettext(
        "Finish the summary of a session", "Finish the summaries of %(num)s sessions", n
    ),
    TaskKind.TO_FILE: lambda n: ngettext("File a finished summary", "File %(num)s finished summaries", n),
}
