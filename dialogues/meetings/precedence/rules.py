"""The order that ranks nobody: parties by a language or by their cities, from the place that a lot drew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from dialogues.core.common.events import DomainEvent
from dialogues.lib.refusal import N_, Refusal
from dialogues.meetings.dialogues.rules.kinds import PartyKind, PartyOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChosen(DomainEvent):
    """The parties of a meeting stand in another order."""

    action: ClassVar[str] = "order.chosen"

    order: PartyOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDrawn(DomainEvent):
    """A lot decided which party of a meeting stands first; who saw it stands with the lot."""

    action: ClassVar[str] = "lot.drawn"

    party_id: UUID
    order: PartyOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedParty:
    """A party in an order; `stands_as` is the name or city that it is ordered by, `key` what that sorts by."""

    id: UUID
    code: str
    names: Mapping[str, str]
    city: str
    kind: PartyKind
    seats: Mapping[str, int]
    stands_as: str
    key: str

    @property
    def english(self) -> str:
        """The party's name for readers of English; its code where nobody wrote one down."""
        return self.names.get("en") or self.code

    @property
    def place(self) -> tuple[str, str]:
        """What decides where it stands; the code tells apart what sorts alike."""
        return self.key, self.code


def arranged(parties: Iterable[OrderedParty], start: tuple[str, str] | None = None) -> tuple[OrderedParty, ...]:
    """The parties in order, hosts among them, from the drawn start around; observing organisations come after them.

    The start is a place in the order, so that it holds even where the party that was drawn comes no more.
    """
    standing = sorted(parties, key=lambda party: party.place)
    at_table = [party for party in standing if party.kind is not PartyKind.OBSERVER]
    if start is not None:
        at_table = [party for party in at_table if party.place >= start] + [
            party for party in at_table if party.place < start
        ]
    return (*at_table, *(party for party in standing if party.kind is PartyKind.OBSERVER))


def to_be_drawn(parties: Iterable[OrderedParty]) -> tuple[OrderedParty, ...]:
    """The parties among which a lot is drawn: all at the table, hosts among them.

    :raises Refusal: there are no two of them.
    """
    at_table = tuple(party for party in parties if party.kind is not PartyKind.OBSERVER)
    if len(at_table) < 2:
        raise Refusal(N_("A lot is drawn among at least two parties: seat them in the meeting's settings first."))
    return at_table


def refuse_another_lot(is_drawn: bool) -> None:
    """:raises Refusal: the lot of this meeting was drawn already."""
    if is_drawn:
        raise Refusal(N_("The lot of this meeting is drawn: it is drawn once, and what it drew stays."))


def refuse_order_after_lot(is_drawn: bool) -> None:
    """:raises Refusal: a lot was drawn for the order in force, which everyone may rely on from then on."""
    if is_drawn:
        raise Refusal(
            N_("The lot of this meeting was drawn for the order in force, which stays. Any reader can look at another.")
        )
