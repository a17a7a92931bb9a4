"""The balance of a meeting: seats and parts by party, limited to participants whom the viewer may know."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from dialogues.agenda.planning.models import DraftItem, DraftPerson
from dialogues.agenda.planning.queries.draft import visible_drafts
from dialogues.agenda.planning.rules import Share, hide_small_counts
from dialogues.agenda.versions.models import ReleasePerson
from dialogues.agenda.versions.queries.published import current_release
from dialogues.agenda.versions.queries.published import visible as visible_sessions
from dialogues.agenda.versions.rules import Part
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, Gender, PartyKind
from dialogues.meetings.precedence import queries as precedence
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants
from dialogues.people.participants.rules.standing import LIVE
from dialogues.policy import AGENDA_RELEASE, AGENDA_SEE, BALANCE_SEE, NOMINATIONS_SEE, PARTICIPANTS_SEE


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The shares of the parties in order of precedence, the genders of all participants, the source of the parts."""

    shares: tuple[Share, ...]
    #: A count is None if so few people could be identified.
    genders: dict[Gender, int | None]
    people: int
    #: The version that the parts come from; None if they come from the draft or if there is neither.
    release: Any
    from_draft: bool


def balance(viewer: Viewer) -> Balance:
    """Returns the balance of the viewer's meeting. The number of queries does not depend on the number of people.

    :raises NotFound: the viewer may not see it, or the lists are not yet exchanged.
    """
    viewer.must(BALANCE_SEE)
    at_table = [one for one in precedence.parties_in_order(viewer) if one.kind is not PartyKind.OBSERVER]
    seated = _seated(viewer)
    party_of = {row.person_id: row.party_id for row in seated}
    taken = Counter(party_of.values())
    release = current_release(viewer.here)
    from_draft = release is None and viewer.may(AGENDA_RELEASE)
    parts = _parts(viewer, release, from_draft)
    parts_of = Counter((party_of.get(person), part) for person, part in parts)
    genders = Counter(row.gender for row in seated)
    return Balance(
        shares=tuple(
            Share(
                code=one.code,
                name=one.english,
                taken=taken[one.id],
                target=one.seats.get(Capacity.PARTICIPANT.value),
                leads=parts_of[one.id, Part.LEAD],
                chairing=parts_of[one.id, Part.CHAIR],
            )
            for one in at_table
        ),
        genders=hide_small_counts({gender: genders[gender] for gender in Gender}, len(taken)),
        people=len(seated),
        release=release,
        from_draft=from_draft,
    )


def _seated(viewer: Viewer) -> list[Any]:
    """Returns the live full participants who are listed for this viewer."""
    listed = or_(participants.visible(viewer, PARTICIPANTS_SEE), participants.visible(viewer, NOMINATIONS_SEE))
    rows = db.session.execute(
        select(Participation.person_id, Participation.party_id, Person.gender)
        .join(Person, Person.id == Participation.person_id)
        .where(
            listed,
            Participation.capacity == Capacity.PARTICIPANT,
            Participation.status.in_(LIVE),
        )
    )
    return list(rows)


def _parts(viewer: Viewer, release: Any, from_draft: bool) -> list[tuple[UUID, Part]]:
    speaking_parts = (Part.CHAIR, Part.LEAD)
    if from_draft:
        found = (
            select(DraftPerson.person_id, DraftPerson.part)
            .join(DraftItem, DraftItem.session_id == DraftPerson.session_id)
            .where(visible_drafts(viewer, AGENDA_RELEASE), DraftPerson.part.in_(speaking_parts))
        )
    else:
        found = (
            select(ReleasePerson.person_id, ReleasePerson.part)
            .join(ReleasePerson.item)
            .where(
                visible_sessions(viewer, AGENDA_SEE),
                ReleasePerson.release_id == (release.id if release else None),
                ReleasePerson.part.in_(speaking_parts),
            )
        )
    return [(row.person_id, row.part) for row in db.session.execute(found)]
