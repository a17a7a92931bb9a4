"""Objects for requests: of the personas' own meeting, of a foreign dialogue, and ids that do not exist."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select

from dialogues.agenda.versions.models import AgendaSession
from dialogues.core.accounts.models import Account, SignIn
from dialogues.core.outbox.models import Email
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Institution, Meeting, Party, Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.venues.models import Room, Venue
from dialogues.onsite.seating.models import KeptApart
from dialogues.people.messages.models import Message
from dialogues.people.participants.models import ChangeRequest, Participation, Question
from dialogues.people.questionnaire.models import Answer
from dialogues.people.roster.models import BulkAction
from dialogues.records.archive.models import Record
from dialogues.records.notes.models import Document
from dialogues.records.notes.rules import DocumentState
from tests.cast import Cast

#: Ids in addresses, with their table and the column of the meeting or dialogue they belong to.
_TABLES: dict[str, tuple[Any, str]] = {
    "session_id": (AgendaSession, "meeting_id"),
    "participation_id": (Participation, "meeting_id"),
    "action_id": (BulkAction, "meeting_id"),
    "message_id": (Message, "meeting_id"),
    "question_id": (Question, "meeting_id"),
    "answer_id": (Answer, "dialogue_id"),
    "request_id": (ChangeRequest, "dialogue_id"),
    "email_id": (Email, "listed_under"),
    "grant_id": (RoleGrant, "meeting_id"),
    "party_id": (Party, "dialogue_id"),
    "person_id": (Person, "dialogue_id"),
    "institution_id": (Institution, "dialogue_id"),
    "record_id": (Record, "dialogue_id"),
    "document_id": (Document, "meeting_id"),
    "pair_id": (KeptApart, "meeting_id"),
}


#: Other arguments, for which not every text is valid.
_WORDS = {"number": "1", "kind": "passport"}


@dataclass(frozen=True, slots=True)
class Objects:
    """One id for every kind of object, all of one meeting."""

    ids: dict[str, UUID]

    def arguments(self, names: set[str]) -> dict[str, Any]:
        """Values for the arguments of a route; those that are no object are any text."""
        return {name: self.ids.get(name, _WORDS.get(name, "x")) for name in names}

    def but(self, **ids: UUID) -> "Objects":
        return Objects({**self.ids, **ids})


def of_meeting(app: Flask, meeting_id: UUID) -> Objects:
    """Objects of that meeting; an unknown id if the meeting has no object of a kind."""
    with app.app_context():
        dialogue_id = db.session.execute(select(Meeting.dialogue_id).where(Meeting.id == meeting_id)).scalar_one()
        places = {"meeting_id": meeting_id, "listed_under": meeting_id, "dialogue_id": dialogue_id}
        ids = {"meeting_id": meeting_id, "dialogue_id": dialogue_id}
        for name, (table, column) in _TABLES.items():
            owned = select(table.id).where(getattr(table, column) == places[column]).order_by(table.id).limit(1)
            ids[name] = db.session.execute(owned).scalar() or uuid4()
        ids["venue_id"] = db.session.execute(select(Venue.id).limit(1)).scalar_one()
        ids["room_id"] = db.session.execute(select(Room.id).limit(1)).scalar_one()
        ids["account_id"] = db.session.execute(select(Account.id).limit(1)).scalar_one()
        ids["sign_in_id"] = db.session.execute(select(SignIn.id).limit(1)).scalar() or uuid4()
        db.session.rollback()
    return Objects(ids)


def of_nowhere(known: Objects) -> Objects:
    """Ids that do not exist."""
    return Objects({name: uuid4() for name in known.ids})


def own(app: Flask, cast: Cast) -> Objects:
    """Objects of TRD-1 with the most content: a session with a summary, a participant, a record with a file."""
    with app.app_context():
        found = of_meeting(app, cast.meeting("TRD-1"))
        session = cast.session("TRD-1-04")
        record = db.session.execute(
            select(Record.id).where(Record.dialogue_id == cast.dialogue("TRD"), Record.file_id.is_not(None)).limit(1)
        ).scalar()
        finished = db.session.execute(select(Document.id).where(Document.state == DocumentState.FINISHED)).scalar()
        participation = db.session.execute(
            select(Participation.id).where(
                Participation.meeting_id == cast.meeting("TRD-1"), Participation.person_id == cast.person("us4")
            )
        ).scalar_one()
        person, party = cast.person("us4"), cast.party("US")
        db.session.rollback()
    there = {
        "person_id": person,
        "party_id": party,
        "record_id": record,
        "document_id": finished,
        "session_id": session,
        "participation_id": participation,
    }
    return found.but(**{name: one for name, one in there.items() if one is not None})
