"""Pages of a meeting: planned, shown, copied, changed, cancelled; and its practical page."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.common.presentation import in_zone
from dialogues.common.refusal import Unseen
from dialogues.common.state import state
from dialogues.common.viewer import Purpose, system
from dialogues.common.wall_time import known_zones
from dialogues.meetings import queries
from dialogues.meetings.commands import meetings as commands
from dialogues.meetings.forms import (
    CancelMeetingForm,
    CloseMeetingForm,
    CopyMeetingForm,
    MeetingForm,
    MeetingSettingsForm,
    PracticalForm,
)
from dialogues.meetings.rules import Capacity, MeetingStatus, dialling
from dialogues.meetings.views.blueprint import blueprint
from dialogues.policy import MEETING_EDIT, MEETING_SEE, NOMINATIONS_SEE, PRACTICAL_EDIT, PRACTICAL_SEE, Scope
from dialogues.venues import queries as venues


@blueprint.route("/dialogues/<uuid:dialogue_id>/meetings/new", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/meeting_form.html")
def plan_meeting(dialogue_id: UUID) -> Iterator[Any]:
    """Plan a meeting."""
    houses, parties = venues.choices(system(Purpose.INSTALLATION)), queries.parties(viewer())
    form = MeetingForm(data={"parties": [str(party.id) for party in parties]})
    form.offer(houses, parties)
    yield {"form": form, "dialogue_id": dialogue_id, "zones": sorted(known_zones())}
    facts = form.facts(houses, MeetingStatus.PROVISIONAL)
    meeting_id = commands.plan_meeting(viewer(), facts, now=clock.now())
    flash(_("The meeting is planned. Offer its roles, then build its agenda."), "success")
    yield _to_meeting(meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>")
@allows(MEETING_SEE)
def meeting(meeting_id: UUID) -> str:  # noqa: ARG001  the gate has put the viewer in that meeting
    """When, where, how, and what comes next for the viewer."""
    found = queries.meeting(viewer())
    return render_template(
        "meetings/meeting.html",
        meeting=found,
        ahead=state().next_steps(viewer(), found, clock.now()),
        parties=queries.parties_in_order(viewer()),
        looks_after_others=bool(viewer().scopes(NOMINATIONS_SEE) - {Scope.OWN}),
    )


@blueprint.route("/meetings/<uuid:meeting_id>/settings", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/settings.html")
def settings(meeting_id: UUID) -> Iterator[Any]:
    """Change what is written of a meeting."""
    found = queries.meeting(viewer(), MEETING_EDIT)
    houses, seated = (
        venues.choices(system(Purpose.INSTALLATION)),
        queries.parties_in_order(viewer(), action=MEETING_EDIT),
    )
    closes = in_zone(found.registration_closes_at, found.zone) if found.registration_closes_at else None
    form = MeetingSettingsForm(
        obj=found,
        data={
            "parties": [str(party.id) for party in seated],
            "seats": _same_for_all(seated),
            "registration_closes": closes,
        },
    )
    form.offer(houses, queries.parties(viewer()))
    form.offer_status(found.status)
    yield {
        "form": form,
        "meeting": found,
        "zones": sorted(known_zones()),
        "may_copy": viewer().may_around(MEETING_EDIT),
    }
    commands.edit_meeting(
        viewer(),
        form.facts(houses, MeetingStatus(form.status.data)),
        keeps_distance=form.keeps_distance.data,
        version=form.version.data,
        now=clock.now(),
    )
    flash(_("The meeting is saved."), "success")
    moved = _has_moved(found, queries.meeting(viewer(), MEETING_EDIT))
    differing = state().unpublished(viewer()) if moved else 0
    if differing:
        flash(_still_as_it_was(differing, meeting_id), "warning")
    yield see_other(url_for("meetings.settings", meeting_id=meeting_id))


def _has_moved(was: Any, now: Any) -> bool:
    return any(getattr(was, one) != getattr(now, one) for one in commands.WHERE_AND_WHEN)


def _still_as_it_was(differing: int, meeting_id: UUID) -> Markup:
    words = ngettext(
        "The released agenda still shows one session with its old day or place until the next release.",
        "The released agenda still shows %(num)s sessions with their old days and places until the next release.",
        differing,
    )
    link = Markup('<a href="{}">{}</a>').format(url_for("agenda.release", meeting_id=meeting_id), _("Release …"))
    return Markup("{} {}").format(words, link)


@blueprint.route("/meetings/<uuid:meeting_id>/copy", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/copy.html")
def copy_meeting(meeting_id: UUID) -> Iterator[Any]:  # noqa: ARG001  the gate has put the viewer in that meeting
    """Plan the next meeting after the model of this one."""
    if not viewer().may_around(MEETING_EDIT):
        raise Unseen
    form = CopyMeetingForm()
    yield {"form": form, "meeting": queries.meeting(viewer(), MEETING_EDIT)}
    copy_id = commands.copy_meeting(
        viewer(), code=form.code.data, title=form.title.data or "", starts_on=form.starts_on.data, now=clock.now()
    )
    flash(_("This is the new meeting. Look at its days and its draft."), "success")
    yield _to_meeting(copy_id)


@blueprint.route("/meetings/<uuid:meeting_id>/cancel", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/cancel.html")
def cancel_meeting(meeting_id: UUID) -> Iterator[Any]:
    """Cancel the meeting."""
    found = queries.meeting(viewer(), MEETING_EDIT)
    form = CancelMeetingForm(obj=found)
    yield {"form": form, "meeting": found}
    commands.cancel_meeting(viewer(), version=form.version.data, now=clock.now())
    flash(_("The meeting is cancelled. Everyone concerned is told by letter."), "success")
    yield _to_meeting(meeting_id)


@blueprint.route("/meetings/<uuid:meeting_id>/close", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/close.html")
def close_meeting(meeting_id: UUID) -> Iterator[Any]:
    """Close the meeting for good."""
    found = queries.meeting(viewer(), MEETING_EDIT)
    form = CloseMeetingForm(obj=found)
    yield {"form": form, "meeting": found}
    commands.close_meeting(viewer(), version=form.version.data, now=clock.now())
    flash(_("The meeting is closed."), "success")
    yield _to_meeting(meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>/practical")
@allows(PRACTICAL_SEE)
def practical(meeting_id: UUID) -> str:  # noqa: ARG001  the gate has put the viewer in that meeting
    """The way, the hotel, the telephone at night."""
    page = queries.practical(viewer())
    return render_template(
        "meetings/practical.html",
        page=page,
        meeting=queries.meeting(viewer(), PRACTICAL_SEE),
        dialling=dialling(page.night_telephone) if page else "",
    )


@blueprint.route("/meetings/<uuid:meeting_id>/practical/edit", methods=["GET", "POST"])
@allows(PRACTICAL_EDIT)
@form_page("meetings/practical_form.html")
def edit_practical(meeting_id: UUID) -> Iterator[Any]:
    """Write the practical page."""
    page = queries.practical(viewer(), PRACTICAL_EDIT)
    form = PracticalForm(obj=page)
    yield {"form": form, "page": page, "meeting_id": meeting_id}
    commands.write_practical(viewer(), form.facts(), version=form.version.data or 0, now=clock.now())
    flash(_("The practical page is saved."), "success")
    yield see_other(url_for("meetings.practical", meeting_id=meeting_id))


def _to_meeting(meeting_id: UUID) -> Any:
    return see_other(url_for("meetings.meeting", meeting_id=meeting_id))


def _same_for_all(seated: Sequence[Any]) -> int | None:
    """How many participants every party has a seat for; None where that differs or is not said."""
    numbers = {party.seats.get(Capacity.PARTICIPANT.value) for party in seated}
    return numbers.pop() if len(numbers) == 1 else None
