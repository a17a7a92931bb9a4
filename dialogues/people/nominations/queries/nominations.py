"""Party lists for those who manage them: seats, nominees and waiting lists."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zlib import crc32

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true

from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Institution, MeetingParty, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.meetings.precedence import queries as precedence
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.nominations.rules import EDITABLE_BY_PARTY
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import person_of, visible
from dialogues.people.participants.rules.standing import GONE, ParticipationStatus
from dialogues.policy import NOMINATIONS_SEE, PARTICIPANTS_INVITE, SUBMISSION_SEE, Action, Role, Scope


@limits_rows
def visible_parties(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: parties of the viewer's meeting whose lists the action reaches."""
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None:
        return false()
    here = MeetingParty.meeting_id == viewer.meeting_id
    return and_(here, or_(false(), *(_reach(viewer, scope) for scope in viewer.scopes(action))))


def _reach(viewer: Viewer, scope: Scope) -> ColumnElement[bool]:
    match scope:
        case Scope.ALL:
            return true()
        case Scope.OWN_PARTY:
            return MeetingParty.party_id.in_(viewer.parties)
        case _:
            return false()


@dataclass(frozen=True, slots=True, kw_only=True)
class NomineeLine:
    """One nominee on a party's list; `in_doubt` is set only for coordinators."""

    id: UUID
    name: str
    native: str
    capacity: Capacity
    #: The capacity that waits for a coordinator's approval.
    requested: Capacity | None
    affiliation: str
    email: str
    status: ParticipationStatus
    version: int
    seat: int | None
    queue_no: int | None
    is_over: bool
    address_asked: bool
    in_doubt: bool

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


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True)
class FocalPoints:
    """Names of a party's focal points, comma-separated: accepted, and asked but not yet answered."""

    accepted: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyList:
    """The list of one party for those who manage it."""

    party_id: UUID
    code: str
    name: str
    kind: PartyKind
    submitted_at: datetime | None
    focal_points: FocalPoints
    counts: tuple[SeatCount, ...]
    nominees: tuple[NomineeLine, ...]
    waiting: tuple[NomineeLine, ...]
    gone: tuple[NomineeLine, ...]


def party_lists(viewer: Viewer) -> list[PartyList]:
    """Returns the lists that the viewer manages, in order of precedence. Runs a fixed number of queries."""
    parties = _in_order(viewer, SUBMISSION_SEE)
    people = _people(viewer, [party.id for party in parties])
    focal_points = _focal_points(viewer, [party.id for party in parties])
    return [_list(party, people[party.id], focal_points.get(party.id, FocalPoints())) for party in parties]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartySeats:
    """Number of seats of one party by capacity."""

    party_id: UUID
    code: str
    name: str
    kind: PartyKind
    seats: dict[str, int]


def seats(viewer: Viewer, action: Action) -> list[PartySeats]:
    """Returns the seats of the parties that the action reaches, in order of precedence."""
    return [
        PartySeats(party_id=row.id, code=row.code, name=row.names.get("en", row.code), kind=row.kind, seats=row.seats)
        for row in _in_order(viewer, action)
    ]


def seats_mark(viewer: Viewer, action: Action) -> int:
    """Checksum of the seats, for optimistic locking."""
    facts = [(str(party.party_id), sorted(party.seats.items())) for party in seats(viewer, action)]
    return crc32(repr(facts).encode())


def line_of(viewer: Viewer, participation_id: UUID) -> NomineeLine:
    """Returns one nominee.

    :raises NotFound: there is no such nominee for this viewer.
    """
    row = or_not_found(
        db.session.execute(
            nominees(viewer, NOMINATIONS_SEE)
            .add_columns(MeetingParty.seats)
            .join(
                MeetingParty,
                and_(
                    MeetingParty.meeting_id == Participation.meeting_id, MeetingParty.party_id == Participation.party_id
                ),
            )
            .where(Participation.id == participation_id)
        ).one_or_none()
    )
    return _line(row, row.seats)


def party_list(viewer: Viewer, action: Action, party_id: UUID) -> PartyList:
    """Returns one list that the action reaches.

    :raises NotFound: the party is not at this meeting, or the viewer may not manage its list.
    """
    party = or_not_found(db.session.execute(_parties(viewer, action).where(Party.id == party_id)).one_or_none())
    focal_points = _focal_points(viewer, [party_id]).get(party_id, FocalPoints())
    return _list(party, _people(viewer, [party_id])[party_id], focal_points)


def _in_order(viewer: Viewer, action: Action) -> list[Any]:
    rank = precedence.order(viewer).rank
    return sorted(db.session.execute(_parties(viewer, action)), key=lambda row: rank(row.id))


