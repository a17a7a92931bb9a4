"""How many people a party is meant to have at the table, and what is said where it has more."""

from dialogues.lib.refusal import N_, Refusal


def is_over(taken: int, target: int | None) -> bool:
    """Whether a party has more full participants than were meant; where nothing was meant, it never has."""
    return target is not None and taken > target


def over_target(party: str, taken: int, target: int | None) -> Refusal | None:
    """The warning for whoever may exceed the target, in words; nothing is refused by it. None within the target."""
    if target is None or not is_over(taken, target):
        return None
    return Refusal(
        N_("%(party)s has %(taken)s people on %(target)s seats: more than is meant for each."),
        party=party,
        taken=str(taken),
        target=str(target),
    )
