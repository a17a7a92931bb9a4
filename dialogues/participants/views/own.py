"""A person's own registration: where it stands, what is written, and the way out."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, url_for
from flask_babel import format_date
from flask_babel import gettext as _

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.common.presentation import in_zone
from dialogues.participants import queries
from dialogues.participants.commands import answering
from dialogues.participants.forms import DetailsForm, PlainForm
from dialogues.participants.queries import Frame
from dialogues.participants.rules import is_among
from dialogues.participants.views.house import blueprint
from dialogues.policy import REGISTRATION_OWN

#: What is still to be done, what is done: as the timeline shows it.
_Step = tuple[str, str, str]


@blueprint.route("/meetings/<uuid:meeting_id>/registration", methods=["GET", "POST"])
@allows(REGISTRATION_OWN)
@form_page("participants/own_registration.html")
def own_registration(meeting_id: UUID) -> Iterator[Any]:
    """Where the registration stands, and the details to write down or to change."""
    own, frame = queries.own_registration(viewer()), queries.frame(meeting_id)
    has_days = is_among(own.present_from, own.present_to, frame.days)
    form = DetailsForm(own)
    if not form.is_submitted() and not has_days:
        form.present_from.data, form.present_to.data = frame.days.first, frame.days.last
    yield {
        "form": form,
        "own": own,
        "frame": frame,
        "steps": _steps(own, frame, has_days=has_days),
        "has_days": has_days,
        "is_open": frame.gathering.is_open(clock.now()),
    }
    answering.register(viewer(), form.details(), version=form.version.data, now=clock.now())
    flash(_("Your details are saved."), "success")
    yield see_other(url_for("participants.own_registration", meeting_id=meeting_id))


def _steps(own: Any, frame: Frame, *, has_days: bool) -> list[_Step]:
    """Invited, answered, details, meeting: one of them is now."""
    today = in_zone(clock.now(), frame.zone).date()
    is_on = frame.days.first <= today <= frame.days.last
    is_over = today > frame.days.last
    waits = "next" if has_days and not is_on else "now"
    return [
        (_("Invited"), _short(own.invited_at, frame), "done"),
        (_("Accepted"), _short(own.answered_at, frame) if own.answered_at else "", "done"),
        (_("Details"), "", "done" if has_days else "now"),
        (_("Meeting"), _span(frame), "done" if is_over else waits if has_days else "next"),
    ]


def _short(instant: Any, frame: Frame) -> str:
    return str(format_date(in_zone(instant, frame.zone).date(), "d MMM yyyy"))


def _span(frame: Frame) -> str:
    first, last = (str(format_date(day, "d MMM")) for day in (frame.days.first, frame.days.last))
    return f"{first}–{last}"


@blueprint.route("/meetings/<uuid:meeting_id>/registration/withdraw", methods=["GET", "POST"])
@allows(REGISTRATION_OWN)
@form_page("participants/withdraw.html")
def withdraw(meeting_id: UUID) -> Iterator[Any]:
    """Take one's yes back, after asking once more."""
    frame = queries.frame(meeting_id)
    own = queries.own_registration(viewer())
    yield {"form": PlainForm(), "own": own, "frame": frame, "is_open": frame.gathering.is_open(clock.now())}
    answering.withdraw(viewer(), now=clock.now())
    flash(_("You have withdrawn. Until registration closes, your personal link leads back."), "success")
    yield see_other("/")
