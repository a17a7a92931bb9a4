"""Pages of meetings: create, show, edit, copy, cancel, close; the practical page."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from dialogues.core.accounts.queries import own_account
from dialogues.core.common import clock
from dialogues.core.common.access import allows, viewer
from dialogues.core.common.pages import form_page, see_other
from dialogues.core.common.presentation import in_zone
from dialogues.core.common.state import state
from dialogues.core.common.viewer import Purpose, system
from dialogues.lib.refusal import NotFound
from dialogues.lib.wall_time import places_with_offsets
from dialogues.meetings.dialogues.forms import ConfirmForm
from dialogues.meetings.dialogues.queries import dialogues as dialogues_dialogues
from dialogues.meetings.dialogues.queries import meetings as dialogues_meetings
from dialogues.meetings.dialogues.rules.kinds import Capacity, MeetingStatus
from dialogues.meetings.dialogues.rules.names import dialling
from dialogues.meetings.meetings import commands, queries
from dialogues.meetings.meetings.forms import (
    CopyMeetingForm,
    MeetingForm,
    MeetingSettingsForm,
    OpenDialogueForm,
    PracticalForm,
)
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.venues import queries as venues
from dialogues.policy import (
    DIALOGUE_OPEN,
    DIALOGUE_SEE,
    HOME_SEE,
    MEETING_EDIT,
    MEETING_SEE,
    NOMINATIONS_SEE,
    PRACTICAL_EDIT,
    PRACTICAL_SEE,
    Scope,
)

blueprint = Blueprint("meetings", __name__)


@blueprint.get("/dialogues")
@allows(HOME_SEE)
def dialogues() -> str:
    return render_template("meetings/meetings/dialogues.html", dialogues=queries.my_dialogues(viewer(), clock.now()))


@blueprint.route("/dialogues/new", methods=["GET", "POST"])
@allows(DIALOGUE_OPEN)
@form_page("meetings/dialogues/dialogue_form.html")
def open_dialogue() -> Iterator[Any]:
    form = OpenDialogueForm()
    yield {"form": form, "dialogue": None}
    dialogue_id = commands.open_dialogue(
        viewer(), form.facts(), name=form.name.data, email=own_account(viewer()).email, now=clock.now()
    )
    flash(_("The dialogue is open, and you are its coordinator. Add its parties next."), "success")
    yield see_other(url_for("meetings.dialogue", dialogue_id=dialogue_id))


@blueprint.get("/dialogues/<uuid:dialogue_id>")
@allows(DIALOGUE_SEE)
def dialogue(dialogue_id: UUID) -> str:
    return render_template(
        "meetings/meetings/dialogue.html",
        dialogue=dialogues_dialogues.dialogue(viewer()),
        meetings=queries.my_meetings(viewer(), clock.now(), dialogue_id),
        parties=dialogues_dialogues.parties(viewer()),
        institutions=dialogues_dialogues.institutions(viewer()),
    )


@blueprint.route("/dialogues/<uuid:dialogue_id>/meetings/new", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/meetings/meeting_form.html")
def plan_meeting(dialogue_id: UUID) -> Iterator[Any]:
    venue_choices, parties = venues.choices(system(Purpose.INSTALLATION)), dialogues_dialogues.parties(viewer())
    form = MeetingForm(data={"parties": [str(party.id) for party in parties]})
    form.set_choices(venue_choices, parties)
    yield {"form": form, "dialogue_id": dialogue_id, "zones": places_with_offsets(clock.now().year)}
    facts = form.facts(venue_choices, MeetingStatus.PROVISIONAL)
    meeting_id = commands.plan_meeting(viewer(), facts, now=clock.now())
    flash(_("The meeting is planned. Offer its roles, then build its agenda."), "success")
    yield _to_meeting(meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>")
@allows(MEETING_SEE)
def meeting(meeting_id: UUID) -> str:  # noqa: ARG001  the gate has put the viewer in that meeting
    found = dialogues_meetings.meeting(viewer())
    return render_template(
        "meetings/meetings/meeting.html",
        meeting=found,
        ahead=state().next_steps(viewer(), found, clock.now()),
        parties=precedence.parties_in_order(viewer()),
        looks_after_others=bool(viewer().scopes(NOMINATIONS_SEE) - {Scope.OWN}),
    )


@blueprint.route("/meetings/<uuid:meeting_id>/settings", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/meetings/settings.html")
def settings(meeting_id: UUID) -> Iterator[Any]:
    """Edit a meeting. After a move, warns how many sessions still differ from the published agenda."""
    found = dialogues_meetings.meeting(viewer(), MEETING_EDIT)
    venue_choices = venues.choices(system(Purpose.INSTALLATION))
    seated = precedence.parties_in_order(viewer(), action=MEETING_EDIT)
    closes = in_zone(found.registration_closes_at, found.zone) if found.registration_closes_at else None
    form = MeetingSettingsForm(
        obj=found,
        data={
            "parties": [str(party.id) for party in seated],
            "seats": _common_seat_count(seated),
            "registration_closes": closes,
        },
    )
    form.set_choices(venue_choices, dialogues_dialogues.parties(viewer()))
    form.set_status_choices(found.status)
    yield {
        "form": form,
        "meeting": found,
        "zones": places_with_offsets(clock.now().year),
        "may_copy": viewer().may_around(MEETING_EDIT),
    }
    commands.edit_meeting(
        viewer(),
        form.facts(venue_choices, MeetingStatus(form.status.data)),
        keeps_distance=form.keeps_distance.data,
        version=form.version.data,
        now=clock.now(),
    )
    flash(_("The meeting is saved."), "success")
    saved = dialogues_meetings.meeting(viewer(), MEETING_EDIT)
    moved = any(getattr(found, column) != getattr(saved, column) for column in commands.WHERE_AND_WHEN)
    unpublished = state().unpublished(viewer()) if moved else 0
    if unpublished:
        flash(_unpublished_warning(unpublished, meeting_id), "warning")
    yield see_other(url_for("meetings.settings", meeting_id=meeting_id))


def _unpublished_warning(unpublished: int, meeting_id: UUID) -> Markup:
    words = ngettext(
        "The released agenda still shows one session with its old day or place until the next release.",
        "The released agenda still shows %(num)s sessions with their old days and places until the next release.",
        unpublished,
    )
    link = Markup('<a href="{}">{}</a>').format(url_for("planning.release", meeting_id=meeting_id), _("Release …"))
    return Markup("{} {}").format(words, link)


@blueprint.route("/meetings/<uuid:meeting_id>/copy", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/meetings/copy.html")
def copy_meeting(meeting_id: UUID) -> Iterator[Any]:  # noqa: ARG001  the gate has put the viewer in that meeting
    if not viewer().may_around(MEETING_EDIT):
        raise NotFound
    form = CopyMeetingForm()
    yield {"form": form, "meeting": dialogues_meetings.meeting(viewer(), MEETING_EDIT)}
    copy_id = commands.copy_meeting(
        viewer(), code=form.code.data, title=form.title.data or "", starts_on=form.starts_on.data, now=clock.now()
    )
    flash(_("This is the new meeting. Look at its days and its draft."), "success")
    yield _to_meeting(copy_id)


@blueprint.route("/meetings/<uuid:meeting_id>/cancel", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/meetings/cancel.html")
def cancel_meeting(meeting_id: UUID) -> Iterator[Any]:
    found = dialogues_meetings.meeting(viewer(), MEETING_EDIT)
    form = ConfirmForm(obj=found)
    yield {"form": form, "meeting": found}
    commands.cancel_meeting(viewer(), version=form.version.data, now=clock.now())
    flash(_("The meeting is cancelled. Everyone concerned is told by letter."), "success")
    yield _to_meeting(meeting_id)


@blueprint.route("/meetings/<uuid:meeting_id>/close", methods=["GET", "POST"])
@allows(MEETING_EDIT)
@form_page("meetings/meetings/close.html")
def close_meeting(meeting_id: UUID) -> Iterator[Any]:
    found = dialogues_meetings.meeting(viewer(), MEETING_EDIT)
    form = ConfirmForm(obj=found)
    yield {"form": form, "meeting": found}
    commands.close_meeting(viewer(), version=form.version.data, now=clock.now())
    flash(_("The meeting is closed."), "success")
    yield _to_meeting(meeting_id)


@blueprint.get("/meetings/<uuid:meeting_id>/practical")
@allows(PRACTICAL_SEE)
def practical(meeting_id: UUID) -> str:  # noqa: ARG001  the gate has put the viewer in that meeting
    page = dialogues_meetings.practical(viewer())
    return render_template(
        "meetings/meetings/practical.html",
        page=page,
        meeting=dialogues_meetings.meeting(viewer(), PRACTICAL_SEE),
        dialling=dialling(page.night_telephone) if page else "",
    )


@blueprint.route("/meetings/<uuid:meeting_id>/practical/edit", methods=["GET", "POST"])
@allows(PRACTICAL_EDIT)
@form_page("meetings/meetings/practical_form.html")
def edit_practical(meeting_id: UUID) -> Iterator[Any]:
    page = dialogues_meetings.practical(viewer(), PRACTICAL_EDIT)
    form = PracticalForm(obj=page)
    yield {"form": form, "page": page, "meeting_id": meeting_id}
    commands.write_practical(viewer(), form.facts(), version=form.version.data or 0, now=clock.now())
    flash(_("The practical page is saved."), "success")
    yield see_other(url_for("meetings.practical", meeting_id=meeting_id))


def _to_meeting(meeting_id: UUID) -> Any:
    return see_other(url_for("meetings.meeting", meeting_id=meeting_id))


def _common_seat_count(seated: Sequence[Any]) -> int | None:
    numbers = {party.seats.get(Capacity.PARTICIPANT.value) for party in seated}
    return numbers.pop() if len(numbers) == 1 else None
