"""What a focal point does for the party: names people, changes what is written of them, replaces and withdraws them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select

from dialogues.accounts import posting as accounts
from dialogues.accounts.rules import LinkPurpose
from dialogues.common.refusal import N_, Refusal, Unseen, refuse_stale
from dialogues.common.text import mail_address, same_address
from dialogues.common.transaction import Change, transaction
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings import posting as meetings
from dialogues.meetings.models import Meeting, MeetingParty, Person
from dialogues.meetings.rules import Capacity, sort_key
from dialogues.participants import posting, queries
from dialogues.participants.models import Participation
from dialogues.participants.rules import (
    GONE,
    STILL_THE_PARTYS,
    NominationChanged,
    Nominee,
    NomineeReplaced,
    ParticipationStatus,
    ParticipationWithdrawn,
    PersonNominated,
    refuse_closed,
    refuse_gone,
    refuse_twin,
)
from dialogues.policy import NOMINATE, Scope


def nominate(viewer: Viewer, party_id: UUID, nominee: Nominee, *, once: str, now: datetime) -> UUID:
    """Name someone for the party; where all seats are taken they wait for one. The id of the participation.

    :param once: the mark of the page that was sent; the same page sent twice names one person.
    :raises Refusal: the meeting takes no registrations, or the person is on the party's list already.
    """
    with transaction(viewer, NOMINATE) as change:
        row = _party(change, party_id)
        new_id = uuid5(row.meeting_id, f"{party_id}:{change.viewer.person_id}:{once}")
        if db.session.get(Participation, new_id) is not None:
            return new_id
        refuse_closed(queries.gathering_of(db.session.get_one(Meeting, row.meeting_id)), now)
        participation = _entered(change, row, nominee, new_id, now)
        _place(change, participation, now)
        change.happened(PersonNominated.of(participation, now))
        return participation.id


def change_nominee(viewer: Viewer, participation_id: UUID, nominee: Nominee, *, version: int, now: datetime) -> None:
    """Change what the party wrote of someone who has not accepted; another capacity is another queue.

    :raises Refusal: the person has accepted or is gone, the address stands at somebody else of the party, or someone
        saved a change meanwhile.
    """
    with transaction(viewer, NOMINATE) as change:
        participation = _nominee(change, participation_id)
        person = db.session.get_one(Person, participation.person_id)
        refuse_stale(participation.version + person.version, version)
        refuse_gone(participation.status)
        if participation.status not in STILL_THE_PARTYS:
            raise Refusal(N_("This person has accepted and speaks for themself. You can still replace them."))
        if queries.is_known_elsewhere(participation.id):
            participation.version += 1
        else:
            _describe(participation, person, nominee, now)
        if nominee.capacity is not participation.capacity:
            posting.refuse_to_empty(participation, now)
            posting.leave_place(participation, now)
            participation.capacity = nominee.capacity
            _place(change, participation, now)
        change.happened(NominationChanged.of(participation, now))


def replace_nominee(
    viewer: Viewer, participation_id: UUID, nominee: Nominee, *, version: int, once: str, now: datetime
) -> None:
    """Name someone else for the same seat, or place in the queue; the sessions stay with it.

    :raises Refusal: the person is gone already, or the new one is on the party's list already.
    """
    with transaction(viewer, NOMINATE) as change:
        old = _nominee(change, participation_id)
        new_id = uuid5(old.meeting_id, f"{old.id}:{change.viewer.person_id}:{once}")
        if db.session.get(Participation, new_id) is not None:
            return
        refuse_stale(_version(old), version)
        refuse_gone(old.status)
        refuse_closed(queries.gathering_of(db.session.get_one(Meeting, old.meeting_id)), now)
        row = db.session.get_one(MeetingParty, (old.meeting_id, old.party_id))
        new = _entered(change, row, nominee, new_id, now, capacity_of=old)
        new.replaces = old.id
        waits = old.status is ParticipationStatus.WAITING
        old.status = ParticipationStatus.TAKEN_BACK
        old.version += 1
        posting.end_part(old, now, keeps_place=True)
        posting.hand_over_place(old, new)
        if waits:
            new.status = ParticipationStatus.WAITING
        else:
            posting.seated(new, now, has_lodged=row.lodged_at is not None)
        change.happened(ParticipationWithdrawn.of(old, now))
        change.happened(NomineeReplaced.of(new, now, replaced_person_id=old.person_id))


def withdraw_nominee(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Take someone off the party's list; the first of those who wait gets the seat.

    :raises Refusal: the person is gone already, someone saved a change meanwhile, or the lists open within 24 hours and
        nobody else is on this one.
    """
    with transaction(viewer, NOMINATE) as change:
        participation = _nominee(change, participation_id)
        refuse_gone(participation.status)
        refuse_stale(_version(participation), version)
        posting.refuse_to_empty(participation, now)
        participation.status = ParticipationStatus.TAKEN_BACK
        participation.version += 1
        posting.end_part(participation, now)
        change.happened(ParticipationWithdrawn.of(participation, now))


