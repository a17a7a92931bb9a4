"""Reads about who takes part, always for a viewer or, for features above, on behalf of the house."""

from uuid import UUID

from sqlalchemy import select

from dialogues.extensions import db
from dialogues.participants.models import Participation
from dialogues.participants.queries.exchange import (
    Announced,
    Moment,
    Proposal,
    announced,
    is_to_open,
    meetings_to_open,
    moment_mark,
    moment_of,
    proposal,
    reader_of_news,
    readers_of_news,
    setter,
)
from dialogues.participants.queries.listing import (
    ListLine,
    ParticipantsList,
    Tally,
    Wanted,
    all_found,
    participants,
    person,
)
from dialogues.participants.queries.nominations import (
    NomineeLine,
    PartyList,
    PartySeats,
    SeatCount,
    line_of,
    party_list,
    party_lists,
    seats,
    seats_mark,
    visible_parties,
)
from dialogues.participants.queries.nominee import (
    DoubtfulAddress,
    NomineeOnForm,
    doubtful_address,
    is_known_elsewhere,
    nominee,
    unreached_person,
)
from dialogues.participants.queries.registration import (
    Frame,
    Invitation,
    Invited,
    absences,
    days_of,
    frame,
    gathering_of,
    has_questions,
    invitation,
    is_named,
    own_registration,
    parties,
    registered_by_others,
    registration_for,
    to_correct,
)
from dialogues.participants.queries.visibility import comes, hides_name, hides_rest, named_to, open_to, visible
from dialogues.participants.rules import ParticipationStatus

__all__ = [
    "Announced",
    "DoubtfulAddress",
    "Frame",
    "Invitation",
    "Invited",
    "ListLine",
    "Moment",
    "NomineeLine",
    "NomineeOnForm",
    "ParticipantsList",
    "PartyList",
    "PartySeats",
    "Proposal",
    "SeatCount",
    "Tally",
    "Wanted",
    "absences",
    "all_found",
    "announced",
    "comes",
    "confirmed",
    "days_of",
    "doubtful_address",
    "frame",
    "gathering_of",
    "has_questions",
    "hides_name",
    "hides_rest",
    "invitation",
    "is_confirmed",
    "is_known_elsewhere",
    "is_named",
    "is_to_open",
    "line_of",
    "meetings_to_open",
    "moment_mark",
    "moment_of",
    "named_to",
    "nominee",
    "open_to",
    "own_registration",
    "participants",
    "parties",
    "party_list",
    "party_lists",
    "person",
    "proposal",
    "reader_of_news",
    "readers_of_news",
    "registered_by_others",
    "registration_for",
    "seats",
    "seats_mark",
    "setter",
    "to_correct",
    "unreached_person",
    "visible",
    "visible_parties",
]


def confirmed(meeting_id: UUID) -> list[tuple[UUID, UUID]]:
    """Person and participation of everyone who accepted; read by the house to write to them, shown to nobody."""
    found = (
        select(Participation.person_id, Participation.id)
        .where(Participation.meeting_id == meeting_id, Participation.status == ParticipationStatus.CONFIRMED)
        .order_by(Participation.person_id)
    )
    return [(row.person_id, row.id) for row in db.session.execute(found)]


def is_confirmed(meeting_id: UUID, person_id: UUID) -> bool:
    """Whether this person accepted an invitation to that meeting and still comes."""
    found = select(Participation.id).where(
        Participation.meeting_id == meeting_id,
        Participation.person_id == person_id,
        Participation.status == ParticipationStatus.CONFIRMED,
    )
    return db.session.execute(found).first() is not None
