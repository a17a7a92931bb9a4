"""Reads about dialogues and meetings, always for a viewer."""

from dialogues.meetings.queries.dialogues import dialogue, institution, institutions, parties, party
from dialogues.meetings.queries.meetings import (
    MyMeeting,
    MyPlaces,
    meeting,
    my_dialogues,
    my_meetings,
    my_places,
    practical,
    visible,
)
from dialogues.meetings.queries.order import DrawnLot, Order, every_order, order, order_at, parties_in_order, standing
from dialogues.meetings.queries.roles import offers, role, roles
from dialogues.meetings.queries.standing import conditions, stand_in

__all__ = [
    "DrawnLot",
    "MyMeeting",
    "MyPlaces",
    "Order",
    "conditions",
    "dialogue",
    "every_order",
    "institution",
    "institutions",
    "meeting",
    "my_dialogues",
    "my_meetings",
    "my_places",
    "offers",
    "order",
    "order_at",
    "parties",
    "parties_in_order",
    "party",
    "practical",
    "role",
    "roles",
    "stand_in",
    "standing",
    "visible",
]
