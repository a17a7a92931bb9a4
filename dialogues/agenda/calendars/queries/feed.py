"""The feed: one look-up decides whether anything has changed; entries are read only if it has."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select

from dialogues.agenda.calendars.queries.plain import PlainSelect
from dialogues.agenda.calendars.rules import CANCELLED_RETENTION
from dialogues.agenda.entries.models import (
    Entry,
    EntryRevision,
    FeedState,
    LostEntry,
    MeetingCalendar,
    PersonCalendar,
)
from dialogues.agenda.entries.queries.derived import lost_entries, session_entries
from dialogues.agenda.entries.queries.stored import IS_MEETING, load_revisions, newest
from dialogues.agenda.entries.rules import FiledEntry
from dialogues.core.accounts.models import Account, SecretLink
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.lib.auth.tokens import sha256
from dialogues.lib.ical.calendar_file import RENDERER_VERSION
from dialogues.lib.ical.parts import State
from dialogues.lib.ical.vtimezone import tz_version
from dialogues.meetings.dialogues.models import Dialogue, Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import Existence
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.queries import in_force, in_window, observes_in, roles_of
from dialogues.policy import FEED_OWN, Condition, scopes

# Compiled once, because the bar of `make bench` for an unchanged feed needs it.
_LOOKUP = PlainSelect(
    select(
        SecretLink.id,
        SecretLink.last_used_on,
        Person.id.label("person_id"),
        Person.locale,
        func.coalesce(FeedState.version, 0).label("version"),
        FeedState.changed_at,
        RoleGrant.role,
        RoleGrant.meeting_id.label("granted_in"),
        Dialogue.id.label("dialogue_id"),
        observes_in(Meeting.id).label("observes"),
        Meeting.id.label("meeting_id"),
        Meeting.zone,
        Meeting.starts_on,
        Meeting.ends_on,
    )
    .join(Person, Person.id == SecretLink.subject)
    .outerjoin(RoleGrant, and_(RoleGrant.person_id == Person.id, in_force()))
    .outerjoin(Account, Account.id == Person.account_id)
    .outerjoin(FeedState, FeedState.person_id == Person.id)
    .outerjoin(Dialogue, (Dialogue.id == RoleGrant.dialogue_id) & (Dialogue.existence != Existence.CONFIDENTIAL))
    # No feeds for confidential meetings, because the operator of the calendar program reads the feed too.
    .outerjoin(
        Meeting,
        (Meeting.dialogue_id == Dialogue.id)
        & (Meeting.existence != Existence.CONFIDENTIAL)
        & or_(RoleGrant.meeting_id.is_(None), Meeting.id == RoleGrant.meeting_id),
    )
    .where(
        SecretLink.sha256 == bindparam("secret"),
        SecretLink.purpose == LinkPurpose.FEED,
        SecretLink.revoked_at.is_(None),
        SecretLink.expires_at > bindparam("now"),
        Account.disabled_at.is_(None),
    )
)


@dataclass(frozen=True)
class FeedHead:
    """Everything that decides the content of a feed: equal heads give equal bytes."""

    link_id: UUID
    person_id: UUID
    language: str
    version: int
    open_meetings: frozenset[UUID]
    today: date
    last_used_on: date | None

    @cached_property
    def tag(self) -> str:
        """The feed's ETag without its quotes, known before anything is rendered."""
        facts = (
            self.link_id.hex,
            self.version,
            self.language,
            sorted(meeting.hex for meeting in self.open_meetings),
            self.today.toordinal(),
            RENDERER_VERSION,
            tz_version(),
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:32]


def feed_head(token: str, *, now: datetime, real_now: datetime) -> FeedHead | None:
    """Returns the head of the feed at that address, or None if the address is unknown, expired or revoked.

    :param now: the service's clock (`DIALOGUES_NOW` in the demo), for access windows and cancelled entries.
    :param real_now: the machine's clock, for the expiry of addresses.
    """
    rows = _LOOKUP.rows(db.engine, secret=sha256(token), now=real_now)
    if not any(_has_feed(row) or _changed_recently(row, now) for row in rows):
        return None
    first = rows[0]
    return FeedHead(
        link_id=first.id,
        person_id=first.person_id,
        language=first.locale,
        version=first.version,
        open_meetings=_open_meetings(rows, now),
        today=now.astimezone(UTC).date(),
        last_used_on=first.last_used_on,
    )


def _has_feed(row: Any) -> bool:
    """Whether the role gives the person a feed. It may be empty, before the first meeting or outside its window."""
    is_open = row.dialogue_id is not None and (row.granted_in is None or row.meeting_id is not None)
    return is_open and bool(scopes(FEED_OWN, {row.role}, frozenset(Condition)))


def _changed_recently(row: Any, now: datetime) -> bool:
    """Whether the feed must still show that entries are cancelled, although the person has lost them all."""
    return row.changed_at is not None and row.changed_at >= _since(now.astimezone(UTC).date())


def _since(today: date) -> datetime:
    return datetime.combine(today - CANCELLED_RETENTION, time(0), tzinfo=UTC)


def _open_meetings(rows: Iterable[Any], now: datetime) -> frozenset[UUID]:
    """Returns the meetings whose entries the person may read now; an access window may be closed."""
    found = set()
    here = [row for row in rows if row.meeting_id is not None]
    for meeting_id, meeting in {row.meeting_id: row for row in here}.items():
        own = [roles_of(row.role, observes=bool(row.observes)) for row in here if row.meeting_id == meeting_id]
        met = frozenset({Condition.WINDOW}) if in_window(meeting, now) else frozenset[Condition]()
        if scopes(FEED_OWN, frozenset().union(*own), met):
            found.add(meeting_id)
    return frozenset(found)


@reading(Purpose.FEED)
def feed_content(head: FeedHead) -> list[FiledEntry]:
    """Returns the entries of the feed in order of time.

    Entries that ended, were cancelled or lost are left out after `CANCELLED_RETENTION`.
    """
    since = _since(head.today)
    entries = [
        *lost_entries(and_(LostEntry.person_id == head.person_id, LostEntry.in_feed)),
        *load_revisions(newest().where(Entry.person_id == head.person_id, IS_MEETING, _may_show(head))),
        *session_entries(
            and_(PersonCalendar.person_id == head.person_id, PersonCalendar.meeting_id.in_(head.open_meetings))
        ),
    ]
    # An entry can be left over from a time when the feed was closed, and stored as cancelled since.
    newest_last = sorted(entries, key=attrgetter("sequence"))
    shown = {entry.uid: entry for entry in newest_last if _is_recent(entry, since)}
    return sorted(shown.values(), key=attrgetter("content.starts_utc", "uid"))


def _may_show(head: FeedHead) -> ColumnElement[bool]:
    """Filter of stored entries: of open meetings, and cancelled ones of meetings that the person has left."""
    left = exists().where(MeetingCalendar.meeting_id == Entry.meeting_id, MeetingCalendar.feeds_open)
    return or_(Entry.meeting_id.in_(head.open_meetings), and_(EntryRevision.state == State.CANCELLED, left))


def _is_recent(entry: FiledEntry, since: datetime) -> bool:
    changed = entry.content.state is not State.CANCELLED or entry.stamp >= since
    return changed and entry.content.ends_utc >= since
