"""Reactions that void personal links."""

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import AddressChanged, LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.events import MeetingClosed
from dialogues.people.participants.models import Participation


def end_links(event: MeetingClosed) -> None:
    """Voids all personal links of a closed meeting and ends the limited sign-ins that they opened."""
    participations = db.session.scalars(select(Participation.id).where(Participation.meeting_id == event.about))
    accounts.revoke_links_about(LinkPurpose.REGISTRATION, list(participations), event.at)


def end_links_to_old_address(event: AddressChanged) -> None:
    """Voids personal links that were sent to a former address, and ends the limited sign-ins that they opened."""
    own_participations = select(Participation.id).join(Person, Person.id == Participation.person_id)
    affected = db.session.scalars(own_participations.where(Person.account_id == event.about))
    accounts.revoke_links_about(LinkPurpose.REGISTRATION, list(affected), event.at)
