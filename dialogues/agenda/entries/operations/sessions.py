"""Follows the agenda and each person's access: keeps the rows that session entries are derived from.

A change of the agenda writes a row per changed session, a change of a person's facts one row for the person. Beyond
that, only entries that a person really lost are written.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, delete, insert, select, true, update

from dialogues.agenda.entries.models import LostEntry, MeetingCalendar, PersonCalendar, SessionCalendar
from dialogues.agenda.entries.queries import derived
from dialogues.agenda.entries.queries.derived import Agenda, Derived, Facts, PublishedSession
from dialogues.agenda.entries.queries.guests import Guest, MeetingContext, Shared, session_content
from dialogues.agenda.entries.rules import (
    NO_ACCESS,
    Access,
    Change,
    EntryObject,
    Mark,
    Remnant,
    change_between,
    whole_second,
)
from dialogues.agenda.versions.rules import Snapshot
from dialogues.core.common.columns import table_of
from dialogues.extensions import db
from dialogues.lib.ical.parts import Profile, State
from dialogues.meetings.dialogues.operations import in_meeting


def calendar_of(here: MeetingContext, at: datetime) -> MeetingCalendar:
    """Returns the calendar of a meeting. The first call creates it, with the key of the meeting's UIDs."""
    found = db.session.get(MeetingCalendar, here.meeting.id, populate_existing=True)
    if found is None:
        found = MeetingCalendar(
            uid_key=secrets.token_bytes(32),
            release_number=0,
            feeds_open=here.feeds_open,
            **in_meeting(here.meeting),
        )
        _set_marks(found, dict.fromkeys(Profile, Mark(0, whole_second(at))))
        _share(found, here.shared)
        db.session.add(found)
        db.session.flush()
    return found


def _share(calendar: MeetingCalendar, shared: Shared) -> None:
    calendar.state, calendar.venue, calendar.city = shared.state, shared.venue, shared.city


@dataclass(frozen=True, slots=True)
class Step:
    """The agenda before and after a change, and the sessions that differ (None if all may differ)."""

    before: Agenda
    after: Agenda
    changed: frozenset[UUID] | None
    release_number: int
    feeds: "Feeds"


@dataclass(frozen=True, slots=True)
class Feeds:
    """Whether feeds may show the meeting, before and after a change. `owners` have a feed that is being closed."""

    were_open: bool
    are_open: bool
    owners: Collection[UUID] = frozenset()


def follow_sessions(
    here: MeetingContext,
    calendar: MeetingCalendar,
    guests: Mapping[UUID, Guest],
    lost: Mapping[UUID, Mapping[UUID, Remnant]],
    feeds: Feeds,
    *,
    at: datetime,
    only: Collection[UUID] | None,
) -> set[UUID]:
    """Brings the session entries of a meeting up to date and returns the people whose entries have changed.

    A change of the meeting itself is followed only if all people are, because it changes the entries of everyone.

    :param lost: what is left of lost entries, by person and object.
    :param only: limits the update to these people.
    """
    rows = _facts(here.meeting.id, only)
    accesses = {
        person_id: guests[person_id].access if person_id in guests else NO_ACCESS
        for person_id in rows.keys() | guests.keys()
    }
    touched = {one for one, access in accesses.items() if one not in rows or rows[one].access != access}
    newest = derived.newest_release(here.meeting.id)
    shared = here.shared if only is None else _told(calendar)
    same_agenda = newest[0] == calendar.release_id and shared == _told(calendar) and feeds.were_open == feeds.are_open
    if same_agenda and touched.isdisjoint({*rows, *lost}):
        # Nothing to compare: only people who never had an entry have changed.
        nothing = Agenda(derived.marks_of(calendar), {})
        step = Step(nothing, nothing, frozenset(), calendar.release_number, feeds)
    else:
        step = _follow_agenda(calendar, newest, shared, feeds, at)
    updates = [
        update
        for person_id, access in accesses.items()
        if (update := _person_update(step, person_id, rows.get(person_id), access, lost.get(person_id, {}), at))
    ]
    _write_people(here, updates, in_feed=feeds.were_open)
    return {one.person_id for one in updates if one.differs or one.was is None}