def _party(change: Change, party_id: UUID) -> MeetingParty:
    reached = queries.visible_parties(change.viewer, NOMINATE)
    row = db.session.execute(
        select(MeetingParty).where(reached, MeetingParty.party_id == party_id)
    ).scalar_one_or_none()
    if row is None:
        raise Unseen
    return row


def _nominee(change: Change, participation_id: UUID) -> Participation:
    reached = queries.visible(change.viewer, NOMINATE)
    found = db.session.execute(select(Participation).where(Participation.id == participation_id, reached))
    participation = found.scalar_one_or_none()
    if participation is None:
        raise Unseen
    return participation


def _version(participation: Participation) -> int:
    return participation.version + db.session.get_one(Person, participation.person_id).version


def _place(change: Change, participation: Participation, now: datetime) -> None:
    """Seat the nominee, or put them in the queue; the office may seat more than were meant."""
    if posting.take_place(participation, may_exceed=Scope.ALL in change.viewer.scopes(NOMINATE)):
        lodged = posting.has_lodged(participation.meeting_id, participation.party_id)
        posting.seated(participation, now, has_lodged=lodged)
    else:
        participation.status = ParticipationStatus.WAITING
        participation.version += 1


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose an address is, as far as it decides about a nomination."""

    person_id: UUID | None = None
    #: The person's part in this very meeting, if there is one.
    part: Participation | None = None
    #: Whether this party named the person before, in this dialogue.
    is_ours: bool = False


def _entered(
    change: Change,
    row: MeetingParty,
    nominee: Nominee,
    new_id: UUID,
    now: datetime,
    *,
    capacity_of: Participation | None = None,
) -> Participation:
    """The participation of a nominee, without a place yet.

    Who has an address that is somebody else's becomes a separate person without one: nothing tells the party of it, and
    no letter leaves before the office has looked at it. The same statements are sent either way.
    """
    address = mail_address(nominee.email, field="email") if nominee.email else None
    _refuse_repeated(row, nominee, address)
    owner = _owner(row, address)
    capacity = capacity_of.capacity if capacity_of is not None else nominee.capacity
    sees_all = Scope.ALL in change.viewer.scopes(NOMINATE)
    if owner.part is not None and (sees_all or owner.part.party_id == row.party_id):
        return _named_again(change, owner.part, row.party_id, capacity, now)
    is_free = owner.person_id is None
    known = owner.person_id if owner.part is None and (owner.is_ours or sees_all) else None
    if not is_free and known is None and address is not None:
        # Writing down a person with an address looks for it once more: so does this.
        meetings.person_with_address(row.dialogue_id, address)
    person_id = known or meetings.add_person(
        row.dialogue_id,
        nominee.name,
        address if is_free else None,
        native=nominee.native,
        family=nominee.family,
        given=nominee.given,
        name_order=nominee.name_order,
        affiliation=nominee.affiliation,
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
    db.session.flush()
    return participation


def _named_again(
    change: Change, part: Participation, party_id: UUID, capacity: Capacity, now: datetime
) -> Participation:
    """Someone who was named before and did not come, or comes no more.

    :raises Refusal: the person has a part in the meeting.
    """
    refuse_twin(db.session.get_one(Person, part.person_id).name, part.status)
    part.party_id, part.capacity = party_id, capacity
    part.status, part.nominated_by, part.replaces = ParticipationStatus.NOMINATED, change.viewer.person_id, None
    part.invited_at, part.answered_at, part.approved_at = now, None, None
    part.version += 1
    db.session.flush()
    return part


def _refuse_repeated(row: MeetingParty, nominee: Nominee, address: str | None, but: UUID | None = None) -> None:
    """:raises Refusal: the party's own list has this address already, or without one this very name."""
    on_the_list = (
        select(Person.name, Person.email_norm, Participation.claimed_email)
        .join(Participation, Participation.person_id == Person.id)
        .where(
            Participation.meeting_id == row.meeting_id,
            Participation.party_id == row.party_id,
            Participation.status.not_in(GONE),
        )
    )
    if but is not None:
        on_the_list = on_the_list.where(Participation.id != but)
    same = same_address(address) if address else None
    for other in db.session.execute(on_the_list).all():
        claimed = same_address(other.claimed_email) if other.claimed_email else None
        if same is not None and same in {other.email_norm, claimed}:
            raise Refusal(
                N_("This address stands at %(name)s of your list already: each person needs one of their own."),
                field="email",
                name=other.name,
            )
        if same is None and other.name.casefold() == nominee.name.casefold():
            raise Refusal(
                N_("%(name)s is on the list already. If this is another person, write the name so that one can tell."),
                field="name",
                name=other.name,
            )


