"""Email about a decided change request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.refusal import N_
from dialogues.lib.text import unlinked
from dialogues.people.registration import queries


def about_registration(recipient: Any, text: str, page: str) -> Composed | None:
    """Builds an email with a link to a page of the registration. None without recipient (name, email, locale)."""
    if recipient is None:
        return None
    with force_locale(recipient.locale):
        return Composed(
            recipient=recipient.email,
            subject=_("Your registration"),
            text=_(text, name=unlinked(recipient.name), page=f"{own_base_url()}{page}"),
            language=recipient.locale,
        )


def change_decided(email: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Says that there is a decision, without its content, which needs signing in. None if the person has left."""
    recipient = queries.confirmed_recipient(UUID(str(email.facts["participation_id"])))
    text = N_(
        "Dear %(name)s,\n\nthere is an answer to what you asked to change. To read it, please sign in:\n\n%(page)s\n"
    )
    return about_registration(recipient, text, f"/meetings/{email.listed_under}/registration/change")


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.CHANGE_DECIDED: change_decided,
}
