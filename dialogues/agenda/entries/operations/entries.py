"""Updates calendar entries: writes a new revision for each guest whose entry has changed.

Features above may call `update_entries` in their own transaction. It sends no emails.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, bindparam, insert, select, update

from dialogues.agenda.entries.models import Entry, EntryRevision, FeedState, LostEntry, MeetingCalendar
from dialogues.agenda.entries.operations.emailed import changed_emailed
from dialogues.agenda.entries.operations.sessions import (
    Feeds,
    calendar_of,
    follow_sessions,
    forget_lost,
    lost_entry,
    lost_values,
    remnants,
)
from dialogues.agenda.entries.queries import guests as guests_queries
from dialogues.agenda.entries.queries import stored
from dialogues.agenda.entries.queries.derived import Derived
from dialogues.agenda.entries.queries.guests import Guest, MeetingContext
from dialogues.agenda.entries.rules import (
    Change,
    EntryContent,
    EntryObject,
    Mark,
    Remnant,
    Revision,
    answer_token,
    change_between,
    entry_uid,
    first_revision,
    next_revision,
    with_token,
)
from dialogues.core.common.columns import table_of
from dialogues.core.common.own_addresses import own_address
from dialogues.core.common.stores import key_store
from dialogues.extensions import db
from dialogues.lib.encryption.names import KeyName
from dialogues.lib.ical.parts import State
from dialogues.lib.ical.vtimezone import tz_version
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.operations import in_meeting

#: Person, kind, and meeting or session.
_Key = tuple[UUID, EntryObject, UUID]

_DIGITS = "abcdefghijklmnopqrstuvwxyz234567"


def mint_address(dialogue_id: UUID, *, uid: str, entry_id: UUID) -> str:
    """Returns the installation's own address with the entry's token, made with the dialogue's current key.

    :raises KeyErased: the key of the dialogue was erased, so it sends no invites any more.
    """
    key = key_store().current(KeyName("answers", dialogue_id))
    token = answer_token(key.secret, key_id(key.version), uid=uid, entry_id=str(entry_id))
    return with_token(own_address(), token)


def key_id(version: int) -> str:
    """Returns the version of a key as base32 digits (a-z, 2-7), which survive any mail system."""
    digits = ""
    while version or not digits:
        version, digit = divmod(version, len(_DIGITS))
        digits = _DIGITS[digit] + digits
    return digits


@dataclass(frozen=True, slots=True)
class EntryUpdate:
    """The meeting, its guests, the revisions that were written, and the people whose derived sessions changed."""

    here: MeetingContext
    guests: Mapping[UUID, Guest]
    entries: list[Revision]
    session_people: set[UUID]


def update_entries(
    meeting_id: UUID,
    *,
    at: datetime,
    only: Collection[UUID] | None = None,
    kinds: Collection[EntryObject] = frozenset(EntryObject),
) -> EntryUpdate:
    """Writes a new revision of each stored entry that differs from what its guest was last told, and what the other
    entries are derived from.

    Cancels entries that their guests should no longer have. The number of queries does not depend on the number of
    guests.

    :param only: limits the update to these people.
    :param kinds: limits the update to umbrella entries or to sessions.
    """
    here = guests_queries.meeting_context(meeting_id)
    guests = guests_queries.guests(here, only)
    calendar = calendar_of(here, at)
    saved, lost = _saved(meeting_id, only, kinds), remnants(meeting_id, only)
    written = _updated(here, calendar, guests, saved, lost, kinds, at)
    people = guests.keys() | {person_id for person_id, _kind, _object_id in saved}
    feeds = _feeds(here, calendar, people, everyone=only is None and EntryObject.SESSION in kinds)
    changed: set[UUID] = set()
    if EntryObject.SESSION in kinds:
        changed = follow_sessions(here, calendar, guests, lost, feeds, at=at, only=only)
    _write(here.meeting, written)
    _close_feeds(here.meeting, saved, lost, feeds, at)
    if feeds.are_open:
        _forget_regained(saved, written, lost)
    calendar.feeds_open = feeds.are_open
    sessions = changed_emailed(here, guests, only)
    _write(here.meeting, sessions)
    written += sessions
    if feeds.were_open or feeds.are_open:
        _raise_feeds(here.meeting.dialogue_id, changed | {revision.person_id for revision in written}, at)
    return EntryUpdate(here, guests, written, changed)


def _saved(meeting_id: UUID, only: Collection[UUID] | None, kinds: Collection[EntryObject]) -> dict[_Key, Revision]:
    """Returns the umbrella entries, if the update is not limited to sessions."""
    if EntryObject.MEETING not in kinds:
        return {}
    query = stored.newest().where(Entry.meeting_id == meeting_id, stored.IS_MEETING)
    if only is not None:
        query = query.where(Entry.person_id.in_(only))
    return {(one.person_id, one.object_kind, one.object_id): one for one in stored.load_revisions(query)}


def _feeds(here: MeetingContext, calendar: MeetingCalendar, people: Collection[UUID], *, everyone: bool) -> Feeds:
    """Returns whether feeds are closed or opened now, because the meeting has become confidential or no longer is."""
    are_open = here.feeds_open if everyone else calendar.feeds_open
    closes = calendar.feeds_open and not are_open
    return Feeds(calendar.feeds_open, are_open, guests_queries.feed_owners(people) if closes else frozenset())


def _close_feeds(
    meeting: Meeting,
    saved: Mapping[_Key, Revision],
    lost: Mapping[UUID, Mapping[UUID, Remnant]],
    feeds: Feeds,
    at: datetime,
) -> None:
    """Keeps what closed feeds show of stored entries, in place of what is left from an earlier time."""
    shown = {key: one for key, one in saved.items() if key[0] in feeds.owners}
    earlier = {key: lost.get(key[0], {}).get(key[2]) for key in shown}
    rows = []
    for key, one in shown.items():
        left = earlier[key]
        sequence = max(one.sequence, left.sequence) if left else one.sequence
        entry = lost_entry(Derived(one.content, sequence, one.stamp), at)
        rows.append(lost_values(*key, entry, in_feed=True) | in_meeting(meeting))
    forget_lost([{"person": key[0], "object": key[2]} for key, left in earlier.items() if left])
    _insert(LostEntry, rows)


def _forget_regained(
    saved: Mapping[_Key, Revision], written: Iterable[Revision], lost: Mapping[UUID, Mapping[UUID, Remnant]]
) -> None:
    """Deletes what is left of stored entries that feeds show again."""
    present = {**saved} | {(one.person_id, one.object_kind, one.object_id): one for one in written}
    forget_lost(
        [
            {"person": person_id, "object": object_id}
            for (person_id, _kind, object_id), one in present.items()
            if object_id in lost.get(person_id, {}) and one.content.state is not State.CANCELLED
        ]
    )


def _updated(
    here: MeetingContext,
    calendar: MeetingCalendar,
    guests: Mapping[UUID, Guest],
    saved: Mapping[_Key, Revision],
    lost: Mapping[UUID, Mapping[UUID, Remnant]],
    kinds: Collection[EntryObject],
    at: datetime,
) -> list[Revision]:
    """Returns the revisions of umbrella entries to write."""
    contents = {
        (person_id, kind, object_id): content
        for person_id, kind, object_id, content in guests_queries.wanted_entries(here, guests.values())
        if kind in kinds
    }
    cancelled = {key: last.content.cancelled() for key, last in saved.items() if key not in contents}
    found = []
    for key, content in (contents | cancelled).items():
        left = lost.get(key[0], {}).get(key[2])
        told = saved.get(key)
        if told is not None:
            found.append(_next(told, content, left, feeds_open=here.feeds_open, at=at))
        elif content.state is not State.CANCELLED:
            uid = entry_uid(calendar.uid_key, key[0], key[2])
            found.append(
                first_revision(uid, here.meeting.id, *key, content, at, sequence=left.sequence + 1 if left else 0)
            )
    return [revision for revision in found if revision is not None]


def _next(
    told: Revision, content: EntryContent, left: Remnant | None, *, feeds_open: bool, at: datetime
) -> Revision | None:
    """Returns the next revision, or None if nothing has changed.

    An entry that a closed feed has cancelled gets a higher SEQUENCE when the feed shows it again.
    """
    change = change_between(told.content, content) if told.content != content else Change.NOTHING
    last = replace(told, sequence=max(told.sequence, left.sequence)) if left else told
    if change is not Change.NOTHING:
        return next_revision(last, content, change, at)
    if left is None or not feeds_open or content.state is State.CANCELLED:
        return None
    sequence, stamp = Mark(last.sequence, last.stamp).raised(at)
    return replace(last, sequence=sequence, stamp=stamp)


def move_to_new_address(told: Revision, at: datetime) -> tuple[Meeting, Revision, Revision]:
    """Writes two revisions of an emailed entry: its cancellation for the old address, and the entry for the new one.

    In any order of arrival the entry is there at the end, because it has the greater SEQUENCE.
    """
    meeting = db.session.get_one(Meeting, stored.meeting_of(told.entry_id))
    left = remnants(meeting.id, [told.person_id]).get(told.person_id, {}).get(told.object_id)
    last = replace(told, sequence=max(told.sequence, left.sequence)) if left else told
    cancelled = next_revision(last, told.content.cancelled(), Change.CANCELLED, at)
    again = next_revision(cancelled, told.content, Change.WORDS, at)
    _write(meeting, [cancelled, again])
    _raise_feeds(meeting.dialogue_id, {told.person_id}, at)
    return meeting, cancelled, again


def _write(meeting: Meeting, revisions: Iterable[Revision]) -> None:
    entries, updated, rows = [], [], []
    for revision in revisions:
        if revision.change is not Change.INVITED:
            updated.append({"entry": revision.entry_id, "number": revision.sequence})
        else:
            entries.append(
                {
                    "id": revision.entry_id,
                    "person_id": revision.person_id,
                    "object_kind": revision.object_kind,
                    "object_id": revision.object_id,
                    "uid": revision.uid,
                    "sequence": revision.sequence,
                    **in_meeting(meeting),
                }
            )
        rows.append(
            {
                "entry_id": revision.entry_id,
                "sequence": revision.sequence,
                "time_sequence": revision.time_sequence,
                "dtstamp": revision.stamp,
                "dialogue_id": meeting.dialogue_id,
                "tz_version": tz_version(),
                **{field.name: getattr(revision.content, field.name) for field in fields(EntryContent)},
            }
        )
    _insert(Entry, entries)
    _insert(EntryRevision, rows)
    if updated:
        raised = update(table_of(Entry)).where(Entry.id == bindparam("entry")).values(sequence=bindparam("number"))
        db.session.execute(raised, updated)


def _insert(table: type[Entry | EntryRevision | FeedState | LostEntry], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table_of(table)), rows)


def _raise_feeds(dialogue_id: UUID, people: set[UUID], at: datetime) -> None:
    """Raises the feed version of these people, which changes the ETag of their feeds."""
    if not people:
        return
    raised = db.session.execute(
        update(FeedState)
        .where(FeedState.person_id.in_(people))
        .values(version=FeedState.version + 1, changed_at=at)
        .execution_options(synchronize_session=False)
    )
    number = cast("CursorResult[Any]", raised).rowcount
    if number == len(people):
        return
    states = select(FeedState.person_id).where(FeedState.person_id.in_(people))
    known = set(db.session.scalars(states)) if number else set()
    values = {"dialogue_id": dialogue_id, "version": 1, "changed_at": at}
    _insert(FeedState, [{"person_id": person, **values} for person in people - known])


def begin_mailing(started: Iterable[tuple[UUID, str, UUID]]) -> None:
    """Stores the ORGANIZER address and the first email of these entries; later calls do not change them."""
    rows = [{"entry": entry, "address": address, "email": email_id} for entry, address, email_id in started]
    if rows:
        statement = update(table_of(Entry)).where(Entry.id == bindparam("entry"), Entry.organizer.is_(None))
        statement = statement.values(organizer=bindparam("address"), first_email_id=bindparam("email"))
        db.session.execute(statement, rows)
