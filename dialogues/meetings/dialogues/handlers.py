"""What the meetings' rows owe when an account changes; joins the open transaction."""

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import AddressChanged
from dialogues.core.outbox.operations import compose_anew
from dialogues.extensions import db
from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.text import same_address
from dialogues.meetings.dialogues.models import Person

_TAKEN = N_("This link was used already, is too old, or its address cannot be used. Ask for another one.")


def change_addresses(event: AddressChanged) -> None:
    """The persons behind the account that had its old address have the new one.

    :raises Refusal: someone else in one of their dialogues has it; in the words for any link that does nothing.
    """
    account = accounts.account_in_use(event.about)
    if account is None or account.former_email is None:
        return
    twin = aliased(Person)
    mine = select(Person).where(
        Person.account_id == account.id, Person.email_norm == same_address(account.former_email)
    )
    taken = exists().where(
        twin.dialogue_id == Person.dialogue_id, twin.id != Person.id, twin.email_norm == account.email_norm
    )
    if db.session.execute(mine.where(taken).with_only_columns(Person.id)).first() is not None:
        raise Refusal(_TAKEN)
    persons = db.session.scalars(mine).all()
    for person in persons:
        person.email, person.email_norm = account.email, account.email_norm
        person.version += 1
    db.session.flush()
    compose_anew([person.id for person in persons])