def _facts(meeting_id: UUID, only: Collection[UUID] | None) -> dict[UUID, Facts]:
    """Returns the facts that people's entries were last derived from."""
    among = true() if only is None else PersonCalendar.person_id.in_(only)
    query = select(*derived.PERSON).where(PersonCalendar.meeting_id == meeting_id, among)
    return {row.person_id: derived.facts_of(row) for row in db.session.execute(query)}


def _told(calendar: MeetingCalendar) -> Shared:
    return Shared(calendar.state, calendar.venue, calendar.city)


def _follow_agenda(
    calendar: MeetingCalendar, newest: tuple[UUID | None, int], shared: Shared, feeds: Feeds, at: datetime
) -> Step:
    """Marks the sessions and the meeting as changed, where the newest version and the meeting say so."""
    told, meeting_id = _told(calendar), calendar.meeting_id
    query = select(SessionCalendar).where(SessionCalendar.meeting_id == meeting_id)
    rows = {row.session_id: row for row in db.session.scalars(query.execution_options(populate_existing=True))}
    was = derived.version(calendar.release_id)
    left = derived.left_agenda(meeting_id) if any(row.last_release_id for row in rows.values()) else {}
    before = Agenda(derived.marks_of(calendar), _sessions(told, was, left, rows))
    changed: frozenset[UUID] | None = frozenset() if feeds.were_open == feeds.are_open else None
    now = was
    if newest[0] != calendar.release_id:
        now = derived.version(newest[0])
        marked = _mark_sessions(calendar, rows, was, now, shared, at)
        changed = None if changed is None else marked
        left = {key: one for key, one in {**left, **was}.items() if key not in now}
        calendar.release_id, calendar.release_number = newest
    if shared != told:
        changed = None
        _mark_meeting(calendar, told, shared, at)
    db.session.flush()
    return Step(
        before, Agenda(derived.marks_of(calendar), _sessions(shared, now, left, rows)), changed, newest[1], feeds
    )


def _mark_meeting(calendar: MeetingCalendar, was: Shared, now: Shared, at: datetime) -> None:
    """Raises the numbers of a meeting; a change of the venue alone is hidden from discreet readers."""
    marks = derived.marks_of(calendar)
    hidden = {Profile.DISCREET} if (was.state, was.city) == (now.state, now.city) else set()
    _set_marks(calendar, {one: mark if one in hidden else mark.raised(at) for one, mark in marks.items()})
    _share(calendar, now)


def _sessions(
    shared: Shared,
    live: Mapping[UUID, Snapshot],
    left: Mapping[UUID, Snapshot],
    rows: Mapping[UUID, SessionCalendar],
) -> dict[UUID, PublishedSession]:
    return {
        session_id: derived.published_session(
            shared,
            snapshot.frozen,
            (person for person, _part in snapshot.people),
            derived.marks_of(rows[session_id]),
            None if session_id in live else rows[session_id].last_release_number,
        )
        for session_id, snapshot in {**left, **live}.items()
    }


def _mark_sessions(
    calendar: MeetingCalendar,
    rows: dict[UUID, SessionCalendar],
    was: Mapping[UUID, Snapshot],
    now: Mapping[UUID, Snapshot],
    shared: Shared,
    at: datetime,
) -> frozenset[UUID]:
    """Raises the numbers of sessions that differ between two versions, and returns these sessions."""
    changed = {session_id for session_id in was.keys() | now.keys() if was.get(session_id) != now.get(session_id)}
    for session_id in changed:
        before, after = was.get(session_id), now.get(session_id)
        row = rows.get(session_id)
        if row is None:
            row = rows[session_id] = _new_session(calendar, session_id, at)
        else:
            marks = derived.marks_of(row)
            raised = {one: marks[one].raised(at) for one in Profile if _looks_new(shared, before, after, one)}
            _set_marks(row, marks | raised)
        row.last_release_id = None if after is not None else calendar.release_id
        row.last_release_number = None if after is not None else calendar.release_number
    return frozenset(changed)


