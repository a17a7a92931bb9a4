"""Codes for the table: minted, owed by letter, ended; joins the open transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.attendance.rules import codes_expire
from dialogues.extensions import db
from dialogues.meetings.models import Meeting
from dialogues.outbox.posting import owe_all
from dialogues.outbox.rules import Debt, LetterKind
from dialogues.participants import posting as participants
from dialogues.participants.models import Participation


def mint_code(participation_id: UUID, *, expires_at: datetime, now: datetime) -> str:
    """A new secret for a person's code; those that were given out before go on working."""
    return accounts.mint_link(
        LinkPurpose.ATTENDANCE, participation_id, expires_at=expires_at, single_use=False, now=now
    )


def codes_of_meeting_expire(meeting_id: UUID) -> datetime:
    """When the codes of that meeting stop working."""
    meeting = db.session.get_one(Meeting, meeting_id)
    return codes_expire(meeting.ends_on, meeting.zone)


def end_codes(participation_ids: Collection[UUID], now: datetime) -> None:
    """Let no code of these participations count any more."""
    accounts.revoke_links_about(LinkPurpose.ATTENDANCE, participation_ids, now)


def owe_codes(approved: Mapping[Participation, datetime]) -> None:
    """Owe each of them the letter with a code; one that has not left yet is not sent beside it."""
    owe_all([_debt(participation, at) for participation, at in approved.items()])


def _debt(participation: Participation, at: datetime) -> Debt:
    order = f"attendance-code:{participation.id}"
    kind, debt_key = LetterKind.ATTENDANCE_CODE, f"{order}:{at.isoformat()}"
    return participants.letter_about(participation, kind, at, order=order, debt_key=debt_key)
