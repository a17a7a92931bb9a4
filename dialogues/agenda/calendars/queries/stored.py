"""Turns rows of entries into revisions."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, select

from dialogues.agenda.calendars.models import Entry, EntryRevision
from dialogues.agenda.calendars.rules import EntryContent, Numbers, Revision

_CONTENT_FIELDS = tuple(EntryContent.__dataclass_fields__)


def newest(*more: Any) -> Select[Any]:
    """Selects every entry with its newest revision."""
    return revisions(*more).where(EntryRevision.sequence == Entry.sequence)


def revisions(*more: Any) -> Select[Any]:
    """Selects every revision with its entry."""
    columns = (
        Entry.id,
        Entry.uid,
        Entry.object_kind,
        Entry.object_id,
        EntryRevision.sequence,
        EntryRevision.time_sequence,
        EntryRevision.dtstamp,
        *(getattr(EntryRevision, name) for name in _CONTENT_FIELDS),
    )
    return select(*columns, *more).join(EntryRevision, EntryRevision.entry_id == Entry.id)


def as_revision(row: Any) -> Revision:
    """Returns the revision in a row of `newest` or `revisions`."""
    entry_id, uid, kind, object_id, sequence, time_sequence, stamp, *values = row[: 7 + len(_CONTENT_FIELDS)]
    return Revision(
        entry_id=entry_id,
        uid=uid,
        object_kind=kind,
        object_id=object_id,
        numbers=Numbers(sequence, time_sequence, stamp),
        content=_content(*values),
    )


@lru_cache(maxsize=1024)
def _content(*values: Any) -> EntryContent:
    """Returns the content of a row; cached, because many guests have the same content."""
    return EntryContent(**dict(zip(_CONTENT_FIELDS, values, strict=True)))
