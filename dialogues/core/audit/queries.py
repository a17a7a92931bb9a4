"""Reads of the chain: its head, its keys, and its verification."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dialogues.core.audit.models import AuditDetail, AuditEntry, AuditHead
from dialogues.core.audit.rules import (
    BEGINNING,
    DETAILS_RETENTION,
    NO_DETAILS,
    Damage,
    Entry,
    Finding,
    SignedHead,
    commitment,
    details_expire,
    public_key_of,
    verify,
)
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal
from dialogues.lib.encryption.names import KeyErased, KeyMissing, KeyName, Place, SealBroken
from dialogues.lib.refusal import NotFound

_INSTALLATION = UUID(int=0)
_PSEUDONYMS = KeyName("audit_pseudonyms", _INSTALLATION)
_DETAILS = "audit_details"
_SIGNING = KeyName("audit_signing", _INSTALLATION)


def pseudonym_key() -> bytes:
    return key_store().current(_PSEUDONYMS).secret


def signing_seed() -> bytes:
    return key_store().current(_SIGNING).secret


def public_key() -> bytes:
    return public_key_of(signing_seed())


def details_key(expires_at: datetime) -> KeyName:
    """Details that expire in the same month share a key, so that one erasure removes them from all backups."""
    month = expires_at.astimezone(UTC)
    return KeyName(_DETAILS, UUID(int=month.year * 100 + month.month))


def expired_details_keys(now: datetime) -> list[KeyName]:
    """The keys of months that are completely over, also if their details are already deleted."""
    month = details_key(now).owner.int
    return [name for name in key_store().active_keys(_DETAILS) if name.owner.int < month]


def details_place(seq: int) -> Place:
    return Place("audit_detail", "body", seq)


_BATCH_SIZE = 1_000


class ChainUnreadable(Exception):
    """A table row cannot be read as an entry; the message is for the administrator."""


def size(viewer: Viewer) -> int:
    return last(viewer)[0]


def last(viewer: Viewer) -> tuple[int, str]:
    """The sequence and the hash of the last entry; (0, BEGINNING) if there is none."""
    _require_system(viewer)
    row = db.session.execute(select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, BEGINNING)


def signed_heads(viewer: Viewer) -> list[SignedHead]:
    _require_system(viewer)
    rows = db.session.scalars(select(AuditHead).order_by(AuditHead.size))
    return [SignedHead(row.value, row.signature) for row in rows]


def entries_about(ids: Collection[UUID], most: int = 200) -> Sequence[Any]:
    """Newest first; the caller checks the right. Sequence numbers would reveal how much is done elsewhere."""
    rows = select(AuditEntry.at, AuditEntry.action).where(AuditEntry.object.in_([str(id_) for id_ in ids]))
    return db.session.execute(rows.order_by(AuditEntry.seq.desc()).limit(most)).all()


def has_expired_details(viewer: Viewer, at: datetime) -> bool:
    _require_system(viewer)
    return db.session.execute(select(AuditDetail.seq).where(AuditDetail.expires_at <= at).limit(1)).first() is not None


def findings(viewer: Viewer, kept: Sequence[SignedHead] = (), *, now: datetime) -> list[Finding]:
    """Verify the chain and its details; returns an empty list if they are intact.

    :param kept: heads stored outside this host, in addition to those in the database.
    """
    # Heads first: the chain may grow while it is read, and must not look cut off because of that.
    heads = [*signed_heads(viewer), *kept]
    # Without heads no key is read, because the first head creates it and a verification writes nothing.
    ours = public_key() if heads else b""
    forged = [Finding(signed.head.size, Damage.FORGED_HEAD) for signed in heads if not signed.is_signed_by(ours)]
    genuine = [signed.head for signed in heads if signed.is_signed_by(ours)]
    return [*forged, *verify(_entries(), genuine), *_lost_details(now), *_altered_details(now)]


def _entries() -> Iterator[Entry]:
    rows = db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=_BATCH_SIZE, populate_existing=True)
    )
    try:
        with closing(rows):
            for row in rows:
                yield row.value
    except (ValueError, TypeError, AttributeError):
        raise ChainUnreadable("The chain cannot be read: a column holds what was never written there.") from None


def _lost_details(now: datetime) -> Iterator[Finding]:
    """Entries whose details are gone, although they have not expired yet."""
    gone = AuditEntry.seq.not_in(select(AuditDetail.seq))
    lasting = AuditEntry.at > now - DETAILS_RETENTION
    lost = select(AuditEntry.seq).where(AuditEntry.commitment != NO_DETAILS, gone, lasting).order_by(AuditEntry.seq)
    yield from (Finding(seq, Damage.LOST_DETAILS) for seq in db.session.scalars(lost))


def _altered_details(now: datetime) -> Iterator[Finding]:
    """Details that do not match their entry; details with an erased key cannot be checked."""
    written = select(AuditDetail, AuditEntry).join(AuditEntry, AuditEntry.seq == AuditDetail.seq)
    for detail, entry in db.session.execute(written.order_by(AuditDetail.seq).execution_options(yield_per=_BATCH_SIZE)):
        if detail.expires_at != details_expire(entry.at) or not _matches_commitment(detail, entry.commitment, now):
            yield Finding(detail.seq, Damage.DETAILS)


def _matches_commitment(detail: AuditDetail, committed: str, now: datetime) -> bool:
    try:
        body = unseal(key_store(), details_key(detail.expires_at), details_place(detail.seq), detail.body)
        return commitment(detail.salt, body) == committed
    except KeyErased:
        return detail.expires_at <= now
    except (SealBroken, KeyMissing, TypeError):
        return False


def _require_system(viewer: Viewer) -> None:
    if not viewer.is_system:
        raise NotFound
