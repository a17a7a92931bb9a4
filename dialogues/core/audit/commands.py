"""Signs the chain's head, and deletes expired details."""

from datetime import UTC, datetime

from sqlalchemy import delete, select

from dialogues.core.audit import queries
from dialogues.core.audit.models import AuditDetail, AuditHead
from dialogues.core.audit.queries import expired_details_keys, signing_seed
from dialogues.core.audit.rules import Head, SignedHead
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Viewer


def sign_head(viewer: Viewer, *, now: datetime) -> SignedHead:
    """Sign the chain's current head; returns the stored one if the chain has not grown."""
    with upkeep(viewer) as session:
        size, root = queries.last(viewer)
        stored = session.get(AuditHead, size)
        if stored is not None:
            return SignedHead(stored.value, stored.signature)
        signed = SignedHead.sign(Head(size, root, now), signing_seed())
        session.add(AuditHead(size=size, root=root, at=now, signature=signed.signature))
    return signed


def expire_details(viewer: Viewer, *, now: datetime) -> int:
    """Delete details that expired before today (UTC), so there is work at most once a day.

    Also erases the key of each month that is completely over. Returns the number of deleted details.
    """
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    months = expired_details_keys(day)
    # Checked before the transaction, because mostly there is nothing to do and other writers need not wait.
    if not months and not queries.has_expired_details(viewer, day):
        return 0
    with upkeep(viewer) as session:
        # Keys first: if the rest fails, expired details can no longer be read.
        for name in months:
            key_store().erase(name, now=now)
        over = list(session.scalars(select(AuditDetail.seq).where(AuditDetail.expires_at <= day)))
        session.execute(delete(AuditDetail).where(AuditDetail.expires_at <= day))
    return len(over)
