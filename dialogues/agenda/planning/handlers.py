"""Keeps the draft in step when a meeting is copied or moved, or a nominee is replaced."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from dialogues.agenda.planning import operations
from dialogues.agenda.planning.models import DraftItem
from dialogues.agenda.planning.queries import draft
from dialogues.agenda.planning.queries.draft import DraftSession
from dialogues.agenda.planning.rules import SessionPlan, TimeSlot, When, time_slot, when_of
from dialogues.agenda.versions.rules import Part
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.dialogues.rules.events import MeetingCopied, MeetingMoved
from dialogues.meetings.roles import operations as roles
from dialogues.people.nominations.rules import NomineeReplaced
from dialogues.policy import Role


def copy_drafts(events: Sequence[MeetingCopied]) -> None:
    """Copies the sessions of the model meeting into the new one, shifted by the same number of days and without people.

    :raises Refusal: a session would fall into a clock change.
    """
    for event in events:
        _copy_draft(event)


def _copy_draft(copied: MeetingCopied) -> None:
    meeting = db.session.get_one(Meeting, copied.about)
    model = db.session.get_one(Meeting, copied.model_id)
    for session in draft.draft(system(Purpose.FOLLOW_UP), model):
        plan = SessionPlan(
            title=session.title,
            when=_shifted(session, copied.by_days),
            code=meeting.code + session.code.removeprefix(model.code) if session.code.startswith(model.code) else "",
            kind=session.kind,
            rule=session.rule,
            admits=session.admits,
            rooms=tuple(session.rooms) if copied.same_venue else (),
            languages=session.languages,
        )
        _slot(session, plan.when, meeting)
        operations.place_draft(meeting, plan)


def move_drafts(events: Sequence[MeetingMoved]) -> None:
    """Moves the draft with the meeting, or checks that it fits the new days. A new venue clears the rooms.

    :raises Refusal: a session would be outside the new days, or fall into a clock change.
    """
    for event in events:
        _move_draft(event)


def _move_draft(moved: MeetingMoved) -> None:
    meeting = db.session.get_one(Meeting, moved.about)
    by_days = moved.by_days if moved.keeps_distance else 0
    sessions = draft.draft(system(Purpose.FOLLOW_UP), meeting)
    items = db.session.scalars(select(DraftItem).where(DraftItem.meeting_id == meeting.id))
    by_id = {item.session_id: item for item in items}
    for session in sessions:
        item = by_id[session.id]
        operations.write_slot(item, _slot(session, _shifted(session, by_days), meeting))
        item.version += 1
        if not moved.same_venue:
            operations.write_rooms(item, ())


def replace_people(events: Sequence[NomineeReplaced]) -> None:
    """Gives successors the sessions of the replaced nominees, in the draft and in the published version.

    A co-chair keeps the chair, because a co-chair chairs by role, not as a nominee.
    """
    for event in events:
        _replace_person(event)


def _replace_person(replaced: NomineeReplaced) -> None:
    if replaced.meeting_id is None or replaced.dialogue_id is None:
        return
    place = {"dialogue_id": replaced.dialogue_id, "meeting_id": replaced.meeting_id}
    chairs = roles.live_grant(replaced.replaced_person_id, Role.CO_CHAIR, **place)
    parts = frozenset({Part.LEAD, Part.INVITED} if chairs is not None else {Part.CHAIR, Part.LEAD, Part.INVITED})
    operations.hand_over_sessions(replaced.meeting_id, replaced.replaced_person_id, replaced.person_id, parts)


def _shifted(session: DraftSession, days: int) -> When:
    """Returns the same times `days` later. A fold is dropped, because it was chosen for the old day."""
    when = when_of(session.slot)
    if days == 0:
        return when
    return When(when.day + timedelta(days=days), when.starts, when.ends, when.next_day)


def _slot(session: DraftSession, when: When, meeting: Meeting) -> TimeSlot:
    days = days_of(meeting)
    try:
        return time_slot(when, days, meeting.zone)
    except Refusal as refusal:
        outside = not days.first <= when.day <= days.last
        words = (
            N_("“%(title)s” of the draft would lie outside these days. Let the draft move along, or move it first.")
            if outside
            else N_("“%(title)s” of the draft would come at an hour that the clocks skip or show twice. Move it first.")
        )
        raise Refusal(words, field="starts_on", title=session.title) from refusal
