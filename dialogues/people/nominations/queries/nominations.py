"""Party lists for those who manage them: seats, nominees and waiting lists."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select, true

from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.mail.addresses import same_address
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Institution, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, NameOrder, PartyKind
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.nominations.rules import EDITABLE_BY_PARTY
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import english, load_participation, person_of, visible
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.policy import NOMINATE, NOMINATIONS_SEE, PARTICIPANTS_INVITE, SUBMISSION_SEE, Action, Role, Scope


@limits_rows
def visible_parties(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: parties of the viewer's meeting whose lists the action reaches."""
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None:
        return false()
    here, scopes = MeetingParty.meeting_id == viewer.meeting_id, viewer.scopes(action)
    if Scope.ALL in scopes:
        return here
    # The other scopes give no access to lists.
    return and_(here, MeetingParty.party_id.in_(viewer.parties)) if Scope.OWN_PARTY in scopes else false()


@dataclass(frozen=True, slots=True, kw_only=True)
class NomineeLine:
    """One nominee on a party's list; `in_doubt` is set only for coordinators."""

    id: UUID
    person_id: UUID
    party_id: UUID
    party_name: str
    party_kind: PartyKind
    name: str
    native: str
    family: str
    given: str
    name_order: NameOrder
    capacity: Capacity
    #: The capacity that waits for a coordinator's approval.
    requested: Capacity | None
    affiliation: str
    email: str
    status: ParticipationStatus
    version: int
    seat: int | None
    queue_no: int | None
    #: The seats of the party by capacity.
    seats: dict[str, int] | None
    address_asked: bool
    in_doubt: bool
    signs_in: bool

    @property
    def is_over(self) -> bool:
        return self.seat is not None and self.seat > (self.seats or {}).get(self.capacity.value, 0)

    @property
    def may_be_changed(self) -> bool:
        return self.status in EDITABLE_BY_PARTY

    @property
    def waits(self) -> bool:
        """Whether the person waits for a seat or for approval."""
        return self.queue_no is not None or self.is_unplaced

    @property
    def is_unplaced(self) -> bool:
        """Whether the person has no place in any queue, because a coordinator has not approved the capacity."""
        return self.requested is not None and self.seat is None and self.queue_no is None

    @property
    def is_gone(self) -> bool:
        return self.status in GONE

    @property
    def is_registered_by_others(self) -> bool:
        """Whether the party registers the person, because they have no email address."""
        return not self.email and self.seat is not None


@dataclass(frozen=True, slots=True)
class SeatCount:
    """Seats of a party in one capacity, and how many are taken."""

    capacity: Capacity
    seats: int
    taken: int
    waiting: int

    @property
    def free(self) -> int:
        return max(0, self.seats - self.taken)

    @property
    def over(self) -> int:
        return max(0, self.taken - self.seats)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyList:
    party_id: UUID
    code: str
    name: str
    kind: PartyKind
    seats: dict[str, int]
    submitted_at: datetime | None
    #: Names of the focal points, comma-separated: accepted, and asked but not yet answered.
    focal_points: str
    asked_focal_points: str
    lines: Sequence[NomineeLine]

    @property
    def nominees(self) -> list[NomineeLine]:
        return [line for line in self.lines if not line.is_gone and not line.waits]

    @property
    def waiting(self) -> list[NomineeLine]:
        return [line for line in self.lines if not line.is_gone and line.waits]

    @property
    def gone(self) -> list[NomineeLine]:
        return [line for line in self.lines if line.is_gone]

    @property
    def counts(self) -> list[SeatCount]:
        taken = Counter(line.capacity for line in self.lines if line.seat is not None)
        waiting = Counter(line.capacity for line in self.lines if line.queue_no is not None)
        return [
            SeatCount(capacity, self.seats.get(capacity.value, 0), taken[capacity], waiting[capacity])
            for capacity in Capacity
            if capacity.value in self.seats or taken[capacity] or waiting[capacity]
        ]


