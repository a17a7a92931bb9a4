"""Refusals (expected errors shown to people), `NotFound`, and marking of texts for translation."""

from collections.abc import Iterable
from typing import Any, TypeVar

Row = TypeVar("Row")


def N_(message: str) -> str:  # noqa: N802  gettext's usual name
    """Mark a message for translation; it is translated when it is shown."""
    return message


class Refusal(Exception):
    """An expected no: a message that says what to change, with named facts and the form field, if any.

    Facts that are marked texts are translated too, so enum labels can be facts. If several refusals apply at once, one
    is raised and holds the others in `also`.
    """

    def __init__(self, message: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.facts = facts
        self.also: tuple[Refusal, ...] = ()

    def __str__(self) -> str:
        return " ".join(one.message % one.facts if one.facts else one.message for one in self.each)

    @property
    def each(self) -> tuple["Refusal", ...]:
        """This refusal and those that apply at the same time."""
        return (self, *self.also)


class NotFound(Exception):
    """Missing or not permitted. Both answer 404 so that existence is not revealed."""


def refuse_all(refusals: Iterable[Refusal]) -> None:
    """:raises Refusal: there is at least one; it holds all of them, without duplicates."""
    unique: dict[object, Refusal] = {}
    for refusal in refusals:
        unique.setdefault((refusal.message, tuple(sorted(refusal.facts.items()))), refusal)
    if unique:
        first, *others = unique.values()
        first.also = tuple(others)
        raise first


def refuse_stale(saved: int, shown: int) -> None:
    """:raises Refusal: the row was changed after the page was shown (`saved` and `shown` are versions)."""
    if saved != shown:
        raise Refusal(
            N_("Someone saved a change since you opened this page. Compare with what is saved now, then save again."),
            field="version",
        )


def or_not_found(row: Row | None) -> Row:
    """:raises NotFound: there is no row."""
    if row is None:
        raise NotFound
    return row
