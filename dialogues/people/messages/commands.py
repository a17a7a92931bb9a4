"""Sending a message to a group: one email per person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox.operations import enqueue_all
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.meetings.dialogues.operations import current_meeting, in_meeting
from dialogues.people.messages import queries
from dialogues.people.messages.models import Message
from dialogues.people.messages.rules import MessageSent, refuse_unknown_placeholders
from dialogues.policy import MESSAGES_WRITE


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message to send. Idempotent by `id`: sending it twice sends one message."""

    id: UUID
    subject: str
    text: str
    people: Collection[UUID]
    #: How the group was chosen, stored with the message.
    chosen: Mapping[str, Any]
    #: Filter of the group; None if people were selected on the list. People who no longer match get no email.
    recipient_filter: queries.RecipientFilter | None = None


def send(viewer: Viewer, draft: Draft, *, now: datetime) -> UUID:
    """Queues one email for each person of the group who has an address. Returns the id of the message.

    :raises Refusal: nobody in the group has an address, or the text has an unknown placeholder.
    """
    with transaction(viewer, MESSAGES_WRITE) as change:
        meeting = current_meeting(change)
        sent = db.session.get(Message, draft.id)
        if sent is not None:
            if sent.meeting_id != meeting.id:
                raise NotFound
            return sent.id
        refuse_unknown_placeholders(draft.subject, draft.text)
        group = _current_group(change.viewer, draft)
        reached = [one for one in group if one.has_address]
        if not reached:
            raise Refusal(N_("Nobody of this group has an e-mail address: choose another group."))
        unreached = [str(one.person_id) for one in group if not one.has_address]
        message = Message(
            id=draft.id,
            **in_meeting(meeting),
            by_person=change.viewer.person_id,
            subject=draft.subject,
            text=draft.text,
            chosen={**draft.chosen, "unreached": unreached},
            people=len(reached),
            sent_at=now,
        )
        db.session.add(message)
        db.session.flush()
        enqueue_all([_email_request(message, one) for one in reached])
        change.record(MessageSent(about=message.id, **in_meeting(meeting), people=len(reached), at=now))
        return message.id


def _current_group(viewer: Viewer, draft: Draft) -> Sequence[Any]:
    """The previewed people without those who have left the group since."""
    previewed = queries.addressees(viewer, draft.people)
    if draft.recipient_filter is None:
        return previewed
    matching = {one.person_id for one in queries.group(viewer, draft.recipient_filter)}
    return [one for one in previewed if one.person_id in matching]


def _email_request(message: Message, addressee: Any) -> EmailRequest:
    return EmailRequest(
        kind=EmailKind.MESSAGE,
        dedup_key=f"{EmailKind.MESSAGE.value}:{message.id.hex}:{addressee.person_id.hex}",
        queued_at=message.sent_at,
        dialogue_id=message.dialogue_id,
        listed_under=message.meeting_id,
        person_id=addressee.person_id,
        # People who had left before may be written to, for example about the reason.
        facts={"message_id": str(message.id), "was_here": addressee.is_here},
    )
