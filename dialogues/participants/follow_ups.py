"""What taking part owes when others change: no link outlives its meeting, nothing sealed is kept without need."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import AddressChanged, LinkPurpose
from dialogues.common.refusal import N_, Refusal
from dialogues.extensions import db
from dialogues.meetings.models import Meeting, Party, Person
from dialogues.meetings.rules import (
    Capacity,
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingCopied,
    MeetingMoved,
    MeetingStatus,
    PartyChanged,
    RoleEnded,
    RulesChanged,
)
from dialogues.participants.models import Participation, SealedField
from dialogues.participants.posting import answers, sealed, seats
from dialogues.participants.queries.sealed import today_in
from dialogues.participants.rules import GONE, ParticipationHappening
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
    """A meeting may have other numbers of seats now: whoever waits gets those that are new.

    :raises Refusal: a party that is to be there no more has people on its list.
    """
    _refuse_list_without_party(happening)
    seats.fill_seats(happening.about, happening.at)


def _refuse_list_without_party(happening: MeetingChanged) -> None:
    # Nobody could open, replace or lodge those who stand on it any more.
    stays = select(Party.code).join(Participation, Participation.party_id == Party.id)
    stays = stays.where(
        Participation.meeting_id == happening.about,
        Participation.party_id.in_(happening.parties_gone),
        Participation.status.not_in(GONE),
    )
    code = db.session.scalars(stays.order_by(Party.code).limit(1)).first()
    if code is not None:
        raise Refusal(
            N_("%(party)s has people on its list, and keeps its place at the meeting until they are taken off."),
            field="parties",
            party=code,
        )


def refuse_impossible_capacities(happening: PartyChanged) -> None:
    """:raises Refusal: a party that becomes an observing organisation has participants at a meeting to come."""
    party = db.session.get_one(Party, happening.about)
    impossible = [capacity for capacity in Capacity if capacity not in party.kind.capacities]
    participants = (
        select(Meeting.code)
        .join(Participation, Participation.meeting_id == Meeting.id)
        .where(
            Participation.party_id == party.id,
            Participation.capacity.in_(impossible),
            Participation.status.not_in(GONE),
            Meeting.status.not_in((MeetingStatus.CANCELLED, MeetingStatus.CLOSED)),
        )
    )
    code = db.session.scalars(participants.order_by(Meeting.code).limit(1)).first()
    if code is not None:
        raise Refusal(
            N_("%(party)s has participants at %(meeting)s. Make them observers first, or take them off the list."),
            field="kind",
            party=party.code,
            meeting=code,
        )


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
    keep_with_people([happening])


def keep_with_people(happenings: Sequence[ParticipationHappening]) -> None:
    """The same of many, in as many queries as of one."""
    for meeting_id, people in _by_meeting(happenings).items():
        sealed.move_purge(db.session.get_one(Meeting, meeting_id), people)


def ask_needs_again(happening: ParticipationHappening) -> None:
    """Whoever comes after all is asked again for what was destroyed when they came no more."""
    ask_people_again([happening])


def ask_people_again(happenings: Sequence[ParticipationHappening]) -> None:
    """The same of many, in as many queries as of one."""
    for meeting_id, people in _by_meeting(happenings).items():
        today = today_in(db.session.get_one(Meeting, meeting_id).zone, happenings[0].at)
        sealed.ask_again(meeting_id, people, today)


def purge_cancelled(happening: MeetingCancelled) -> None:
    """Bookings are still to be undone for some days; then nothing is needed any more."""
    day = today_in(db.session.get_one(Meeting, happening.about).zone, happening.at)
    sealed.purge_from(happening.about, day + KEPT_AFTER_DEPARTURE)


def purge_person(happening: ParticipationHappening) -> None:
    """Whoever comes no more leaves nothing sealed: it is shown to nobody from now on, and the next sweep ends it.

    The key is not erased here: this transaction may still be lost, and an erased key stays erased.
    """
    purge_people([happening])


def purge_people(happenings: Sequence[ParticipationHappening]) -> None:
    """The same of many, in as many queries as of one."""
    for meeting_id, people in _by_meeting(happenings).items():
        _purge_unneeded(meeting_id, people, happenings[0].at)


def purge_former_interpreter(happening: RoleEnded) -> None:
    """The same for whoever no longer interprets, at one meeting or at all of the dialogue."""
    if happening.role is not Role.INTERPRETER:
        return
    held = select(SealedField.meeting_id).where(SealedField.person_id == happening.person_id).distinct()
    for meeting_id in db.session.scalars(held).all():
        if happening.meeting_id in {None, meeting_id}:
            _purge_unneeded(meeting_id, {happening.person_id}, happening.at)


def _by_meeting(happenings: Sequence[ParticipationHappening]) -> dict[UUID, set[UUID]]:
    found = defaultdict[UUID, set[UUID]](set)
    for happening in happenings:
        if happening.meeting_id is not None:
            found[happening.meeting_id].add(happening.person_id)
    return found


def _purge_unneeded(meeting_id: UUID, people: set[UUID], at: datetime) -> None:
    gone = sealed.no_longer_needed(meeting_id, people)
    if gone:
        sealed.purge_from(meeting_id, today_in(db.session.get_one(Meeting, meeting_id).zone, at), gone)
