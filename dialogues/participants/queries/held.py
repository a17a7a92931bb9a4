"""What is held about someone: every field of the persons behind their account, and of these persons' participations."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, exists, select

from dialogues.extensions import db
from dialogues.meetings.models import Dialogue, Institution, Meeting, Party, Person, RoleGrant
from dialogues.participants.models import Participation


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPerson:
    """One person of one dialogue behind the account, with every field, and what is held of them meeting by meeting.

    A dialogue or meeting that the person never said yes or no to is not named: its invitation does that, by its link.
    """

    dialogue_title: str
    institution: str
    person: Any
    participations: tuple[Any, ...]


def held_about(account_id: UUID) -> list[HeldPerson]:
    """Everything held here about the owner of the account, in every dialogue, and about nobody else; two queries.

    Persons by the title of their dialogue, participations by the first day of the meeting.
    """
    persons = db.session.execute(
        select(
            case((_has_role(), Dialogue.title), else_="").label("dialogue_title"),
            Institution.name.label("institution"),
            Person,
        )
        .select_from(Person)
        .join(Dialogue, Dialogue.id == Person.dialogue_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(Person.account_id == account_id)
        .order_by(Dialogue.title)
    ).all()
    answered = Participation.answered_at.is_not(None)
    taking_part = db.session.execute(
        select(
            *Participation.__table__.columns,
            case((answered, Meeting.code), else_="").label("meeting_code"),
            case((answered, Meeting.title), else_="").label("meeting_title"),
            Meeting.zone.label("meeting_zone"),
            Party.names.label("party_names"),
            Party.code.label("party_code"),
        )
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .join(Party, Party.id == Participation.party_id)
        .join(Person, Person.id == Participation.person_id)
        .where(Person.account_id == account_id)
        .order_by(Meeting.starts_on)
    ).all()
    return [
        HeldPerson(
            dialogue_title=row.dialogue_title,
            institution=row.institution or "",
            person=row.Person,
            participations=tuple(part for part in taking_part if part.person_id == row.Person.id),
        )
        for row in persons
    ]


def _has_role() -> ColumnElement[bool]:
    return exists().where(RoleGrant.person_id == Person.id, RoleGrant.accepted_at.is_not(None))
