"""Names of keys, and the places that encrypted values are bound to."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

_PURPOSE = re.compile(r"[a-z][a-z0-9_]{0,39}")


class KeyErased(Exception):
    """The key was erased, and with it everything it encrypted."""

    def __init__(self, name: "KeyName", erased_at: datetime) -> None:
        super().__init__(f"the key for {name.purpose} was erased at {erased_at.isoformat()}")
        self.name = name
        self.erased_at = erased_at


class KeyMissing(Exception):
    """The key store does not have the key of an encrypted value: it is not the store that encrypted it."""


class KeyLost(KeyMissing):
    """The key was in use, and the key store has lost it."""


class SealBroken(Exception):
    """An encrypted value is damaged, or was moved from its place."""


@dataclass(frozen=True, slots=True)
class KeyName:
    """The name of a data key: a purpose and an owner, such as the raw notes of one rapporteur."""

    purpose: str
    owner: UUID

    def __post_init__(self) -> None:
        if not _PURPOSE.fullmatch(self.purpose):
            raise ValueError("a key's purpose is a short word of small letters, digits and underscores")


@dataclass(frozen=True, slots=True)
class Place:
    """The place of an encrypted value; at any other place it cannot be decrypted."""

    table: str
    column: str
    row_id: UUID | int
    dialogue_id: UUID | None = None

    def bound_to(self, key_version: int) -> bytes:
        """The associated data that binds the value to its place and key version."""
        dialogue = str(self.dialogue_id) if self.dialogue_id else None
        return json.dumps([self.table, self.column, str(self.row_id), dialogue, key_version]).encode()
