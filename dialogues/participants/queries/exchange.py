"""The exchange of sealed lists: when it opens, whom it is told, and what changed on opened lists."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select

from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings.models import Exchange, Meeting, MeetingParty, Party, Person, RoleGrant
from dialogues.meetings.queries.standing import in_force, roles_of
from dialogues.meetings.rules import MeetingStatus, PartyKind
from dialogues.outbox.rules import LetterKind
from dialogues.participants.models import ListChange, Participation
from dialogues.participants.queries.visibility import native_script, of_the_list, person_of
from dialogues.participants.rules import ListChangeKind, is_due
from dialogues.policy import PARTICIPANTS_SEE, Condition, Role, Scope, scopes

_TOLD = frozenset({Role.FOCAL_POINT, Role.CO_CHAIR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When the lists of a meeting open or opened; who has lodged does not follow from it."""

    sealed_until: datetime | None
    opened_at: datetime | None

    @property
    def mark(self) -> int:
        """Differs when the moment was moved."""
        return int(self.sealed_until.timestamp()) if self.sealed_until else 0


def moment_of(meeting_id: UUID) -> Moment:
    """When the lists of a meeting open, for those who may know that it takes place."""
    row = db.session.get(Exchange, meeting_id)
    return Moment(
        sealed_until=row.sealed_until if row else None,
        opened_at=row.opened_at if row else None,
    )


def is_to_open(meeting_id: UUID, now: datetime) -> bool:
    """Whether the lists of this meeting are sealed still and due to open; observing organisations keep nobody waiting.

    Read by the house, shown to nobody.
    """
    exchange, meeting = db.session.get(Exchange, meeting_id), db.session.get_one(Meeting, meeting_id)
    over = {MeetingStatus.CANCELLED, MeetingStatus.CLOSED}
    if meeting.status in over or (exchange is not None and exchange.opened_at is not None):
        return False
    lodged = db.session.scalars(
        select(MeetingParty.lodged_at)
        .join(Party, Party.id == MeetingParty.party_id)
        .where(MeetingParty.meeting_id == meeting_id, Party.kind != PartyKind.OBSERVER)
    ).all()
    return is_due(exchange.sealed_until if exchange else None, [at is not None for at in lodged], now)


def meetings_to_open(now: datetime) -> list[UUID]:
    """The meetings whose lists are due to open; one query to find the sealed ones, which are few."""
    sealed = (
        select(Meeting.id)
        .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
        .where(Exchange.opened_at.is_(None), Meeting.status.in_((MeetingStatus.PROVISIONAL, MeetingStatus.CONFIRMED)))
        .order_by(Meeting.id)
    )
    return [meeting_id for meeting_id in db.session.scalars(sealed).all() if is_to_open(meeting_id, now)]


def readers_of_news(meeting_id: UUID, kind: LetterKind) -> list[UUID]:
    """Focal points and co-chairs with an address who read the opened lists; read by the house to write to them.

    Of a change only those hear who see everyone at the table: an observer could conclude from it on someone hidden.
    """
    met = _met(meeting_id)
    found = []
    for person_id, roles in _holders(meeting_id).items():
        if kind is LetterKind.LIST_CHANGED and Role.OBSERVER in roles:
            continue
        if roles & _TOLD and Scope.ALL in scopes(PARTICIPANTS_SEE, roles, met):
            found.append(person_id)
    return sorted(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsReader:
    """Who a letter about lists is for."""

    email: str
    name: str
    locale: str


def reader_of_news(meeting_id: UUID | None, person_id: UUID | None, kind: LetterKind) -> NewsReader | None:
    """The person as they can be written to; None if they read the lists no more, before the letter has left."""
    if meeting_id is None or person_id not in readers_of_news(meeting_id, kind):
        return None
    person = db.session.get_one(Person, person_id)
    return NewsReader(email=person.email, name=person.name, locale=person.locale) if person.email else None


def _holders(meeting_id: UUID) -> dict[UUID, frozenset[Role]]:
    dialogue_id = db.session.get_one(Meeting, meeting_id).dialogue_id
    rows = (
        select(RoleGrant.person_id, RoleGrant.role, Party.kind.label("party_kind"))
        .join(Person, Person.id == RoleGrant.person_id)
        .outerjoin(Party, Party.id == RoleGrant.party_id)
        .where(
            RoleGrant.dialogue_id == dialogue_id,
            or_(RoleGrant.meeting_id.is_(None), RoleGrant.meeting_id == meeting_id),
            Person.email.is_not(None),
            in_force(),
        )
    )
    held: defaultdict[UUID, frozenset[Role]] = defaultdict(frozenset)
    for row in db.session.execute(rows):
        held[row.person_id] |= roles_of(row)
    return held


def _met(meeting_id: UUID) -> frozenset[Condition]:
    told = db.session.get_one(Meeting, meeting_id).observers_told
    return frozenset({Condition.EXCHANGED, Condition.RULE_SAYS} if told else {Condition.EXCHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A change of an opened list, as far as the reader may know of the people in it."""

    kind: ListChangeKind
    at: datetime
    name: str
    native: str
    instead_of: str
    party_code: str
    party_name: str


#: As many as one reads at a glance; the list itself says how it stands.
MOST_ANNOUNCED = 100


def announced(viewer: Viewer) -> list[Announced]:
    """What changed since the lists were opened, the newest first: who joined or replaced someone, and who left.

    Whom the reader may not see is not named here either: someone who left is told to those who saw them come.
    """
    rows = db.session.execute(
        select(
            ListChange.kind,
            ListChange.at,
            ListChange.instead_of,
            Person.name,
            native_script(viewer, PARTICIPANTS_SEE).label("native"),
            Party.code.label("party_code"),
            Party.names.label("party_names"),
        )
        .join(Participation, Participation.id == ListChange.participation_id)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .where(of_the_list(viewer))
        .order_by(ListChange.at.desc(), Person.collation, ListChange.id)
        .limit(MOST_ANNOUNCED)
    ).all()
    before = _names(viewer, {row.instead_of for row in rows})
    return [
        Announced(
            kind=row.kind,
            at=row.at,
            name=row.name,
            native=row.native,
            instead_of=before.get(row.instead_of, ""),
            party_code=row.party_code,
            party_name=row.party_names.get("en", row.party_code),
        )
        for row in rows
    ]


def _names(viewer: Viewer, participations: Collection[UUID | None]) -> dict[UUID | None, str]:
    """Whoever left an opened list, by name; who was replaced before they had stood on one is told to nobody."""
    left = exists().where(ListChange.participation_id == Participation.id, ListChange.kind == ListChangeKind.LEFT)
    named = (
        select(Participation.id, Person.name)
        .join(Person, person_of())
        .where(of_the_list(viewer), left, Participation.id.in_([one for one in participations if one is not None]))
    )
    return {row.id: row.name for row in db.session.execute(named)}
