"""How persons are called, for lists of features below that know only their ids."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person


def names_of(person_ids: Collection[UUID]) -> Mapping[UUID, str]:
    """The names of these persons, in one query; whoever asks has decided that the reader may see them."""
    if not person_ids:
        return {}
    found = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(person_ids)))
    return {row.id: row.name for row in found}
