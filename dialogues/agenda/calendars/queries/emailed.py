"""What emails are composed from: immutable revisions and their readers."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from dialogues.agenda.entries.models import Entry, EntryRevision, MeetingCalendar, PersonCalendar
from dialogues.agenda.entries.queries import derived
from dialogues.agenda.entries.queries.guests import Shared, meeting_context, session_content
from dialogues.agenda.entries.queries.stored import load_revisions, revisions
from dialogues.agenda.entries.rules import Change, EntryContent, EntryObject, Revision, change_between
from dialogues.agenda.versions.models import Release
from dialogues.agenda.versions.rules import Admits
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.lib.ical.parts import Answer, State
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus


@reading(Purpose.DELIVERY)
def reader(person_id: UUID | None) -> Any:
    """Returns email, name and language of the person, or None if they have no email address."""
    return db.session.execute(
        select(Person.email, Person.name, Person.locale.label("language")).where(
            Person.id == person_id, Person.email.is_not(None)
        )
    ).one_or_none()


@reading(Purpose.DELIVERY)
def stored_answer(person_id: UUID | None, meeting_id: UUID | None) -> Answer:
    """Returns the person's answer on the web to the meeting on its present days; its sessions follow it."""
    row = db.session.execute(
        select(Participation.status, Participation.answered_days, Meeting.days_version)
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .where(Participation.person_id == person_id, Participation.meeting_id == meeting_id)
    ).one_or_none()
    if row is None:
        return Answer.NONE
    if row.status in {ParticipationStatus.DECLINED, ParticipationStatus.WITHDRAWN}:
        return Answer.DECLINED
    accepts = row.status is ParticipationStatus.CONFIRMED and row.answered_days == row.days_version
    return Answer.ACCEPTED if accepts else Answer.NONE


@reading(Purpose.DELIVERY)
def is_replaced(entry: Revision) -> bool:
    """Returns whether the person still comes to the meeting and gets its sessions instead of this entry of all days."""
    here = meeting_context(entry.meeting_id)
    if entry.object_kind is not EntryObject.MEETING or here.state is State.CANCELLED or not here.mails_sessions:
        return False
    return stored_answer(entry.person_id, entry.meeting_id) is not Answer.DECLINED


@reading(Purpose.DELIVERY)
def mailed(entry_id: UUID, sequence: int) -> Revision | None:
    found = load_revisions(
        revisions().where(Entry.id == entry_id, EntryRevision.sequence == sequence, Entry.organizer.is_not(None))
    )
    return found[0] if found else None


@reading(Purpose.DELIVERY)
def release_changes(person_id: UUID | None, release_id: UUID) -> list[tuple[EntryContent | None, EntryContent]]:
    """Returns what a version changed for one person as (was, now), in order of time.

    `was` is None if the session is new. Both are derived from the person's present facts. Leaves out sessions that the
    person has lost since, and cancellations of sessions that the person did not have.
    """
    release = db.session.get_one(Release, release_id)
    person = db.session.get(PersonCalendar, (release.meeting_id, person_id))
    calendar = db.session.get(MeetingCalendar, release.meeting_id)
    if person is None or calendar is None:
        return []
    shared = Shared(calendar.state, calendar.venue, calendar.city)
    before = _previous(release)
    was = _contents(person, shared, before.id if before else None)
    now = _contents(person, shared, release.id)
    current = _contents(person, shared, calendar.release_id)
    had_before = before is not None and person.since_number <= before.number
    lost = {key: content.cancelled() for key, content in was.items() if key not in now and had_before}
    found = [(was.get(key), content) for key, content in now.items() if key in current]
    found += [(was[key].discreet(), content) for key, content in lost.items()]
    told = [pair for pair in found if change_between(*pair) is not Change.NOTHING]
    return sorted(told, key=lambda pair: pair[1].starts_utc)


def _previous(release: Release) -> Any:
    earlier = select(Release.id, Release.number).where(
        Release.meeting_id == release.meeting_id, Release.number < release.number
    )
    return db.session.execute(earlier.order_by(Release.number.desc()).limit(1)).one_or_none()


def _contents(person: PersonCalendar, shared: Shared, release_id: UUID | None) -> dict[UUID, EntryContent]:
    """Returns the person's sessions in one version, by session."""
    found = {}
    for session_id, snapshot in derived.version(release_id).items():
        named = any(named_id == person.person_id for named_id, _part in snapshot.people)
        profile = person.access.profile_for(Admits(snapshot.frozen["admits"]), named=named)
        if profile is not None:
            found[session_id] = session_content(shared, snapshot.frozen, profile)
    return found
