"""Warnings about parties with more participants than seats."""

from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.precedence import queries as precedence
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import visible
from dialogues.people.participants.rules.seats import over_target
from dialogues.people.participants.rules.standing import LIVE
from dialogues.policy import PARTICIPANTS_INVITE


def overbooking_warnings(viewer: Viewer, party_id: UUID | None = None) -> list[Refusal]:
    """Returns a warning per overbooked party, or for one party only; empty unless the viewer may invite."""
    if not viewer.may(PARTICIPANTS_INVITE):
        return []
    rows = db.session.execute(
        select(Participation.party_id, func.count().label("taken"))
        .where(
            visible(viewer, PARTICIPANTS_INVITE),
            Participation.capacity == Capacity.PARTICIPANT,
            Participation.status.in_(LIVE),
        )
        .group_by(Participation.party_id)
    )
    taken = {row.party_id: row.taken for row in rows}
    warnings = (
        over_target(party.english, taken.get(party.id, 0), party.seats.get(Capacity.PARTICIPANT.value))
        for party in precedence.parties_in_order(viewer)
        if party_id in {None, party.id}
    )
    return [warning for warning in warnings if warning is not None]
