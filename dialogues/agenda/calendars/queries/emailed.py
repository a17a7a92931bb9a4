"""What emails are composed from: immutable revisions and their readers."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dialogues.agenda.calendars.models import Entry, EntryRevision
from dialogues.agenda.calendars.queries.stored import load_revisions, newest, revisions
from dialogues.agenda.calendars.rules import EntryObject, Revision
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.meetings.dialogues.models import Person


@reading(Purpose.DELIVERY)
def reader(person_id: UUID | None) -> Any:
    """Returns email, name and language of the person, or None if they have no email address."""
    return db.session.execute(
        select(Person.email, Person.name, Person.locale.label("language")).where(
            Person.id == person_id, Person.email.is_not(None)
        )
    ).one_or_none()


@reading(Purpose.DELIVERY)
def mailed(entry_id: UUID, sequence: int) -> Revision | None:
    found = load_revisions(
        revisions().where(Entry.id == entry_id, EntryRevision.sequence == sequence, Entry.organizer.is_not(None))
    )
    return found[0] if found else None


@reading(Purpose.DELIVERY)
def release_changes(person_id: UUID | None, release_id: UUID) -> list[tuple[Revision | None, Revision]]:
    """Returns what a version changed for one person as (was, now), in order of time; three queries.

    `was` is None if the entry is new. Leaves out entries that were cancelled later, because the person may no longer
    see them.
    """
    later = aliased(EntryRevision)
    own_conditions = (Entry.person_id == person_id, Entry.object_kind == EntryObject.SESSION)
    now = _by_entry(revisions().where(*own_conditions, EntryRevision.release_id == release_id))
    was = _by_entry(
        revisions()
        .join(later, (later.entry_id == Entry.id) & (later.sequence == EntryRevision.sequence + 1))
        .where(*own_conditions, later.release_id == release_id)
    )
    current = _by_entry(newest().where(*own_conditions, Entry.id.in_(now)))
    found = [
        (was.get(entry_id), revision)
        for entry_id, revision in now.items()
        if revision.content.state is State.CANCELLED or current[entry_id].content.state is not State.CANCELLED
    ]
    return sorted(found, key=lambda one: (one[1].content.starts_utc, one[1].uid))


def _by_entry(query: Any) -> dict[UUID, Revision]:
    return {revision.entry_id: revision for revision in load_revisions(query)}
