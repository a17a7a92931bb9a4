"""What comes next for a viewer in one meeting: what waits there, and what everyone waits for."""

from datetime import datetime
from typing import Any

from dialogues.agenda.versions.queries import published as versions
from dialogues.core.common.viewer import Viewer
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.meetings.meetings.queries import MyMeeting
from dialogues.pages.home.queries.mine import stage_of
from dialogues.pages.home.queries.tasks import tasks_in
from dialogues.pages.home.rules import Stage, Task, TaskKind, in_order_of_need
from dialogues.people.nominations.queries import exchange as nominations
from dialogues.policy import AGENDA_RELEASE, AGENDA_SEE, PARTICIPANTS_SEE, Condition, Scope, scopes


def tasks_ahead(viewer: Viewer, meeting: Any, now: datetime) -> list[Task]:
    """What comes next for the viewer in the meeting they stand in, of which the facts are given."""
    if viewer.place is None or viewer.person_id is None:
        return []
    here = MyMeeting(
        id=meeting.id,
        dialogue_id=meeting.dialogue_id,
        dialogue_title=viewer.place.dialogue_title,
        person_id=viewer.person_id,
        roles=viewer.roles,
        viewer=viewer,
        facts=meeting,
    )
    return in_order_of_need([*tasks_in(here, now), *_awaited(here, now)])


def _awaited(here: MyMeeting, now: datetime) -> list[Task]:
    """What the viewer can only wait for, or no longer."""
    if here.facts.status is MeetingStatus.CANCELLED:
        return []
    if here.facts.status is MeetingStatus.CLOSED or stage_of(here, now) is Stage.PAST:
        return [Task(kind=TaskKind.OVER, meeting_id=here.id)]
    return [*_agenda(here), *_lists(here)]


def _agenda(here: MyMeeting) -> list[Task]:
    """Whoever releases the agenda has a task of their own."""
    waits = here.viewer.may(AGENDA_SEE) and not here.viewer.may(AGENDA_RELEASE)
    if not waits or versions.current_release(here.id) is not None:
        return []
    return [Task(kind=TaskKind.NOT_OUT, meeting_id=here.id)]


def _lists(here: MyMeeting) -> list[Task]:
    """When the lists open, for those who read them then; and what someone else proposes, for those who may set it."""
    reads_then = scopes(PARTICIPANTS_SEE, here.roles, here.viewer.met | {Condition.EXCHANGED})
    reads_then -= {Scope.SEALED}
    if here.facts.opened_at is not None or not reads_then:
        return []
    opens = nominations.moment_of(here.id).sealed_until
    proposal = nominations.proposal(here.viewer, here.id)
    is_asked = proposal is not None and proposal.by.person_id != here.person_id
    return [
        *([Task(kind=TaskKind.EXCHANGE_PROPOSED, meeting_id=here.id)] if is_asked else []),
        *([Task(kind=TaskKind.LISTS_OPEN, meeting_id=here.id, by=opens)] if opens is not None else []),
    ]
