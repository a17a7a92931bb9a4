"""One nominee: for editing, for checks, and for resolving an address in doubt."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from dialogues.core.common.read_guard import reading
from dialogues.core.common.viewer import Place, Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.lib.text import same_address
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder, PartyKind
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.nominations.queries.nominations import nominees
from dialogues.people.nominations.rules import EDITABLE_BY_PARTY
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.policy import NOMINATE, PARTICIPANTS_INVITE, Action


@dataclass(frozen=True, slots=True, kw_only=True)
class NomineeOnForm:
    """One nominee for a form; `is_ours` if the party may edit the person's data."""

    id: UUID
    person_id: UUID
    party_id: UUID
    party_name: str
    name: str
    native: str
    family: str
    given: str
    name_order: NameOrder
    email: str
    capacity: Capacity
    requested: Capacity | None
    party_kind: PartyKind
    affiliation: str
    status: ParticipationStatus
    is_ours: bool
    address_asked: bool
    version: int


def nominee(viewer: Viewer, participation_id: UUID, action: Action = NOMINATE) -> NomineeOnForm:
    """Returns one nominee that the action reaches.

    :raises NotFound: there is no such nominee for this viewer.
    """
    row = or_not_found(
        db.session.execute(
            nominees(viewer, action)
            .add_columns(
                Person.family,
                Person.given,
                Person.name_order,
                known_elsewhere().label("known_elsewhere"),
                Party.names.label("party_names"),
                Party.code.label("party_code"),
                Party.kind.label("party_kind"),
            )
            .join(Party, Party.id == Participation.party_id)
            .where(Participation.id == participation_id)
        ).one_or_none()
    )
    return NomineeOnForm(
        id=row.id,
        person_id=row.person_id,
        party_id=row.party_id,
        party_name=row.party_names.get("en", row.party_code),
        name=row.name,
        native=row.native,
        family=row.family,
        given=row.given,
        name_order=row.name_order,
        email=row.email,
        capacity=row.capacity,
        requested=row.requested_capacity,
        party_kind=row.party_kind,
        affiliation=row.affiliation,
        status=row.status,
        is_ours=row.status in EDITABLE_BY_PARTY and not row.known_elsewhere,
        address_asked=row.address_asked,
        version=row.version,
    )


def known_elsewhere() -> ColumnElement[bool]:
    """SQL condition: the person has an account, an accepted role, or a participation in another meeting.

    A party that nominates such a person may not edit their data.
    """
    other = Participation.__table__.alias("other")
    elsewhere = exists().where(
        other.c.person_id == Participation.person_id, other.c.meeting_id != Participation.meeting_id
    )
    has_role = exists().where(RoleGrant.person_id == Participation.person_id, RoleGrant.accepted_at.is_not(None))
    return or_(Person.account_id.is_not(None), elsewhere, has_role)


@reading(Purpose.CHECK)
def is_known_elsewhere(participation_id: UUID) -> bool:
    statement = select(known_elsewhere()).select_from(Participation).join(Person, person_of())
    return bool(db.session.execute(statement.where(Participation.id == participation_id)).scalar_one())


def unreached_person(viewer: Viewer, participation_id: UUID) -> UUID:
    """Returns the person id of a confirmed nominee who has no email address.

    :raises NotFound: there is no such nominee for this viewer.
    """
    return or_not_found(
        db.session.execute(
            select(Person.id)
            .join(Participation, person_of())
            .where(
                Participation.id == participation_id,
                Participation.status == ParticipationStatus.CONFIRMED,
                Participation.claimed_email.is_(None),
                Person.email.is_(None),
                visible(viewer, NOMINATE),
            )
        ).scalar_one_or_none()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulAddress:
    """A nominated address that another person of the dialogue uses. For coordinators only."""

    nominee: NomineeOnForm
    owner_name: str
    owner_party: str
    #: Whether the owner is on a list of this meeting, so that they cannot be the nominee as well.
    owner_takes_part: bool


def doubtful_address(viewer: Viewer, participation_id: UUID) -> DoubtfulAddress:
    """Returns the address in doubt, with its owner.

    :raises NotFound: no address is in doubt, or the viewer may not see it.
    """
    claimed = select(Participation.claimed_email).where(
        Participation.id == participation_id, visible(viewer, PARTICIPANTS_INVITE)
    )
    email = db.session.execute(claimed).scalar_one_or_none()
    if email is None or viewer.place is None:
        raise NotFound
    owner = _owner(viewer.place, email)
    return DoubtfulAddress(
        nominee=nominee(viewer, participation_id, PARTICIPANTS_INVITE),
        owner_name=owner.name if owner else "",
        owner_party=owner.names.get("en", owner.code) if owner is not None and owner.code else "",
        owner_takes_part=owner is not None and owner.status is not None and owner.status not in GONE,
    )


@reading(Purpose.ADDRESS_DOUBT)
def _owner(place: Place, email: str) -> Any:
    return db.session.execute(
        select(Person.id, Person.name, Participation.status, Party.names, Party.code)
        .select_from(Person)
        .outerjoin(
            Participation, and_(Participation.person_id == Person.id, Participation.meeting_id == place.meeting_id)
        )
        .outerjoin(Party, Party.id == Participation.party_id)
        .where(Person.dialogue_id == place.dialogue_id, Person.email_norm == same_address(email))
    ).one_or_none()
