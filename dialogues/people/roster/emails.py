"""Email about an approved registration."""

from datetime import datetime
from uuid import UUID

from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.refusal import N_
from dialogues.people.registration.emails import about_registration
from dialogues.people.roster.queries import office


def approval(email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Says that the registration is approved, without naming the meeting. None if it is no longer approved."""
    recipient = office.approval_recipient(UUID(str(email.facts["participation_id"])))
    text = N_(
        "Dear %(name)s,\n\n"
        "the office has approved your registration. What comes next stands on your page:\n\n"
        "%(page)s\n\n"
        "From now on, changes of your details go to the office first, which answers them there.\n"
    )
    return about_registration(recipient, text, f"/meetings/{email.listed_under}/registration")


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.REGISTRATION_APPROVED: approval,
}
