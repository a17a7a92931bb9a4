"""One nominee: for editing, for checks, and for resolving an address in doubt."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.lib.text import same_address
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.nominations.queries.nominations import NomineeLine, nominees
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import english, load_participation, person_of
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.policy import NOMINATE, Action


def nominee(viewer: Viewer, participation_id: UUID, action: Action = NOMINATE) -> NomineeLine:
    """:raises NotFound: the action does not reach such a nominee."""
    found = nominees(viewer, action).where(Participation.id == participation_id)
    return NomineeLine(**or_not_found(db.session.execute(found).one_or_none())._mapping)


@reading(Purpose.CHECK)
def is_known_elsewhere(participation_id: UUID) -> bool:
    """Whether the person has an account, an accepted role, or a participation in another meeting.

    A party that nominates such a person may not edit their data.
    """
    other = Participation.__table__.alias("other")
    elsewhere = exists().where(
        other.c.person_id == Participation.person_id, other.c.meeting_id != Participation.meeting_id
    )
    has_role = exists().where(RoleGrant.person_id == Participation.person_id, RoleGrant.accepted_at.is_not(None))
    known = select(or_(Person.account_id.is_not(None), elsewhere, has_role)).select_from(Participation)
    found = known.join(Person, person_of()).where(Participation.id == participation_id)
    return bool(db.session.execute(found).scalar_one())


def unreached_person(viewer: Viewer, participation_id: UUID) -> UUID:
    """Returns the person id of a confirmed nominee who has no email address.

    :raises NotFound: there is no such nominee for this viewer.
    """
    found = load_participation(viewer, NOMINATE, participation_id)
    if found.status is not ParticipationStatus.CONFIRMED or found.person.email or found.claimed_email:
        raise NotFound
    return found.person_id


@reading(Purpose.ADDRESS_DOUBT)
def owner_of_address(viewer: Viewer, email: str) -> Any:
    """Returns the person of the dialogue who uses the address, with the party at this meeting; None if nobody does.

    For coordinators only. `takes_part`: the owner is on a list of this meeting, so they are not the nominee as well.
    """
    here = and_(Participation.person_id == Person.id, Participation.meeting_id == viewer.here)
    return db.session.execute(
        select(Person.name, Participation.status.not_in(GONE).label("takes_part"), english().label("party_name"))
        .select_from(Person)
        .outerjoin(Participation, here)
        .outerjoin(Party, Party.id == Participation.party_id)
        .where(Person.dialogue_id == viewer.dialogue_id, Person.email_norm == same_address(email))
    ).one_or_none()
