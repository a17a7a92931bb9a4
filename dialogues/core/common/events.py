"""Domain events: what a command has done. `event_handlers.py` lists their handlers."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """A completed change. `at` is the time of the service, `about` the id of the changed object."""

    action: ClassVar[str]
    #: Changes of notes are audited coarsely: once a day, under a pseudonym that changes daily.
    coarse: ClassVar[bool] = False

    at: datetime
    about: UUID
    dialogue_id: UUID | None = None
    meeting_id: UUID | None = None

    def details(self) -> dict[str, Any]:
        """The other fields as JSON values for the audit log: ids, numbers and times, never content."""
        own = {field.name for field in fields(DomainEvent)}
        return {
            field.name: _plain(getattr(self, field.name))
            for field in fields(self)
            if field.name not in own and field.metadata.get("audited", True)
        }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list | set | frozenset):
        return sorted(str(_plain(item)) for item in value)
    return value if isinstance(value, str | int | bool | None) else str(value)
