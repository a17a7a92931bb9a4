"""Session entries that are emailed one by one: stored copies of the derived entries, so that both always agree."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.agenda.entries.models import Entry, LostEntry, MeetingCalendar, PersonCalendar
from dialogues.agenda.entries.queries import derived, stored
from dialogues.agenda.entries.queries.guests import Guest, MeetingContext
from dialogues.agenda.entries.rules import (
    CHANGE_EFFECTS,
    Change,
    EntryObject,
    FiledEntry,
    Mark,
    Revision,
    change_between,
    session_role,
)
from dialogues.agenda.versions.models import ReleasePerson
from dialogues.agenda.versions.rules import Part
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.lib.ical.parts import Profile, Role, State


@reading(Purpose.FOLLOW_UP)
def changed_emailed(
    here: MeetingContext, guests: Mapping[UUID, Guest], only: Collection[UUID] | None
) -> list[Revision]:
    """Returns the revisions to write of session entries that are emailed.

    A person who got a session by email gets its changes by email too, also after the setting of the meeting changed,
    because otherwise their calendar would keep a time that is no longer right.
    """
    saved = _saved(here.meeting.id, only)
    invited = {one.person_id for one in guests.values() if one.umbrella is not None} if here.mails_sessions else set()
    people = invited | {person_id for person_id, _session in saved}
    if not people:
        return []
    chairs = _chairs(here.meeting.id)
    found = []
    for entry in _present(here.meeting.id, people):
        last = saved.get((entry.person_id, entry.object_id))
        if last is None and entry.person_id not in invited:
            continue
        found.append(_copied(last, _with_role(entry, guests.get(entry.person_id), chairs)))
    return [one for one in found if one.change is not Change.NOTHING]


def _saved(meeting_id: UUID, only: Collection[UUID] | None) -> dict[tuple[UUID, UUID], Revision]:
    query = stored.newest().where(Entry.meeting_id == meeting_id, Entry.object_kind == EntryObject.SESSION)
    if only is not None:
        query = query.where(Entry.person_id.in_(only))
    return {(one.person_id, one.object_id): one for one in stored.load_revisions(query)}


def _present(meeting_id: UUID, people: Collection[UUID]) -> list[FiledEntry]:
    """Returns the session entries of these people as files and feeds show them, lost ones too."""
    lost, own = (
        (table.meeting_id == meeting_id) & table.person_id.in_(people) for table in (LostEntry, PersonCalendar)
    )
    entries = chain(derived.lost_entries(lost), derived.session_entries(own))
    by_uid = {entry.uid: entry for entry in entries if entry.object_kind is EntryObject.SESSION}
    return list(by_uid.values())


def _chairs(meeting_id: UUID) -> set[tuple[UUID, UUID]]:
    """Returns (session, person) of everyone who chairs a session of the published agenda."""
    query = select(ReleasePerson.session_id, ReleasePerson.person_id).join(
        MeetingCalendar, MeetingCalendar.release_id == ReleasePerson.release_id
    )
    rows = db.session.execute(query.where(MeetingCalendar.meeting_id == meeting_id, ReleasePerson.part == Part.CHAIR))
    return {(row.session_id, row.person_id) for row in rows}


def _with_role(entry: FiledEntry, guest: Guest | None, chairs: Collection[tuple[UUID, UUID]]) -> FiledEntry:
    if guest is None or entry.content.profile is Profile.DISCREET:
        return entry
    parts = {Part.CHAIR} if (entry.object_id, entry.person_id) in chairs else set()
    role: Role = session_role(parts, guest.roles)
    return replace(entry, content=replace(entry.content, role=role))


def _copied(last: Revision | None, entry: FiledEntry) -> Revision:
    """Returns the stored copy of an entry, with its SEQUENCE and DTSTAMP.

    They are greater if a change of address or of the role has raised the stored ones alone.
    """
    if last is None:
        change = Change.NOTHING if entry.content.state is State.CANCELLED else Change.INVITED
        facts: dict[str, Any] = {name: getattr(entry, name) for name in FiledEntry.__dataclass_fields__}
        numbers: dict[str, Any] = {"entry_id": uuid4(), "time_sequence": entry.sequence}
        return Revision(**facts, **numbers, organizer=None, first_email_id=None, change=change)
    change = change_between(last.content, entry.content)
    raised = Mark(last.sequence, last.stamp).raised(entry.stamp)
    sequence = max(entry.sequence, raised.number)
    return replace(
        last,
        content=entry.content,
        sequence=sequence,
        stamp=raised.stamp,
        time_sequence=sequence if CHANGE_EFFECTS[change].asks else last.time_sequence,
        change=change,
    )
