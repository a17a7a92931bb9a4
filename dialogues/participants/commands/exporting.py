"""The working export: asked for by someone who has just proved who they are, and written down."""

from datetime import datetime

from dialogues.accounts import queries as accounts
from dialogues.accounts.rules import step_up_purpose
from dialogues.common.refusal import Unseen
from dialogues.common.transaction import transaction
from dialogues.common.viewer import Viewer
from dialogues.participants import queries
from dialogues.participants.queries import ListLine, Wanted
from dialogues.participants.rules.happenings import ListExported
from dialogues.policy import PARTICIPANTS_EXPORT


def export_list(
    viewer: Viewer, wanted: Wanted, *, with_answers: bool, real_now: datetime, now: datetime
) -> tuple[ListLine, ...]:
    """Everyone who is found, to be taken along; that it was done is kept.

    :raises Unseen: the proof of who asks is not fresh any more.
    """
    with transaction(viewer, PARTICIPANTS_EXPORT) as change:
        place = change.viewer.place
        if place is None or place.meeting_id is None:
            raise Unseen
        purpose = step_up_purpose(PARTICIPANTS_EXPORT.name, place.meeting_id)
        if not accounts.stepped_up(change.viewer, purpose, real_now):
            raise Unseen
        lines = queries.all_found(change.viewer, wanted)
        change.happened(
            ListExported(
                about=place.meeting_id,
                dialogue_id=place.dialogue_id,
                meeting_id=place.meeting_id,
                people=len(lines),
                with_answers=with_answers,
                at=now,
            )
        )
        return lines
