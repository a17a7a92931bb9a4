"""The page on which the office corrects an invitation that was not answered yet."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from flask import flash, url_for
from flask_babel import gettext as _

from dialogues.common import clock
from dialogues.common.access import allows, viewer
from dialogues.common.pages import form_page, see_other
from dialogues.participants import queries
from dialogues.participants.commands import correcting
from dialogues.participants.forms import CorrectForm
from dialogues.participants.views.house import blueprint
from dialogues.policy import PARTICIPANTS_INVITE


@blueprint.route("/meetings/<uuid:meeting_id>/participants/<uuid:participation_id>/correct", methods=["GET", "POST"])
@allows(PARTICIPANTS_INVITE)
@form_page("participants/correct.html")
def correct(meeting_id: UUID, participation_id: UUID) -> Iterator[Any]:
    """Correct where an invitation goes, for which party and in which capacity it is."""
    invited = queries.to_correct(viewer(), participation_id)
    form = CorrectForm(invited, queries.parties(viewer()))
    yield {"form": form, "invited": invited}
    writes = correcting.correct(
        viewer(), participation_id, form.correction(), version=form.version.data, now=clock.now()
    )
    flash(
        _("Corrected: a letter with a new link is on its way to the new address.") if writes else _("Corrected."),
        "success",
    )
    yield see_other(url_for("participants.person", meeting_id=meeting_id, participation_id=participation_id))
