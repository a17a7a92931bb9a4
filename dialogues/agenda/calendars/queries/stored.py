"""Turns rows of entries into revisions."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from dialogues.agenda.calendars.models import Entry, EntryRevision
from dialogues.agenda.calendars.rules import EntryContent, Revision
from dialogues.extensions import db

_CONTENT = tuple(EntryContent.__dataclass_fields__)


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


def load_revisions(query: Any) -> list[Revision]:
    """Returns the revisions that a query made from `newest` or `revisions` finds, in its order."""
    return [Revision(EntryContent(*row[11:]), *row[:11]) for row in db.session.execute(query)]
