"""Email of a message to a group."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.people.messages import queries
from dialogues.people.messages.rules import fill_placeholders


def message_to_person(email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """The coordinator's message for one person. None if the person has left since, or no longer has an address."""
    row = queries.message_for(UUID(str(email.facts["message_id"])), email.person_id)
    if row is None or (email.facts["was_here"] and not row.is_here):
        return None
    message, person, meeting, dialogue, _is_here = row
    with force_locale(person.locale):
        name = queries.name_for(meeting, dialogue, person) or _("the meeting")
        return Composed(
            recipient=person.email,
            subject=_("A message from the office") if queries.is_secret(meeting, dialogue) else message.subject,
            text=fill_placeholders(message.text, name=person.name, meeting=name) + "\n",
            language=person.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.MESSAGE: message_to_person,
}
