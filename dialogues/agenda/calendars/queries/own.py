"""A person's own entries and feed addresses."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true

from dialogues.agenda.calendars.models import Entry, EntryRevision
from dialogues.agenda.calendars.queries.stored import load_revisions, newest
from dialogues.agenda.calendars.rules import EntryObject, Revision
from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.rules import KnownLink, LinkPurpose
from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Dialogue, Meeting
from dialogues.meetings.dialogues.rules.kinds import Existence
from dialogues.people.nominations.queries import nominations
from dialogues.policy import FEED_OWN, INVITE_FILE, Action, Scope

_LIVE = EntryRevision.state != State.CANCELLED
#: An entry holds only what its guest may see, so narrow scopes reach it whole; wide ones reach nobody else's entries.
_REACHES_OWN = frozenset({Scope.ALL, Scope.OWN, Scope.PLACES, Scope.ADMITTED, Scope.INVITED})


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: the viewer's own entries in their meeting."""
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None or viewer.person_id is None:
        return false()
    if not viewer.scopes(action) & _REACHES_OWN:
        return false()
    return and_(Entry.meeting_id == viewer.meeting_id, Entry.person_id == viewer.person_id)


def own_sessions(viewer: Viewer) -> list[Revision]:
    """Returns the newest revisions of the viewer's sessions in the meeting, in order of time."""
    return load_revisions(_own(viewer).where(Entry.object_kind == EntryObject.SESSION))


def own_file(viewer: Viewer) -> list[Revision]:
    """Returns the content of the meeting's file: the viewer's sessions, or before there are any the umbrella entry.

    The umbrella entry comes by email; next to the sessions in a file it would overwrite the answer given there.

    :raises NotFound: there is neither.
    """
    revisions = load_revisions(_own(viewer))
    if not revisions:
        raise NotFound
    return [revision for revision in revisions if revision.object_kind is EntryObject.SESSION] or revisions


def own_session(viewer: Viewer, session_id: UUID) -> Revision:
    """:raises NotFound: there is none, or the viewer is not admitted to it."""
    own_session = _own(viewer).where(Entry.object_kind == EntryObject.SESSION, Entry.object_id == session_id)
    return or_not_found(next(iter(load_revisions(own_session)), None))


def nominee_file(viewer: Viewer, participation_id: UUID) -> list[Revision]:
    """Returns the content of the file of a nominee without an email address, for their focal point.

    It has the umbrella entry too, because nothing comes by email, and is always discreet, because others carry it.

    :raises NotFound: the viewer has no such nominee, the nominee has an email address, or has no live entries.
    """
    person_id = nominations.unreached_person(viewer, participation_id)
    found = newest().where(Entry.person_id == person_id, Entry.meeting_id == viewer.meeting_id, _LIVE)
    with reading(Purpose.VISIBLE_IDS):
        entries = load_revisions(found.order_by(EntryRevision.starts_utc, Entry.uid))
    if not entries:
        raise NotFound
    return [replace(entry, content=entry.content.discreet()) for entry in entries]


def _own(viewer: Viewer) -> Select[tuple[object, ...]]:
    return newest().where(visible(viewer, INVITE_FILE), _LIVE).order_by(EntryRevision.starts_utc, Entry.uid)


def own_feeds(viewer: Viewer, now: datetime) -> list[KnownLink]:
    """Returns the viewer's working feed links, oldest first, without their secrets.

    :param now: the machine's clock.
    """
    viewer.must(FEED_OWN)
    return accounts.links_of(LinkPurpose.FEED, viewer.person_id, now) if viewer.person_id else []


def is_confidential(viewer: Viewer) -> bool:
    """Returns whether the viewer's meeting or its dialogue is confidential; then there are no feeds."""
    query = (
        select(Meeting.id)
        .join(Dialogue, Dialogue.id == Meeting.dialogue_id)
        .where(Meeting.id == viewer.meeting_id)
        .where(or_(Meeting.existence == Existence.CONFIDENTIAL, Dialogue.existence == Existence.CONFIDENTIAL))
    )
    return db.session.execute(query).first() is not None
