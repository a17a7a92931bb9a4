"""The parties of a meeting in the order that every list of the meeting uses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from dialogues.meetings.precedence.rules import OrderedParty, sort_parties
from dialogues.policy import MEETING_EDIT, MEETING_SEE, PARTICIPANTS_SEE, Action, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The parties of a meeting in one order, and the facts that decide the order in force."""

    #: How these parties are sorted. With `is_in_force` it is the meeting's own order and begins at the drawn party.
    by: PartyOrder
    is_in_force: bool
    in_force: PartyOrder
    #: Row with party_id, order, drawn_at and witnesses; None if nothing is drawn.
    lot: Any
    drawn: OrderedParty | None
    parties: tuple[OrderedParty, ...]

    @property
    def ranks(self) -> Mapping[UUID, int]:
        """Position of each party, counted from 0."""
        return {party.id: rank for rank, party in enumerate(self.parties)}

    @property
    def other_names(self) -> Mapping[UUID, str]:
        """The text each party is sorted by, if it differs from its English name."""
        return {party.id: party.stands_as for party in self.parties if party.stands_as != party.english}

    def rank(self, party_id: UUID | None) -> int:
        """Return the position of a party, counted from 0; parties not at the meeting come last."""
        return self.ranks.get(party_id, len(self.parties)) if party_id else len(self.parties)


def order(viewer: Viewer, by: PartyOrder | None = None, action: Action = MEETING_SEE) -> Order:
    """Return the parties at the current meeting in the order in force, or sorted by `by`; one query.

    With `by`, the list does not begin at the drawn party.

    :raises NotFound: missing or not permitted.
    """
    return _build_order(_visible_party_rows(viewer, action), by)


def all_orders(viewer: Viewer, action: Action = MEETING_SEE) -> tuple[Order, ...]:
    """Return the order in force, then every possible order, for the current meeting; one query.

    :raises NotFound: missing or not permitted.
    """
    rows = _visible_party_rows(viewer, action)
    return tuple(_build_order(rows, by) for by in (None, *PartyOrder))


def parties_in_order(viewer: Viewer, *, action: Action = MEETING_SEE) -> tuple[OrderedParty, ...]:
    """Return the parties at the current meeting in the order in force; one query.

    :raises NotFound: missing or not permitted.
    """
    return order(viewer, action=action).parties


def order_at(meeting_id: UUID) -> Order:
    """Return the order in force of that meeting for the service itself, with witnesses.

    Not filtered by viewer: the caller must decide what readers may see.
    """
    return _build_order(db.session.execute(_party_rows(Meeting.id == meeting_id, Lot.witnesses)).all(), None)


def precedence_sort_key(order: Order, party_id: Any) -> ColumnElement[int]:
    """SQL expression to sort rows by the position of their party; rows without a position come last."""
    last: ColumnElement[int] = literal(len(order.parties))
    return case(order.ranks, value=party_id, else_=last) if order.parties else last


def _visible_party_rows(viewer: Viewer, action: Action) -> Sequence[Any]:
    # Witnesses may be on a list that is still sealed, so before the exchange only viewers who may edit read them.
    may_read = viewer.may(MEETING_EDIT) or Scope.ALL in viewer.scopes(PARTICIPANTS_SEE)
    here = and_(visible(viewer, action), Meeting.id == viewer.meeting_id)
    return db.session.execute(_party_rows(here, Lot.witnesses if may_read else literal(""))).all()


def _build_order(rows: Sequence[Any], by: PartyOrder | None) -> Order:
    if not rows:
        raise NotFound
    in_force, lot = rows[0].party_order, rows[0] if rows[0].party_id is not None else None
    chosen = by or in_force
    by_id = {row.id: _ordered_party(row, chosen) for row in rows if row.id is not None}
    start = by_id[lot.party_id].place if by is None and lot is not None else None
    seated = [by_id[row.id] for row in rows if row.seated_id is not None]
    return Order(
        by=chosen,
        is_in_force=by is None,
        in_force=in_force,
        lot=lot,
        drawn=by_id[lot.party_id] if lot is not None else None,
        parties=sort_parties(seated, start),
    )


def _party_rows(here: ColumnElement[bool], witnesses: Any) -> Select[Any, *tuple[Any, ...]]:
    """Select the parties at the meeting, and the drawn party even if it was removed, because the order begins there."""
    seated = select(MeetingParty.party_id).where(MeetingParty.meeting_id == Meeting.id).correlate(Meeting)
    is_wanted = and_(Party.dialogue_id == Meeting.dialogue_id, or_(Party.id.in_(seated), Party.id == Lot.party_id))
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
            Lot.party_id,
            Lot.order.label("order"),
            Lot.drawn_at,
            witnesses.label("witnesses"),
        )
        .select_from(Meeting)
        .outerjoin(Lot, Lot.meeting_id == Meeting.id)
        .outerjoin(Party, is_wanted)
        .outerjoin(MeetingParty, and_(MeetingParty.meeting_id == Meeting.id, MeetingParty.party_id == Party.id))
        .where(here)
    )


def _ordered_party(row: Any, by: PartyOrder) -> OrderedParty:
    name = stands_as(by, row.names, row.city, row.code)
    return OrderedParty(
        id=row.id,
        code=row.code,
        names=row.names,
        kind=row.kind,
        seats=row.seats or {},
        stands_as=name,
        key=collation_key(name, LANGUAGES[by]),
    )
