"""Who takes part in which meeting, for which party, on which seat; and how an opened list changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from dialogues.common.columns import Id, Instant, WallTime, word
from dialogues.extensions import Base
from dialogues.meetings.rules import Capacity
from dialogues.participants.rules import ListChangeKind, ParticipationStatus, VisaStatus
from dialogues.policy import Role


class Participation(Base):
    """One person at one meeting; the party is the participation's, not the person's."""

    __tablename__ = "participation"
    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),
        UniqueConstraint("dialogue_id", "id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "person_id"], ["person.dialogue_id", "person.id"]),
        ForeignKeyConstraint(["dialogue_id", "party_id"], ["party.dialogue_id", "party.id"]),
        Index(
            "uq_participation_seat",
            "meeting_id",
            "party_id",
            "capacity",
            "seat",
            unique=True,
            sqlite_where=text("seat IS NOT NULL"),
            postgresql_where=text("seat IS NOT NULL"),
        ),
        Index(
            "uq_participation_queue_no",
            "meeting_id",
            "party_id",
            "capacity",
            "queue_no",
            unique=True,
            sqlite_where=text("queue_no IS NOT NULL"),
            postgresql_where=text("queue_no IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    party_id: Mapped[UUID]
    capacity: Mapped[Capacity] = mapped_column(word(Capacity), default=Capacity.PARTICIPANT)
    #: The capacity that a focal point asks for and the coordinator has not decided about; only ever participant.
    requested_capacity: Mapped[Capacity | None] = mapped_column(word(Capacity))
    status: Mapped[ParticipationStatus] = mapped_column(word(ParticipationStatus), default=ParticipationStatus.INVITED)
    #: The seat of the party in that capacity, from 1; None for whoever waits or does not come.
    seat: Mapped[int | None]
    #: The place in the party's queue for that capacity, from 1; None for whoever has a seat.
    queue_no: Mapped[int | None]
    #: The person who nominated, and the one who was on this seat before.
    nominated_by: Mapped[UUID | None]
    replaces: Mapped[UUID | None]
    #: An address that belongs to someone else in the dialogue: the office looks at it before a letter leaves.
    claimed_email: Mapped[str | None] = mapped_column(String(254))
    #: Whether the office has asked the party for another address.
    address_asked: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    present_from: Mapped[date | None]
    present_to: Mapped[date | None]
    remote: Mapped[bool] = mapped_column(default=False)
    #: The language that the person listens in; empty: no interpretation is needed.
    listens_in: Mapped[str] = mapped_column(String(10), default="")
    #: What each audience sees of the person (`Audience` to `Shown`); what is missing is shown in full.
    visibility: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    #: The steps of the registration that were saved.
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    rules_accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Whether the person lets the focal point read diet, access and medical needs.
    needs_shared: Mapped[bool] = mapped_column(default=False)
    visa_status: Mapped[VisaStatus] = mapped_column(word(VisaStatus), default=VisaStatus.UNKNOWN)
    #: Whether the person was offered an observer's part: set with the offer, cleared when they accept a participant's.
    reads_as_observer: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    @validates("capacity")
    def _restrict(self, _name: str, capacity: Capacity) -> Capacity:
        # Here, because each command that names, invites or corrects somebody writes a capacity.
        if capacity.role is Role.OBSERVER:
            self.reads_as_observer = True
        return capacity


class Availability(Base):
    """When someone cannot be at the table although the meeting runs, on the meeting's clock."""

    __tablename__ = "availability"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        Index("ix_availability_participation_id", "participation_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    away_from: Mapped[datetime] = mapped_column(WallTime)
    away_to: Mapped[datetime] = mapped_column(WallTime)


class ListChange(Base):
    """A change of the participants list after it was opened; such rows are only ever added."""

    __tablename__ = "list_change"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        ForeignKeyConstraint(["dialogue_id", "instead_of"], ["participation.dialogue_id", "participation.id"]),
        Index("ix_list_change_meeting_id", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    instead_of: Mapped[UUID | None]
    kind: Mapped[ListChangeKind] = mapped_column(word(ListChangeKind))
    at: Mapped[datetime] = mapped_column(Instant)
