"""The list of data keys in use, and metadata of stored files."""

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import Date, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import Instant
from dialogues.extensions import Base
from dialogues.lib.encryption.names import KeyName
from dialogues.lib.encryption.stored_files import FileRef


class DataKey(Base):
    """A data key that encrypted something in this database; the key itself is in the key store."""

    __tablename__ = "data_key"

    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[UUID] = mapped_column(Uuid, primary_key=True)


class StoredFile(Base):
    """One uploaded file; the feature that refers to it decides who may read it."""

    __tablename__ = "stored_file"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    # No foreign key, because dialogues are above keys; the referring feature holds both ids in its own row.
    dialogue_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    key_purpose: Mapped[str] = mapped_column(String(40))
    key_owner: Mapped[UUID] = mapped_column(Uuid)
    created_at: Mapped[datetime] = mapped_column(Instant)
    purge_on: Mapped[date | None] = mapped_column(Date, index=True)

    @property
    def ref(self) -> FileRef:
        return FileRef(self.id, self.dialogue_id, KeyName(self.key_purpose, self.key_owner))
