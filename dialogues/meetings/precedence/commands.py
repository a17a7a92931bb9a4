"""Choose the order of parties at a meeting, and draw by lot which party is first."""

import secrets
from datetime import datetime
from uuid import UUID

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal, or_not_found, refuse_stale
from dialogues.meetings.dialogues.commands import place_of
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus, PartyOrder
from dialogues.meetings.precedence import queries
from dialogues.meetings.precedence.models import Lot
from dialogues.meetings.precedence.rules import (
    LotDrawn,
    OrderChosen,
    parties_to_draw_from,
    refuse_another_lot,
    refuse_order_after_lot,
)
from dialogues.policy import MEETING_EDIT


def choose_order(viewer: Viewer, by: PartyOrder, *, version: int, now: datetime) -> None:
    """Set how the lists of the current meeting sort its parties.

    :raises Refusal: the lot was already drawn, the meeting is cancelled or closed, or someone else saved a change
        (stale version).
    """
    with transaction(viewer, MEETING_EDIT) as change:
        meeting = _open_meeting(change, version)
        if meeting.party_order is by:
            return
        refuse_order_after_lot(db.session.get(Lot, meeting.id) is not None)
        meeting.party_order = by
        meeting.version += 1
        change.record(OrderChosen(**_about(meeting), at=now, order=by))


def draw_lot(viewer: Viewer, *, witnesses: str, version: int, now: datetime) -> None:
    """Draw at random which party is first at the current meeting; this cannot be repeated.

    :raises Refusal: the lot was already drawn, there are fewer than two parties, the meeting is cancelled or closed, or
        someone else saved a change (stale version).
    """
    with transaction(viewer, MEETING_EDIT) as change:
        refuse_another_lot(db.session.get(Lot, place_of(change).meeting_id) is not None)
        meeting = _open_meeting(change, version)
        drawn = secrets.choice(parties_to_draw_from(queries.parties_in_order(change.viewer)))
        lot = Lot(
            meeting_id=meeting.id,
            dialogue_id=meeting.dialogue_id,
            party_id=drawn.id,
            order=meeting.party_order,
            drawn_at=now,
            witnesses=witnesses,
        )
        db.session.add(lot)
        meeting.version += 1
        change.record(LotDrawn(**_about(meeting), at=now, party_id=drawn.id, order=meeting.party_order))


def _open_meeting(change: Change, version: int) -> Meeting:
    meeting = or_not_found(db.session.get(Meeting, place_of(change).meeting_id))
    refuse_stale(meeting.version, version)
    if meeting.status in {MeetingStatus.CANCELLED, MeetingStatus.CLOSED}:
        raise Refusal(N_("This meeting is cancelled or closed: its order stays as it was."))
    return meeting


def _about(meeting: Meeting) -> dict[str, UUID]:
    return {"about": meeting.id, "dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}
