"""Writes of the draft and of versions, inside the open transaction of the caller."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from random import Random, SystemRandom
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from dialogues.agenda.planning.models import DraftItem, DraftPerson, DraftRoom
from dialogues.agenda.planning.queries import draft
from dialogues.agenda.planning.queries.draft import DraftSession
from dialogues.agenda.planning.rules import SessionPlan, TimeSlot, still_fits, time_slot
from dialogues.agenda.versions.models import AgendaSession, Release, ReleaseItem, ReleasePerson
from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.rules import (
    Admits,
    AgendaReleased,
    ChangeKind,
    Difference,
    Part,
    Snapshot,
    random_short_code,
)
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.operations import in_meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.dialogues.rules.kinds import Rule

#: Draws of a short code before longer ones are drawn, because most of this length are then taken.
_DRAWS = 50


def place_draft(
    meeting: Meeting, plan: SessionPlan, *, session_id: UUID | None = None, chance: Random | None = None
) -> UUID:
    """Adds a session to the draft and returns its permanent id. Does not check for clashes; the caller does.

    :param chance: draws the short code; only the sample sets it, so that its codes are always the same.
    :raises Refusal: the time does not exist or is ambiguous on the meeting's clocks.
    """
    short_code = _free_short_code(meeting.id, chance or SystemRandom())
    session = AgendaSession(id=session_id or uuid4(), short_code=short_code, **in_meeting(meeting))
    db.session.add(session)
    db.session.flush()
    item = DraftItem(session_id=session.id, **in_meeting(meeting))
    write_plan(item, plan, time_slot(plan.when, days_of(meeting), meeting.zone))
    db.session.add(item)
    db.session.flush()
    write_rooms(item, plan.rooms)
    write_people(item, plan.people or ())
    return session.id


def _free_short_code(meeting_id: UUID, chance: Random) -> str:
    """Draws a short code that no session of the meeting has or had: two characters, or more if these run out."""
    drawn = (random_short_code(chance, 2 + draw // _DRAWS) for draw in count())
    here = select(AgendaSession.id).where(AgendaSession.meeting_id == meeting_id)
    return next(code for code in drawn if db.session.scalar(here.where(AgendaSession.short_code == code)) is None)


def write_plan(item: DraftItem, plan: SessionPlan, slot: TimeSlot) -> None:
    """Sets the columns of the session's own row, not its rooms and people."""
    item.code, item.title = plan.code, plan.title
    item.kind, item.rule, item.admits = plan.kind, plan.rule, plan.admits
    item.languages = list(plan.languages)
    write_slot(item, slot)


def write_slot(item: DraftItem, slot: TimeSlot) -> None:
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
    snapshots = versions.current_snapshots(system(Purpose.FOLLOW_UP), meeting_id)
    handed_over = {
        session_id: replace(snapshot, people=_replace(snapshot.people, predecessor, successor, parts))
        for session_id, snapshot in snapshots.items()
    }
    if handed_over == snapshots:
        return
    released = versions.current_release(meeting_id)
    release = _new_release(db.session.get_one(Meeting, meeting_id), released.reason, released.at)
    for snapshot in handed_over.values():
        _freeze(release, snapshot)
    db.session.flush()


def _replace(
    people: Iterable[tuple[UUID, Part]], predecessor: UUID, successor: UUID, parts: Collection[Part]
) -> tuple[tuple[UUID, Part], ...]:
    replaced = ((successor if person == predecessor and part in parts else person, part) for person, part in people)
    return tuple(dict.fromkeys(replaced))


def _hand_over_draft(meeting_id: UUID, predecessor: UUID, successor: UUID, parts: Collection[Part]) -> None:
    sessions_of_predecessor = select(DraftPerson.session_id).where(
        DraftPerson.person_id == predecessor, DraftPerson.part.in_(parts)
    )
    items = db.session.scalars(
        select(DraftItem).where(DraftItem.meeting_id == meeting_id, DraftItem.session_id.in_(sessions_of_predecessor))
    ).all()
    for item in items:
        people = db.session.execute(
            select(DraftPerson.person_id, DraftPerson.part)
            .where(DraftPerson.session_id == item.session_id)
            .order_by(DraftPerson.position)
        ).all()
        write_people(item, _replace(people, predecessor, successor, parts))
        item.version += 1
    db.session.flush()


