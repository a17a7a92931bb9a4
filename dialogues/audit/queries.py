"""Reads of the chain: its head, and whether it still holds."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dialogues.audit.chain_keys import details_key, details_place, public_key
from dialogues.audit.models import AuditDetail, AuditEntry, AuditHead
from dialogues.audit.rules import BEGINNING, Damage, Entry, Finding, commitment_of_bytes, verify
from dialogues.audit.signed_head import SignedHead
from dialogues.common.refusal import Unseen
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.keys.envelope import unseal
from dialogues.keys.installed import key_store
from dialogues.keys.rules import KeyErased, KeyMissing, SealBroken

_AT_ONCE = 1_000


class ChainUnreadable(Exception):
    """The tables hold something that no entry can be made of; the message is for people."""


def size(viewer: Viewer) -> int:
    """How many entries the chain has."""
    return last(viewer)[0]


def last(viewer: Viewer) -> tuple[int, str]:
    """The number and the hash of the last entry."""
    _only_system(viewer)
    row = db.session.execute(select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else (0, BEGINNING)


def signed_heads(viewer: Viewer) -> list[SignedHead]:
    """All heads that were signed here, oldest first."""
    _only_system(viewer)
    rows = db.session.scalars(select(AuditHead).order_by(AuditHead.size))
    return [SignedHead(row.value, row.signature) for row in rows]


def entries_about(ids: Collection[UUID], most: int = 200) -> Sequence[Any]:
    """When and what was done about these objects, the newest first; whoever asks has decided whose they are.

    Without their numbers, which would tell how much is done elsewhere.
    """
    rows = select(AuditEntry.at, AuditEntry.action).where(AuditEntry.object.in_([str(id_) for id_ in ids]))
    return db.session.execute(rows.order_by(AuditEntry.seq.desc()).limit(most)).all()


def details_over(viewer: Viewer, moment: datetime) -> bool:
    """Whether there are details whose time was over at that moment."""
    _only_system(viewer)
    return (
        db.session.execute(select(AuditDetail.seq).where(AuditDetail.expires_at <= moment).limit(1)).first() is not None
    )


def findings(viewer: Viewer, kept: Sequence[SignedHead] = ()) -> list[Finding]:
    """What is wrong with the chain; nothing, if it is whole.

    :param kept: heads that were kept outside the host, beside those that are stored here.
    """
    # The heads are read first: a chain may grow while it is read, and must not look cut because of that.
    heads = [*signed_heads(viewer), *kept]
    ours = public_key()
    forged = [Finding(signed.head.size, Damage.FORGED_HEAD) for signed in heads if not signed.is_by(ours)]
    genuine = [signed.head for signed in heads if signed.is_by(ours)]
    return [*forged, *verify(_entries(), genuine), *_altered_details()]


def _entries() -> Iterator[Entry]:
    rows = db.session.scalars(
        select(AuditEntry).order_by(AuditEntry.seq).execution_options(yield_per=_AT_ONCE, populate_existing=True)
    )
    try:
        with closing(rows):
            for row in rows:
                yield row.value
    except (ValueError, TypeError, AttributeError):
        raise ChainUnreadable("The chain cannot be read: a column holds what was never written there.") from None


def _altered_details() -> Iterator[Finding]:
    """Details that do not open the commitment of their entry; details whose key was erased can no longer be asked."""
    written = select(AuditDetail, AuditEntry.commitment).join(AuditEntry, AuditEntry.seq == AuditDetail.seq)
    for detail, committed in db.session.execute(
        written.order_by(AuditDetail.seq).execution_options(yield_per=_AT_ONCE)
    ):
        if not _opens(detail, committed):
            yield Finding(detail.seq, Damage.DETAILS)


def _opens(detail: AuditDetail, committed: str) -> bool:
    try:
        body = unseal(key_store(), details_key(detail.expires_at), details_place(detail.seq), detail.body)
        return commitment_of_bytes(detail.salt, body) == committed
    except KeyErased:
        return True
    except (SealBroken, KeyMissing, TypeError):
        return False


def _only_system(viewer: Viewer) -> None:
    if not viewer.is_system:
        raise Unseen
