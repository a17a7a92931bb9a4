"""The viewer's current meeting."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from dialogues.core.common.read_guard import limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Exchange, Meeting, PracticalPage
from dialogues.meetings.dialogues.rules.facts import Days, RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import OVER
from dialogues.meetings.venues.models import Venue
from dialogues.policy import MEETING_SEE, PRACTICAL_SEE, Action, Scope, scopes


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter of the meetings an action reaches: the current one, or outside a meeting those whose roles allow it."""
    if viewer.is_system:
        return true()
    if viewer.place is None or Scope.ALL not in viewer.scopes(action):
        return false()
    if viewer.meeting_id is not None:
        return Meeting.id == viewer.meeting_id
    here = Meeting.dialogue_id == viewer.place.dialogue_id
    return and_(here, allowed_in(viewer, action, frozenset({Scope.ALL}), Meeting.id))


def allowed_in(viewer: Viewer, action: Action, wanted: frozenset[Scope], meeting_id: Any) -> ColumnElement[bool]:
    """SQL: whether the viewer's roles in that meeting give the action one of these scopes.

    On pages of a dialogue, a role in one meeting allows nothing in another.
    """
    by_meeting = viewer.roles_by_meeting
    allowed = {meeting for meeting, roles in by_meeting.items() if scopes(action, roles, viewer.conditions) & wanted}
    by_dialogue = scopes(action, viewer.dialogue_roles, viewer.conditions) & wanted
    elsewhere = meeting_id.not_in(by_meeting) if by_dialogue else false()
    return or_(meeting_id.in_(allowed), elsewhere)


def meeting(viewer: Viewer, action: Action = MEETING_SEE) -> Any:
    """Return the columns of the current meeting, its venue's name and address, and `opened_at` of its exchange.

    :raises NotFound: not permitted.
    """
    return or_not_found(
        db.session.execute(
            select(*Meeting.__table__.columns, Venue.name.label("venue"), Venue.address, Exchange.opened_at)
            .outerjoin(Venue, Venue.id == Meeting.venue_id)
            .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
            .where(visible(viewer, action), Meeting.id == viewer.meeting_id)
        ).one_or_none()
    )


def practical(viewer: Viewer, action: Action = PRACTICAL_SEE) -> Any:
    """Return the practical page of the current meeting, or None if nobody has written it."""
    page = (
        select(*PracticalPage.__table__.columns)
        .join(Meeting, Meeting.id == PracticalPage.meeting_id)
        .where(visible(viewer, action), Meeting.id == viewer.meeting_id)
    )
    return db.session.execute(page).one_or_none()


def registration_window(meeting: Any) -> RegistrationWindow:
    return RegistrationWindow(takes_place=meeting.status not in OVER, closes_at=meeting.registration_closes_at)


def days_of(meeting: Any) -> Days:
    return Days(
        starts_on=meeting.starts_on,
        ends_on=meeting.ends_on,
        arrive_on=meeting.arrive_on,
        depart_on=meeting.depart_on,
    )
