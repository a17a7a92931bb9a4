"""Turns rows of entries into revisions."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from dialogues.agenda.entries.models import Entry, EntryRevision
from dialogues.agenda.entries.rules import EntryContent, EntryObject, Revision, entry_order, former_order
from dialogues.core.outbox.queries import last_recipient, last_sequence_to
from dialogues.extensions import db
from dialogues.lib.ical.content_lines import Address
from dialogues.lib.ical.parts import State
from dialogues.meetings.dialogues.models import Person

_CONTENT = tuple(EntryContent.__dataclass_fields__)


#: Filter of `Entry`: files and feeds derive sessions, because only some are stored.
IS_MEETING = Entry.object_kind == EntryObject.MEETING


def newest() -> Select[Any, *tuple[Any, ...]]:
    """Selects every entry with its newest revision."""
    return revisions().where(EntryRevision.sequence == Entry.sequence)


def revisions() -> Select[Any, *tuple[Any, ...]]:
    """Selects every revision with its entry: the entry and numbers of a `Revision`, then its content."""
    return select(
        Entry.uid,
        Entry.person_id,
        Entry.meeting_id,
        Entry.object_kind,
        Entry.object_id,
        EntryRevision.sequence,
        EntryRevision.dtstamp,
        Entry.id,
        Entry.organizer,
        Entry.first_email_id,
        EntryRevision.time_sequence,
        *(getattr(EntryRevision, name) for name in _CONTENT),
    ).join(EntryRevision, EntryRevision.entry_id == Entry.id)


def meeting_of(entry_id: UUID) -> UUID:
    return db.session.scalars(select(Entry.meeting_id).where(Entry.id == entry_id)).one()


def emailed_to_others(people: Collection[UUID], at: datetime) -> list[tuple[str, Revision]]:
    """Returns live emailed entries of these people whose last email went to another address than their present one.

    Each comes with that former address. Entries that have ended are left out.
    """
    live = newest().where(EntryRevision.state != State.CANCELLED, EntryRevision.ends_utc > at)
    entries = load_revisions(live.where(Entry.person_id.in_(people), Entry.organizer.is_not(None)))
    rows = db.session.execute(select(Person.id, Person.email).where(Person.id.in_(people), Person.email.is_not(None)))
    present = {row.id: row.email for row in rows}
    found = []
    for entry in entries:
        last, address = last_recipient(entry_order(entry.entry_id)), present.get(entry.person_id)
        if last is None or address is None or Address(last[0]).same_mailbox(Address(address)):
            continue
        former, sequence = last
        if last_sequence_to(former, former_order(entry.entry_id)) < sequence:
            found.append((former, entry))
    return found


def load_revisions(query: Any) -> list[Revision]:
    """Returns the revisions that a query made from `newest` or `revisions` finds, in its order."""
    return [Revision(EntryContent(*row[11:]), *row[:11]) for row in db.session.execute(query)]
