"""The email about an offered role. It names neither role nor place, because email is not confidential."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.extensions import db
from dialogues.lib.mail.parts import Composed
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.roles.models import RoleGrant


@reading(Purpose.DELIVERY)
def role_offered(email: DueEmail, _now: datetime) -> Composed | None:
    """Ask for an answer to the offer. Returns None if it was answered or withdrawn before sending."""
    addressee = db.session.execute(
        select(Person.email, Person.locale)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(RoleGrant.id == UUID(str(email.facts["grant"])))
        .where(RoleGrant.accepted_at.is_(None), RoleGrant.revoked_at.is_(None))
    ).one_or_none()
    if addressee is None or addressee.email is None:
        return None
    with force_locale(addressee.locale):
        return Composed(
            recipient=addressee.email,
            subject=_("Something waits for your answer"),
            text=_(
                "Good day,\n\nsomething waits for your answer. Please sign in to read it:\n\n%(address)s\n\n"
                "If you have no password, the same page mails you a link to sign in.\n"
                "If this means nothing to you, you need not do anything.\n",
                address=f"{own_base_url()}/offers",
            ),
        )


COMPOSERS: dict[EmailKind, Composer] = {
    EmailKind.ROLE_OFFERED: role_offered,
}
