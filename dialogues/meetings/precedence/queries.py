"""Reads of the order: the parties of a meeting as they stand in every list of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, literal, or_, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.collation import collation_key
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Party
from dialogues.meetings.dialogues.queries.meetings import visible
from dialogues.meetings.dialogues.rules.kinds import PartyOrder
from dialogues.meetings.dialogues.rules.order import LANGUAGES, stands_as
from dialogues.meetings.precedence.models import Lot
from dialogues.meetings.precedence.rules import OrderedParty, arranged
from dialogues.policy import MEETING_EDIT, MEETING_SEE, PARTICIPANTS_SEE, Action, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnLot:
    """The record of a lot: whom it drew, for which order, when, and before whom where the reader may know."""

    party_id: UUID
    order: PartyOrder
    drawn_at: datetime
    witnesses: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The parties of a meeting in one order, and what decides the order in force."""

    #: The order of these parties; with `is_in_force` it is the meeting's own, from the drawn start.
    by: PartyOrder
    is_in_force: bool
    in_force: PartyOrder
    lot: DrawnLot | None
    drawn: OrderedParty | None
    parties: tuple[OrderedParty, ...]

    @property
    def ranks(self) -> Mapping[UUID, int]:
        """Where each party stands, counted from 0."""
        return {party.id: rank for rank, party in enumerate(self.parties)}

    @property
    def other_names(self) -> Mapping[UUID, str]:
        """What each party stands as, where that is not its name in English."""
        return {party.id: party.stands_as for party in self.parties if party.stands_as != party.english}

    def rank(self, party_id: UUID | None) -> int:
        """Where a party stands, counted from 0; whoever has no place here stands at the end."""
        return self.ranks.get(party_id, len(self.parties)) if party_id else len(self.parties)


def order(viewer: Viewer, by: PartyOrder | None = None, action: Action = MEETING_SEE) -> Order:
    """The parties at the meeting the viewer stands in, in the order in force or in another one; one query.

    Another order than the one in force has no drawn start.

    :raises Unseen: there is no such meeting for this viewer.
    """
    return _in_order(_rows(viewer, action), by, _may_read_witnesses(viewer))


def every_order(viewer: Viewer, action: Action = MEETING_SEE) -> tuple[Order, ...]:
    """The order in force, then each order on offer, for the meeting the viewer stands in; one query.

    :raises Unseen: there is no such meeting for this viewer.
    """
    rows, may_read = _rows(viewer, action), _may_read_witnesses(viewer)
    return tuple(_in_order(rows, by, may_read) for by in (None, *PartyOrder))


def parties_in_order(
    viewer: Viewer, by: PartyOrder | None = None, action: Action = MEETING_SEE
) -> tuple[OrderedParty, ...]:
    """The parties at the meeting the viewer stands in, in the order in force or in another one; one query.

    :raises Unseen: there is no such meeting for this viewer.
    """
    return order(viewer, by, action).parties


def order_at(meeting_id: UUID, by: PartyOrder | None = None) -> Order:
    """The order of that meeting, for what the house itself makes; whoever asks has decided what is shown of it."""
    return _in_order(db.session.execute(_sides(Meeting.id == meeting_id)).all(), by, True)


def precedence_sort_key(order: Order, party_id: Any) -> ColumnElement[int]:
    """Where that column's party stands in the order, to sort by in the database; without a place, at its end."""
    end: ColumnElement[int] = literal(len(order.parties))
    return case(order.ranks, value=party_id, else_=end) if order.parties else end


def _rows(viewer: Viewer, action: Action) -> Sequence[Any]:
    here = Meeting.id == (viewer.place.meeting_id if viewer.place else None)
    return db.session.execute(_sides(and_(visible(viewer, action), here))).all()


def _may_read_witnesses(viewer: Viewer) -> bool:
    """Whoever saw the lot may be on a list that is still sealed: their names are the office's until it is opened."""
    return viewer.may(MEETING_EDIT) or Scope.ALL in viewer.scopes(PARTICIPANTS_SEE)


def _in_order(rows: Sequence[Any], by: PartyOrder | None, with_witnesses: bool) -> Order:
    if not rows:
        raise NotFound
    in_force, lot = rows[0].party_order, _lot(rows[0], with_witnesses)
    chosen = by or in_force
    sides = {row.id: _ordered(row, chosen) for row in rows if row.id is not None}
    start = sides[lot.party_id].place if by is None and lot is not None else None
    seated = [sides[row.id] for row in rows if row.seated_id is not None]
    return Order(
        by=chosen,
        is_in_force=by is None,
        in_force=in_force,
        lot=lot,
        drawn=sides[lot.party_id] if lot is not None else None,
        parties=arranged(seated, start),
    )


def _sides(here: ColumnElement[bool]) -> Select[Any, *tuple[Any, ...]]:
    """The parties at the meeting, and the one that a lot drew even if it comes no more: there the order starts."""
    seated = select(MeetingParty.party_id).where(MeetingParty.meeting_id == Meeting.id).correlate(Meeting)
    counts = and_(Party.dialogue_id == Meeting.dialogue_id, or_(Party.id.in_(seated), Party.id == Lot.party_id))
    return (
        select(
            Party.id,
            Party.code,
            Party.names,
            Party.city,
            Party.kind,
            MeetingParty.party_id.label("seated_id"),
            MeetingParty.seats,
            Meeting.party_order,
            Lot.party_id.label("drawn_id"),
            Lot.order.label("drawn_for"),
            Lot.drawn_at,
            Lot.witnesses,
        )
        .select_from(Meeting)
        .outerjoin(Lot, Lot.meeting_id == Meeting.id)
        .outerjoin(Party, counts)
        .outerjoin(MeetingParty, and_(MeetingParty.meeting_id == Meeting.id, MeetingParty.party_id == Party.id))
        .where(here)
    )


def _ordered(row: Any, by: PartyOrder) -> OrderedParty:
    words = stands_as(by, row.names, row.city, row.code)
    return OrderedParty(
        id=row.id,
        code=row.code,
        names=row.names,
        city=row.city or "",
        kind=row.kind,
        seats=row.seats or {},
        stands_as=words,
        key=collation_key(words, LANGUAGES[by]),
    )


def _lot(row: Any, with_witnesses: bool) -> DrawnLot | None:
    if row.drawn_id is None:
        return None
    witnesses = row.witnesses if with_witnesses else ""
    return DrawnLot(party_id=row.drawn_id, order=row.drawn_for, drawn_at=row.drawn_at, witnesses=witnesses)
