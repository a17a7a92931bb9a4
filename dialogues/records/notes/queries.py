"""Reads of notes, always for a viewer: own raw notes, drafts for their editors, filed summaries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from dialogues.agenda.versions.models import Release, ReleaseItem, ReleasePerson
from dialogues.agenda.versions.queries import published as versions_published
from dialogues.agenda.versions.rules import Part
from dialogues.core.common.read_guard import limits_rows, reading
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Purpose, Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.names import KeyErased
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.policy import (
    AGENDA_SEE,
    RAW_NOTES_WRITE,
    RECORD_FILE,
    SUMMARY_EDIT,
    SUMMARY_FILED_READ,
    SUMMARY_FINISH,
    SUMMARY_SEE,
    Action,
    Scope,
)
from dialogues.records.notes.models import Document, DocumentVersion, RawNotes
from dialogues.records.notes.rules import RULES_WITH_NOTES, DocumentKind, DocumentState, SessionRef, destruction_day

VERSIONS_ON_A_PAGE = 50


#: These actions reach summaries in one state only; the others reach every state.
_ONLY_IN = {SUMMARY_FILED_READ: DocumentState.FILED, RECORD_FILE: DocumentState.FINISHED}


@limits_rows
def visible(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: summaries that the action reaches."""
    reached = _in_reach(viewer, action, Document.meeting_id, Document.session_id)
    if action == SUMMARY_FILED_READ and viewer.place is not None:
        reached = and_(reached, Document.session_id.in_(_sessions_admitted_to(viewer)))
    return and_(reached, Document.state == _ONLY_IN[action]) if action in _ONLY_IN else reached


