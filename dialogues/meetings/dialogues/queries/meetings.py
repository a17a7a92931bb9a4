"""Reads of meetings: the one the viewer stands in, and all those an account has a role in."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, select, true

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Exchange, Meeting, PracticalPage
from dialogues.meetings.dialogues.queries.reach import within_reach
from dialogues.meetings.dialogues.rules.facts import Days, RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.meetings.venues.models import Venue
from dialogues.policy import MEETING_SEE, PRACTICAL_SEE, Action


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """The meetings an action reaches: the one the viewer stands in, or those of the dialogue where they hold a role."""
    return within_reach(viewer, action, _circle(viewer))


def _circle(viewer: Viewer) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if viewer.place is None:
        return false()
    if viewer.place.meeting_id is not None:
        return Meeting.id == viewer.place.meeting_id
    here = Meeting.dialogue_id == viewer.place.dialogue_id
    if any(holding.meeting_id is None for holding in viewer.holdings):
        return here
    return and_(here, Meeting.id.in_({holding.meeting_id for holding in viewer.holdings}))


def meeting(viewer: Viewer, action: Action = MEETING_SEE) -> Any:
    """The meeting the viewer stands in, with its venue's name and when the lists were opened to each other.

    :raises Unseen: not for this viewer.
    """
    found = db.session.execute(
        select(*Meeting.__table__.columns, Venue.name.label("venue"), Venue.address, Exchange.opened_at)
        .outerjoin(Venue, Venue.id == Meeting.venue_id)
        .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
        .where(visible(viewer, action), Meeting.id == (viewer.place.meeting_id if viewer.place else None))
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def practical(viewer: Viewer, action: Action = PRACTICAL_SEE) -> Any:
    """The practical page of the meeting the viewer stands in; None while nobody has written it."""
    page = (
        select(*PracticalPage.__table__.columns)
        .join(Meeting, Meeting.id == PracticalPage.meeting_id)
        .where(visible(viewer, action), Meeting.id == (viewer.place.meeting_id if viewer.place else None))
    )
    return db.session.execute(page).one_or_none()


def gathering_of(meeting: Any) -> RegistrationWindow:
    """What decides whether the meeting takes answers."""
    over = {MeetingStatus.CANCELLED, MeetingStatus.CLOSED}
    return RegistrationWindow(takes_place=meeting.status not in over, closes_at=meeting.registration_closes_at)


def days_of(meeting: Any) -> Days:
    """The days of a meeting, from its columns."""
    return Days(
        starts_on=meeting.starts_on,
        ends_on=meeting.ends_on,
        arrive_on=meeting.arrive_on,
        depart_on=meeting.depart_on,
    )
