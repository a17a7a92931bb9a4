"""What taking part owes when others change: no link outlives its meeting, nothing sealed is kept without need."""

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import AddressChanged, LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.events import MeetingClosed
from dialogues.people.participants.models import Participation


def end_links(event: MeetingClosed) -> None:
    """Let no personal link of the meeting count any more."""
    everyone = db.session.scalars(select(Participation.id).where(Participation.meeting_id == event.about))
    accounts.revoke_links_about(LinkPurpose.REGISTRATION, list(everyone), event.at)


def end_links_to_old_address(event: AddressChanged) -> None:
    """What was mailed to an address that is used no more lets nobody in."""
    theirs = select(Participation.id).join(Person, Person.id == Participation.person_id)
    mailed = db.session.scalars(theirs.where(Person.account_id == event.about))
    accounts.revoke_links_about(LinkPurpose.REGISTRATION, list(mailed), event.at)
