"""Edit a dialogue, its parties and institutions."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Place, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, refuse_stale
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


def edit_dialogue(viewer: Viewer, facts: DialogueFacts, *, version: int, now: datetime) -> None:
    """Update the viewer's dialogue.

    :raises Refusal: someone else saved a change (stale version).
    """
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue = db.session.get_one(Dialogue, place_of(change).dialogue_id)
        refuse_stale(dialogue.version, version)
        for column, value in dialogue_columns(facts).items():
            setattr(dialogue, column, value)
        dialogue.version += 1
        change.record(DialogueChanged(about=dialogue.id, dialogue_id=dialogue.id, at=now))


def place_of(change: Change) -> Place:
    """Return the dialogue and meeting the viewer currently works in.

    :raises NotFound: the viewer is not in a dialogue.
    """
    if change.viewer.place is None:
        raise NotFound
    return change.viewer.place


def dialogue_columns(facts: DialogueFacts) -> dict[str, object]:
    return {
        "code": facts.code,
        "title": facts.title,
        "themes": list(facts.themes),
        "phase": facts.phase,
        "existence": facts.existence,
    }


def add_party(viewer: Viewer, facts: PartyFacts, *, now: datetime) -> UUID:
    """Add a party to the viewer's dialogue.

    :raises Refusal: another party has the code.
    """
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue_id = place_of(change).dialogue_id
        _refuse_taken_code(dialogue_id, facts.code, None)
        party = Party(
            dialogue_id=dialogue_id, code=facts.code, names=dict(facts.names), city=facts.city, kind=facts.kind
        )
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
        dialogue_id = place_of(change).dialogue_id
        party = db.session.get(Party, party_id)
        if party is None or party.dialogue_id != dialogue_id:
            raise NotFound
        refuse_stale(party.version, version)
        _refuse_taken_code(dialogue_id, facts.code, party_id)
        party.code, party.names, party.city, party.kind = facts.code, dict(facts.names), facts.city, facts.kind
        party.version += 1
        _drop_impossible_seats(party)
        change.record(PartyChanged(about=party_id, dialogue_id=dialogue_id, at=now))


def _drop_impossible_seats(party: Party) -> None:
    rows = (
        select(MeetingParty)
        .join(Meeting, Meeting.id == MeetingParty.meeting_id)
        .where(MeetingParty.party_id == party.id, Meeting.status != MeetingStatus.CLOSED)
    )
    for row in db.session.scalars(rows):
        row.seats = seats_for(party.kind, row.seats)


def _refuse_taken_code(dialogue_id: UUID, code: str, party_id: UUID | None) -> None:
    same_code = select(Party.id).where(Party.dialogue_id == dialogue_id, func.lower(Party.code) == code.lower())
    if any(found != party_id for found in db.session.execute(same_code).scalars()):
        raise Refusal(N_("A party of this dialogue already has the code “%(code)s”."), field="code", code=code)


def add_institution(viewer: Viewer, facts: InstitutionFacts, *, now: datetime) -> UUID:
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue_id = place_of(change).dialogue_id
        institution = Institution(dialogue_id=dialogue_id)
        _set_institution_columns(institution, facts)
        db.session.add(institution)
        db.session.flush()
        change.record(InstitutionAdded(about=institution.id, dialogue_id=dialogue_id, at=now))
        return institution.id


def edit_institution(viewer: Viewer, institution_id: UUID, facts: InstitutionFacts, *, now: datetime) -> None:
    with transaction(viewer, DIALOGUE_EDIT) as change:
        dialogue_id = place_of(change).dialogue_id
        institution = db.session.get(Institution, institution_id)
        if institution is None or institution.dialogue_id != dialogue_id:
            raise NotFound
        _set_institution_columns(institution, facts)
        change.record(InstitutionChanged(about=institution_id, dialogue_id=dialogue_id, at=now))


def _set_institution_columns(institution: Institution, facts: InstitutionFacts) -> None:
    if facts.party_id is not None:
        party = db.session.get(Party, facts.party_id)
        if party is None or party.dialogue_id != institution.dialogue_id:
            raise NotFound
    institution.party_id = facts.party_id
    institution.name = facts.name
    institution.acronym = facts.acronym
    institution.aliases = list(facts.aliases)
