"""What happens to sessions and agendas."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from dialogues.common.happening import Happening


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPlanned(Happening):
    """A session was added to the draft."""

    action: ClassVar[str] = "session.planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionChanged(Happening):
    """A session of the draft was changed."""

    action: ClassVar[str] = "session.changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRescheduled(Happening):
    """A session of the draft was moved to another time or room."""

    action: ClassVar[str] = "session.rescheduled"

    was_starts: datetime
    was_ends: datetime
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRemoved(Happening):
    """A session was taken out of the draft; the next release cancels it where it was released before."""

    action: ClassVar[str] = "session.removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaReleased(Happening):
    """The draft became the agenda that people see; `about` is the release."""

    action: ClassVar[str] = "agenda.released"

    number: int
    session_ids: tuple[UUID, ...]
    new_ids: tuple[UUID, ...] = ()
    moved_ids: tuple[UUID, ...] = ()
    changed_ids: tuple[UUID, ...] = ()
    cancelled_ids: tuple[UUID, ...] = ()
    #: Taken over from elsewhere, such as a sample: it is followed up, and nobody is written to.
    silent: bool = False

    @property
    def concerned_ids(self) -> frozenset[UUID]:
        """All sessions that this release adds, moves, changes or cancels."""
        return frozenset(self.new_ids + self.moved_ids + self.changed_ids + self.cancelled_ids)
