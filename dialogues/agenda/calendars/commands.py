"""Creates, renews and revokes a person's own feed addresses, and notes the day of their last use."""

from contextlib import suppress
from datetime import datetime
from uuid import UUID

from dialogues.agenda.calendars.queries import own
from dialogues.agenda.calendars.queries.feed import FeedHead
from dialogues.agenda.calendars.rules import FEED_LIFETIME, MAX_FEEDS, FeedEnded, FeedOpened
from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import KnownLink, LinkPurpose
from dialogues.core.common.outages import WritersBusy
from dialogues.core.common.transaction import READERS_WAIT, Change, transaction, upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.lib.refusal import N_, Refusal, or_not_found
from dialogues.policy import FEED_OWN


def open_feed(viewer: Viewer, name: str, *, now: datetime, real_now: datetime) -> str:
    """Creates a feed address for one device and returns its secret, which is never shown again.

    :raises Refusal: the meeting is confidential, or the person has reached the limit of addresses.
    """
    with transaction(viewer, FEED_OWN) as change:
        person_id = or_not_found(change.viewer.person_id)
        if own.is_confidential(change.viewer):
            raise Refusal(N_("For a confidential meeting there is no feed: download the file instead."))
        if len(own.own_feeds(change.viewer, real_now)) >= MAX_FEEDS:
            raise Refusal(
                N_("You have %(most)s feed addresses already. End one that you no longer use."), most=MAX_FEEDS
            )
        _record(change, FeedOpened, now)
        return _mint(person_id, name, real_now)


def renew_feed(viewer: Viewer, feed_id: UUID, *, now: datetime, real_now: datetime) -> str:
    """Revokes a feed address and returns the secret of a new one with the same name."""
    with transaction(viewer, FEED_OWN) as change:
        feed = _own(change, feed_id, real_now)
        accounts.revoke_link(feed.id, real_now)
        _record(change, FeedEnded, now)
        _record(change, FeedOpened, now)
        return _mint(or_not_found(change.viewer.person_id), feed.name, real_now)


def end_feed(viewer: Viewer, feed_id: UUID, *, now: datetime, real_now: datetime) -> None:
    with transaction(viewer, FEED_OWN) as change:
        accounts.revoke_link(_own(change, feed_id, real_now).id, real_now)
        _record(change, FeedEnded, now)


def stamp_fetch(head: FeedHead, real_now: datetime) -> None:
    # The next fetch stamps it, if others write now.
    with suppress(WritersBusy), upkeep(system(Purpose.FEED), wait=READERS_WAIT):
        accounts.stamp_used(head.link_id, real_now.date())


def _record(change: Change, event: type[FeedOpened | FeedEnded], now: datetime) -> None:
    who = change.viewer
    person_id = or_not_found(who.person_id)
    change.record(event(at=now, about=person_id, dialogue_id=who.dialogue_id, meeting_id=who.meeting_id))


def _own(change: Change, feed_id: UUID, real_now: datetime) -> KnownLink:
    return or_not_found(next((feed for feed in own.own_feeds(change.viewer, real_now) if feed.id == feed_id), None))


def _mint(person_id: UUID, name: str, real_now: datetime) -> str:
    return accounts.mint_link(
        LinkPurpose.FEED, person_id, expires_at=real_now + FEED_LIFETIME, single_use=False, name=name, now=real_now
    )
