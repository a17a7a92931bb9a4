"""The draft becomes the agenda that people see."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from dialogues.agenda import posting, queries
from dialogues.agenda.rules import Difference, all_clashes
from dialogues.common.refusal import N_, Refusal
from dialogues.common.transaction import transaction
from dialogues.common.viewer import Viewer
from dialogues.policy import AGENDA_RELEASE


def preview_digest(changes: Iterable[Difference]) -> str:
    """A mark of what a preview showed, so that nothing is released that was not."""
    lines = (f"{change.session_id} {change.kind.value} {change.now and change.now.digest}" for change in changes)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def release_agenda(viewer: Viewer, *, reason: str, seen: str, now: datetime) -> int:
    """Release the draft under the next number.

    :param seen: the mark of the preview that the viewer agreed to.
    :raises Refusal: the draft is empty or unchanged, holds a clash, or is no longer what the preview showed.
    """
    with transaction(viewer, AGENDA_RELEASE) as change:
        frame = queries.meeting_frame(change.viewer)
        sessions = queries.draft(change.viewer, frame)
        changes = queries.unreleased(change.viewer, frame, sessions)
        if changes and preview_digest(changes) != seen:
            raise Refusal(
                N_("The draft has changed since this page was shown. Look at it again before you release it.")
            )
        for clash in all_clashes(session.booking for session in sessions):
            raise clash.refusal(queries.names_of(change.viewer, frame))
        released = posting.freeze_release(frame.meeting_id, reason=reason, now=now)
        change.happened(released)
        head = queries.current_release(frame.meeting_id)
    return head.number if head is not None else released.number
