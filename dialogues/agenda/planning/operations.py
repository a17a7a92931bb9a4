"""Writes of the draft and of versions, inside the open transaction of the caller."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from dialogues.agenda.planning.models import DraftItem, DraftPerson, DraftRoom
from dialogues.agenda.planning.queries import draft
from dialogues.agenda.planning.queries.draft import DraftSession, MeetingFrame
from dialogues.agenda.planning.rules import SessionPlan, TimeSlot, still_fits, time_slot
from dialogues.agenda.versions.models import AgendaSession, Release, ReleaseItem, ReleasePerson
from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.rules import AgendaReleased, ChangeKind, Difference, Part, Snapshot
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal


def place_draft(frame: MeetingFrame, plan: SessionPlan, *, session_id: UUID | None = None) -> UUID:
    """Adds a session to the draft and returns its permanent id. Does not check for clashes; the caller does.

    :raises Refusal: the time does not exist or is ambiguous on the meeting's clocks.
    """
    session = AgendaSession(id=session_id or uuid4(), dialogue_id=frame.dialogue_id, meeting_id=frame.meeting_id)
    db.session.add(session)
    db.session.flush()
    item = DraftItem(session_id=session.id, dialogue_id=frame.dialogue_id, meeting_id=frame.meeting_id)
    write_plan(item, plan, time_slot(plan.when, frame.days))
    db.session.add(item)
    db.session.flush()
    write_rooms(item, plan.rooms)
    write_people(item, plan.people or ())
    return session.id


def write_plan(item: DraftItem, plan: SessionPlan, slot: TimeSlot) -> None:
    """Sets the columns of the session's own row, not its rooms and people."""
    item.code, item.title = plan.code, plan.title
    item.kind, item.rule, item.admits = plan.kind, plan.rule, plan.admits
    item.languages = list(plan.languages)
    write_slot(item, slot)


def write_slot(item: DraftItem, slot: TimeSlot) -> None:
    """Sets the local times and the UTC instants derived from them."""
    item.local_start, item.fold_start, item.starts_utc = slot.starts.local, slot.starts.fold, slot.starts_utc
    item.local_end, item.fold_end, item.ends_utc = slot.ends.local, slot.ends.fold, slot.ends_utc


def write_rooms(item: DraftItem, rooms: Iterable[UUID]) -> None:
    """Replaces the rooms of the session."""
    db.session.execute(delete(DraftRoom).where(DraftRoom.session_id == item.session_id))
    db.session.add_all(DraftRoom(session_id=item.session_id, room_id=room_id) for room_id in dict.fromkeys(rooms))
    db.session.flush()


def write_people(item: DraftItem, people: Iterable[tuple[UUID, Part]]) -> None:
    """Replaces the people of the session, in this order."""
    db.session.execute(delete(DraftPerson).where(DraftPerson.session_id == item.session_id))
    db.session.add_all(
        DraftPerson(
            session_id=item.session_id,
            person_id=person_id,
            part=part,
            dialogue_id=item.dialogue_id,
            position=position,
        )
        for position, (person_id, part) in enumerate(dict.fromkeys(people))
    )
    db.session.flush()


def hand_over_sessions(meeting_id: UUID, predecessor: UUID, successor: UUID, parts: Collection[Part]) -> None:
    """Gives a successor these parts of a person, in the draft and in the published version.

    If the published version names the person, a copy of it is published in which only the person differs; other changes
    of the draft wait for the next version. The copy keeps `at` and therefore the public number, so that readers cannot
    see that somebody was replaced.
    """
    _hand_over_draft(meeting_id, predecessor, successor, parts)
    released = versions.current_release(meeting_id)
    if released is None:
        return
    snapshots = versions.released_snapshots(system(Purpose.FOLLOW_UP), released.id)
    named = {
        session_id: _with_successor(snapshot, predecessor, successor, parts)
        for session_id, snapshot in snapshots.items()
        if any(person == predecessor and part in parts for person, part in snapshot.people)
    }
    if not named:
        return
    release = _new_release(draft.frame_of(meeting_id), released.reason, released.at)
    for item in db.session.scalars(select(ReleaseItem).where(ReleaseItem.release_id == released.id)).all():
        _freeze_as(release, item, named.get(item.session_id, snapshots[item.session_id]))
    db.session.flush()


def _with_successor(snapshot: Snapshot, predecessor: UUID, successor: UUID, parts: Collection[Part]) -> Snapshot:
    people = (
        (successor if person == predecessor and part in parts else person, part) for person, part in snapshot.people
    )
    return Snapshot(snapshot.session_id, snapshot.frozen, tuple(dict.fromkeys(people)))


