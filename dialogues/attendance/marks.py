"""How a mark is written: whom it is about as a keyed hash, and sealed, with a key of the meeting's own."""

import hashlib
import hmac
from collections.abc import Iterable
from uuid import UUID

from dialogues.keys.envelope import seal
from dialogues.keys.installed import key_store
from dialogues.keys.rules import KeyName, Place

#: Hashes of one meeting are made with one version of its key, so that the same person is found again.
_HASHED_WITH = 1


def hashes(meeting_id: UUID, session_id: UUID, participation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """For each participation what stands for it among the marks of the session; nobody finds the way back."""
    store, name = key_store(), _key(meeting_id)
    store.current(name)
    secret = hmac.digest(store.version(name, _HASHED_WITH).secret, b"who was at the table", "sha256")
    return {
        one: hmac.new(secret, session_id.bytes + one.bytes, hashlib.sha256).hexdigest() for one in participation_ids
    }


def sealed(participation_id: UUID, *, mark_id: UUID, meeting_id: UUID, dialogue_id: UUID) -> bytes:
    """Whom the mark is about, readable with the meeting's key only."""
    place = Place("attendance_mark", "participation", mark_id, dialogue_id)
    return seal(key_store(), _key(meeting_id), place, participation_id.bytes)


def _key(meeting_id: UUID) -> KeyName:
    return KeyName("attendance", meeting_id)
