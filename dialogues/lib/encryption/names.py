"""What a key is called, and to which place a sealed value is bound."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_PURPOSE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class KeyErased(Exception):
    """The key was erased, and with it everything it sealed."""

    def __init__(self, name: "KeyName", erased_at: datetime) -> None:
        super().__init__(f"the key for {name.purpose} was erased at {erased_at.isoformat()}")
        self.name = name
        self.erased_at = erased_at


class KeyMissing(Exception):
    """A sealed value names a key that the key store does not hold: the store is not the one that sealed it."""


class SealBroken(Exception):
    """A sealed value was damaged, or moved from the place it was sealed for."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """A data key serves one purpose for one owner, such as the raw notes of one rapporteur."""

    purpose: str
    owner: UUID

    def __post_init__(self) -> None:
        if not _PURPOSE.fullmatch(self.purpose):
            raise ValueError("a key's purpose is a short word of small letters, digits and underscores")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value stands; copied anywhere else, it cannot be opened."""

    table: str
    column: str
    row_id: UUID | int
    dialogue_id: UUID | None = None

    def bound_to(self, key_version: int) -> bytes:
        """What the seal covers besides the value itself."""
        dialogue = str(self.dialogue_id) if self.dialogue_id else None
        return json.dumps([self.table, self.column, str(self.row_id), dialogue, key_version]).encode()
