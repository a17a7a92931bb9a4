"""Status of a participation, and whether an invitation can still be answered."""

from datetime import datetime
from enum import Enum

from dialogues.lib.labels import Labelled
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.facts import RegistrationWindow


class ParticipationStatus(Labelled):
    """Status from nomination to the final answer.

    `TAKEN_BACK` cannot be answered any more, unless the person is invited again.
    """

    NOMINATED = "nominated", N_("nominated")
    WAITING = "waiting", N_("on the waiting list")
    INVITED = "invited", N_("invited")
    CONFIRMED = "confirmed", N_("confirmed")
    DECLINED = "declined", N_("declined")
    WITHDRAWN = "withdrawn", N_("withdrawn")
    TAKEN_BACK = "taken_back", N_("taken back")

    @property
    def is_live(self) -> bool:
        """Whether the person comes or may still come; people on the waiting list do not count."""
        return self in LIVE


def check_not_already_invited(name: str, status: ParticipationStatus) -> None:
    """:raises Refusal: the person is on the list and has not left it."""
    if status not in GONE:
        raise Refusal(N_("This address belongs to %(name)s, who is on the list already."), field="email", name=name)


def refuse_gone(status: ParticipationStatus) -> None:
    """:raises Refusal: the person has left the list."""
    if status in GONE:
        raise Refusal(N_("This person is not coming already: nothing was changed."))


class Answer(Enum):
    ACCEPT = "accept"
    DECLINE = "decline"


#: A person with one of these statuses has left the list and can be invited again.
GONE = frozenset({ParticipationStatus.DECLINED, ParticipationStatus.WITHDRAWN, ParticipationStatus.TAKEN_BACK})


LIVE = frozenset({ParticipationStatus.NOMINATED, ParticipationStatus.INVITED, ParticipationStatus.CONFIRMED})


#: With these statuses a personal link works, also to change an earlier answer.
ANSWERABLE = frozenset(
    {
        ParticipationStatus.INVITED,
        ParticipationStatus.CONFIRMED,
        ParticipationStatus.DECLINED,
        ParticipationStatus.WITHDRAWN,
    }
)


def may_answer(status: ParticipationStatus, window: RegistrationWindow, now: datetime) -> bool:
    """Whether the person may give or change their answer now."""
    return status in ANSWERABLE and window.is_open(now)


def refuse_closed(window: RegistrationWindow, now: datetime) -> None:
    """:raises Refusal: registration is closed, or the meeting is cancelled or closed."""
    if not window.takes_place:
        raise Refusal(N_("This meeting was cancelled or closed: nobody can be registered for it."))
    if not window.is_open(now):
        raise Refusal(N_("Registration is closed. Whoever runs the meeting can set a later date in its settings."))
