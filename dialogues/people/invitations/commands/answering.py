"""Commands of invited people: answer, withdraw, request a new link."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

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
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.people.invitations.rules import LINK_IS_DEAD, RegistrationLinkSent, link_expires
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import visible
from dialogues.people.participants.rules.events import ParticipationDeclined
from dialogues.people.participants.rules.standing import Answer, ParticipationStatus, may_answer
from dialogues.policy import LINK_OPEN, REGISTRATION_OWN, AccountKind

NEW_LINK_LIMIT = Limit("registration/link", 3, timedelta(hours=6))


def answer_by_link(
    link_id: UUID,
    answer: Answer,
    *,
    now: datetime,
    real_now: datetime,
    browser: str = "",
    present_account: UUID | None = None,
) -> tuple[UUID, str | None]:
    """Uses up the personal link and saves the answer. Accepting opens a sign-in limited to this registration.

    Giving the same answer again, with a new link, has no further effect. Returns the id of the meeting, and the handle
    of the sign-in if one was opened.

    :param real_now: the real time, not the demo clock.
    :param present_account: the account already signed in on this browser; it needs no limited sign-in.
    :raises Refusal: the link was used, replaced or expired, or registration is closed.
    """
    with transaction(_holder(link_id, now), LINK_OPEN) as change:
        participation = _answerable(link_id, now)
        if participation is None or not accounts_operations.use_up(link_id, now):
            raise Refusal(LINK_IS_DEAD)
        accounts_operations.void_unused_links(LinkPurpose.REGISTRATION, [participation.id], now)
        meeting = participation.meeting
        if answer is Answer.DECLINE:
            _decline(change, participation, now)
            return meeting.id, None
        account_id = _accept(change, participation, real_now, now)
        owner = accounts_queries.account_by_email(participation.person.email or "")
        # A link that was not sent to the account's own address does not prove that its holder owns the account.
        if owner is None or owner.id != account_id or present_account == account_id:
            return meeting.id, None
        change.record(SignInOpened(at=now, about=account_id, proofs=(Proof.INVITATION.value,)))
        return meeting.id, accounts_operations.open_sign_in(
            account_id,
            frozenset({Proof.INVITATION}),
            now=real_now,
            longest=link_expires(meeting.registration_closes_at, now) - now,
            browser=browser,
            participation_id=participation.id,
        )


@reading(Purpose.SECRET_LINK)
def _holder(link_id: UUID, now: datetime) -> Viewer:
    """Returns a viewer for the holder of the link, as the invited person."""
    link = accounts_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
    person = select(Participation.person_id).where(Participation.id == (link.subject if link else None))
    return Viewer(
        account_kinds=frozenset({AccountKind.ANYONE, AccountKind.LINK_HOLDER}), person_id=db.session.scalar(person)
    )


def _answerable(link_id: UUID, now: datetime) -> Participation | None:
    """Returns the participation of a personal link while the invitation can be answered."""
    link = accounts_queries.link_by_id(link_id, LinkPurpose.REGISTRATION, now)
    parents = (joinedload(Participation.meeting), joinedload(Participation.person))
    found = select(Participation).options(*parents).where(Participation.id == (link.subject if link else None))
    participation = db.session.scalars(found).one_or_none()
    if participation is None or not may_answer(participation.status, registration_window(participation.meeting), now):
        return None
    return participation


def _accept(change: Change, participation: Participation, real_now: datetime, now: datetime) -> UUID:
    """Confirms the participation and links an account to the person. Returns the account id."""
    person = participation.person
    account_id = person.account_id or accounts_operations.account_for(person.email or "", real_now)
    dialogues_operations.link_account(person.id, account_id)
    if participation.status is not ParticipationStatus.CONFIRMED:
        participants_operations.confirm(change, participation, now)
    return account_id


def _decline(change: Change, participation: Participation, now: datetime) -> None:
    if participation.status is ParticipationStatus.CONFIRMED:
        _withdraw(change, participation, now)
    elif participation.status is ParticipationStatus.INVITED:
        participation.status, participation.answered_at = ParticipationStatus.DECLINED, now
        participation.version += 1
        participants_operations.end_participation(participation, now)
        change.record(ParticipationDeclined.of(participation, now))


def withdraw(viewer: Viewer, *, now: datetime) -> None:
    """Withdraws the viewer's own acceptance. Until registration closes, they can accept again with a new link.

    Not possible after the meeting, because participants keep access to what they may read.

    :raises Refusal: the meeting is cancelled or closed.
    """
    with transaction(viewer, REGISTRATION_OWN) as change:
        own = select(Participation).where(visible(change.viewer, REGISTRATION_OWN))
        participation = or_not_found(db.session.scalars(own).one_or_none())
        if not registration_window(dialogues_operations.current_meeting(change)).takes_place:
            raise Refusal(N_("This meeting was cancelled or closed: there is nothing to withdraw from any more."))
        if participation.status is ParticipationStatus.CONFIRMED:
            _withdraw(change, participation, now)


def _withdraw(change: Change, participation: Participation, now: datetime) -> None:
    participation.answered_at = now
    participants_operations.withdraw(change, participation, now, status=ParticipationStatus.WITHDRAWN)


def ask_for_new_link(link_id: UUID | None, *, now: datetime) -> None:
    """Queues an email with a new link, at most three in six hours, while the invitation can be answered.

    Reports nothing, because the caller must not learn whether the link was valid.
    """
    if link_id is None:
        return
    with transaction(_holder(link_id, now), LINK_OPEN) as change:
        participation = _answerable(link_id, now)
        if participation is None:
            return
        if accounts_operations.count((Bucket(NEW_LINK_LIMIT, f"{NEW_LINK_LIMIT.kind}:{participation.id}"),), now):
            return
        participants_operations.enqueue_invitation(participation, now)
        change.record(RegistrationLinkSent.of(participation, now))
