"""Bulk actions (approve, remind, withdraw), each in one transaction, and undoing them; export of the list."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import step_up_purpose
from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox import operations as outbox_operations
from dialogues.core.outbox import queries as outbox_queries
from dialogues.core.outbox.rules import EmailKind
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found
from dialogues.meetings.dialogues.operations import current_meeting
from dialogues.meetings.dialogues.queries import meetings as dialogues
from dialogues.people.invitations.rules import RegistrationLinkSent
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants_visibility
from dialogues.people.participants.rules.events import ParticipationWithdrawn
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import ParticipationStatus, refuse_closed
from dialogues.people.roster import operations
from dialogues.people.roster.models import BulkAction
from dialogues.people.roster.queries import listing, office
from dialogues.people.roster.queries.listing import ListFilter
from dialogues.people.roster.rules import (
    CHANGED_SINCE,
    ApprovalTakenBack,
    ChosenRow,
    ListExported,
    ParticipationRestored,
    RegistrationApproved,
    Selection,
)
from dialogues.policy import PARTICIPANTS_EXPORT, PARTICIPANTS_INVITE, REGISTRATION_APPROVE


def export_list(
    viewer: Viewer, list_filter: ListFilter, *, with_answers: bool, real_now: datetime, now: datetime
) -> Sequence[Any]:
    """Returns everyone who matches the filter and records the export.

    :raises NotFound: the second factor was not confirmed recently.
    """
    with transaction(viewer, PARTICIPANTS_EXPORT) as change:
        meeting_id = change.viewer.here
        purpose = step_up_purpose(PARTICIPANTS_EXPORT.name, meeting_id)
        if not accounts.stepped_up(change.viewer, purpose, real_now):
            raise NotFound
        lines = listing.all_found(change.viewer, list_filter)
        change.record(
            ListExported(
                about=meeting_id,
                dialogue_id=change.viewer.dialogue_id,
                meeting_id=meeting_id,
                people=len(lines),
                with_answers=with_answers,
                at=now,
            )
        )
        return lines


#: Stored per participation: its state before the action, and the id of its email.
_Row = dict[str, Any]


def apply_bulk_action(
    viewer: Viewer, kind: BulkKind, ids: Collection[UUID], *, also: bool = False, now: datetime
) -> UUID:
    """Applies the action to the selected participants it is allowed for. Returns the id of the action, for undo.

    :param also: include those who are included only on request.
    :raises Refusal: the action applies to none of them, or registration is closed (reminders).
    """
    with transaction(viewer, office.RIGHTS[kind]) as change:
        meeting = current_meeting(change)
        if kind is BulkKind.REMIND:
            refuse_closed(dialogues.registration_window(meeting), now)
        selection = office.selection_for(change.viewer, kind, ids, now)
        rows = selection.rows(also=also)
        if not rows:
            raise Refusal(N_("This concerns none of the chosen any more: nothing was done."))
        done = _APPLY[kind](change, _participations(rows), now)
        waiting = {str(row.id) for row in rows if row.email_waits}
        done = [{**row, "waited": row["id"] in waiting} for row in done]
        action = BulkAction(
            id=uuid4(),
            dialogue_id=meeting.dialogue_id,
            meeting_id=meeting.id,
            by_person=change.viewer.person_id,
            kind=kind,
            rows=[*done, *_skipped_rows(selection, also=also)],
            at=now,
        )
        db.session.add(action)
        return action.id


def _skipped_rows(selection: Selection, *, also: bool) -> list[_Row]:
    rows = [{"id": str(row.id), "left_out": reason} for row, reason in selection.left_out]
    optional = () if also else selection.on_request
    return rows + [{"id": str(row.id), "left_out": N_("was not asked for")} for row in optional]


def _participations(rows: Sequence[ChosenRow]) -> list[Participation]:
    """Loads the rows to change, the waiting list first.

    Otherwise a seat that is released here could go to someone who leaves in the same action.
    """
    ids = {row.id for row in rows}
    found = db.session.execute(select(Participation).where(Participation.id.in_(ids))).scalars()
    return sorted(found, key=lambda one: (one.status is not ParticipationStatus.WAITING, -(one.queue_no or 0), one.id))


def _approve(change: Change, participations: Sequence[Participation], now: datetime) -> list[_Row]:
    for participation in participations:
        participation.approved_at = now
        participation.version += 1
    rows = operations.enqueue_emails(EmailKind.REGISTRATION_APPROVED, participations, now)
    change.record(*(RegistrationApproved.of(one, now) for one in participations))
    return rows


def _remind(change: Change, participations: Sequence[Participation], now: datetime) -> list[_Row]:
    rows = operations.enqueue_emails(EmailKind.INVITATION, participations, now)
    change.record(*(RegistrationLinkSent.of(one, now) for one in participations))
    return rows


def _withdraw(change: Change, participations: Sequence[Participation], now: datetime) -> list[_Row]:
    rows = [operations.snapshot(participation) for participation in participations]
    is_announced = False
    for participation in participations:
        participation.status = ParticipationStatus.TAKEN_BACK
        participation.version += 1
        is_announced |= participants_operations.end_participation(participation, now, send_email=False)
    change.record(*(ParticipationWithdrawn.of(one, now, by_office=True) for one in participations))
    if is_announced:
        participants_operations.enqueue_news(EmailKind.LIST_CHANGED, participations[0].meeting_id, now)
    return [{**row, "version": one.version} for row, one in zip(rows, participations, strict=True)]


_APPLY = {BulkKind.APPROVE: _approve, BulkKind.REMIND: _remind, BulkKind.TAKE_BACK: _withdraw}


def undo(viewer: Viewer, action_id: UUID, *, now: datetime) -> int:
    """Undoes an action for everyone who has not changed since. Returns their number.

    :raises NotFound: missing or not permitted.
    :raises Refusal: it was undone already, or the meeting was cancelled or closed.
    """
    with transaction(viewer, PARTICIPANTS_INVITE) as change:
        found = db.session.execute(
            select(BulkAction).where(BulkAction.id == action_id, office.visible_actions(change.viewer))
        )
        action = or_not_found(found.scalar_one_or_none())
        if action.undone_at is not None:
            raise Refusal(N_("This was undone already."))
        if not dialogues.registration_window(current_meeting(change)).takes_place:
            raise Refusal(N_("This meeting was cancelled or closed: nothing can be undone."))
        action.undone_at = now
        rows = [dict(row) for row in action.rows]
        done = [row for row in rows if not row.get("left_out")]
        _UNDO_APPLY[action.kind](change, action.at, done, now)
        action.rows = rows
        return sum(not row.get("kept") for row in done)


def _undo_approve(change: Change, at: datetime, rows: list[_Row], now: datetime) -> None:
    participations = _by_id(rows)
    recalled = []
    for row in rows:
        participation = participations.get(row["id"])
        if participation is None or participation.approved_at != at:
            row["kept"] = CHANGED_SINCE
            continue
        recalled += [UUID(row["email"])] if row["email"] else []
        _withdraw_approval(change, participation, now)
    outbox_operations.recall(recalled)


def _undo_remind(change: Change, at: datetime, rows: list[_Row], now: datetime) -> None:  # noqa: ARG001  as its siblings
    emails = [UUID(row["email"]) for row in rows]
    outbox_operations.recall(emails)
    left = outbox_queries.left(emails)
    for row in rows:
        if UUID(row["email"]) in left:
            row["kept"] = N_("the letter had left")


def _undo_withdraw(change: Change, at: datetime, rows: list[_Row], now: datetime) -> None:
    participations, meeting_id = _by_id(rows), current_meeting(change).id
    restored, is_announced = list[Participation](), False
    # Seats first, then the waiting list from its end, because each restored person goes to the head of the queue.
    for row in sorted(rows, key=lambda row: (row["seat"] is None, -(row["queue_no"] or 0))):
        participation = participations.get(row["id"])
        if (
            participation is None
            or participation.version != row["version"]
            or participation.status is not ParticipationStatus.TAKEN_BACK
            or not participants_operations.may_have_capacity(participation)
        ):
            row["kept"] = CHANGED_SINCE
            continue
        is_announced |= operations.restore_participation(participation, row, taken_at=at, now=now)
        restored.append(participation)
        if participation.status.value != row["status"]:
            row["kept"] = N_("the seat is taken: first on the waiting list now")
    change.record(*(ParticipationRestored.of(one, now) for one in restored))
    if is_announced:
        participants_operations.enqueue_news(EmailKind.LIST_CHANGED, meeting_id, now)
    participants_operations.fill_seats(meeting_id, now)


def _by_id(rows: list[_Row]) -> dict[str, Participation]:
    ids = [UUID(row["id"]) for row in rows]
    found = db.session.execute(select(Participation).where(Participation.id.in_(ids))).scalars()
    return {str(participation.id): participation for participation in found}


def _withdraw_approval(change: Change, participation: Participation, now: datetime) -> None:
    participation.approved_at = None
    participation.version += 1
    change.record(ApprovalTakenBack.of(participation, now))


_UNDO_APPLY = {BulkKind.APPROVE: _undo_approve, BulkKind.REMIND: _undo_remind, BulkKind.TAKE_BACK: _undo_withdraw}


def take_approval_back(viewer: Viewer, participation_id: UUID, *, now: datetime) -> None:
    """Withdraws an approval, so that the registration can be edited again.

    :raises NotFound: missing or not permitted.
    :raises Refusal: it is not approved.
    """
    with transaction(viewer, REGISTRATION_APPROVE) as change:
        reached = participants_visibility.visible(change.viewer, REGISTRATION_APPROVE)
        found = db.session.execute(select(Participation).where(Participation.id == participation_id, reached))
        participation = or_not_found(found.scalar_one_or_none())
        if participation.approved_at is None:
            raise Refusal(N_("This registration is not approved: nothing was changed."))
        _withdraw_approval(change, participation, now)