def _parties(viewer: Viewer, action: Action) -> Any:
    return (
        select(Party.id, Party.code, Party.names, Party.kind, MeetingParty.seats, MeetingParty.submitted_at)
        .join(MeetingParty, MeetingParty.party_id == Party.id)
        .where(visible_parties(viewer, action))
    )


@reading(Purpose.VISIBLE_IDS)
def _focal_points(viewer: Viewer, parties: list[UUID]) -> dict[UUID, FocalPoints]:
    """Returns the focal points of these parties, including role offers that are not answered yet."""
    meeting_id = viewer.meeting_id
    rows = db.session.execute(
        select(RoleGrant.party_id, RoleGrant.accepted_at, Person.name)
        .join(Person, Person.id == RoleGrant.person_id)
        .where(
            RoleGrant.role == Role.FOCAL_POINT,
            RoleGrant.party_id.in_(parties),
            or_(RoleGrant.meeting_id == meeting_id, RoleGrant.meeting_id.is_(None)),
            RoleGrant.revoked_at.is_(None),
        )
        .order_by(Person.collation, Person.name)
    ).all()
    found: defaultdict[UUID, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for row in rows:
        found[row.party_id][row.accepted_at is None].append(row.name)
    return {
        party_id: FocalPoints(", ".join(accepted), ", ".join(asked)) for party_id, (accepted, asked) in found.items()
    }


def _people(viewer: Viewer, parties: list[UUID]) -> defaultdict[UUID, list[Any]]:
    found = defaultdict(list)
    for row in db.session.execute(nominees(viewer, NOMINATIONS_SEE).where(Participation.party_id.in_(parties))):
        found[row.party_id].append(row)
    return found


def nominees(viewer: Viewer, action: Action) -> Any:
    """Statement: nominees that the action reaches, with the columns of a list line."""
    in_doubt = Participation.claimed_email.is_not(None) if viewer.may(PARTICIPANTS_INVITE) else false()
    return (
        select(
            Participation.id,
            Participation.person_id,
            Participation.party_id,
            Participation.capacity,
            Participation.requested_capacity,
            Participation.status,
            (Participation.version + Person.version).label("version"),
            Participation.seat,
            Participation.queue_no,
            Participation.address_asked,
            in_doubt.label("in_doubt"),
            Person.name,
            Person.native,
            func.coalesce(func.nullif(Person.affiliation, ""), Institution.name, "").label("affiliation"),
            func.coalesce(Person.email, Participation.claimed_email, "").label("email"),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(visible(viewer, action))
        .order_by(Person.collation, Person.name, Participation.id)
    )


def _list(party: Any, people: list[Any], focal_points: FocalPoints) -> PartyList:
    lines = sorted((_line(row, party.seats) for row in people), key=_list_sort_key)
    return PartyList(
        party_id=party.id,
        code=party.code,
        name=party.names.get("en", party.code),
        kind=party.kind,
        submitted_at=party.submitted_at,
        focal_points=focal_points,
        counts=_counts(party.seats, lines),
        nominees=tuple(line for line in lines if not line.is_gone and not line.waits),
        waiting=tuple(line for line in lines if not line.is_gone and line.waits),
        gone=tuple(line for line in lines if line.is_gone),
    )


def _list_sort_key(line: NomineeLine) -> tuple[bool, int, int, int]:
    return line.is_unplaced, list(Capacity).index(line.capacity), line.queue_no or 0, line.seat or 0


def _line(row: Any, seats: dict[str, int]) -> NomineeLine:
    limit = seats.get(row.capacity.value, 0)
    return NomineeLine(
        id=row.id,
        name=row.name,
        native=row.native,
        capacity=row.capacity,
        requested=row.requested_capacity,
        affiliation=row.affiliation,
        email=row.email,
        status=row.status,
        version=row.version,
        seat=row.seat,
        queue_no=row.queue_no,
        is_over=row.seat is not None and row.seat > limit,
        address_asked=row.address_asked,
        in_doubt=row.in_doubt,
    )


def _counts(seats: dict[str, int], lines: list[NomineeLine]) -> tuple[SeatCount, ...]:
    taken = Counter(line.capacity for line in lines if line.seat is not None)
    waiting = Counter(line.capacity for line in lines if line.queue_no is not None)
    return tuple(
        SeatCount(
            capacity=capacity, seats=seats.get(capacity.value, 0), taken=taken[capacity], waiting=waiting[capacity]
        )
        for capacity in Capacity
        if capacity.value in seats or taken[capacity] or waiting[capacity]
    )
