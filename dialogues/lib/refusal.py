"""An expected no, and how its words are marked for translation."""

from collections.abc import Iterable
from typing import Any


def N_(message: str) -> str:  # noqa: N802  gettext's own name for a word that is marked here and translated where it is shown
    """Mark a message for translation; it is translated when it is shown."""
    return message


class Refusal(Exception):
    """An expected no: a message with named facts, which says what to change, and the form field it is about, if any.

    A fact that is itself a marked word is translated too, so facts may be enum labels. Of several that hold at once,
    one is raised, with the others in `also`.
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
        """This refusal and those that hold at once with it."""
        return (self, *self.also)


class NotFound(Exception):
    """The viewer may not see this, or it does not exist: which of the two is nobody's business (404)."""


def refuse_all(refusals: Iterable[Refusal]) -> None:
    """:raises Refusal: there is one; all are told at once, and those of the same words once."""
    told: dict[object, Refusal] = {}
    for refusal in refusals:
        told.setdefault((refusal.message, tuple(sorted(refusal.facts.items()))), refusal)
    if told:
        first, *others = told.values()
        first.also = tuple(others)
        raise first


def refuse_stale(saved: int, shown: int) -> None:
    """:raises Refusal: the row was changed since the page that is now sent had shown it."""
    if saved != shown:
        raise Refusal(
            N_("Someone saved a change since you opened this page. Compare with what is saved now, then save again."),
            field="version",
        )
