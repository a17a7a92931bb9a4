"""Roles granted to persons."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.core.common.columns import Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.policy import Role


def _one_live(name: str, *columns: str, where: str) -> Index:
    live = text(f"revoked_at IS NULL AND {where}")
    return Index(name, *columns, unique=True, sqlite_where=live, postgresql_where=live)


class RoleGrant(Base):
    """A role offered to a person.

    `meeting_id` None means the whole dialogue. The role counts from `accepted_at` until `revoked_at`.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        ForeignKeyConstraint(["dialogue_id", "party_id"], ["party.dialogue_id", "party.id"]),
        Index("ix_role_grant_person", "person_id"),
        _one_live("uq_role_grant_live_in_meeting", "meeting_id", "person_id", "role", where="meeting_id IS NOT NULL"),
        _one_live("uq_role_grant_live_in_dialogue", "dialogue_id", "person_id", "role", where="meeting_id IS NULL"),
        _one_live("uq_role_grant_one_focal_point", "meeting_id", "party_id", where="role = 'focal_point'"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    role: Mapped[Role] = mapped_column(enum_column(Role))
    party_id: Mapped[UUID | None]
    offered_at: Mapped[datetime] = mapped_column(Instant)
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
