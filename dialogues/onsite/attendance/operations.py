"""Create, send and revoke attendance codes; joins the open transaction."""

from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.outbox.operations import enqueue_all
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.people.participants import operations as participants
from dialogues.people.participants.models import Participation


def mint_code(participation_id: UUID, *, expires_at: datetime, now: datetime) -> str:
    """Create a new code for a participation and return its secret; earlier codes stay valid."""
    return accounts.mint_link(
        LinkPurpose.ATTENDANCE, participation_id, expires_at=expires_at, single_use=False, now=now
    )


def meeting_codes_expire_at(meeting_id: UUID) -> datetime:
    """Return the end of the day after the last day of that meeting, because marks are corrected on that day."""
    meeting = db.session.get_one(Meeting, meeting_id)
    return datetime.combine(meeting.ends_on, time(), ZoneInfo(meeting.zone)) + timedelta(days=2)


def end_codes(participation_ids: Collection[UUID], now: datetime) -> None:
    accounts.revoke_links(LinkPurpose.ATTENDANCE, participation_ids, now)


def enqueue_codes(approved: Mapping[Participation, datetime]) -> None:
    """Queue one email with a code for each participation.

    It replaces an earlier one that has not been sent, because both have the same `order`.
    """
    requests = []
    for participation, at in approved.items():
        order = f"attendance-code:{participation.id}"
        kind, dedup_key = EmailKind.ATTENDANCE_CODE, f"{order}:{at.isoformat()}"
        requests.append(participants.email_about(participation, kind, at, order=order, dedup_key=dedup_key))
    enqueue_all(requests)
