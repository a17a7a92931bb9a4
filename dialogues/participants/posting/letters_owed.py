"""Letters that this feature owes, and the secret of a personal link."""

from datetime import datetime
from uuid import UUID, uuid4

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.models import Meeting
from dialogues.outbox.posting import owe, owe_all
from dialogues.outbox.rules import Debt, LetterKind
from dialogues.participants import queries
from dialogues.participants.models import Participation
from dialogues.participants.rules import link_expires


def owe_invitation(participation: Participation, now: datetime) -> UUID:
    """Owe the letter with a new personal link; one that has not left yet is not sent beside it."""
    order = f"invitation:{participation.id}"
    return owe(letter_about(participation, LetterKind.INVITATION, now, order=order, debt_key=f"{order}:{uuid4()}"))


def letter_about(participation: Participation, kind: LetterKind, at: datetime, *, order: str, debt_key: str) -> Debt:
    """A letter to someone about their taking part; one of that order that has not left yet is not sent beside it."""
    return Debt(
        kind=kind,
        debt_key=debt_key,
        owed_at=at,
        dialogue_id=participation.dialogue_id,
        listed_under=participation.meeting_id,
        person_id=participation.person_id,
        facts={"participation_id": str(participation.id)},
        # One sequence for all: by the clock, a letter owed after the clock was set back would never leave.
        order_key=order,
        supersedes=True,
    )


def mint_personal_link(participation_id: UUID, now: datetime) -> str:
    """A new secret for the person's link; the older ones, if not used, end soon."""
    participation = db.session.get_one(Participation, participation_id)
    closes_at = db.session.get_one(Meeting, participation.meeting_id).registration_closes_at
    accounts.replace_links(LinkPurpose.REGISTRATION, participation_id, now)
    return accounts.mint_link(
        LinkPurpose.REGISTRATION, participation_id, expires_at=link_expires(closes_at, now), now=now
    )


def owe_news(kind: LetterKind, meeting_id: UUID, now: datetime) -> None:
    """Owe everyone whom news of the lists concerns one letter that names nobody, in place of an older one."""
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
    owe_all(
        [
            Debt(
                kind=kind,
                debt_key=f"{kind.value}:{meeting_id.hex}:{uuid4().hex}",
                owed_at=now,
                dialogue_id=dialogue_id,
                listed_under=meeting_id,
                person_id=person_id,
                order_key=f"{kind.value}:{meeting_id.hex}:{person_id.hex}",
                supersedes=True,
            )
            for person_id in queries.readers_of_news(meeting_id, kind)
        ]
    )
