"""Reactions that void personal links."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import AddressChanged, LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.events import MeetingClosed
from dialogues.people.participants.models import Participation


def end_links(events: Sequence[MeetingClosed]) -> None:
    """Voids all personal links of closed meetings and ends the limited sign-ins that they opened."""
    closed = [event.about for event in events]
    _end_links(select(Participation.id).where(Participation.meeting_id.in_(closed)), events[0].at)


def end_links_to_old_addresses(events: Sequence[AddressChanged]) -> None:
    """Voids personal links that were sent to a former address, and ends the limited sign-ins that they opened."""
    own_participations = select(Participation.id).join(Person, Person.id == Participation.person_id)
    accounts_changed = [event.about for event in events]
    _end_links(own_participations.where(Person.account_id.in_(accounts_changed)), events[0].at)


def _end_links(participations: Select[UUID], at: datetime) -> None:
    affected = list(db.session.scalars(participations))
    accounts.revoke_links(LinkPurpose.REGISTRATION, affected, at)
