"""Whom an action reaches, as SQL."""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from dialogues.common.viewer import Viewer
from dialogues.meetings.models import Party, Person
from dialogues.participants.models import Participation
from dialogues.participants.rules import ParticipationStatus
from dialogues.policy import PARTICIPANTS_SEE, Action, Scope


def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """The participations that an action reaches, in the meeting the viewer stands in.

    The exchanged list shows who comes; who declined or has not answered stays between them, their party and the office.
    """
    if viewer.is_system:
        return true()
    if viewer.place is None or viewer.place.meeting_id is None:
        return false()
    here = Participation.meeting_id == viewer.place.meeting_id
    shown = Participation.status == ParticipationStatus.CONFIRMED if action is PARTICIPANTS_SEE else true()
    return and_(here, shown, or_(false(), *(_reach(viewer, scope) for scope in viewer.scopes(action))))


def _reach(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    match scope:
        case Scope.ALL:
            return true()
        case Scope.OWN_PARTY:
            return Participation.party_id.in_(viewer.parties)
        case Scope.CONSENTED:
            return and_(Participation.party_id.in_(viewer.parties), Participation.needs_shared)
        case Scope.OWN:
            return Participation.person_id == viewer.person_id
        case _:
            # Sealed, counts, status, times and admitted sessions name no person.
            return false()


def person_of() -> ColumnElement[bool]:
    """How a participation finds its person."""
    return Person.id == Participation.person_id


def english() -> Any:
    """By which parties stand in order."""
    return Party.names["en"].as_string()
