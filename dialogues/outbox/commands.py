"""What people do with letters: send one again that was set aside."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from dialogues.common.refusal import N_, Refusal, Unseen
from dialogues.common.transaction import transaction
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.outbox.models import Letter
from dialogues.outbox.queries import visible
from dialogues.outbox.rules import LetterResent, LetterState
from dialogues.policy import LETTERS_RESEND


def resend(viewer: Viewer, letter_id: UUID, now: datetime) -> None:
    """Have a letter tried again that was set aside; it is composed anew, to the address that is right now.

    :raises Refusal: it was not set aside, or a newer letter about the same has left already.
    """
    with transaction(viewer, LETTERS_RESEND) as change:
        reached = visible(change.viewer, LETTERS_RESEND)
        letter = db.session.scalar(select(Letter).where(Letter.id == letter_id, reached))
        if letter is None:
            raise Unseen
        if letter.state is not LetterState.SET_ASIDE:
            raise Refusal(N_("This letter is not set aside any more."))
        if _newer_has_left(letter):
            raise Refusal(N_("A newer letter about the same has left already, so this one would mislead."))
        letter.state, letter.tries, letter.due_at = LetterState.OWED, 0, None
        letter.sealed_bytes, letter.last_error = None, ""
        change.happened(
            LetterResent(at=now, about=letter.id, dialogue_id=letter.dialogue_id, meeting_id=letter.listed_under)
        )


def _newer_has_left(letter: Letter) -> bool:
    if letter.order_key is None:
        return False
    newer = select(Letter.id).where(
        Letter.order_key == letter.order_key,
        Letter.sequence > letter.sequence,
        Letter.state.in_((LetterState.SENDING, LetterState.SENT)),
    )
    return db.session.scalar(newer.limit(1)) is not None
