"""Creates, renews and revokes a person's own feed addresses, and notes the day of their last use."""

from datetime import datetime
from uuid import UUID

from dialogues.agenda.calendars.queries import own
from dialogues.agenda.calendars.queries.feed import FeedHead
from dialogues.agenda.calendars.rules import FEED_LIFETIME, MAX_FEEDS, FeedEnded, FeedOpened
from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import KnownLink, LinkPurpose
from dialogues.core.common.transaction import Change, transaction, upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.lib.refusal import N_, NotFound, Refusal
from dialogues.policy import FEED_OWN


def open_feed(viewer: Viewer, name: str, *, now: datetime, real_now: datetime) -> str:
    """Creates a feed address for one device and returns its secret, which is never shown again.

    :raises Refusal: the meeting is confidential, or the person has reached the limit of addresses.
    """
    with transaction(viewer, FEED_OWN) as change:
        person_id = _person(change)
        if own.is_confidential(change.viewer):
            raise Refusal(N_("For a confidential meeting there is no feed: download the file instead."))
        if len(own.own_feeds(change.viewer, real_now)) >= MAX_FEEDS:
            raise Refusal(
                N_("You have %(most)s feed addresses already. End one that you no longer use."), most=MAX_FEEDS
            )
        change.record(FeedOpened(at=now, about=person_id, **_place(change)))
        return _mint(person_id, name, real_now)


def renew_feed(viewer: Viewer, feed_id: UUID, *, now: datetime, real_now: datetime) -> str:
    """Revokes a feed address and returns the secret of a new one with the same name."""
    with transaction(viewer, FEED_OWN) as change:
        person_id, feed = _person(change), _own(change, feed_id, real_now)
        accounts.revoke_link(feed.id, real_now)
        change.record(FeedEnded(at=now, about=person_id, **_place(change)))
        change.record(FeedOpened(at=now, about=person_id, **_place(change)))
        return _mint(person_id, feed.name, real_now)


def end_feed(viewer: Viewer, feed_id: UUID, *, now: datetime, real_now: datetime) -> None:
    """Revokes one of the viewer's own feed addresses."""
    with transaction(viewer, FEED_OWN) as change:
        accounts.revoke_link(_own(change, feed_id, real_now).id, real_now)
        change.record(FeedEnded(at=now, about=_person(change), **_place(change)))


def stamp_fetch(head: FeedHead, real_now: datetime) -> None:
    """Stores the day of the last fetch."""
    with upkeep(system(Purpose.FEED)):
        accounts.stamp_used(head.link_id, real_now.date())


def _person(change: Change) -> UUID:
    if change.viewer.person_id is None:
        raise NotFound
    return change.viewer.person_id


def _place(change: Change) -> dict[str, UUID | None]:
    place = change.viewer.place
    return {"dialogue_id": place.dialogue_id, "meeting_id": place.meeting_id} if place else {}


def _own(change: Change, feed_id: UUID, real_now: datetime) -> KnownLink:
    for feed in own.own_feeds(change.viewer, real_now):
        if feed.id == feed_id:
            return feed
    raise NotFound


def _mint(person_id: UUID, name: str, real_now: datetime) -> str:
    return accounts.mint_link(
        LinkPurpose.FEED, person_id, expires_at=real_now + FEED_LIFETIME, single_use=False, name=name, now=real_now
    )
