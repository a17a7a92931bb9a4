"""A person's own entries and feed addresses."""

from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from dialogues.agenda.entries.models import Entry, PersonCalendar
from dialogues.agenda.entries.queries.derived import session_entries
from dialogues.agenda.entries.queries.stored import IS_MEETING, load_revisions, newest
from dialogues.agenda.entries.rules import EntryObject, FiledEntry
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

#: An entry holds only what its guest may see, so narrow scopes reach it whole; wide ones reach nobody else's entries.
_REACHES_OWN = frozenset({Scope.ALL, Scope.OWN, Scope.PLACES, Scope.ADMITTED, Scope.INVITED})


@limits_rows
def visible(viewer: Viewer, action: Action, table: Any = Entry) -> ColumnElement[bool]:
    """Filter of `Entry` or `PersonCalendar`: the viewer's own in their meeting."""
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None or viewer.person_id is None:
        return false()
    if not viewer.scopes(action) & _REACHES_OWN:
        return false()
    return and_(table.meeting_id == viewer.meeting_id, table.person_id == viewer.person_id)


def own_sessions(viewer: Viewer) -> list[FiledEntry]:
    """Returns the viewer's sessions in the meeting, in order of time."""
    return [entry for entry in _own(viewer) if entry.object_kind is EntryObject.SESSION]


def own_file(viewer: Viewer) -> list[FiledEntry]:
    """Returns the content of the meeting's file: the viewer's sessions, or before there are any the umbrella entry.

    The umbrella entry comes by email; next to the sessions in a file it would overwrite the answer given there.

    :raises NotFound: there is neither.
    """
    entries = _own(viewer)
    if not entries:
        raise NotFound
    return [entry for entry in entries if entry.object_kind is EntryObject.SESSION] or entries


def own_session(viewer: Viewer, session_id: UUID) -> FiledEntry:
    """:raises NotFound: there is none, or the viewer is not admitted to it."""
    return or_not_found(next((entry for entry in own_sessions(viewer) if entry.object_id == session_id), None))


def nominee_file(viewer: Viewer, participation_id: UUID) -> list[FiledEntry]:
    """Returns the content of the file of a nominee without an email address, for their focal point.

    It has the umbrella entry too, because nothing comes by email, and is always discreet, because others carry it. If a
    meeting has no entry for all its days and no agenda yet, the file is empty.

    :raises NotFound: the viewer has no such nominee, or the nominee has an email address.
    """
    person_id = nominations.unreached_person(viewer, participation_id)
    with reading(Purpose.VISIBLE_IDS):
        entries = _live(
            *(
                and_(table.person_id == person_id, table.meeting_id == viewer.meeting_id)
                for table in (Entry, PersonCalendar)
            )
        )
    return [replace(entry, content=entry.content.discreet()) for entry in entries]


def _own(viewer: Viewer) -> list[FiledEntry]:
    return _live(*(visible(viewer, INVITE_FILE, table) for table in (Entry, PersonCalendar)))


def _live(stored: ColumnElement[bool], derived: ColumnElement[bool]) -> list[FiledEntry]:
    """Returns the entries that are not cancelled, in order of time; two queries."""
    entries = [*load_revisions(newest().where(stored, IS_MEETING)), *session_entries(derived)]
    live = (entry for entry in entries if entry.content.state is not State.CANCELLED)
    return sorted(live, key=attrgetter("content.starts_utc", "uid"))


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
