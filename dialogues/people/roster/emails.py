"""Email about an approved registration."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.text import unlinked
from dialogues.people.roster.queries import office


def approval(email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Says that the registration is approved, without naming the meeting. None if it is no longer approved."""
    recipient = office.approval_recipient(UUID(str(email.facts["participation_id"])))
    if recipient is None:
        return None
    with force_locale(recipient.locale):
        return Composed(
            recipient=recipient.email,
            subject=_("Your registration"),
            text=_(
                "Dear %(name)s,\n\n"
                "the office has approved your registration. What comes next stands on your page:\n\n"
                "%(page)s\n\n"
                "From now on, changes of your details go to the office first, which answers them there.\n",
                name=unlinked(recipient.name),
                page=f"{own_base_url()}/meetings/{email.listed_under}/registration",
            ),
            language=recipient.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.REGISTRATION_APPROVED: approval,
}
