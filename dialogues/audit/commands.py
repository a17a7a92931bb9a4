"""Signs the head of the chain, and lets details expire."""

from datetime import datetime

from sqlalchemy import delete, select

from dialogues.audit import queries
from dialogues.audit.chain_keys import details_key, signing_seed
from dialogues.audit.models import AuditDetail, AuditHead
from dialogues.audit.rules import Head
from dialogues.audit.signed_head import SignedHead
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Viewer
from dialogues.keys.installed import key_store


def sign_head(viewer: Viewer, *, now: datetime) -> SignedHead:
    """Sign the chain as it stands; a chain that has not grown keeps the head it has."""
    with upkeep(viewer) as session:
        size, root = queries.last(viewer)
        stored = session.get(AuditHead, size)
        if stored is not None:
            return SignedHead(stored.value, stored.signature)
        signed = SignedHead.sign(Head(size, root, now), signing_seed())
        session.add(AuditHead(size=size, root=root, at=now, signature=signed.signature))
    return signed


def expire_details(viewer: Viewer, *, now: datetime) -> int:
    """Delete details whose time is over, and erase the key of each month that is wholly over; returns how many went."""
    with upkeep(viewer) as session:
        over = list(session.scalars(select(AuditDetail.expires_at).where(AuditDetail.expires_at <= now)))
        # The key goes first: should the rest be lost, nothing that was to go can be read.
        for name in {details_key(expired) for expired in over} - {details_key(now)}:
            key_store().erase(name, now=now)
        session.execute(delete(AuditDetail).where(AuditDetail.expires_at <= now))
    return len(over)
