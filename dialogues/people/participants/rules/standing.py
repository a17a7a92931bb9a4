"""Where someone stands: their capacity, whether they come, and whether answers are taken."""

from datetime import datetime
from enum import Enum

from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.facts import RegistrationWindow


class ParticipationStatus(Enum):
    """Where someone stands: nominated or waiting for a seat, invited, and what became of it.

    One `taken_back` by the office is answered no more, unless it invites again.
    """

    NOMINATED = "nominated"
    WAITING = "waiting"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TAKEN_BACK = "taken_back"

    @property
    def is_live(self) -> bool:
        """Whether the person counts as coming, or may still come."""
        return self in {ParticipationStatus.NOMINATED, ParticipationStatus.INVITED, ParticipationStatus.CONFIRMED}


def check_not_already_invited(name: str, status: ParticipationStatus) -> None:
    """:raises Refusal: this person is invited already."""
    if status not in GONE:
        raise Refusal(N_("This address belongs to %(name)s, who is on the list already."), field="email", name=name)


class Answer(Enum):
    """What is said to an invitation."""

    ACCEPT = "accept"
    DECLINE = "decline"


#: From these the office may invite again; whoever is invited or confirmed is invited already.
GONE = frozenset({ParticipationStatus.DECLINED, ParticipationStatus.WITHDRAWN, ParticipationStatus.TAKEN_BACK})


#: In these a personal link can still be answered, and answered otherwise.
ANSWERABLE = frozenset(
    {
        ParticipationStatus.INVITED,
        ParticipationStatus.CONFIRMED,
        ParticipationStatus.DECLINED,
        ParticipationStatus.WITHDRAWN,
    }
)


def may_answer(status: ParticipationStatus, gathering: RegistrationWindow, now: datetime) -> bool:
    """Whether the person may give an answer now, the first or another one."""
    return status in ANSWERABLE and gathering.is_open(now)


def refuse_closed(gathering: RegistrationWindow, now: datetime) -> None:
    """:raises Refusal: the meeting takes no registrations any more."""
    if not gathering.takes_place:
        raise Refusal(N_("This meeting was cancelled or closed: nobody can be registered for it."))
    if not gathering.is_open(now):
        raise Refusal(N_("Registration is closed. Whoever runs the meeting can set a later date in its settings."))


WORDS: dict[Enum, str] = {
    ParticipationStatus.NOMINATED: N_("nominated"),
    ParticipationStatus.WAITING: N_("on the waiting list"),
    ParticipationStatus.INVITED: N_("invited"),
    ParticipationStatus.CONFIRMED: N_("confirmed"),
    ParticipationStatus.DECLINED: N_("declined"),
    ParticipationStatus.WITHDRAWN: N_("withdrawn"),
    ParticipationStatus.TAKEN_BACK: N_("taken back"),
}
