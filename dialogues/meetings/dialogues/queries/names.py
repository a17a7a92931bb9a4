"""Facts about persons, for features that only know their ids."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.core.accounts.models import Account
from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person


@reading(Purpose.VISIBLE_IDS)
def names_of(person_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """Return the names by person id, in one query.

    Not filtered by viewer: the caller must have checked that the reader may see these persons.
    """
    if not person_ids:
        return {}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in found}


@reading(Purpose.DELIVERY)
def is_disabled(person_id: UUID | None, account_id: UUID | None) -> bool:
    """Returns whether the account of that person, or that account, is disabled; then nobody may write to them."""
    theirs = select(Person.account_id).where(Person.id == person_id).scalar_subquery()
    found = select(Account.id).where(
        or_(Account.id == account_id, Account.id == theirs), Account.disabled_at.is_not(None)
    )
    return db.session.execute(found).first() is not None
