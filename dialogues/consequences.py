"""What follows from what: one table, read top to bottom; each follow-up joins the transaction of its cause."""

from collections.abc import Callable
from typing import Any

from dialogues.agenda import follow_ups as agenda
from dialogues.agenda.rules import AgendaReleased
from dialogues.common.happening import Happening
from dialogues.common.viewer import Viewer
from dialogues.invites import follow_ups as invites
from dialogues.meetings.rules import (
    DialogueChanged,
    MeetingCancelled,
    MeetingChanged,
    MeetingCopied,
    MeetingMoved,
    RoleAccepted,
    RoleEnded,
)
from dialogues.participants.rules import (
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationWithdrawn,
    RegistrationChanged,
)

FollowUp = Callable[[Any], None]

CONSEQUENCES: dict[type[Happening], tuple[FollowUp, ...]] = {
    MeetingCopied: (agenda.copy_draft,),
    DialogueChanged: (invites.renew_all,),
    MeetingChanged: (invites.renew_entries,),
    MeetingMoved: (agenda.move_draft, invites.move_meeting),
    MeetingCancelled: (invites.cancel_meeting,),
    AgendaReleased: (invites.follow_release,),
    ParticipationConfirmed: (invites.settle_person,),
    ParticipationDeclined: (invites.settle_person,),
    ParticipationWithdrawn: (invites.settle_person,),
    RegistrationChanged: (invites.settle_details,),
    RoleAccepted: (invites.settle_holder,),
    RoleEnded: (invites.settle_holder,),
}


def follow(happening: Happening, _viewer: Viewer) -> None:
    """Run what follows from the happening, in the order of the table."""
    for follow_up in CONSEQUENCES.get(type(happening), ()):
        follow_up(happening)