def freeze_release(meeting_id: UUID, *, reason: str = "", now: datetime) -> AgendaReleased:
    """Publishes the draft as a numbered version. Returns the event, which the caller must record.

    :raises Refusal: see :func:`publish`.
    """
    meeting = db.session.get_one(Meeting, meeting_id)
    sessions = draft.draft(system(Purpose.FOLLOW_UP), meeting)
    changes = draft.unreleased(system(Purpose.FOLLOW_UP), meeting, sessions)
    return publish(meeting, sessions, changes, reason=reason, now=now)


def publish(
    meeting: Meeting, sessions: Sequence[DraftSession], changes: Iterable[Difference], *, reason: str, now: datetime
) -> AgendaReleased:
    """The same for a draft that the caller has loaded, with its changes since the last version.

    :raises Refusal: the draft is empty, nothing has changed, or a time no longer exists in the meeting.
    """
    if not sessions:
        raise Refusal(N_("There is no session to release. Add one to the draft first."))
    ids: dict[ChangeKind, list[UUID]] = {kind: [] for kind in ChangeKind}
    for change in changes:
        ids[change.kind].append(change.session_id)
    if not any(ids.values()):
        raise Refusal(N_("Nothing has changed since the last release."))
    for session in sessions:
        if not still_fits(session.slot, days_of(meeting), meeting.zone):
            raise Refusal(
                N_("“%(title)s” is at a time that the meeting does not have, or no longer has. Move it first."),
                title=session.title,
            )
    release = _new_release(meeting, reason, now)
    for session in sessions:
        _freeze(release, session.snapshot)
    db.session.flush()
    return AgendaReleased(
        at=now,
        about=release.id,
        dialogue_id=release.dialogue_id,
        meeting_id=release.meeting_id,
        number=release.number,
        session_ids=tuple(session.id for session in sessions),
        new_ids=tuple(ids[ChangeKind.NEW]),
        moved_ids=tuple(ids[ChangeKind.MOVED]),
        changed_ids=tuple(ids[ChangeKind.CHANGED]),
        cancelled_ids=tuple(ids[ChangeKind.CANCELLED]),
    )


def copy_with_present_instants(meeting_id: UUID, *, now: datetime) -> AgendaReleased | None:
    """Publishes a copy of the current version whose instants are computed from the installed time zone data.

    Nothing of the draft goes into it. Past sessions keep their instants. Returns None if no instant has moved.
    """
    snapshots = versions.current_snapshots(system(Purpose.FOLLOW_UP), meeting_id)
    recomputed = {
        session_id: snapshot if snapshot.is_over(now) else snapshot.with_present_instants
        for session_id, snapshot in snapshots.items()
    }
    moved = tuple(
        session_id for session_id in snapshots if recomputed[session_id].digest != snapshots[session_id].digest
    )
    if not moved:
        return None
    release = _new_release(db.session.get_one(Meeting, meeting_id), "", now)
    for snapshot in recomputed.values():
        _freeze(release, snapshot)
    db.session.flush()
    return AgendaReleased(
        at=now,
        about=release.id,
        dialogue_id=release.dialogue_id,
        meeting_id=meeting_id,
        number=release.number,
        session_ids=tuple(recomputed),
        moved_ids=moved,
    )


def _new_release(meeting: Meeting, reason: str, now: datetime) -> Release:
    last = db.session.execute(select(func.max(Release.number)).where(Release.meeting_id == meeting.id)).scalar()
    release = Release(id=uuid4(), number=(last or 0) + 1, at=now, reason=reason, **in_meeting(meeting))
    db.session.add(release)
    db.session.flush()
    return release


def _freeze(release: Release, snapshot: Snapshot) -> None:
    frozen = dict(snapshot.frozen)
    db.session.add(
        ReleaseItem(
            release_id=release.id,
            session_id=snapshot.session_id,
            dialogue_id=release.dialogue_id,
            meeting_id=release.meeting_id,
            admits=Admits(frozen["admits"]),
            rule=Rule(frozen["rule"]),
            starts_utc=datetime.fromisoformat(frozen["starts"]),
            ends_utc=datetime.fromisoformat(frozen["ends"]),
            tz_version=frozen["tz_version"],
            frozen=frozen,
            digest=snapshot.digest,
        )
    )
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
