"""Handlers of account events; they run in the transaction that raised the event."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import AddressChanged
from dialogues.core.outbox.operations import recompose
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.models import Person

_TAKEN = N_("This link was used already, is too old, or its address cannot be used. Ask for another one.")


def change_addresses(events: Sequence[AddressChanged]) -> None:
    """Give an account's new address to its persons who had the old one.

    :raises Refusal: someone else in one of their dialogues has the new address. The message is the same as for any
        invalid link, so that it does not reveal other people.
    """
    for event in events:
        _change_address(event.about)


def _change_address(account_id: UUID) -> None:
    account = accounts.account_in_use(account_id)
    if account is None or account.former_email is None:
        return
    other = aliased(Person)
    own_persons = select(Person).where(
        Person.account_id == account.id, Person.email_norm == same_address(account.former_email)
    )
    taken = exists().where(
        other.dialogue_id == Person.dialogue_id, other.id != Person.id, other.email_norm == account.email_norm
    )
    if db.session.execute(own_persons.where(taken).with_only_columns(Person.id)).first() is not None:
        raise Refusal(_TAKEN)
    persons = db.session.scalars(own_persons).all()
    for person in persons:
        person.email, person.email_norm = account.email, account.email_norm
        person.version += 1
    db.session.flush()
    recompose([person.id for person in persons])
