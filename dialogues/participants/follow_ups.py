"""What taking part owes when others change: no link outlives its meeting, nothing sealed is kept without need."""

from uuid import UUID

from sqlalchemy import select, update

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import AddressChanged, LinkPurpose
from dialogues.extensions import db
from dialogues.meetings.models import Meeting, Person
from dialogues.meetings.rules import (
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingCopied,
    MeetingMoved,
    RoleEnded,
    RulesChanged,
)
from dialogues.participants.models import Participation, SealedField
from dialogues.participants.posting import answers, sealed, seats
from dialogues.participants.queries.sealed import interprets, today_in
from dialogues.participants.rules import ParticipationHappening, ParticipationStatus
from dialogues.participants.rules.sealed import KEPT_AFTER_DEPARTURE
from dialogues.policy import Role


def end_links(happening: MeetingClosed) -> None:
    """Let no personal link of the meeting count any more."""
    everyone = db.session.scalars(select(Participation.id).where(Participation.meeting_id == happening.about))
    accounts.revoke_links_about(LinkPurpose.REGISTRATION, list(everyone), happening.at)


def end_links_to_old_address(happening: AddressChanged) -> None:
    """What was mailed to an address that is used no more lets nobody in."""
    theirs = select(Participation.id).join(Person, Person.id == Participation.person_id)
    mailed = db.session.scalars(theirs.where(Person.account_id == happening.about))
    accounts.revoke_links_about(LinkPurpose.REGISTRATION, list(mailed), happening.at)


def ask_rules_again(happening: RulesChanged) -> None:
    """Whoever accepted other rules is asked again."""
    accepted = update(Participation).where(
        Participation.meeting_id == happening.about, Participation.rules_accepted_at.is_not(None)
    )
    db.session.execute(accepted.values(rules_accepted_at=None, version=Participation.version + 1))


def seat_those_who_wait(happening: MeetingChanged) -> None:
    """A meeting may have other numbers of seats now: whoever waits gets those that are new."""
    seats.fill_seats(happening.about, happening.at)


def copy_questions(copied: MeetingCopied) -> None:
    """What the model of a meeting asks is asked at the new one."""
    answers.copy_questions(copied.model_id, copied.about)


def move_questions(moved: MeetingMoved) -> None:
    """Answers are kept as long after the meeting as they were to be."""
    answers.move_purges(moved.about, moved.by_days)


def keep_with_meeting(happening: MeetingMoved) -> None:
    """Whatever is sealed is kept until thirty days after the new departure."""
    sealed.move_purge(db.session.get_one(Meeting, happening.about))


def keep_with_person(happening: ParticipationHappening) -> None:
    """The same after a person's own departure."""
    if happening.meeting_id is not None:
        sealed.move_purge(db.session.get_one(Meeting, happening.meeting_id), happening.person_id)


def purge_cancelled(happening: MeetingCancelled) -> None:
    """Bookings are still to be undone for some days; then nothing is needed any more."""
    day = today_in(db.session.get_one(Meeting, happening.about).zone, happening.at)
    sealed.purge_from(happening.about, day + KEPT_AFTER_DEPARTURE)


def purge_person(happening: ParticipationHappening) -> None:
    """Whoever comes no more leaves nothing sealed: it is shown to nobody from now on, and the next sweep ends it.

    The key is not erased here: this transaction may still be lost, and an erased key stays erased.
    """
    if happening.meeting_id is not None and not _is_needed(happening.meeting_id, happening.person_id):
        _purge_now(happening.meeting_id, happening)


def purge_former_interpreter(happening: RoleEnded) -> None:
    """The same for whoever no longer interprets, at one meeting or at all of the dialogue."""
    if happening.role is not Role.INTERPRETER:
        return
    held = select(SealedField.meeting_id).where(SealedField.person_id == happening.person_id).distinct()
    for meeting_id in db.session.scalars(held).all():
        if happening.meeting_id in {None, meeting_id} and not _is_needed(meeting_id, happening.person_id):
            _purge_now(meeting_id, happening)


def _purge_now(meeting_id: UUID, happening: ParticipationHappening | RoleEnded) -> None:
    today = today_in(db.session.get_one(Meeting, meeting_id).zone, happening.at)
    sealed.purge_from(meeting_id, today, happening.person_id)


def _is_needed(meeting_id: UUID, person_id: UUID) -> bool:
    """Whether the person takes part in the meeting still, or interprets there."""
    takes_part = select(Participation.id).where(
        Participation.meeting_id == meeting_id,
        Participation.person_id == person_id,
        Participation.status.in_([status for status in ParticipationStatus if status.is_live]),
    )
    interpreter = select(Person.id).where(Person.id == person_id, interprets(meeting_id))
    return any(db.session.execute(found).first() is not None for found in (takes_part, interpreter))
