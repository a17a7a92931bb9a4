"""Tables of participations, change requests, questions and list changes."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKeyConstraint, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, WallTime, enum_column
from dialogues.extensions import Base
from dialogues.meetings.dialogues.models import Meeting, Party, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.rules.kinds import AnswerAudience, ListChangeKind, QuestionKind, VisaStatus
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role


class Question(Base):
    """A custom question of one meeting. Its answers are deleted on `purge_on`."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "id"),
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        Index("ix_question_meeting_id", "meeting_id"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    position: Mapped[int]
    kind: Mapped[QuestionKind] = mapped_column(enum_column(QuestionKind))
    words: Mapped[str] = mapped_column(String(300))
    hint: Mapped[str] = mapped_column(Text, default="")
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    required: Mapped[bool] = mapped_column(default=False)
    audience: Mapped[AnswerAudience] = mapped_column(enum_column(AnswerAudience), default=AnswerAudience.OFFICE)
    purge_on: Mapped[date]
    purged_at: Mapped[datetime | None] = mapped_column(Instant)
    retired_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    @property
    def is_live(self) -> bool:
        return self.retired_at is None and self.purged_at is None

    @property
    def field(self) -> str:
        """Name of the form field of its answer."""
        return f"q_{self.id.hex}"


class ChangeRequest(Base):
    """A change that a person requests after approval. At most one per participation is undecided."""

    __tablename__ = "change_request"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        Index("ix_change_request_participation_id", "participation_id"),
        Index(
            "uq_change_request_undecided",
            "participation_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    #: Encrypted map of field to old and requested value; empty once withdrawn, replaced or erased.
    diff: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime] = mapped_column(Instant)
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    #: None while undecided, and for requests that were closed without a decision.
    accepted: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(String(300), default="")


class Participation(Base):
    """One person at one meeting. The party belongs to the participation, not to the person."""

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
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID]
    party_id: Mapped[UUID]
    capacity: Mapped[Capacity] = mapped_column(enum_column(Capacity), default=Capacity.PARTICIPANT)
    #: The capacity that waits for a coordinator's approval; can only be participant.
    requested_capacity: Mapped[Capacity | None] = mapped_column(enum_column(Capacity))
    status: Mapped[ParticipationStatus] = mapped_column(
        enum_column(ParticipationStatus), default=ParticipationStatus.INVITED
    )
    #: Seat number within party and capacity, from 1; None for people who wait or do not come.
    seat: Mapped[int | None]
    #: Place in the queue of party and capacity, from 1; None for everyone who does not wait for a seat.
    queue_no: Mapped[int | None]
    #: The person who nominated, and the participation that had this seat before.
    nominated_by: Mapped[UUID | None]
    replaces: Mapped[UUID | None]
    #: A nominated address that another person of the dialogue uses; a coordinator decides before an email is sent.
    claimed_email: Mapped[str | None] = mapped_column(String(254))
    #: Whether a coordinator asked the party for another address.
    address_asked: Mapped[bool] = mapped_column(default=False)
    invited_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    #: The `Meeting.days_version` that an acceptance is for; None after the office admitted the person again.
    answered_days: Mapped[int | None] = mapped_column(default=0)
    present_from: Mapped[date | None]
    present_to: Mapped[date | None]
    remote: Mapped[bool] = mapped_column(default=False)
    #: Language the person listens in; empty if no interpretation is needed.
    listens_in: Mapped[str] = mapped_column(String(10), default="")
    #: Map of `Audience` to `Shown`; a missing audience sees everything.
    visibility: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    #: Saved steps of the registration (values of `Step`).
    steps: Mapped[list[str]] = mapped_column(JSON, default=list)
    rules_accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Consent that the focal point may read diet, access and medical needs.
    needs_shared: Mapped[bool] = mapped_column(default=False)
    visa_status: Mapped[VisaStatus] = mapped_column(enum_column(VisaStatus), default=VisaStatus.UNKNOWN)
    #: Whether an observer role was offered: set with the offer, cleared when the person accepts as a participant.
    reads_as_observer: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    meeting: Mapped[Meeting] = relationship(viewonly=True, lazy="raise")
    person: Mapped[Person] = relationship(viewonly=True, lazy="raise")
    party: Mapped[Party] = relationship(viewonly=True, lazy="raise")

    @validates("capacity")
    def _restrict(self, _name: str, capacity: Capacity) -> Capacity:
        # Done in the model because every command that nominates, invites or corrects sets a capacity.
        if capacity.role is Role.OBSERVER:
            self.reads_as_observer = True
        return capacity


class Availability(Base):
    """A period in which a person is absent from the meeting, in local time of the meeting."""

    __tablename__ = "availability"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        Index("ix_availability_participation_id", "participation_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    away_from: Mapped[datetime] = mapped_column(WallTime)
    away_to: Mapped[datetime] = mapped_column(WallTime)


class ListChange(Base):
    """A change of a list after the exchange. Rows are only added, never changed."""

    __tablename__ = "list_change"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "participation_id"], ["participation.dialogue_id", "participation.id"]),
        ForeignKeyConstraint(["dialogue_id", "instead_of"], ["participation.dialogue_id", "participation.id"]),
        Index("ix_list_change_meeting_id", "meeting_id"),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    participation_id: Mapped[UUID]
    instead_of: Mapped[UUID | None]
    kind: Mapped[ListChangeKind] = mapped_column(enum_column(ListChangeKind))
    at: Mapped[datetime] = mapped_column(Instant)