@limits_rows
def visible_sessions(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: published sessions whose notes the action reaches, also if there are no notes yet."""
    if action in _ONLY_IN:
        return visible(viewer, action)
    return _in_reach(viewer, action, ReleaseItem.meeting_id, ReleaseItem.session_id)


@limits_rows
def visible_raw_notes(viewer: Viewer, action: Action) -> ColumnElement[bool]:
    """Filter: the viewer's own raw notes, of sessions of which they are rapporteur. No role opens other raw notes."""
    if viewer.is_system:
        return true()
    return and_(
        RawNotes.owner_id == viewer.person_id,
        _in_reach(viewer, action, RawNotes.meeting_id, RawNotes.session_id),
    )


def _in_reach(viewer: Viewer, action: Action, meeting_id: Any, session_id: Any) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    if viewer.meeting_id is None or viewer.person_id is None:
        return false()
    scopes = viewer.scopes(action)
    if Scope.ALL in scopes:
        return cast(ColumnElement[bool], meeting_id == viewer.meeting_id)
    own = session_id.in_(_own_sessions(viewer)) if Scope.OWN in scopes else false()
    return and_(meeting_id == viewer.meeting_id, own)


def _own_sessions(viewer: Viewer) -> Select[Any]:
    """Selects the sessions of which the viewer is rapporteur in the newest version that contains them."""
    return (
        select(ReleasePerson.session_id)
        .join(ReleasePerson.item)
        .join(Release, Release.id == ReleasePerson.release_id)
        .where(
            Release.meeting_id == viewer.meeting_id,
            ReleasePerson.person_id == viewer.person_id,
            ReleasePerson.part == Part.RAPPORTEUR,
            versions_published.is_newest_with_session(viewer),
        )
    )


def _sessions_admitted_to(viewer: Viewer) -> Select[Any]:
    """Selects the sessions to which the viewer is admitted in the newest version that contains them."""
    return (
        select(ReleaseItem.session_id)
        .join(Release, Release.id == ReleaseItem.release_id)
        .where(versions_published.visible(viewer, AGENDA_SEE), versions_published.is_newest_with_session(viewer))
    )


@dataclass(frozen=True, slots=True)
class SessionNotes(SessionRef):
    """A published session with its notes, as far as the viewer may know them. Contains no text of the notes."""

    starts_utc: datetime
    #: The session as published.
    frozen: dict[str, Any]
    #: What the viewer may do: write raw notes, read the summary in every state, edit it, finish it.
    keeps_raw_notes: bool
    follows: bool
    edits: bool
    finishes: bool
    document_id: UUID | None
    #: None if there is no summary yet.
    state: DocumentState | None
    version: int
    finished_on: date | None
    #: The day on which the viewer's own raw notes are destroyed; None if there are none.
    raw_notes_until: date | None

    @property
    def code(self) -> str:
        return str(self.frozen.get("code", ""))

    @property
    def title(self) -> str:
        return str(self.frozen["title"])

    @property
    def zone(self) -> str:
        return str(self.frozen["zone"])

    @property
    def starts(self) -> datetime:
        return self.starts_utc.astimezone(ZoneInfo(self.zone))

    @property
    def is_draft(self) -> bool:
        """Whether the summary can be edited; also True if there is none yet."""
        return self.state in {None, DocumentState.DRAFT}

    @property
    def is_finished(self) -> bool:
        return self.state is DocumentState.FINISHED

    def day_of(self, now: datetime) -> date:
        """Returns the day in the meeting's zone, because notes store days without times."""
        return now.astimezone(ZoneInfo(self.zone)).date()


def _sessions(viewer: Viewer) -> Select[Any]:
    """Selects sessions whose rule allows notes, from the newest version that contains them, as `SessionNotes`.

    Sessions that are no longer on the agenda are included while they have notes.
    """
    last = select(func.max(Release.number)).where(Release.meeting_id == viewer.meeting_id).scalar_subquery()
    return (
        select(
            ReleaseItem.dialogue_id,
            ReleaseItem.meeting_id,
            ReleaseItem.session_id,
            ReleaseItem.rule,
            ReleaseItem.starts_utc,
            ReleaseItem.frozen,
            visible_sessions(viewer, RAW_NOTES_WRITE).label("keeps_raw_notes"),
            visible_sessions(viewer, SUMMARY_SEE).label("follows"),
            visible_sessions(viewer, SUMMARY_EDIT).label("edits"),
            visible_sessions(viewer, SUMMARY_FINISH).label("finishes"),
            Document.id.label("document_id"),
            Document.state,
            func.coalesce(Document.version, 0).label("version"),
            Document.finished_on,
            RawNotes.destroy_by.label("raw_notes_until"),
        )
        .join(Release, Release.id == ReleaseItem.release_id)
        .outerjoin(Document, (Document.session_id == ReleaseItem.session_id) & (Document.kind == DocumentKind.SUMMARY))
        .outerjoin(
            RawNotes, (RawNotes.session_id == ReleaseItem.session_id) & visible_raw_notes(viewer, RAW_NOTES_WRITE)
        )
        .where(
            Release.meeting_id == viewer.meeting_id,
            versions_published.is_newest_with_session(viewer),
            ReleaseItem.rule.in_(RULES_WITH_NOTES),
            or_(Release.number == last, Document.id.is_not(None), RawNotes.id.is_not(None)),
        )
        .order_by(ReleaseItem.starts_utc, ReleaseItem.session_id)
    )


def sessions(viewer: Viewer) -> list[SessionNotes]:
    """Returns the sessions whose notes the viewer works on or follows, and those whose filed summary they may read."""
    readable = or_(visible_sessions(viewer, SUMMARY_SEE), visible(viewer, SUMMARY_FILED_READ))
    return [SessionNotes(*row) for row in db.session.execute(_sessions(viewer).where(readable))]


def session(viewer: Viewer, session_id: UUID, *actions: Action) -> SessionNotes:
    """Returns one session whose notes at least one of these actions reaches.

    :raises NotFound: there is none, its rule allows no notes, or the viewer may not see it.
    """
    reached = or_(false(), *(visible_sessions(viewer, action) for action in actions))
    found = _sessions(viewer).where(reached, ReleaseItem.session_id == session_id)
    return SessionNotes(*or_not_found(db.session.execute(found).one_or_none()))


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a text. Its author is not stored."""

    number: int
    based_on: int
    day: date
    text: str = ""


#: Stands for a summary that does not exist yet.
UNWRITTEN = Version(0, 0, date.min)


def version(viewer: Viewer, notes: SessionNotes, number: int | None = None) -> Version:
    """Returns one version of a session's summary, by default the newest; :data:`UNWRITTEN` if there is no summary.

    :raises NotFound: there is no such version, or the viewer may not read it.
    """
    if number is None and notes.document_id is None:
        return UNWRITTEN
    if number is not None and not 1 <= number <= notes.version:
        raise NotFound
    reached = or_(*(visible(viewer, action) for action in (SUMMARY_SEE, SUMMARY_EDIT)))
    if number is None:
        reached = or_(reached, visible(viewer, SUMMARY_FILED_READ))
    found = (
        select(DocumentVersion.number, DocumentVersion.based_on, DocumentVersion.day, DocumentVersion.text)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(reached, Document.id == notes.document_id)
        .where(DocumentVersion.number == (Document.version if number is None else number))
    )
    return Version(*or_not_found(db.session.execute(found).one_or_none()))


def versions(viewer: Viewer, notes: SessionNotes, page: int = 1) -> list[Version]:
    """Returns one page of the versions of a session's summary, newest first, without their texts."""
    rows = db.session.execute(
        select(DocumentVersion.number, DocumentVersion.based_on, DocumentVersion.day)
        .join(Document, Document.id == DocumentVersion.document_id)
        .where(visible(viewer, SUMMARY_SEE), Document.id == notes.document_id)
        .order_by(DocumentVersion.number.desc())
        .limit(VERSIONS_ON_A_PAGE)
        .offset((page - 1) * VERSIONS_ON_A_PAGE)
    )
    return [Version(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class OpenedNotes:
    """Decrypted raw notes."""

    text: str
    version: int
    destroy_by: date


def raw_notes(viewer: Viewer, session_id: UUID) -> OpenedNotes | None:
    """Returns the viewer's own raw notes of a session, decrypted, or None.

    :raises NotFound: their key was destroyed and the row is about to be deleted.
    :raises SealBroken: the stored ciphertext was changed or copied from elsewhere.
    """
    row = db.session.scalar(
        select(RawNotes).where(
            visible_raw_notes(viewer, RAW_NOTES_WRITE),
            RawNotes.session_id == session_id,
            RawNotes.owner_id == viewer.person_id,
        )
    )
    if row is None:
        return None
    try:
        text = unseal_text(key_store(), row.key, row.place, row.text_sealed)
    except KeyErased:
        raise NotFound from None
    return OpenedNotes(text, row.version, row.destroy_by)


def destruction_day_of(session: SessionNotes, now: datetime) -> date:
    """Returns the day on which raw notes of the session are destroyed if they are started now."""
    return destruction_day(days_of(db.session.get_one(Meeting, session.meeting_id)).last, session.day_of(now))


@reading(Purpose.UPKEEP)
def raw_notes_due(today: date) -> Sequence[RawNotes]:
    """Returns the raw notes whose retention ends today or earlier. For the system only."""
    due = select(RawNotes).where(RawNotes.destroy_by <= today).order_by(RawNotes.destroy_by, RawNotes.id)
    return db.session.execute(due).scalars().all()


def finished_summaries(viewer: Viewer) -> list[SessionNotes]:
    """Returns the sessions of the viewer's meeting whose finished summaries wait to be filed."""
    return [SessionNotes(*row) for row in db.session.execute(_sessions(viewer).where(visible(viewer, RECORD_FILE)))]


def filed_text(viewer: Viewer, document_id: UUID) -> tuple[SessionNotes, str]:
    """Returns the session and text of a finished or filed summary, for the command that files it.

    The archivist who files it does not see this text.

    :raises NotFound: it is a draft, or the viewer may neither file nor read filed summaries.
    """
    newest = (DocumentVersion.document_id == Document.id) & (DocumentVersion.number == Document.version)
    reached = or_(visible(viewer, RECORD_FILE), visible(viewer, SUMMARY_FILED_READ))
    found = (
        _sessions(viewer)
        .add_columns(DocumentVersion.text)
        .join(DocumentVersion, newest)
        .where(reached, Document.state != DocumentState.DRAFT, Document.id == document_id)
    )
    *session, text = or_not_found(db.session.execute(found).one_or_none())
    return SessionNotes(*session), text
