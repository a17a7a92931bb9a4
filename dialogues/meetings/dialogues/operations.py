"""Writes of persons, exchanges and seats for other features; they join the open transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack
from uuid import UUID

from sqlalchemy import select

from dialogues.core.common.transaction import Change
from dialogues.core.common.typed_addresses import mail_address
from dialogues.core.outbox.operations import recompose
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Exchange, Meeting, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, Gender, NameOrder
from dialogues.meetings.dialogues.rules.names import sort_key
from dialogues.meetings.dialogues.rules.roles import refuse_capacity


def current_meeting(change: Change) -> Meeting:
    """:raises NotFound: the viewer is not in a meeting."""
    return db.session.get_one(Meeting, change.viewer.here)


def in_meeting(meeting: Meeting) -> dict[str, UUID]:
    """The columns of rows, and facts of events, that belong to the meeting."""
    return {"dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}


def add_person(
    dialogue_id: UUID,
    name: str,
    email: str | None = None,
    *,
    native: str = "",
    family: str = "",
    given: str = "",
    name_order: NameOrder = NameOrder.GIVEN_FIRST,
    affiliation: str = "",
    registered_by: UUID | None = None,
    account_id: UUID | None = None,
) -> UUID:
    """Add a person to a dialogue and return the id.

    :raises Refusal: the email address is invalid, or someone in this dialogue has it in any spelling.
    """
    address = _free_address(dialogue_id, email)
    person = Person(
        dialogue_id=dialogue_id,
        name=name,
        email=address,
        email_norm=same_address(address) if address else None,
        native=native,
        family=family,
        given=given,
        name_order=name_order,
        sort_key=sort_key(name, family, given, name_order),
        affiliation=affiliation,
        registered_by=registered_by,
        account_id=account_id,
    )
    db.session.add(person)
    db.session.flush()
    return person.id


def person_with_address(dialogue_id: UUID, email: str) -> UUID | None:
    """Return the id of the person of the dialogue with this address, in any spelling; not filtered by viewer.

    :raises Refusal: the email address is invalid.
    """
    normalized = same_address(mail_address(email, field="email"))
    found = select(Person.id).where(Person.dialogue_id == dialogue_id, Person.email_norm == normalized)
    return db.session.execute(found).scalar_one_or_none()


def set_address(person_id: UUID, email: str | None) -> None:
    """Set or remove the email address of a person; queued emails are composed again.

    :raises Refusal: the email address is invalid, or someone else in this dialogue has it in any spelling.
    """
    person = db.session.get_one(Person, person_id)
    address = _free_address(person.dialogue_id, email, person_id)
    person.email, person.email_norm = address, same_address(address) if address else None
    person.version += 1
    db.session.flush()
    recompose([person_id])


def _free_address(dialogue_id: UUID, email: str | None, person_id: UUID | None = None) -> str | None:
    address = mail_address(email, field="email") if email else None
    if address is not None and person_with_address(dialogue_id, address) not in {None, person_id}:
        raise Refusal(N_("Someone in this dialogue already has the address %(email)s."), field="email", email=address)
    return address


def link_account(person_id: UUID, account_id: UUID) -> None:
    """:raises Refusal: the person has another account, or the account another person of the dialogue."""
    person = db.session.get_one(Person, person_id)
    if person.account_id == account_id:
        return
    linked = select(Person.id).where(Person.dialogue_id == person.dialogue_id, Person.account_id == account_id)
    if person.account_id is not None or db.session.execute(linked).first() is not None:
        raise Refusal(N_("This person and this sign-in cannot be joined: one of them is joined already."))
    person.account_id = account_id
    db.session.flush()


class Description(TypedDict, total=False):
    """Fields of a person's own profile; missing keys stay unchanged."""

    name: str
    native: str
    family: str
    given: str
    name_order: NameOrder
    sort_key: str
    gender: Gender
    affiliation: str
    languages: Sequence[str]
    always_discreet: bool


def describe_person(person_id: UUID, **described: Unpack[Description]) -> None:
    person = db.session.get_one(Person, person_id)
    for column, value in described.items():
        setattr(person, column, list(described["languages"]) if column == "languages" else value)
    person.version += 1
    db.session.flush()


def open_exchange(meeting_id: UUID, at: datetime) -> None:
    _get_or_add_exchange(meeting_id).opened_at = at
    db.session.flush()


def propose_exchange(meeting_id: UUID, until: datetime | None, by_person: UUID | None, at: datetime) -> None:
    """Record a proposed exchange time; replaces an earlier proposal.

    `until` None proposes to open the lists when all parties have submitted.
    """
    exchange = _get_or_add_exchange(meeting_id)
    exchange.proposed_until, exchange.proposed_by, exchange.proposed_at = until, by_person, at
    db.session.flush()


def fix_exchange(meeting_id: UUID, confirmed_by: UUID | None) -> None:
    """Confirm the proposed exchange time; None means: when all parties have submitted."""
    exchange = _get_or_add_exchange(meeting_id)
    exchange.sealed_until, exchange.fixed_by = exchange.proposed_until, exchange.proposed_by
    exchange.confirmed_by = confirmed_by
    exchange.proposed_until = exchange.proposed_by = exchange.proposed_at = None
    db.session.flush()


def _get_or_add_exchange(meeting_id: UUID) -> Exchange:
    exchange = db.session.get(Exchange, meeting_id)
    if exchange is None:
        meeting = db.session.get_one(Meeting, meeting_id)
        exchange = Exchange(meeting_id=meeting_id, dialogue_id=meeting.dialogue_id)
        db.session.add(exchange)
    return exchange


def set_submitted(meeting_id: UUID, party_id: UUID, by_person: UUID | None, at: datetime | None) -> None:
    """Record that the party submitted its list for the meeting, or withdrew it if `at` is None."""
    row = db.session.get_one(MeetingParty, (meeting_id, party_id))
    row.submitted_at, row.submitted_by = at, by_person if at is not None else None
    db.session.flush()


def set_seats(meeting_id: UUID, party_id: UUID, seats: dict[str, int]) -> None:
    """Set the party's seats; keys are values of `Capacity`, a missing key means no seats.

    :raises Refusal: an observing organisation would get participant seats.
    """
    kind = db.session.get_one(Party, party_id).kind
    for capacity in seats:
        refuse_capacity(kind, Capacity(capacity))
    db.session.get_one(MeetingParty, (meeting_id, party_id)).seats = seats
    db.session.flush()
