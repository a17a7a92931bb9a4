"""Names of persons for features that only know their ids."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select

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
