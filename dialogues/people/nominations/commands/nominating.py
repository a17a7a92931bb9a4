"""Commands of focal points: nominate, edit, replace and withdraw people."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, Refusal, refuse_stale
from dialogues.lib.text import compared
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import MeetingParty, Party, Person
from dialogues.meetings.dialogues.queries.meetings import registration_window
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.dialogues.rules.names import sort_key
from dialogues.meetings.dialogues.rules.roles import refuse_capacity
from dialogues.people.nominations import operations
from dialogues.people.nominations.queries.nominations import is_known_elsewhere, meeting_party
from dialogues.people.nominations.rules import (
    EDITABLE_BY_PARTY,
    NominationChanged,
    Nominee,
    NomineeReplaced,
    PersonNominated,
)
from dialogues.people.participants import operations as participants_operations
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.capacity import (
    NEEDS_APPROVAL,
    needs_approval,
    own_person,
    refuse_change_of_person,
)
from dialogues.people.participants.queries.visibility import load_participation, on_party_list
from dialogues.people.participants.rules.events import ParticipationWithdrawn
from dialogues.people.participants.rules.standing import (
    GONE,
    ParticipationStatus,
    check_not_already_invited,
    refuse_closed,
    refuse_gone,
)
from dialogues.policy import NOMINATE, Scope


def nominate(viewer: Viewer, party_id: UUID, nominee: Nominee, *, once: str, now: datetime) -> UUID:
    """Nominates a person; without a free seat they join the waiting list. Returns the id of the participation.

    A coordinator has to approve if a focal point nominates themself, or a person listed in another capacity, as
    participant.

    :param once: id of the submitted page; sending the same page twice nominates one person.
    :raises Refusal: registration is closed, the person is on the party's list, or the party cannot have this capacity.
    """
    with transaction(viewer, NOMINATE) as change:
        row = meeting_party(change.viewer, NOMINATE, party_id)
        new_id = uuid5(row.meeting_id, f"{party_id}:{change.viewer.person_id}:{once}")
        if db.session.get(Participation, new_id) is not None:
            return new_id
        refuse_closed(registration_window(dialogues_operations.current_meeting(change)), now)
        participation = _add_nominee(change, row, nominee, new_id, now)
        _assign_place(change, participation, now)
        change.record(PersonNominated.of(participation, now))
        return participation.id


def change_nominee(viewer: Viewer, participation_id: UUID, nominee: Nominee, *, version: int, now: datetime) -> None:
    """Edits a nominee who has not accepted. In a new capacity they get a free seat or join the queue.

    A focal point's change to participant waits for a coordinator; until then the person keeps capacity and seat.

    :raises Refusal: the person has accepted or left, another nominee of the party has the address, the party cannot
        have this capacity, or the data changed since the page was shown.
    """
    with transaction(viewer, NOMINATE) as change:
        participation = load_participation(change.viewer, NOMINATE, participation_id)
        refuse_stale(_version(participation), version)
        refuse_gone(participation.status)
        if participation.status not in EDITABLE_BY_PARTY:
            raise Refusal(N_("This person has accepted and speaks for themself. You can still replace them."))
        if is_known_elsewhere(participation.id):
            participation.version += 1
        else:
            _update_person(change, participation, nominee, now)
        _change_capacity(change, participation, nominee.capacity, now)
        change.record(NominationChanged.of(participation, now))


def replace_nominee(
    viewer: Viewer, participation_id: UUID, nominee: Nominee, *, version: int, once: str, now: datetime
) -> None:
    """Nominates another person for the same seat or place in the queue; the sessions stay with it.

    :raises Refusal: the person has left, the new person is on the party's list, the new person needs approval as
        participant, registration is closed, or the data changed since the page was shown.
    """
    with transaction(viewer, NOMINATE) as change:
        old = load_participation(change.viewer, NOMINATE, participation_id)
        new_id = uuid5(old.meeting_id, f"{old.id}:{change.viewer.person_id}:{once}")
        if db.session.get(Participation, new_id) is not None:
            return
        refuse_stale(_version(old), version)
        refuse_gone(old.status)
        refuse_closed(registration_window(old.meeting), now)
        row = db.session.get_one(MeetingParty, (old.meeting_id, old.party_id))
        new = _add_nominee(change, row, replace(nominee, capacity=old.capacity), new_id, now)
        if new.requested_capacity is not None:
            raise Refusal(NEEDS_APPROVAL, field="name", name=nominee.name)
        new.replaces = old.id
        waits, has_place = old.status is ParticipationStatus.WAITING, _has_place(old)
        old.status = ParticipationStatus.TAKEN_BACK
        old.version += 1
        participants_operations.end_participation(old, now, keeps_place=True)
        participants_operations.hand_over_place(old, new)
        if not has_place:
            _assign_place(change, new, now)
        elif waits:
            new.status = ParticipationStatus.WAITING
        else:
            participants_operations.on_seat_assigned(new, now)
        change.record(ParticipationWithdrawn.of(old, now))
        change.record(NomineeReplaced.of(new, now, replaced_person_id=old.person_id))


def withdraw_nominee(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Takes a person off the party's list; the first person in the queue gets the seat.

    :raises Refusal: the person has left, the data changed since the page was shown, or the exchange is less than 24
        hours away and nobody else is on the list.
    """
    with transaction(viewer, NOMINATE) as change:
        participation = load_participation(change.viewer, NOMINATE, participation_id)
        refuse_gone(participation.status)
        refuse_stale(_version(participation), version)
        operations.refuse_emptying_list(participation, now)
        participants_operations.withdraw(change, participation, now)