def _hand_over_draft(meeting_id: UUID, predecessor: UUID, successor: UUID, parts: Collection[Part]) -> None:
    sessions_of_predecessor = select(DraftPerson.session_id).where(
        DraftPerson.person_id == predecessor, DraftPerson.part.in_(parts)
    )
    items = db.session.scalars(
        select(DraftItem).where(DraftItem.meeting_id == meeting_id, DraftItem.session_id.in_(sessions_of_predecessor))
    ).all()
    for item in items:
        rows = db.session.execute(
            select(DraftPerson.person_id, DraftPerson.part)
            .where(DraftPerson.session_id == item.session_id)
            .order_by(DraftPerson.position)
        ).all()
        write_people(
            item,
            (
                (successor if person == predecessor and part in parts else person, part)
                for person, part in ((row.person_id, row.part) for row in rows)
            ),
        )
        item.version += 1
    db.session.flush()


def freeze_release(meeting_id: UUID, *, reason: str = "", now: datetime) -> AgendaReleased:
    """Publishes the draft as a numbered version. Returns the event, which the caller must record.

    :raises Refusal: the draft is empty, nothing has changed, or a time no longer exists in the meeting.
    """
    frame = draft.frame_of(meeting_id)
    sessions = draft.draft(system(Purpose.FOLLOW_UP), frame)
    changes = draft.unreleased(system(Purpose.FOLLOW_UP), frame, sessions)
    _refuse_nothing_to_publish(sessions, changes)
    for session in sessions:
        _refuse_invalid_time(session, frame)
    release = _new_release(frame, reason, now)
    for session in sessions:
        _freeze(release, session, draft.snapshots([session])[session.id])
    db.session.flush()
    return _released_event(release, sessions, changes, now)


def _refuse_nothing_to_publish(sessions: list[DraftSession], changes: list[Difference]) -> None:
    if not sessions:
        raise Refusal(N_("There is no session to release. Add one to the draft first."))
    if not changes:
        raise Refusal(N_("Nothing has changed since the last release."))


def _refuse_invalid_time(session: DraftSession, frame: MeetingFrame) -> None:
    if not still_fits(session.slot, frame.days):
        raise Refusal(
            N_("“%(title)s” is at a time that the meeting does not have, or no longer has. Move it first."),
            title=session.title,
        )


def _new_release(frame: MeetingFrame, reason: str, now: datetime) -> Release:
    last = db.session.execute(select(func.max(Release.number)).where(Release.meeting_id == frame.meeting_id)).scalar()
    release = Release(
        id=uuid4(),
        dialogue_id=frame.dialogue_id,
        meeting_id=frame.meeting_id,
        number=(last or 0) + 1,
        at=now,
        reason=reason,
    )
    db.session.add(release)
    db.session.flush()
    return release


def _freeze(release: Release, session: DraftSession, snapshot: Snapshot) -> None:
    db.session.add(
        ReleaseItem(
            release_id=release.id,
            session_id=session.id,
            dialogue_id=release.dialogue_id,
            meeting_id=release.meeting_id,
            admits=session.admits,
            rule=session.rule,
            starts_utc=session.slot.starts_utc,
            ends_utc=session.slot.ends_utc,
            tz_version=snapshot.frozen["tz_version"],
            frozen=dict(snapshot.frozen),
            digest=snapshot.digest,
        )
    )
    _freeze_people(release, snapshot)


def _freeze_as(release: Release, item: ReleaseItem, snapshot: Snapshot) -> None:
    """Copies a published session into another version, with the people of the snapshot."""
    db.session.add(
        ReleaseItem(
            release_id=release.id,
            session_id=item.session_id,
            dialogue_id=item.dialogue_id,
            meeting_id=item.meeting_id,
            admits=item.admits,
            rule=item.rule,
            starts_utc=item.starts_utc,
            ends_utc=item.ends_utc,
            tz_version=item.tz_version,
            frozen=dict(item.frozen),
            digest=snapshot.digest,
        )
    )
    _freeze_people(release, snapshot)


def _freeze_people(release: Release, snapshot: Snapshot) -> None:
    db.session.add_all(
        ReleasePerson(
            release_id=release.id,
            session_id=snapshot.session_id,
            person_id=person_id,
            part=part,
            dialogue_id=release.dialogue_id,
            position=position,
        )
        for position, (person_id, part) in enumerate(snapshot.people)
    )


def _released_event(
    release: Release, sessions: list[DraftSession], changes: list[Difference], now: datetime
) -> AgendaReleased:
    def ids(kind: ChangeKind) -> tuple[UUID, ...]:
        return tuple(change.session_id for change in changes if change.kind is kind)

    return AgendaReleased(
        at=now,
        about=release.id,
        dialogue_id=release.dialogue_id,
        meeting_id=release.meeting_id,
        number=release.number,
        session_ids=tuple(session.id for session in sessions),
        new_ids=ids(ChangeKind.NEW),
        moved_ids=ids(ChangeKind.MOVED),
        changed_ids=ids(ChangeKind.CHANGED),
        cancelled_ids=ids(ChangeKind.CANCELLED),
    )
