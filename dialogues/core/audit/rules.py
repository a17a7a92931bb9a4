"""The hash chain: format and hash of entries, pseudonyms, verification, signed heads."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Self

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: The `prev` of the first entry.
BEGINNING = "0" * 64
SALT_BYTES = 32
#: How long the details of an entry are readable.
DETAILS_RETENTION = timedelta(days=2 * 365)

_WORD = re.compile(r"[a-z][a-z0-9_]*([. ][a-z0-9_]+)*")
_OBJECT = re.compile(r"([a-z][a-z0-9_]*:)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the chain; commitment, prev and hash are SHA-256 in hexadecimal."""

    seq: int
    at: datetime
    actor: str
    action: str
    object: str
    commitment: str
    prev: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The length of the chain at a time, and the hash of its last entry."""

    size: int
    root: str
    at: datetime

    def written(self) -> dict[str, Any]:
        return {"at": _format_instant(self.at), "root": self.root, "size": self.size}


class Damage(Enum):
    """Kinds of damage; the value is used in reports."""

    ALTERED = "is not what was written here"
    GAP = "is missing"
    BREAK = "does not follow from the entry before it"
    CUT = "is missing at the end, though a signed head covers it"
    REWRITTEN = "is not the entry that a signed head covers"
    DETAILS = "has other details than were written"
    LOST_DETAILS = "has lost its details before their time"
    FORGED_HEAD = "is covered by a head whose signature is not ours"


@dataclass(frozen=True, slots=True)
class Finding:
    seq: int
    damage: Damage

    def __str__(self) -> str:
        return f"Entry {self.seq} {self.damage.value}."


def check_words(action: str, about: str) -> None:
    """:raises ValueError: not a word and an id. The chain is never deleted, so it must not hold content."""
    if len(action) > 80 or not _WORD.fullmatch(action):
        raise ValueError("an audited action is a word of small letters, such as agenda.session_moved")
    if not _OBJECT.fullmatch(about):
        raise ValueError("an audited object is an id, with the word for its kind before it if need be")


def pseudonym(key: bytes, actor: str, day: date | None = None) -> str:
    """The pseudonym of an actor: always the same, or only for `day` if given."""
    period = day.isoformat() if day else "always"
    return hmac.new(key, rfc8785.dumps([period, actor]), hashlib.sha256).hexdigest()[:32]


def commitment(salt: bytes, details: bytes) -> str:
    """Binds an entry to its details (canonical JSON); the salt prevents guessing of short ones."""
    return hashlib.sha256(salt + details).hexdigest()


#: The commitment of an entry that never had details, so that deleted details are noticed.
NO_DETAILS = commitment(b"", rfc8785.dumps({}))


def details_expire(at: datetime) -> datetime:
    """When the details of an entry may be deleted; the entry itself stays."""
    return at + DETAILS_RETENTION


def entry_hash(entry: Entry) -> str:
    """SHA-256 over 0x00, the previous hash, and the entry in canonical JSON (RFC 8785)."""
    written: dict[str, Any] = {
        "action": entry.action,
        "actor": entry.actor,
        "at": _format_instant(entry.at),
        "commitment": entry.commitment,
        "object": entry.object,
        "seq": entry.seq,
    }
    return hashlib.sha256(b"\x00" + bytes.fromhex(entry.prev) + rfc8785.dumps(written)).hexdigest()


def verify(entries: Iterable[Entry], heads: Sequence[Head] = ()) -> Iterator[Finding]:
    """Read the chain from its beginning and yield its damage; nothing if it is intact.

    :param heads: signed heads; only they can show that the end was cut off or the whole chain rewritten.
    """
    roots = {0: BEGINNING}
    expected = {head.size for head in heads}
    size, before = 0, BEGINNING
    for entry in entries:
        yield from (Finding(seq, Damage.GAP) for seq in range(size + 1, entry.seq))
        if _hash_or_none(entry) != entry.hash:
            yield Finding(entry.seq, Damage.ALTERED)
        if entry.prev != before:
            yield Finding(entry.seq, Damage.BREAK)
        size, before = entry.seq, entry.hash
        if size in expected:
            roots[size] = before
    yield from _against_heads(size, roots, heads)


def _against_heads(size: int, roots: dict[int, str], heads: Sequence[Head]) -> Iterator[Finding]:
    for head in sorted(heads, key=lambda head: head.size):
        if head.size > size:
            yield Finding(head.size, Damage.CUT)
        elif roots.get(head.size) != head.root:
            yield Finding(head.size, Damage.REWRITTEN)


def _hash_or_none(entry: Entry) -> str | None:
    try:
        return entry_hash(entry)
    except ValueError:
        return None


def _format_instant(at: datetime) -> str:
    if at.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


#: Prefix of what is signed, so that the signature cannot be used for anything else.
_DOMAIN = b"dialogues audit head 1\n"


class HeadUnreadable(Exception):
    """The text is not a head as printed by `flask audit head`."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    head: Head
    signature: bytes

    @classmethod
    def sign(cls, head: Head, seed: bytes) -> Self:
        """Sign with the installation's private key (32 bytes)."""
        return cls(head, Ed25519PrivateKey.from_private_bytes(seed).sign(_signed(head)))

    def is_signed_by(self, public_key: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, _signed(self.head))
        except (InvalidSignature, ValueError):
            return False
        return True

    def printed(self, public_key: bytes) -> str:
        """One line of JSON, to be stored outside this host."""
        facts = {**self.head.written(), "public_key": public_key.hex(), "signature": self.signature.hex()}
        return rfc8785.dumps(facts).decode()

    @classmethod
    def read(cls, text: str) -> Self:
        """:raises HeadUnreadable: the text is something else."""
        try:
            facts: dict[str, Any] = json.loads(text)
            head = Head(int(facts["size"]), str(facts["root"]), datetime.fromisoformat(facts["at"]))
            return cls(head, bytes.fromhex(facts["signature"]))
        except (ValueError, KeyError, TypeError):
            raise HeadUnreadable("This is no signed head: give the line that flask audit head printed.") from None


def public_key_of(seed: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _signed(head: Head) -> bytes:
    return _DOMAIN + rfc8785.dumps(head.written())
