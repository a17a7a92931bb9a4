"""The personal link: its address and how long it lasts."""

from datetime import datetime, timedelta

from dialogues.common.refusal import N_

#: How long a personal link lasts where the meeting says nothing about when registration closes.
LINK_LASTS = timedelta(days=60)


def link_address(base_url: str, secret: str) -> str:
    """The address of a personal link; opening it changes nothing."""
    return f"{base_url}/r/{secret}"


def link_expires(registration_closes_at: datetime | None, now: datetime) -> datetime:
    """When a personal link minted now stops working."""
    return registration_closes_at if registration_closes_at is not None else now + LINK_LASTS


LINK_IS_DEAD = N_("This link cannot be used any more. You can have a new one sent to you.")