def _owner(row: MeetingParty, address: str | None) -> _Owner:
    if address is None:
        return _Owner()
    person_id = meetings.person_with_address(row.dialogue_id, address)
    parts = db.session.scalars(
        select(Participation).where(Participation.person_id == person_id, Participation.dialogue_id == row.dialogue_id)
    ).all()
    return _Owner(
        person_id=person_id,
        part=next((part for part in parts if part.meeting_id == row.meeting_id), None),
        is_ours=any(part.party_id == row.party_id for part in parts),
    )


def _describe(participation: Participation, person: Person, nominee: Nominee, now: datetime) -> None:
    """Write down the nominee anew; a letter on its way to an address that is theirs no more is not sent.

    The same statements are sent whether the address is free or somebody else's.
    """
    row = db.session.get_one(MeetingParty, (participation.meeting_id, participation.party_id))
    address = mail_address(nominee.email, field="email") if nominee.email else None
    _refuse_repeated(row, nominee, address, participation.id)
    was = person.email or participation.claimed_email
    owner = _owner(row, address)
    is_free = owner.person_id in {None, person.id}
    meetings.describe_person(
        person.id,
        name=nominee.name,
        native=nominee.native,
        family=nominee.family,
        given=nominee.given,
        name_order=nominee.name_order,
        sort_key=sort_key(nominee.name, nominee.family, nominee.given, nominee.name_order),
        affiliation=nominee.affiliation,
    )
    participation.version += 1
    if (same_address(was) if was else None) == (same_address(address) if address else None):
        return
    participation.claimed_email = None if is_free else address
    participation.address_asked = False
    if not is_free and address is not None:
        # Writing an address down looks for it once more: so does this.
        meetings.person_with_address(row.dialogue_id, address)
    meetings.write_address(person.id, address if is_free else None)
    accounts.revoke_links(LinkPurpose.REGISTRATION, participation.id, now)
    if participation.seat is not None:
        posting.seated(participation, now, has_lodged=row.lodged_at is not None)