def party_lists(viewer: Viewer, action: Action = SUBMISSION_SEE, party_id: UUID | None = None) -> list[PartyList]:
    """Returns the lists that the action reaches, or one of them, in order of precedence.

    Runs a fixed number of queries.
    """
    parties = [row for row in seats(viewer, action) if party_id in {None, row.party_id}]
    party_ids = [row.party_id for row in parties]
    lines = defaultdict(list)
    for row in db.session.execute(nominees(viewer, NOMINATIONS_SEE).where(Participation.party_id.in_(party_ids))):
        lines[row.party_id].append(NomineeLine(**row._mapping))
    focal_points = _focal_points(viewer, party_ids)
    return [
        PartyList(
            **row._mapping,
            focal_points=", ".join(focal_points[row.party_id, True]),
            asked_focal_points=", ".join(focal_points[row.party_id, False]),
            lines=sorted(lines[row.party_id], key=_list_sort_key),
        )
        for row in parties
    ]


def party_list(viewer: Viewer, action: Action, party_id: UUID) -> PartyList:
    """:raises NotFound: the party is not at this meeting, or the viewer may not manage its list."""
    for found in party_lists(viewer, action, party_id):
        return found
    raise NotFound


def _list_sort_key(line: NomineeLine) -> tuple[bool, int, int, int]:
    return line.is_unplaced, list(Capacity).index(line.capacity), line.queue_no or 0, line.seat or 0


def seats(viewer: Viewer, action: Action) -> list[Any]:
    """Returns the parties that the action reaches with their seats, in order of precedence."""
    parties = (
        select(
            Party.id.label("party_id"),
            Party.code,
            english().label("name"),
            Party.kind,
            MeetingParty.seats,
            MeetingParty.submitted_at,
        )
        .join(MeetingParty, MeetingParty.party_id == Party.id)
        .where(visible_parties(viewer, action))
    )
    rank = precedence.order(viewer).rank
    return sorted(db.session.execute(parties), key=lambda row: rank(row.party_id))


def seats_mark(viewer: Viewer, action: Action) -> int:
    """Checksum of the seats, for optimistic locking."""
    facts = [(str(party.party_id), sorted(party.seats.items())) for party in seats(viewer, action)]
    return crc32(repr(facts).encode())


def meeting_party(viewer: Viewer, action: Action, party_id: UUID) -> MeetingParty:
    """:raises NotFound: the party is not at this meeting, or the action does not reach its list."""
    found = select(MeetingParty).where(visible_parties(viewer, action), MeetingParty.party_id == party_id)
    return or_not_found(db.session.scalars(found).one_or_none())


@reading(Purpose.VISIBLE_IDS)
def _focal_points(viewer: Viewer, parties: list[UUID]) -> defaultdict[tuple[UUID, bool], list[str]]:
    """Returns names by party and whether the person accepted the role."""
    rows = db.session.execute(
        select(RoleGrant.party_id, RoleGrant.accepted_at, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.FOCAL_POINT,
            RoleGrant.party_id.in_(parties),
            or_(RoleGrant.meeting_id == viewer.meeting_id, RoleGrant.meeting_id.is_(None)),
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(Person.collation, Person.name)
    )
    names = defaultdict(list)
    for row in rows:
        names[row.party_id, row.accepted_at is not None].append(row.name)
    return names


def nominees(viewer: Viewer, action: Action) -> Any:
    """Statement: nominees that the action reaches, with the columns of `NomineeLine`."""
    in_doubt = Participation.claimed_email.is_not(None) if viewer.may(PARTICIPANTS_INVITE) else false()
    return (
        select(
            Participation.id,
            Participation.person_id,
            Participation.party_id,
            english().label("party_name"),
            Party.kind.label("party_kind"),
            Participation.capacity,
            Participation.requested_capacity.label("requested"),
            Participation.status,
            (Participation.version + Person.version).label("version"),
            Participation.seat,
            Participation.queue_no,
            MeetingParty.seats,
            Participation.address_asked,
            in_doubt.label("in_doubt"),
            Person.account_id.is_not(None).label("signs_in"),
            Person.name,
            Person.native,
            Person.family,
            Person.given,
            Person.name_order,
            func.coalesce(func.nullif(Person.affiliation, ""), Institution.name, "").label("affiliation"),
            func.coalesce(Person.email, Participation.claimed_email, "").label("email"),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .outerjoin(
            MeetingParty,
            and_(MeetingParty.meeting_id == Participation.meeting_id, MeetingParty.party_id == Participation.party_id),
        )
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(visible(viewer, action))
        .order_by(Person.collation, Person.name, Participation.id)
    )


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
