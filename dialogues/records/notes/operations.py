"""Writes of notes that features above may make, inside their open transaction."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from dialogues.core.common.stores import key_store
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import seal_text
from dialogues.lib.refusal import or_not_found
from dialogues.lib.text import bounded
from dialogues.records.notes.models import Document, DocumentVersion, RawNotes
from dialogues.records.notes.rules import (
    RAW_NOTES_LONGEST,
    SUMMARY_LONGEST,
    DocumentState,
    SessionRef,
    refuse_unfinished,
    refuse_without_notes,
)


def place_summary(session: SessionRef, text: str, *, day: date, based_on: int | None = None) -> Document:
    """Adds the text as the newest version of the session's summary; creates the summary if there is none.

    :param based_on: the version that was edited; the newest if None.
    :raises Refusal: the rule of the session allows no summary, or the text is too long.
    """
    refuse_without_notes(session.rule)
    bounded(text, SUMMARY_LONGEST, field="text")
    document = summary_of(session.session_id)
    if document is None:
        document = Document(
            id=uuid4(),
            dialogue_id=session.dialogue_id,
            meeting_id=session.meeting_id,
            session_id=session.session_id,
            state=DocumentState.DRAFT,
            version=0,
        )
        db.session.add(document)
    document.rule = session.rule
    document.version += 1
    based_on = document.version - 1 if based_on is None else based_on
    db.session.add(
        DocumentVersion(document_id=document.id, number=document.version, based_on=based_on, text=text, day=day)
    )
    db.session.flush()
    return document


def summary_of(session_id: UUID) -> Document | None:
    """Returns the row of a session's summary, or None."""
    return db.session.scalar(select(Document).where(Document.session_id == session_id))


def place_raw_notes(session: SessionRef, owner_id: UUID, text: str, *, day: date, destroy_by: date) -> RawNotes:
    """Encrypts and stores the text as the owner's raw notes of the session. `destroy_by` is set only the first time.

    :raises Refusal: the rule of the session allows no notes, or the text is too long.
    :raises KeyErased: these notes were destroyed.
    """
    refuse_without_notes(session.rule)
    bounded(text, RAW_NOTES_LONGEST, field="text")
    own = select(RawNotes).where(RawNotes.session_id == session.session_id, RawNotes.owner_id == owner_id)
    row = db.session.scalar(own)
    if row is None:
        row = RawNotes(
            id=uuid4(),
            dialogue_id=session.dialogue_id,
            meeting_id=session.meeting_id,
            session_id=session.session_id,
            owner_id=owner_id,
            destroy_by=destroy_by,
            version=0,
        )
    row.text_sealed = seal_text(key_store(), row.key, row.place, text)
    row.changed_on = day
    row.version += 1
    db.session.add(row)
    db.session.flush()
    return row


def destroy_raw_notes(row: RawNotes, now: datetime) -> None:
    """Destroys raw notes: first the key, so that no backup can be decrypted, then the row."""
    key_store().erase(row.key, now=now)
    db.session.delete(row)
    db.session.flush()


def mark_filed(document_id: UUID) -> None:
    """Locks a finished summary permanently, after the archive has copied its text.

    :raises Refusal: it is not finished, or was already filed.
    """
    document = or_not_found(db.session.get(Document, document_id))
    refuse_unfinished(document.state)
    document.state = DocumentState.FILED
    db.session.flush()
