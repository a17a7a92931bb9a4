"""Email about a decided change request."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.text import unlinked
from dialogues.people.registration import queries


def change_decided(letter: DueEmail, now: datetime) -> Composed | None:  # noqa: ARG001  a composer's arguments
    """Says that there is a decision, without its content, which needs signing in. None if the person has left."""
    told = queries.decided(UUID(str(letter.facts["participation_id"])))
    if told is None:
        return None
    with force_locale(told.locale):
        return Composed(
            recipient=told.email,
            subject=_("Your registration"),
            text=_(
                "Dear %(name)s,\n\n"
                "there is an answer to what you asked to change. To read it, please sign in:\n\n"
                "%(page)s\n",
                name=unlinked(told.name),
                page=f"{own_base_url()}/meetings/{letter.listed_under}/registration/change",
            ),
            language=told.locale,
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.CHANGE_DECIDED: change_decided,
}
