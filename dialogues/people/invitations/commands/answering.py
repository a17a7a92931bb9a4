"""Commands of invited people: answer, withdraw, request a new link."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts_operations
from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.rules import LinkPurpose, Proof, SignInOpened
from dialogues.core.common.read_guard import reading
from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.auth.throttle import Bucket, Limit
from dialogues.lib.refusal import N_, Refusal, or_not_found
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.queries import meetings as dialogues_meetings
from dialogues.people.invitations.rules import LINK_IS_DEAD, RegistrationLinkSent, link_expires
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants_visibility
from dialogues.people.participants.rules.events import (
    ParticipationConfirmed,
    ParticipationDeclined,
    ParticipationWithdrawn,
)
from dialogues.people.participants.rules.standing import Answer, ParticipationStatus, may_answer
from dialogues.policy import LINK_OPEN, REGISTRATION_OWN, AccountKind

NEW_LINK_LIMIT = Limit("registration/link", 3, timedelta(hours=6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Result of an answer: the meeting, and the handle of a new limited sign-in if one was opened."""

    meeting_id: UUID
    handle: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSignIn:
    """Data for opening a limited sign-in; `now` is the real time, not the demo clock.

    `present_account` is the account already signed in on this browser; it needs no limited sign-in.
    """

    now: datetime
    browser: str = ""
    present_account: UUID | None = None


def answer_by_link(link_id: UUID, answer: Answer, *, sign_in: NewSignIn, now: datetime) -> Answered:
    """Uses up the personal link and saves the answer. Accepting opens a sign-in limited to this registration.

    Giving the same answer again, with a new link, has no further effect.

    :raises Refusal: the link was used, replaced or expired, or registration is closed.
    """
    with transaction(_holder(link_id, now), LINK_OPEN) as change:
        link = accounts_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
        participation = db.session.get(Participation, link.subject) if link else None
        if participation is None or not accounts_operations.use_up(link_id, now):
            raise Refusal(LINK_IS_DEAD)
        accounts_operations.void_unused_links(LinkPurpose.REGISTRATION, [participation.id], now)
        meeting = db.session.get_one(Meeting, participation.meeting_id)
        if not may_answer(participation.status, dialogues_meetings.gathering_of(meeting), now):
            raise Refusal(LINK_IS_DEAD)
        if answer is Answer.DECLINE:
            _decline(change, participation, now)
            return Answered(meeting_id=meeting.id)
        account_id = _accept(change, participation, sign_in.now, now)
        lifetime = link_expires(meeting.registration_closes_at, now) - now
        handle = _open_sign_in(change, participation, account_id, sign_in, lifetime=lifetime, now=now)
        return Answered(meeting_id=meeting.id, handle=handle)


@reading(Purpose.SECRET_LINK)
def _holder(link_id: UUID, now: datetime) -> Viewer:
    """Returns a viewer for the holder of the link, as the invited person."""
    link = accounts_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
    person = select(Participation.person_id).where(Participation.id == (link.subject if link else None))
    return Viewer(
        account_kinds=frozenset({AccountKind.ANYONE, AccountKind.LINK_HOLDER}), person_id=db.session.scalar(person)
    )


def _accept(change: Change, participation: Participation, real_now: datetime, now: datetime) -> UUID:
    """Confirms the participation and links an account to the person. Returns the account id."""
    person = db.session.get_one(Person, participation.person_id)
    account_id = person.account_id or accounts_operations.account_for(person.email or "", real_now)
    dialogues_operations.link_account(person.id, account_id)
    if participation.status is not ParticipationStatus.CONFIRMED:
        participation.status, participation.answered_at = ParticipationStatus.CONFIRMED, now
        participation.version += 1
        participants_operations.begin_part(participation, now)
        change.record(ParticipationConfirmed.of(participation, now))
    return account_id


def _open_sign_in(
    change: Change,
    participation: Participation,
    account_id: UUID,
    sign_in: NewSignIn,
    *,
    lifetime: timedelta,
    now: datetime,
) -> str | None:
    """Opens a limited sign-in, only if the link was sent to the account's own address.

    Otherwise the link does not prove that its holder owns the account.
    """
    person = db.session.get_one(Person, participation.person_id)
    owner = accounts_queries.account_by_email(person.email or "")
    if owner is None or owner.id != account_id or sign_in.present_account == account_id:
        return None
    change.record(SignInOpened(at=now, about=account_id, proofs=(Proof.INVITATION.value,)))
    return accounts_operations.open_sign_in(
        account_id,
        frozenset({Proof.INVITATION}),
        now=sign_in.now,
        longest=lifetime,
        browser=sign_in.browser,
        participation_id=participation.id,
    )


def _decline(change: Change, participation: Participation, now: datetime) -> None:
    if participation.status is ParticipationStatus.CONFIRMED:
        _withdraw(change, participation, now)
    elif participation.status is ParticipationStatus.INVITED:
        participation.status, participation.answered_at = ParticipationStatus.DECLINED, now
        participation.version += 1
        participants_operations.end_part(participation, now)
        change.record(ParticipationDeclined.of(participation, now))


def withdraw(viewer: Viewer, *, now: datetime) -> None:
    """Withdraws the viewer's own acceptance. Until registration closes, they can accept again with a new link.

    Not possible after the meeting, because participants keep access to what they may read.

    :raises Refusal: the meeting is cancelled or closed.
    """
    with transaction(viewer, REGISTRATION_OWN) as change:
        participation = _own(change)
        if not dialogues_meetings.gathering_of(db.session.get_one(Meeting, participation.meeting_id)).takes_place:
            raise Refusal(N_("This meeting was cancelled or closed: there is nothing to withdraw from any more."))
        if participation.status is ParticipationStatus.CONFIRMED:
            _withdraw(change, participation, now)


def _withdraw(change: Change, participation: Participation, now: datetime) -> None:
    participation.status, participation.answered_at = ParticipationStatus.WITHDRAWN, now
    participation.version += 1
    participants_operations.end_part(participation, now)
    change.record(ParticipationWithdrawn.of(participation, now))


def ask_for_new_link(link_id: UUID | None, *, now: datetime) -> None:
    """Queues an email with a new link, at most three in six hours, while the invitation can be answered.

    Reports nothing, because the caller must not learn whether the link was valid.
    """
    if link_id is None:
        return
    with transaction(_holder(link_id, now), LINK_OPEN) as change:
        link = accounts_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
        participation = db.session.get(Participation, link.subject) if link else None
        if participation is None:
            return
        meeting = db.session.get_one(Meeting, participation.meeting_id)
        if not may_answer(participation.status, dialogues_meetings.gathering_of(meeting), now):
            return
        if accounts_operations.count((Bucket(NEW_LINK_LIMIT, f"{NEW_LINK_LIMIT.kind}:{participation.id}"),), now):
            return
        participants_operations.enqueue_invitation(participation, now)
        change.record(RegistrationLinkSent.of(participation, now))


def _own(change: Change) -> Participation:
    reached = participants_visibility.visible(change.viewer, REGISTRATION_OWN)
    return or_not_found(db.session.execute(select(Participation).where(reached)).scalar_one_or_none())
