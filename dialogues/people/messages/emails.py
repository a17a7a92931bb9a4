"""Email of a message to a group."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.people.messages import queries
from dialogues.people.messages.rules import fill_placeholders


def message(email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """The coordinator's message for one person. None if the person no longer has an address."""
    recipient = queries.personal_message(UUID(str(email.facts["message_id"])), email.person_id)
    if recipient is None:
        return None
    with force_locale(recipient.locale):
        meeting = recipient.meeting or _("the meeting")
        return Composed(
            recipient=recipient.email,
            subject=recipient.subject or _("A message from the office"),
            text=fill_placeholders(recipient.text, name=recipient.name, meeting=meeting) + "\n",
            language=recipient.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.MESSAGE: message,
}
