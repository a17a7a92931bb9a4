"""What letters are composed of: immutable revisions, and who they are for."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from dialogues.agenda.calendars.models import Entry, EntryRevision
from dialogues.agenda.calendars.queries.stored import as_revision, newest, revisions
from dialogues.agenda.calendars.rules import Change, EntryObject, Revision, change_between
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.meetings.dialogues.models import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who a letter is for."""

    email: str
    name: str
    language: str


def reader(person_id: UUID | None) -> Reader | None:
    """The person as they can be written to; None where no address is known."""
    row = db.session.execute(
        select(Person.email, Person.name, Person.locale).where(Person.id == person_id)
    ).one_or_none()
    return None if row is None or row.email is None else Reader(email=row.email, name=row.name, language=row.locale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """One revision to be mailed, with the constant address of its entry and the letter it all began with."""

    revision: Revision
    organizer: str
    first_email_id: UUID | None


def mailed(entry_id: UUID, sequence: int) -> Mailed | None:
    """One revision of an entry that is mailed; None where there is none."""
    row = db.session.execute(
        revisions(Entry.organizer, Entry.first_email_id).where(Entry.id == entry_id, EntryRevision.sequence == sequence)
    ).one_or_none()
    if row is None or row.organizer is None:
        return None
    return Mailed(revision=as_revision(row), organizer=row.organizer, first_email_id=row.first_email_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a release changed about one session of one person: both states where there are two."""

    change: Change
    was: Revision | None
    now: Revision


def release_changes(person_id: UUID | None, release_id: UUID) -> list[Difference]:
    """What a release changed for one person, in the order of time; three queries.

    What has been taken back since is left out, so that nobody is told of what they may no longer see.
    """
    later = aliased(EntryRevision)
    mine = (Entry.person_id == person_id, Entry.object_kind == EntryObject.SESSION)
    now = _by_entry(revisions().where(*mine, EntryRevision.release_id == release_id))
    was = _by_entry(
        revisions()
        .join(later, (later.entry_id == Entry.id) & (later.sequence == EntryRevision.sequence + 1))
        .where(*mine, later.release_id == release_id)
    )
    present = _by_entry(newest().where(*mine, Entry.id.in_(now)))
    found = [
        _difference(was.get(entry_id), revision)
        for entry_id, revision in now.items()
        if revision.telling.state is State.CANCELLED or present[entry_id].telling.state is not State.CANCELLED
    ]
    return sorted(found, key=lambda one: (one.now.telling.starts_utc, one.now.uid))


def _difference(was: Revision | None, now: Revision) -> Difference:
    change = change_between(was.telling.seen if was else None, now.telling.seen)
    return Difference(change=change, was=was, now=now)


def _by_entry(query: Any) -> dict[UUID, Revision]:
    return {row.id: as_revision(row) for row in db.session.execute(query)}
