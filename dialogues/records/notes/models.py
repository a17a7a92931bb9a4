"""Raw notes, encrypted for their owner, and documents, which store no author."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import GUARDED_TABLE, Id, enum_column
from dialogues.extensions import Base
from dialogues.lib.encryption.names import KeyName, Place
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.notes.rules import DocumentKind, DocumentState


class RawNotes(Base):
    """A rapporteur's own notes of one session. Each row has its own encryption key, which is destroyed with it."""

    __tablename__ = "raw_notes"
    __table_args__ = (
        UniqueConstraint("session_id", "owner_id"),
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
        ForeignKeyConstraint(["dialogue_id", "owner_id"], ["person.dialogue_id", "person.id"]),
        Index("ix_raw_notes_destroy_by", "destroy_by"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    session_id: Mapped[UUID]
    owner_id: Mapped[UUID]
    text_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    destroy_by: Mapped[date]
    changed_on: Mapped[date]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def key(self) -> KeyName:
        """The name of the key for this row only."""
        return KeyName("raw_notes", self.id)

    @property
    def place(self) -> Place:
        """Binds the ciphertext to this row and column: copied elsewhere, it cannot be decrypted."""
        return Place("raw_notes", "text_sealed", self.id, self.dialogue_id)


class Document(Base):
    """A text that several people edit. Stores no author, no history by person, and days instead of times."""

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "id"),
        UniqueConstraint("session_id", "kind"),
        ForeignKeyConstraint(["dialogue_id", "session_id"], ["session.dialogue_id", "session.id"]),
        Index("ix_document_meeting", "meeting_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    session_id: Mapped[UUID]
    kind: Mapped[DocumentKind] = mapped_column(enum_column(DocumentKind), default=DocumentKind.SUMMARY)
    rule: Mapped[Rule] = mapped_column(enum_column(Rule))
    state: Mapped[DocumentState] = mapped_column(enum_column(DocumentState), default=DocumentState.DRAFT)
    finished_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=0)


class DocumentVersion(Base):
    """A version of a document's text, with the version it was based on and its day."""

    __tablename__ = "document_version"
    __table_args__ = GUARDED_TABLE

    document_id: Mapped[UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    based_on: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
