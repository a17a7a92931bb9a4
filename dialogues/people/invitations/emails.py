"""The invitation email. Its link is created when the email is composed."""

from datetime import datetime
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from dialogues.core.common.own_addresses import own_base_url
from dialogues.core.common.presentation import day, moment
from dialogues.core.outbox.rules import Composer, DueEmail, EmailKind
from dialogues.lib.mail.parts import Composed
from dialogues.lib.text import unlinked
from dialogues.people.invitations import operations, queries
from dialogues.people.invitations.queries import Invitation
from dialogues.people.invitations.rules import link_address, link_expires
from dialogues.people.participants.rules.standing import may_answer


def invitation(due_email: DueEmail, now: datetime) -> Composed | None:
    """Composes the invitation within the meeting's confidentiality; None if it can no longer be answered."""
    participation_id = UUID(str(due_email.facts["participation_id"]))
    invited = queries.invitation(participation_id)
    if invited is None or invited.email is None or not may_answer(invited.status, invited.window, now):
        return None
    secret = operations.mint_personal_link(participation_id, now)
    with force_locale(invited.locale):
        return Composed(
            recipient=invited.email,
            subject=_("Your personal link"),
            text=_text(invited, link_address(own_base_url(), secret), link_expires(invited.window.closes_at, now)),
            has_secret=True,
            language=invited.locale,
        )


def _text(invited: Invitation, link: str, expires_at: datetime) -> str:
    if invited.dialogue_title:
        about = _(
            "you are invited to a meeting in %(city)s from %(first)s to %(last)s.",
            city=unlinked(invited.city),
            first=day(invited.days.first),
            last=day(invited.days.last),
        )
    else:
        about = _("an invitation waits for your answer.")
    text: str = _(
        "Dear %(name)s,\n\n"
        "%(about)s\n\n"
        "Please open your personal link, read it there, and accept or decline:\n\n"
        "%(link)s\n\n"
        "Opening the link changes nothing; your answer uses it up. It works until\n%(until)s.\n"
        "After that, or for another answer, the same page sends you a new one while registration is open.\n\n"
        "The link is yours alone: please do not pass this letter on.\n",
        name=unlinked(invited.name),
        about=about,
        link=link,
        until=moment(expires_at, invited.zone),
    )
    return text


COMPOSERS: dict[EmailKind, Composer] = {EmailKind.INVITATION: invitation}
