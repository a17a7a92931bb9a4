"""Edit a dialogue, its parties and institutions."""

from dataclasses import asdict
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found, refuse_stale
from dialogues.meetings.dialogues.models import Dialogue, Institution, Meeting, MeetingParty, Party
from dialogues.meetings.dialogues.rules.events import (
    DialogueChanged,
    InstitutionAdded,
    InstitutionChanged,
    PartyAdded,
    PartyChanged,
)
from dialogues.meetings.dialogues.rules.facts import DialogueFacts, InstitutionFacts, PartyFacts
from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from dialogues.meetings.dialogues.rules.roles import seats_for
from dialogues.policy import DIALOGUE_EDIT

Row = TypeVar("Row", Party, Institution)


def edit_dialogue(viewer: Viewer, facts: DialogueFacts, *, version: int, now: datetime) -> None:
    """:raises Refusal: someone else saved a change (stale version)."""
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue = db.session.get_one(Dialogue, or_not_found(change.viewer.dialogue_id))
        refuse_stale(dialogue.version, version)
        for column, value in asdict(facts).items():
            setattr(dialogue, column, value)
        dialogue.version += 1
        change.record(DialogueChanged(about=dialogue.id, dialogue_id=dialogue.id, at=now))


def add_party(viewer: Viewer, facts: PartyFacts, *, now: datetime) -> UUID:
    """:raises Refusal: another party has the code."""
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue_id = or_not_found(change.viewer.dialogue_id)
        _refuse_taken_code(dialogue_id, facts.code, None)
        party = Party(dialogue_id=dialogue_id, **asdict(facts))
        db.session.add(party)
        db.session.flush()
        change.record(PartyAdded(about=party.id, dialogue_id=dialogue_id, at=now))
        return party.id


def edit_party(viewer: Viewer, party_id: UUID, facts: PartyFacts, *, version: int, now: datetime) -> None:
    """Update a party. A party that becomes an observing organisation loses its participant seats.

    :raises Refusal: another party has the code, someone else saved a change (stale version), or the party has
        participants and would become an observing organisation.
    """
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue_id = or_not_found(change.viewer.dialogue_id)
        party = _in_dialogue(Party, party_id, dialogue_id)
        refuse_stale(party.version, version)
        _refuse_taken_code(dialogue_id, facts.code, party_id)
        for column, value in asdict(facts).items():
            setattr(party, column, value)
        party.version += 1
        seats = (
            select(MeetingParty)
            .join(Meeting, Meeting.id == MeetingParty.meeting_id)
            .where(MeetingParty.party_id == party.id, Meeting.status != MeetingStatus.CLOSED)
        )
        for row in db.session.scalars(seats):
            row.seats = seats_for(party.kind, row.seats)
        change.record(PartyChanged(about=party_id, dialogue_id=dialogue_id, at=now))


def _refuse_taken_code(dialogue_id: UUID, code: str, party_id: UUID | None) -> None:
    same_code = select(Party.id).where(Party.dialogue_id == dialogue_id, func.lower(Party.code) == code.lower())
    if any(found != party_id for found in db.session.execute(same_code).scalars()):
        raise Refusal(N_("A party of this dialogue already has the code “%(code)s”."), field="code", code=code)


def add_institution(viewer: Viewer, facts: InstitutionFacts, *, now: datetime) -> UUID:
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue_id = or_not_found(change.viewer.dialogue_id)
        _check_party(facts, dialogue_id)
        institution = Institution(dialogue_id=dialogue_id, **asdict(facts))
        db.session.add(institution)
        db.session.flush()
        change.record(InstitutionAdded(about=institution.id, dialogue_id=dialogue_id, at=now))
        return institution.id


def edit_institution(viewer: Viewer, institution_id: UUID, facts: InstitutionFacts, *, now: datetime) -> None:
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue_id = or_not_found(change.viewer.dialogue_id)
        institution = _in_dialogue(Institution, institution_id, dialogue_id)
        _check_party(facts, dialogue_id)
        for column, value in asdict(facts).items():
            setattr(institution, column, value)
        change.record(InstitutionChanged(about=institution_id, dialogue_id=dialogue_id, at=now))


def _check_party(facts: InstitutionFacts, dialogue_id: UUID) -> None:
    if facts.party_id is not None:
        _in_dialogue(Party, facts.party_id, dialogue_id)


def _in_dialogue(model: type[Row], row_id: UUID, dialogue_id: UUID) -> Row:
    row = or_not_found(db.session.get(model, row_id))
    if row.dialogue_id != dialogue_id:
        raise NotFound
    return row
