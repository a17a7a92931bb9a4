"""What the invited do: answer by their link, withdraw, ask for a new link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from dialogues.accounts import posting as accounts
from dialogues.accounts import queries as account_queries
from dialogues.accounts.rules import LinkPurpose, Proof, SignInOpened
from dialogues.accounts.throttle import Bucket, Limit
from dialogues.common.refusal import N_, Refusal, Unseen
from dialogues.common.transaction import Change, transaction
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings import posting as meetings
from dialogues.meetings.models import Meeting, Person
from dialogues.participants import posting, queries
from dialogues.participants.models import Participation
from dialogues.participants.rules import (
    LINK_IS_DEAD,
    Answer,
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationStatus,
    ParticipationWithdrawn,
    RegistrationLinkSent,
    link_expires,
    may_answer,
)
from dialogues.policy import LINK_OPEN, REGISTRATION_OWN, Standing

NEW_LINKS = Limit("registration/link", 3, timedelta(hours=6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of an answer: the meeting, and the handle of a new limited sign-in if one was opened."""

    meeting_id: UUID
    handle: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignIn:
    """How a limited sign-in would be opened: on the machine's clock, in which browser.

    `present_account` has a full sign-in in this browser already, and needs no limited one.
    """

    now: datetime
    browser: str = ""
    present_account: UUID | None = None


def answer_by_link(link_id: UUID, answer: Answer, *, sign_in: NewSignIn, now: datetime) -> Answered:
    """Use the personal link up and write the answer down; a yes opens a sign-in that is limited to this registration.

    Saying again what was said before changes nothing, so that two devices and impatient fingers do no harm.

    :raises Refusal: the link was used, replaced or has expired, or registration is closed.
    """
    with transaction(_holder(link_id, now), LINK_OPEN) as change:
        link = account_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
        participation = db.session.get(Participation, link.subject) if link else None
        if participation is None or not accounts.use_up(link_id, now):
            raise Refusal(LINK_IS_DEAD)
        accounts.void_unused_links(LinkPurpose.REGISTRATION, [participation.id], now)
        meeting = db.session.get_one(Meeting, participation.meeting_id)
        if not may_answer(participation.status, queries.gathering_of(meeting), now):
            raise Refusal(LINK_IS_DEAD)
        if answer is Answer.DECLINE:
            _decline(change, participation, now)
            return Answered(meeting_id=meeting.id)
        account_id = _accept(change, participation, sign_in.now, now)
        lasts = link_expires(meeting.registration_closes_at, now) - now
        handle = _open_sign_in(change, participation, account_id, sign_in, lasts=lasts, now=now)
        return Answered(meeting_id=meeting.id, handle=handle)


def _holder(link_id: UUID, now: datetime) -> Viewer:
    """Whoever holds the link, as the person it is about."""
    link = account_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
    person = select(Participation.person_id).where(Participation.id == (link.subject if link else None))
    return Viewer(standings=frozenset({Standing.ANYONE, Standing.LINK_HOLDER}), person_id=db.session.scalar(person))


def _accept(change: Change, participation: Participation, real_now: datetime, now: datetime) -> UUID:
    """Write the yes down, with the role and the account that come with it; the account."""
    person = db.session.get_one(Person, participation.person_id)
    account_id = person.account_id or accounts.account_for(person.email or "", real_now)
    meetings.link_account(person.id, account_id)
    if participation.status is not ParticipationStatus.CONFIRMED:
        participation.status, participation.answered_at = ParticipationStatus.CONFIRMED, now
        participation.version += 1
        posting.begin_part(participation, now)
        change.happened(ParticipationConfirmed.of(participation, now))
    return account_id


def _open_sign_in(
    change: Change,
    participation: Participation,
    account_id: UUID,
    sign_in: NewSignIn,
    *,
    lasts: timedelta,
    now: datetime,
) -> str | None:
    """Open a limited sign-in, if the email went to the account's own address: else it proves no account."""
    person = db.session.get_one(Person, participation.person_id)
    owner = account_queries.account_by_email(person.email or "")
    if owner is None or owner.id != account_id or sign_in.present_account == account_id:
        return None
    change.happened(SignInOpened(at=now, about=account_id, proofs=(Proof.INVITATION.value,)))
    return accounts.open_sign_in(
        account_id,
        frozenset({Proof.INVITATION}),
        now=sign_in.now,
        longest=lasts,
        browser=sign_in.browser,
        participation_id=participation.id,
    )


def _decline(change: Change, participation: Participation, now: datetime) -> None:
    if participation.status is ParticipationStatus.CONFIRMED:
        _withdraw(change, participation, now)
    elif participation.status is ParticipationStatus.INVITED:
        participation.status, participation.answered_at = ParticipationStatus.DECLINED, now
        participation.version += 1
        posting.end_part(participation, now)
        change.happened(ParticipationDeclined.of(participation, now))


def withdraw(viewer: Viewer, *, now: datetime) -> None:
    """Take one's own yes back; until registration closes a new link from the office's letter brings it again.

    :raises Refusal: the meeting was cancelled or closed; whoever was there still reads what they may read of it.
    """
    with transaction(viewer, REGISTRATION_OWN) as change:
        participation = _own(change)
        if not queries.gathering_of(db.session.get_one(Meeting, participation.meeting_id)).takes_place:
            raise Refusal(N_("This meeting was cancelled or closed: there is nothing to withdraw from any more."))
        if participation.status is ParticipationStatus.CONFIRMED:
            _withdraw(change, participation, now)


def _withdraw(change: Change, participation: Participation, now: datetime) -> None:
    participation.status, participation.answered_at = ParticipationStatus.WITHDRAWN, now
    participation.version += 1
    posting.end_part(participation, now)
    change.happened(ParticipationWithdrawn.of(participation, now))


def ask_for_new_link(link_id: UUID | None, *, now: datetime) -> None:
    """Owe a new letter to the address that is written down, if the link ever was one and answers are still taken.

    Nobody is told whether it was: who asks with anything else, or too often, gets the same answer.
    """
    if link_id is None:
        return
    with transaction(_holder(link_id, now), LINK_OPEN) as change:
        link = account_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
        participation = db.session.get(Participation, link.subject) if link else None
        if participation is None:
            return
        meeting = db.session.get_one(Meeting, participation.meeting_id)
        if not may_answer(participation.status, queries.gathering_of(meeting), now):
            return
        if accounts.count((Bucket(NEW_LINKS, f"{NEW_LINKS.kind}:{participation.id}"),), now):
            return
        posting.owe_invitation(participation, now)
        change.happened(RegistrationLinkSent.of(participation, now))


def _own(change: Change) -> Participation:
    reached = queries.visible(change.viewer, REGISTRATION_OWN)
    participation = db.session.execute(select(Participation).where(reached)).scalar_one_or_none()
    if participation is None:
        raise Unseen
    return participation
