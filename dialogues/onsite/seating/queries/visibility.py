"""Row filters of seating."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, true
from sqlalchemy.orm import InstrumentedAttribute

from dialogues.core.common.read_guard import limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.onsite.seating.models import KeptApart, SeatingPlan
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import is_listed
from dialogues.policy import Action, Scope


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter of the plans an action reaches in the current meeting: all or none."""
    return _within(viewer, action, SeatingPlan.meeting_id)


@limits_rows
def visible_pairs(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter of the pairs kept apart that an action reaches in the current meeting: all or none."""
    return _within(viewer, action, KeptApart.meeting_id)


def _within(viewer: Viewer, action: Action, column: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None or Scope.ALL not in viewer.scopes(action):
        return false()
    return column == viewer.meeting_id


def needs_seat(viewer: Viewer) -> ColumnElement[bool]:
    """Filter of participations that need a seat in the current meeting: confirmed, in person, list submitted."""
    here = Participation.meeting_id == viewer.meeting_id
    return and_(here, is_listed(), ~Participation.remote)