def _looks_new(shared: Shared, before: Snapshot | None, after: Snapshot | None, profile: Profile) -> bool:
    if before is None or after is None:
        return True
    contents = (session_content(shared, one.frozen, profile) for one in (before, after))
    return change_between(*contents) is not Change.NOTHING


def _new_session(calendar: MeetingCalendar, session_id: UUID, at: datetime) -> SessionCalendar:
    row = SessionCalendar(session_id=session_id, meeting_id=calendar.meeting_id, dialogue_id=calendar.dialogue_id)
    _set_marks(row, dict.fromkeys(Profile, Mark(0, whole_second(at))))
    db.session.add(row)
    return row


def _set_marks(row: SessionCalendar | MeetingCalendar, marks: Mapping[Profile, Mark]) -> None:
    row.discreet_number, row.discreet_stamp = marks[Profile.DISCREET]
    row.full_number, row.full_stamp = marks[Profile.FULL]


@dataclass(frozen=True, slots=True)
class PersonUpdate:
    """What is written for one person. `lost`, `raised` and `regained` are by session."""

    person_id: UUID
    was: Facts | None
    now: Facts
    lost: Mapping[UUID, Derived]
    raised: Mapping[UUID, int]
    regained: frozenset[UUID]
    differs: bool


def _person_update(
    step: Step, person_id: UUID, was: Facts | None, access: Access, known: Mapping[UUID, Remnant], at: datetime
) -> PersonUpdate | None:
    """Compares the entries of one person before and after; None if there is nothing to write and nothing new."""
    if was is None and access.sees_same_sessions(NO_ACCESS):
        return None
    ids = step.changed if was is not None and was.access == access else None
    if ids is not None and not ids:
        return None
    now = _facts_now(step, was, access, at)
    old = derived.derive(step.before, person_id, was, ids) if was is not None else {}
    new = derived.derive(step.after, person_id, now, ids)
    changed = {one for one in new if _differs(old.get(one), new[one])}
    # A feed that closes loses everything it has shown.
    gone = old.keys() if person_id in step.feeds.owners else old.keys() - new.keys()
    stubs = {one: lost_entry(old[one], at) for one in gone}
    remains = {**known, **{one: Remnant(entry.sequence, True) for one, entry in stubs.items()}}
    now = _lifted(now, old, _lift(old, new, changed, remains), at)
    live = (one for one in new.keys() & known.keys() if new[one].content.state is not State.CANCELLED)
    return PersonUpdate(
        person_id=person_id,
        was=was,
        now=now,
        lost={one: entry for one, entry in stubs.items() if one not in known},
        raised={one: max(known[one].sequence, entry.sequence) for one, entry in stubs.items() if one in known},
        regained=frozenset(one for one in live if step.feeds.are_open or not known[one].in_feed),
        differs=bool(changed or gone),
    )


def _facts_now(step: Step, was: Facts | None, access: Access, at: datetime) -> Facts:
    if was is None:
        return Facts(access, Mark(0, whole_second(at)), step.release_number)
    return Facts(access, was.mark, was.since_number if was.access.sees_same_sessions(access) else step.release_number)


def _lifted(facts: Facts, old: Mapping[UUID, Derived], by: int, at: datetime) -> Facts:
    """Raises the number of the person; the stamp is later than that of any entry before."""
    if by <= 0:
        return facts
    latest = max([facts.mark.stamp, *(one.stamp for one in old.values())])
    return replace(facts, mark=Mark(facts.mark.number, latest).raised(at, by))


def _differs(was: Derived | None, now: Derived) -> bool:
    return change_between(was.content if was else None, now.content) is not Change.NOTHING


