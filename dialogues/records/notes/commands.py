"""Changes of raw notes and summaries."""

from datetime import UTC, datetime
from uuid import UUID

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.lib.refusal import N_, Refusal, refuse_stale
from dialogues.policy import RAW_NOTES_WRITE, SUMMARY_EDIT, SUMMARY_FINISH
from dialogues.records.notes import operations, queries
from dialogues.records.notes.models import Document
from dialogues.records.notes.queries import SessionNotes
from dialogues.records.notes.rules import (
    DocumentState,
    NotesChanged,
    RawNotesDestroyed,
    SummaryFinished,
    SummaryReopened,
    refuse_before_start,
    refuse_locked,
    refuse_newer_text,
    refuse_unfinished,
)


def save_raw_notes(viewer: Viewer, session_id: UUID, text: str, *, version: int, now: datetime) -> None:
    """Saves the viewer's own raw notes of a session; an unchanged text changes nothing.

    :raises Refusal: other notes were saved meanwhile (in another window), or the text is too long.
    """
    with transaction(viewer, RAW_NOTES_WRITE) as change:
        session = queries.session(change.viewer, session_id, RAW_NOTES_WRITE)
        saved = queries.raw_notes(change.viewer, session_id)
        refuse_newer_text(saved.version if saved else 0, version)
        if (saved and saved.text == text) or change.viewer.person_id is None:
            return
        day = session.day_of(now)
        destroy_by = queries.destruction_day_of(session, now)
        operations.place_raw_notes(session, change.viewer.person_id, text, day=day, destroy_by=destroy_by)
        change.record(NotesChanged(at=now, about=session_id))


def save_summary(viewer: Viewer, session_id: UUID, text: str, *, based_on: int, now: datetime) -> None:
    """Saves a session's summary as a new version; an unchanged text makes no version.

    :raises Refusal: another text was saved meanwhile, the summary is finished or filed, or the text is too long.
    """
    with transaction(viewer, SUMMARY_EDIT) as change:
        session = queries.session(change.viewer, session_id, SUMMARY_EDIT)
        refuse_locked(session.state or DocumentState.DRAFT)
        refuse_newer_text(session.version, based_on)
        _add_version(change, session, text, based_on=based_on, now=now)


def restore_version(viewer: Viewer, session_id: UUID, number: int, *, version: int, now: datetime) -> None:
    """Adds a new version with the text of an old one; the versions between are kept.

    :raises Refusal: another text was saved meanwhile, or the summary is finished or filed.
    """
    with transaction(viewer, SUMMARY_EDIT) as change:
        session = queries.session(change.viewer, session_id, SUMMARY_EDIT)
        old = queries.version(change.viewer, session, number)
        refuse_locked(session.state or DocumentState.DRAFT)
        refuse_stale(session.version, version)
        _add_version(change, session, old.text, based_on=number, now=now)


def _add_version(change: Change, session: SessionNotes, text: str, *, based_on: int, now: datetime) -> None:
    if session.version and queries.version(change.viewer, session).text == text:
        return
    operations.place_summary(session, text, day=session.day_of(now), based_on=based_on)
    change.record(NotesChanged(at=now, about=session.session_id))


def finish_summary(viewer: Viewer, session_id: UUID, *, version: int, now: datetime) -> None:
    """Marks a session's summary as finished, which locks its text until it is reopened.

    :raises Refusal: another text was saved meanwhile, there is no summary, it is already locked, or the session has not
        started.
    """
    with transaction(viewer, SUMMARY_FINISH) as change:
        session = queries.session(change.viewer, session_id, SUMMARY_FINISH)
        document = _summary(session_id)
        refuse_locked(document.state)
        refuse_stale(document.version, version)
        refuse_before_start(session.starts, now)
        document.state, document.finished_on = DocumentState.FINISHED, session.day_of(now)
        document.rule = session.rule
        change.record(SummaryFinished(at=now, about=session_id))


def reopen_summary(viewer: Viewer, session_id: UUID, *, now: datetime) -> None:
    """Makes a finished summary a draft again.

    :raises Refusal: it is a draft, or was filed meanwhile.
    """
    with transaction(viewer, SUMMARY_FINISH) as change:
        queries.session(change.viewer, session_id, SUMMARY_FINISH)
        document = _summary(session_id)
        refuse_unfinished(document.state)
        document.state, document.finished_on = DocumentState.DRAFT, None
        change.record(SummaryReopened(at=now, about=session_id))


def _summary(session_id: UUID) -> Document:
    document = operations.summary_of(session_id)
    if document is None:
        raise Refusal(N_("There is no summary yet. Write it first."))
    return document


def destroy_due_raw_notes(now: datetime) -> int:
    """Destroys raw notes whose retention has ended, each with its key. Returns how many."""
    today = now.astimezone(UTC).date()
    if not queries.raw_notes_due(today):
        return 0
    with transaction(system(Purpose.UPKEEP), RAW_NOTES_WRITE) as change:
        due = queries.raw_notes_due(today)
        for row in due:
            change.record(RawNotesDestroyed(at=now, about=row.session_id))
            operations.destroy_raw_notes(row, now)
        return len(due)
