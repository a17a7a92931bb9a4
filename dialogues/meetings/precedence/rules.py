"""Neutral order of parties, begun at a party drawn by lot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import PartyKind, PartyOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChosen(DomainEvent):
    action: ClassVar[str] = "order.chosen"

    order: PartyOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDrawn(DomainEvent):
    """The first party of a meeting was drawn. Witnesses are stored with the lot, not in the event."""

    action: ClassVar[str] = "lot.drawn"

    party_id: UUID
    order: PartyOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedParty:
    """A party in an order.

    `stands_as` is the name or city it is sorted by, `key` the collation key of that text.
    """

    id: UUID
    code: str
    names: Mapping[str, str]
    kind: PartyKind
    seats: Mapping[str, int]
    stands_as: str
    key: str

    @property
    def english(self) -> str:
        """The party's English name, or its code without one."""
        return self.names.get("en") or self.code

    @property
    def place(self) -> tuple[str, str]:
        """Sort key; the code decides between equal names."""
        return self.key, self.code


def sort_parties(parties: Iterable[OrderedParty], start: tuple[str, str] | None = None) -> tuple[OrderedParty, ...]:
    """Return the parties sorted, beginning at `start` and continuing around; observing organisations come last.

    Hosts are sorted like other parties. `start` is a sort key, so that it still holds if the drawn party was removed.
    """
    in_sequence = sorted(parties, key=lambda party: party.place)
    at_table = [party for party in in_sequence if party.kind is not PartyKind.OBSERVER]
    if start is not None:
        at_table = [party for party in at_table if party.place >= start] + [
            party for party in at_table if party.place < start
        ]
    return (*at_table, *(party for party in in_sequence if party.kind is PartyKind.OBSERVER))


def parties_to_draw_from(parties: Iterable[OrderedParty]) -> tuple[OrderedParty, ...]:
    """Return the parties that take part in the draw: all except observing organisations.

    :raises Refusal: there are fewer than two.
    """
    at_table = tuple(party for party in parties if party.kind is not PartyKind.OBSERVER)
    if len(at_table) < 2:
        raise Refusal(N_("A lot is drawn among at least two parties: seat them in the meeting's settings first."))
    return at_table