def lost_entry(entry: Derived, at: datetime) -> Derived:
    """Returns what is left of an entry that its guest has lost. Cancelled entries keep the time of cancellation."""
    sequence, stamp = Mark(entry.sequence, entry.stamp).raised(at)
    return Derived(entry.content, sequence, entry.stamp if entry.content.state is State.CANCELLED else stamp)


def _lift(
    old: Mapping[UUID, Derived], new: Mapping[UUID, Derived], changed: Collection[UUID], lost: Mapping[UUID, Remnant]
) -> int:
    """How much the number of the person must rise, so that no SEQUENCE falls and every changed one rises."""
    least = {one: old[one].sequence + (one in changed) for one in new.keys() & old.keys()}
    for one in new.keys() & lost.keys():
        least[one] = max(least.get(one, 0), lost[one].sequence + 1)
    return max((floor - new[one].sequence for one, floor in least.items()), default=0)


def remnants(meeting_id: UUID, only: Collection[UUID] | None) -> dict[UUID, dict[UUID, Remnant]]:
    """Returns what is left of lost entries, by person and by meeting or session."""
    among = true() if only is None else LostEntry.person_id.in_(only)
    found: dict[UUID, dict[UUID, Remnant]] = {}
    query = select(LostEntry.person_id, LostEntry.object_id, LostEntry.sequence, LostEntry.in_feed)
    query = query.where(LostEntry.meeting_id == meeting_id, among)
    for row in db.session.execute(query):
        found.setdefault(row.person_id, {})[row.object_id] = Remnant(row.sequence, row.in_feed)
    return found


def _write_people(here: MeetingContext, updates: Iterable[PersonUpdate], *, in_feed: bool) -> None:
    place: dict[str, Any] = {**in_meeting(here.meeting)}
    new, changed, lost, raised, regained = [], [], [], [], []
    for one in updates:
        values = _person_values(one.now)
        if one.was is None:
            new.append({"person_id": one.person_id, **values, **place})
        elif one.was != one.now:
            changed.append({"meeting": here.meeting.id, "person": one.person_id, **values})
        lost += [
            lost_values(one.person_id, EntryObject.SESSION, session, entry, in_feed=in_feed) | place
            for session, entry in one.lost.items()
        ]
        raised += [{"person": one.person_id, "object": key, "number": number} for key, number in one.raised.items()]
        regained += [{"person": one.person_id, "object": key} for key in one.regained]
    people, entries = table_of(PersonCalendar), table_of(LostEntry)
    this_person = and_(people.c.meeting_id == bindparam("meeting"), people.c.person_id == bindparam("person"))
    execute_all(insert(people), new)
    execute_all(update(people).where(this_person), changed)
    forget_lost(regained)
    execute_all(insert(entries), lost)
    execute_all(update(entries).where(_this_entry()).values(sequence=bindparam("number")), raised)


def forget_lost(entries: list[dict[str, Any]]) -> None:
    """Deletes what is left of these entries (`person` and `object`), because they are theirs again."""
    execute_all(delete(table_of(LostEntry)).where(_this_entry()), entries)


def _this_entry() -> ColumnElement[bool]:
    entries = table_of(LostEntry)
    return and_(entries.c.person_id == bindparam("person"), entries.c.object_id == bindparam("object"))


def execute_all(statement: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        db.session.execute(statement, rows)


def _person_values(facts: Facts) -> dict[str, Any]:
    return {
        "number": facts.mark.number,
        "stamp": facts.mark.stamp,
        "profile": facts.access.profile,
        "reach": facts.access.reach,
        "all_times": facts.access.all_times,
        "since_number": facts.since_number,
    }


def lost_values(
    person_id: UUID, kind: EntryObject, object_id: UUID, entry: Derived, *, in_feed: bool
) -> dict[str, Any]:
    """Returns the row of a lost entry, without the columns of its meeting."""
    return {
        "person_id": person_id,
        "object_id": object_id,
        "object_kind": kind,
        "sequence": entry.sequence,
        "stamp": entry.stamp,
        "in_feed": in_feed,
        **{name: getattr(entry.content, name) for name in derived.LOST_CONTENT},
    }