def _version(participation: Participation) -> int:
    return participation.version + participation.person.version


def _change_capacity(change: Change, participation: Participation, capacity: Capacity, now: datetime) -> None:
    if capacity is (participation.requested_capacity or participation.capacity):
        return
    refuse_capacity(participation.party.kind, capacity)
    participation.version += 1
    if capacity is Capacity.PARTICIPANT and not _sees_all(change):
        participation.requested_capacity = capacity
        return
    participation.requested_capacity = None
    if capacity is not participation.capacity or not _has_place(participation):
        operations.refuse_emptying_list(participation, now)
        participants_operations.release_seat(participation, now)
        participation.capacity = capacity
        _assign_place(change, participation, now)


def _sees_all(change: Change) -> bool:
    """Whether the viewer is a coordinator; focal points reach their own party only."""
    return Scope.ALL in change.viewer.scopes(NOMINATE)


def _has_place(participation: Participation) -> bool:
    return participation.seat is not None or participation.queue_no is not None


def _assign_place(change: Change, participation: Participation, now: datetime) -> None:
    """Assigns a seat or a place in the queue, and sets the status. Coordinators may exceed the seats.

    A nominee who needs approval as participant gets neither until then.
    """
    waits_for_approval = participation.requested_capacity is not None
    may_exceed = _sees_all(change)
    if waits_for_approval or not participants_operations.assign_seat_or_queue(participation, may_exceed=may_exceed):
        participation.status = ParticipationStatus.WAITING
        participation.version += 1
    else:
        participants_operations.on_seat_assigned(participation, now)


def _add_nominee(change: Change, row: MeetingParty, nominee: Nominee, new_id: UUID, now: datetime) -> Participation:
    """Adds the participation of a nominee, without a seat.

    A nominee who needs approval as participant becomes an observer with a requested capacity. This is no offer of the
    observer role, so its restrictions do not apply.

    If another person uses the address, the nominee becomes a separate person without an address. The party is not told,
    and no email is sent before a coordinator decides. Both cases run the same statements, so response times do not
    differ.
    """
    address = mail_address(nominee.email, field="email") if nominee.email else None
    _refuse_repeated(row, nominee, address)
    refuse_capacity(db.session.get_one(Party, row.party_id).kind, nominee.capacity)
    sees_all = _sees_all(change)
    own_id = None if sees_all else own_person(change.viewer, address)
    # For any address of the focal point, the owner is their own person.
    owner_id = (dialogues_operations.person_with_address(row.dialogue_id, address) if address else None) or own_id
    of_owner = (Participation.person_id == owner_id, Participation.dialogue_id == row.dialogue_id)
    parts = db.session.scalars(select(Participation).where(*of_owner)).all()
    part = next((part for part in parts if part.meeting_id == row.meeting_id), None)
    needs_request = nominee.capacity is Capacity.PARTICIPANT and not sees_all
    needs_request = needs_request and needs_approval(change.viewer, row, (nominee.name, nominee.native), address)
    capacity, requested = (Capacity.OBSERVER, nominee.capacity) if needs_request else (nominee.capacity, None)
    was_restricted = False
    if part is not None and (sees_all or part.party_id == row.party_id):
        participation, was_restricted = part, part.reads_as_observer
        _nominate_again(change, part, row.party_id, capacity, now)
    else:
        is_free = owner_id is None
        was_nominated_by_us = any(other.party_id == row.party_id for other in parts)
        is_ours = was_nominated_by_us or (own_id is not None and owner_id == own_id)
        known = owner_id if part is None and (is_ours or sees_all) else None
        if not is_free and known is None and address is not None:
            # Repeated because adding a person with an address runs this query too, and response times must be equal.
            dialogues_operations.person_with_address(row.dialogue_id, address)
        person_id = known or dialogues_operations.add_person(
            row.dialogue_id,
            email=address if is_free else None,
            **nominee.description,
            registered_by=change.viewer.person_id,
        )
        participation = Participation(
            id=new_id,
            dialogue_id=row.dialogue_id,
            meeting_id=row.meeting_id,
            person_id=person_id,
            party_id=row.party_id,
            capacity=capacity,
            status=ParticipationStatus.NOMINATED,
            nominated_by=change.viewer.person_id,
            claimed_email=None if is_free or known else address,
            invited_at=now,
        )
        db.session.add(participation)
    participation.requested_capacity = requested
    if requested is not None:
        # A request is no offer of the observer role.
        participation.reads_as_observer = was_restricted
    db.session.flush()
    return participation


