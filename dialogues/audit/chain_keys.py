"""The keys of the chain: for pseudonyms, for the signatures of heads, and for the details of each month."""

from datetime import UTC, datetime
from uuid import UUID

from dialogues.audit.signed_head import public_key_of
from dialogues.keys.installed import key_store
from dialogues.keys.rules import KeyName, Place

_INSTALLATION = UUID(int=0)
_PSEUDONYMS = KeyName("audit_pseudonyms", _INSTALLATION)
_DETAILS = "audit_details"
_SIGNING = KeyName("audit_signing", _INSTALLATION)


def pseudonym_key() -> bytes:
    """What turns actors into pseudonyms."""
    return key_store().current(_PSEUDONYMS).secret


def signing_seed() -> bytes:
    """What signs heads."""
    return key_store().current(_SIGNING).secret


def public_key() -> bytes:
    """What checks heads; it may be known to all."""
    return public_key_of(signing_seed())


def details_key(expires_at: datetime) -> KeyName:
    """Details that expire in the same month share a key, so that one erasure takes them out of every backup."""
    month = expires_at.astimezone(UTC)
    return KeyName(_DETAILS, UUID(int=month.year * 100 + month.month))


def details_keys_over(now: datetime) -> list[KeyName]:
    """The keys of months that are wholly over, also of those whose last details went before their month did."""
    month = details_key(now).owner.int
    return [name for name in key_store().living(_DETAILS) if name.owner.int < month]


def details_place(seq: int) -> Place:
    """Where the details of an entry stand."""
    return Place("audit_detail", "body", seq)
