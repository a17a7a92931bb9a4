"""What a person writes about themself, and the days they are there."""

from dataclasses import dataclass
from datetime import date

from dialogues.common.refusal import N_, Refusal
from dialogues.meetings.rules import Days, NameOrder, sort_key


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What a person writes about themself for a meeting."""

    name: str
    native: str = ""
    family: str = ""
    given: str = ""
    name_order: NameOrder = NameOrder.GIVEN_FIRST
    sort_key: str = ""
    affiliation: str = ""
    languages: tuple[str, ...] = ()
    present_from: date
    present_to: date
    always_discreet: bool = False


def is_among(present_from: date | None, present_to: date | None, days: Days) -> bool:
    """Whether someone has said for which of these days they come; after a meeting has moved, they have not."""
    return present_from is not None and present_to is not None and days.first <= present_from <= present_to <= days.last


def refuse_absence(details: Details, days: Days) -> None:
    """:raises Refusal: the days present are in disorder, or not among the days of the meeting."""
    if details.present_to < details.present_from:
        raise Refusal(N_("You would leave before you arrive: swap the two days."), field="present_to")
    for field, day in (("present_from", details.present_from), ("present_to", details.present_to)):
        if not days.first <= day <= days.last:
            raise Refusal(
                N_("The meeting is from %(first)s to %(last)s: choose a day among these."),
                field=field,
                first=days.first.isoformat(),
                last=days.last.isoformat(),
            )


def listed_under(details: Details, before: str) -> str:
    """By what the person is sorted: what they typed, else what their name proposes.

    A proposal that is only handed back, as the page showed it, follows the name.
    """
    if details.sort_key and details.sort_key != before:
        return sort_key(details.sort_key, "", "", details.name_order)
    return sort_key(details.name, details.family, details.given, details.name_order)
