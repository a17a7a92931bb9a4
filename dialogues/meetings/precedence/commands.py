"""Choose the order of parties at a meeting, and draw by lot which party is first."""

import secrets
from datetime import datetime

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal, refuse_stale
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.operations import current_meeting, in_meeting
from dialogues.meetings.dialogues.rules.kinds import OVER, PartyOrder
from dialogues.meetings.precedence import queries
from dialogues.meetings.precedence.models import Lot
from dialogues.meetings.precedence.rules import (
    LotDrawn,
    OrderChosen,
    parties_to_draw_from,
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
        if db.session.get(Lot, meeting.id) is not None:
            raise Refusal(
                N_(
                    "The lot of this meeting was drawn for the order in force, which stays. "
                    "Any reader can look at another."
                )
            )
        meeting.party_order = by
        meeting.version += 1
        change.record(OrderChosen(about=meeting.id, **in_meeting(meeting), at=now, order=by))


def draw_lot(viewer: Viewer, *, witnesses: str, version: int, now: datetime) -> None:
    """Draw at random which party is first at the current meeting; this cannot be repeated.

    :raises Refusal: the lot was already drawn, there are fewer than two parties, the meeting is cancelled or closed, or
        someone else saved a change (stale version).
    """
    with transaction(viewer, MEETING_EDIT) as change:
        if db.session.get(Lot, change.viewer.here) is not None:
            raise Refusal(N_("The lot of this meeting is drawn: it is drawn once, and what it drew stays."))
        meeting = _open_meeting(change, version)
        drawn = secrets.choice(parties_to_draw_from(queries.parties_in_order(change.viewer)))
        db.session.add(
            Lot(
                party_id=drawn.id,
                order=meeting.party_order,
                drawn_at=now,
                witnesses=witnesses,
                **in_meeting(meeting),
            )
        )
        meeting.version += 1
        change.record(
            LotDrawn(about=meeting.id, **in_meeting(meeting), at=now, party_id=drawn.id, order=meeting.party_order)
        )


def _open_meeting(change: Change, version: int) -> Meeting:
    meeting = current_meeting(change)
    refuse_stale(meeting.version, version)
    if meeting.status in OVER:
        raise Refusal(N_("This meeting is cancelled or closed: its order stays as it was."))
    return meeting
