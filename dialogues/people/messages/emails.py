"""Email of a message to a group."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.people.messages import queries
from dialogues.people.messages.rules import filled


def message(letter: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """The coordinator's message for one person. None if the person no longer has an address."""
    told = queries.to_person(UUID(str(letter.facts["message_id"])), letter.person_id)
    if told is None:
        return None
    with force_locale(told.locale):
        meeting = told.meeting or _("the meeting")
        return Composed(
            recipient=told.email,
            subject=told.subject or _("A message from the office"),
            text=filled(told.text, name=told.name, meeting=meeting) + "\n",
            language=told.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.MESSAGE: message,
}
