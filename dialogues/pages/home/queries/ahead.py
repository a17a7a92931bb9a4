"""Next steps of a viewer in one meeting: their tasks, and what they wait for."""

from datetime import datetime
from typing import Any

from dialogues.agenda.versions.queries import published as versions
from dialogues.core.common.viewer import Viewer
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.meetings.meetings.queries import MyMeeting
from dialogues.pages.home.queries.mine import stage_of
from dialogues.pages.home.queries.tasks import tasks_in
from dialogues.pages.home.rules import Stage, Task, TaskKind, sort_by_urgency
from dialogues.people.nominations.queries import exchange as nominations
from dialogues.policy import AGENDA_RELEASE, AGENDA_SEE, PARTICIPANTS_SEE, Condition, Scope, scopes


def next_tasks(viewer: Viewer, meeting: Any, now: datetime) -> list[Task]:
    """Return the viewer's next steps in the current meeting, whose columns are given as `meeting`."""
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
    return sort_by_urgency([*tasks_in(here, now), *_waiting_for(here, now)])


def _waiting_for(here: MyMeeting, now: datetime) -> list[Task]:
    """Return what the viewer waits for, or that the meeting is over."""
    if here.facts.status is MeetingStatus.CANCELLED:
        return []
    if here.facts.status is MeetingStatus.CLOSED or stage_of(here, now) is Stage.PAST:
        return [Task(kind=TaskKind.OVER, meeting_id=here.id)]
    return [*_agenda(here), *_lists(here)]


def _agenda(here: MyMeeting) -> list[Task]:
    """Agenda not yet published; not for viewers who publish it, because they have a task for it."""
    is_waiting = here.viewer.may(AGENDA_SEE) and not here.viewer.may(AGENDA_RELEASE)
    if not is_waiting or versions.current_release(here.id) is not None:
        return []
    return [Task(kind=TaskKind.NOT_OUT, meeting_id=here.id)]


def _lists(here: MyMeeting) -> list[Task]:
    """Exchange time, for viewers who can read lists after it; proposals of others, for viewers who may confirm them."""
    scopes_after_exchange = scopes(PARTICIPANTS_SEE, here.roles, here.viewer.conditions | {Condition.EXCHANGED})
    scopes_after_exchange -= {Scope.SEALED}
    if here.facts.opened_at is not None or not scopes_after_exchange:
        return []
    opens_at = nominations.moment_of(here.id).sealed_until
    proposal = nominations.proposal(here.viewer, here.id)
    must_confirm = proposal is not None and proposal.by.person_id != here.person_id
    return [
        *([Task(kind=TaskKind.EXCHANGE_PROPOSED, meeting_id=here.id)] if must_confirm else []),
        *([Task(kind=TaskKind.LISTS_OPEN, meeting_id=here.id, by=opens_at)] if opens_at is not None else []),
    ]
