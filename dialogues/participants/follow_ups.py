"""What taking part owes when others change: no link outlives the meeting it is for."""

from sqlalchemy import select

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.rules import MeetingClosed
from dialogues.participants.models import Participation


def end_links(happening: MeetingClosed) -> None:
    """Let no personal link of the meeting count any more."""
    everyone = db.session.scalars(select(Participation.id).where(Participation.meeting_id == happening.about))
    accounts.revoke_links_about(LinkPurpose.REGISTRATION, list(everyone), happening.at)