def _nominate_again(change: Change, part: Participation, party_id: UUID, capacity: Capacity, now: datetime) -> None:
    """Nominates a person again who has left the list.

    :raises Refusal: the person is on a list of the meeting.
    """
    check_not_already_invited(db.session.get_one(Person, part.person_id).name, part.status)
    part.party_id, part.capacity = party_id, capacity
    part.status, part.nominated_by, part.replaces = ParticipationStatus.NOMINATED, change.viewer.person_id, None
    part.invited_at, part.answered_at, part.approved_at = now, None, None
    part.version += 1
    db.session.flush()


def _refuse_repeated(
    row: MeetingParty | Participation, nominee: Nominee, address: str | None, exclude: UUID | None = None
) -> None:
    """:raises Refusal: another nominee of the party has this address or, without an address, this name."""
    on_the_list = (
        select(Person.name, Person.email_norm, Participation.claimed_email)
        .join(Participation, Participation.person_id == Person.id)
        .where(on_party_list(row), Participation.status.not_in(GONE))
    )
    if exclude is not None:
        on_the_list = on_the_list.where(Participation.id != exclude)
    same = same_address(address) if address else None
    for other in db.session.execute(on_the_list).all():
        claimed = same_address(other.claimed_email) if other.claimed_email else None
        if same is not None and same in {other.email_norm, claimed}:
            raise Refusal(
                N_("This address stands at %(name)s of your list already: each person needs one of their own."),
                field="email",
                name=other.name,
            )
        if same is None and compared(other.name) == compared(nominee.name):
            raise Refusal(
                N_("%(name)s is on the list already. If this is another person, write the name so that one can tell."),
                field="name",
                name=other.name,
            )


def _update_person(change: Change, participation: Participation, nominee: Nominee, now: datetime) -> None:
    """Updates name and address of a nominee. Links sent to a former address stop working.

    Runs the same statements whether or not another person uses the address, so that response times do not differ.
    """
    person, dialogue_id = participation.person, participation.dialogue_id
    address = mail_address(nominee.email, field="email") if nominee.email else None
    _refuse_repeated(participation, nominee, address, participation.id)
    former = person.email or participation.claimed_email
    names, new_names = (person.name, person.native), (nominee.name, nominee.native)
    refuse_change_of_person(change.viewer, participation, (names, former), (new_names, address))
    owner_id = dialogues_operations.person_with_address(dialogue_id, address) if address else None
    is_free = owner_id in {None, person.id}
    by = sort_key(nominee.name, nominee.family, nominee.given, nominee.name_order)
    dialogues_operations.describe_person(person.id, **nominee.description, sort_key=by)
    participation.version += 1
    if (same_address(former) if former else None) == (same_address(address) if address else None):
        return
    participation.claimed_email = None if is_free else address
    participation.address_asked = False
    if not is_free and address is not None:
        # Repeated because setting a free address runs this query too, and response times must be equal.
        dialogues_operations.person_with_address(dialogue_id, address)
    dialogues_operations.set_address(person.id, address if is_free else None)
    accounts.revoke_links(LinkPurpose.REGISTRATION, [participation.id], now)
    if participation.seat is not None:
        participants_operations.on_seat_assigned(participation, now)
