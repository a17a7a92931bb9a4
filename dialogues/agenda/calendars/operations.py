"""Updates calendar entries: writes a new revision for each guest whose entry has changed.

Features above may call `update_entries` in their own transaction. It sends no emails.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, insert, select, update

from dialogues.agenda.calendars.models import Entry, EntryRevision, FeedState
from dialogues.agenda.calendars.queries import guests as guests_queries
from dialogues.agenda.calendars.queries import stored
from dialogues.agenda.calendars.queries.guests import Guest, MeetingContext, WantedEntry
from dialogues.agenda.calendars.rules import (
    Change,
    EntryContent,
    EntryObject,
    Numbers,
    answer_token,
    change_between,
    first_numbers,
    next_numbers,
    with_token,
)
from dialogues.core.common.columns import table_of
from dialogues.core.common.own_addresses import own_address
from dialogues.core.common.stores import key_store
from dialogues.extensions import db
from dialogues.lib.encryption.names import KeyName
from dialogues.lib.ical.vtimezone import tz_version

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


_Key = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryChange:
    """An entry with a new revision, and why."""

    entry_id: UUID
    uid: str
    person_id: UUID
    object_kind: EntryObject
    change: Change
    sequence: int
    organizer: str | None
    first_email_id: UUID | None


@dataclass(frozen=True, slots=True)
class UpdatedEntries:
    """The result of `update_entries`: the meeting, its guests, and the entries with a new revision."""

    here: MeetingContext
    guests: Mapping[UUID, Guest]
    entries: tuple[EntryChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _StoredEntry:
    """An entry with its newest revision."""

    entry_id: UUID
    uid: str
    person_id: UUID
    object_kind: EntryObject
    organizer: str | None
    first_email_id: UUID | None
    numbers: Numbers
    content: EntryContent


def update_entries(
    meeting_id: UUID,
    *,
    at: datetime,
    only: Collection[UUID] | None = None,
    kinds: Collection[EntryObject] = frozenset(EntryObject),
    release_id: UUID | None = None,
) -> UpdatedEntries:
    """Writes a new revision of each entry that differs from what its guest was last told.

    The number of queries does not depend on the number of guests.

    :param only: limits the update to these people.
    :param kinds: limits the update to umbrella entries or to sessions.
    :param release_id: the agenda version that is the cause, if any.
    """
    here = guests_queries.meeting_context(meeting_id)
    guests = guests_queries.guests(here, only)
    stored_entries = _stored_entries(meeting_id, only, kinds)
    due = [one for one in guests_queries.wanted_entries(here, guests.values()) if one.object_kind in kinds]
    new_revisions = [*_changed(due, stored_entries, at), *_cancellations(due, stored_entries, at)]
    _write(here, new_revisions, stored_entries.keys(), release_id)
    _raise_feeds(here.meeting.dialogue_id, {revision.person_id for revision, _numbers, _change in new_revisions})
    return UpdatedEntries(here, guests, tuple(_entry_change(*one, stored_entries) for one in new_revisions))


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewRevision:
    """A revision to write."""

    entry_id: UUID
    uid: str
    person_id: UUID
    object_kind: EntryObject
    object_id: UUID
    content: EntryContent

    @property
    def key(self) -> _Key:
        return self.person_id, self.object_id


_NumberedRevision = tuple[_NewRevision, Numbers, Change]


def _stored_entries(
    meeting_id: UUID, only: Collection[UUID] | None, kinds: Collection[EntryObject]
) -> dict[_Key, _StoredEntry]:
    query = stored.newest(Entry.person_id, Entry.organizer, Entry.first_email_id).where(
        Entry.meeting_id == meeting_id, Entry.object_kind.in_(kinds)
    )
    if only is not None:
        query = query.where(Entry.person_id.in_(only))
    found = {}
    for row in db.session.execute(query):
        revision = stored.as_revision(row)
        found[row.person_id, revision.object_id] = _StoredEntry(
            entry_id=revision.entry_id,
            uid=revision.uid,
            person_id=row.person_id,
            object_kind=revision.object_kind,
            organizer=row.organizer,
            first_email_id=row.first_email_id,
            numbers=revision.numbers,
            content=revision.content,
        )
    return found


def _changed(
    due: Iterable[WantedEntry], stored_entries: Mapping[_Key, _StoredEntry], at: datetime
) -> Iterator[_NumberedRevision]:
    for one in due:
        last = stored_entries.get((one.person_id, one.object_id))
        if last is not None and last.content == one.content:
            continue
        change = change_between(last.content.guest_view if last else None, one.content.guest_view)
        if change is Change.NOTHING:
            continue
        new = _NewRevision(
            entry_id=last.entry_id if last else uuid4(),
            uid=last.uid if last else uuid4().hex,
            person_id=one.person_id,
            object_kind=one.object_kind,
            object_id=one.object_id,
            content=one.content,
        )
        yield new, next_numbers(last.numbers, change, at) if last else first_numbers(at), change


def _cancellations(
    due: Iterable[WantedEntry], stored_entries: Mapping[_Key, _StoredEntry], at: datetime
) -> Iterator[_NumberedRevision]:
    """Yields cancellations of entries that their guests should no longer have."""
    wanted_keys = {(one.person_id, one.object_id) for one in due}
    for (person_id, object_id), last in stored_entries.items():
        if (person_id, object_id) in wanted_keys:
            continue
        content = last.content.cancelled()
        change = change_between(last.content.guest_view, content.guest_view)
        if change is not Change.NOTHING:
            new = _NewRevision(
                entry_id=last.entry_id,
                uid=last.uid,
                person_id=person_id,
                object_kind=last.object_kind,
                object_id=object_id,
                content=content,
            )
            yield new, next_numbers(last.numbers, change, at), change


def _write(
    here: MeetingContext,
    new_revisions: Iterable[_NumberedRevision],
    stored_entries: Collection[_Key],
    release_id: UUID | None,
) -> None:
    entries, updated, revisions = [], [], []
    columns_by_content: dict[EntryContent, dict[str, Any]] = {}
    for new, numbers, _change in new_revisions:
        if new.key in stored_entries:
            updated.append({"entry": new.entry_id, "number": numbers.sequence})
        else:
            entries.append(_entry(here, new))
        columns = columns_by_content.get(new.content) or columns_by_content.setdefault(
            new.content, _columns(new.content)
        )
        revisions.append(
            {
                "entry_id": new.entry_id,
                "sequence": numbers.sequence,
                "time_sequence": numbers.time_sequence,
                "dtstamp": numbers.stamp,
                "dialogue_id": here.meeting.dialogue_id,
                "release_id": release_id,
                **columns,
            }
        )
    _insert(Entry, entries)
    _insert(EntryRevision, revisions)
    if updated:
        raised = update(table_of(Entry)).where(Entry.id == bindparam("entry")).values(sequence=bindparam("number"))
        db.session.execute(raised, updated)


def _entry(here: MeetingContext, new: _NewRevision) -> dict[str, Any]:
    return {
        "id": new.entry_id,
        "dialogue_id": here.meeting.dialogue_id,
        "meeting_id": here.meeting.id,
        "person_id": new.person_id,
        "object_kind": new.object_kind,
        "object_id": new.object_id,
        "uid": new.uid,
        "sequence": 0,
    }


def _columns(content: EntryContent) -> dict[str, Any]:
    return {field.name: getattr(content, field.name) for field in fields(content)} | {"tz_version": tz_version()}


def _insert(table: type[Entry | EntryRevision | FeedState], rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(insert(table_of(table)), rows)


def _raise_feeds(dialogue_id: UUID, people: set[UUID]) -> None:
    """Raises the feed version of these people, which changes the ETag of their feeds."""
    if not people:
        return
    with_state = set(db.session.scalars(select(FeedState.person_id).where(FeedState.person_id.in_(people))))
    db.session.execute(
        update(FeedState)
        .where(FeedState.person_id.in_(people))
        .values(version=FeedState.version + 1)
        .execution_options(synchronize_session=False)
    )
    first = [
        {"person_id": person, "dialogue_id": dialogue_id, "version": 1} for person in people if person not in with_state
    ]
    _insert(FeedState, first)


def _entry_change(
    new: _NewRevision, numbers: Numbers, change: Change, stored_entries: Mapping[_Key, _StoredEntry]
) -> EntryChange:
    last = stored_entries.get(new.key)
    return EntryChange(
        entry_id=new.entry_id,
        uid=new.uid,
        person_id=new.person_id,
        object_kind=new.object_kind,
        change=change,
        sequence=numbers.sequence,
        organizer=last.organizer if last else None,
        first_email_id=last.first_email_id if last else None,
    )


def begin_mailing(started: Iterable[tuple[UUID, str, UUID]]) -> None:
    """Stores the ORGANIZER address and the first email of these entries; later calls do not change them."""
    rows = [{"entry": entry, "address": address, "email": email_id} for entry, address, email_id in started]
    if rows:
        statement = update(table_of(Entry)).where(Entry.id == bindparam("entry"), Entry.organizer.is_(None))
        statement = statement.values(organizer=bindparam("address"), first_email_id=bindparam("email"))
        db.session.execute(statement, rows)
