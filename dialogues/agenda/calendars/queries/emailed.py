"""What emails are composed from: immutable revisions and their readers."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dialogues.agenda.calendars.models import Entry, EntryRevision
from dialogues.agenda.calendars.queries.stored import as_revision, newest, revisions
from dialogues.agenda.calendars.rules import Change, EntryObject, Revision, change_between
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.meetings.dialogues.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    email: str
    name: str
    language: str


@reading(Purpose.DELIVERY)
def reader(person_id: UUID | None) -> Reader | None:
    """Returns the person as a recipient, or None if they have no email address."""
    row = db.session.execute(
        select(Person.email, Person.name, Person.locale).where(Person.id == person_id)
    ).one_or_none()
    return None if row is None or row.email is None else Reader(email=row.email, name=row.name, language=row.locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """A revision to email, with its entry's permanent ORGANIZER address and first email."""

    revision: Revision
    organizer: str
    first_email_id: UUID | None


@reading(Purpose.DELIVERY)
def mailed(entry_id: UUID, sequence: int) -> Mailed | None:
    """Returns one revision of an entry that is emailed, or None."""
    row = db.session.execute(
        revisions(Entry.organizer, Entry.first_email_id).where(Entry.id == entry_id, EntryRevision.sequence == sequence)
    ).one_or_none()
    if row is None or row.organizer is None:
        return None
    return Mailed(revision=as_revision(row), organizer=row.organizer, first_email_id=row.first_email_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a version changed about one session of one person. `was` is None if the entry is new."""

    change: Change
    was: Revision | None
    now: Revision


@reading(Purpose.DELIVERY)
def release_changes(person_id: UUID | None, release_id: UUID) -> list[Difference]:
    """Returns what a version changed for one person, in order of time; three queries.

    Leaves out entries that were cancelled later, because the person may no longer see them.
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
        _difference(was.get(entry_id), revision)
        for entry_id, revision in now.items()
        if revision.content.state is State.CANCELLED or current[entry_id].content.state is not State.CANCELLED
    ]
    return sorted(found, key=lambda one: (one.now.content.starts_utc, one.now.uid))


def _difference(was: Revision | None, now: Revision) -> Difference:
    change = change_between(was.content.guest_view if was else None, now.content.guest_view)
    return Difference(change=change, was=was, now=now)


def _by_entry(query: Any) -> dict[UUID, Revision]:
    return {row.id: as_revision(row) for row in db.session.execute(query)}
