"""Dialogues, parties, institutions, persons, meetings and exchanges."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, validates

from dialogues.core.common.columns import GUARDED_TABLE, Id, Instant, enum_column
from dialogues.extensions import Base
from dialogues.lib.collation import collation_key
from dialogues.lib.text import IN_TITLES, refuse_link
from dialogues.lib.textsearch.folding import haystack
from dialogues.meetings.dialogues.rules.kinds import (
    Existence,
    Gender,
    InviteProfile,
    Invites,
    MeetingFormat,
    MeetingStatus,
    NameOrder,
    PartyAttribution,
    PartyKind,
    PartyOrder,
    Rule,
)


class Dialogue(Base):
    """A continuing process with several meetings."""

    __tablename__ = "dialogue"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    phase: Mapped[int] = mapped_column(default=1)
    existence: Mapped[Existence] = mapped_column(enum_column(Existence), default=Existence.NORMAL)
    archive_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column(default=1)

    @validates("code", "title")
    def _is_no_link(self, column: str, title: str) -> str:
        return refuse_link(title, IN_TITLES, field=column)


class Party(Base):
    """A side of a dialogue. Its names come from the coordinators, never from a library, because names are political."""

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("dialogue_id", "code"), UniqueConstraint("dialogue_id", "id"))

    id: Mapped[Id]
    dialogue_id: Mapped[UUID] = mapped_column(ForeignKey("dialogue.id"))
    code: Mapped[str] = mapped_column(String(8))
    names: Mapped[dict[str, str]] = mapped_column(JSON)
    city: Mapped[str | None] = mapped_column(String(120))
    subdivision: Mapped[str] = mapped_column(String(10), default="")
    kind: Mapped[PartyKind] = mapped_column(enum_column(PartyKind), default=PartyKind.PARTY)
    version: Mapped[int] = mapped_column(default=1)

    @validates("names")
    def _is_no_link(self, column: str, title: dict[str, str]) -> dict[str, str]:
        for name in title.values():
            refuse_link(name, IN_TITLES, field=column)
        return title


class Institution(Base):
    """Where people come from, "for identification purposes only"."""

    __tablename__ = "institution"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "id"),
        ForeignKeyConstraint(["dialogue_id", "party_id"], ["party.dialogue_id", "party.id"]),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID] = mapped_column(ForeignKey("dialogue.id"))
    party_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(String(200))
    acronym: Mapped[str] = mapped_column(String(40), default="")
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)

    @validates("name", "acronym")
    def _is_no_link(self, column: str, title: str) -> str:
        return refuse_link(title, IN_TITLES, field=column)


#: The longest name for searches; folding makes some letters longer.
_SEARCHED = 800


class Person(Base):
    """A person within one dialogue; without an email address there is no sign-in.

    There is no directory across dialogues.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "id"),
        UniqueConstraint("dialogue_id", "email_norm"),
        UniqueConstraint("dialogue_id", "account_id"),
        ForeignKeyConstraint(["dialogue_id", "institution_id"], ["institution.dialogue_id", "institution.id"]),
        ForeignKeyConstraint(["dialogue_id", "registered_by"], ["person.dialogue_id", "person.id"]),
        GUARDED_TABLE,
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID] = mapped_column(ForeignKey("dialogue.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"), index=True)
    email: Mapped[str | None] = mapped_column(String(254))
    email_norm: Mapped[str | None] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(200))
    native: Mapped[str] = mapped_column(String(200), default="")
    family: Mapped[str] = mapped_column(String(120), default="")
    given: Mapped[str] = mapped_column(String(120), default="")
    name_order: Mapped[NameOrder] = mapped_column(enum_column(NameOrder), default=NameOrder.GIVEN_FIRST)
    sort_key: Mapped[str] = mapped_column(String(200), default="")
    #: Collation key of the sort key in hexadecimal, because it sorts alike on every database.
    collation: Mapped[str] = mapped_column("collation_key", String(2000), default="")
    #: The name for searches, and the same with the sort key and the native name, which not every reader may see.
    searched_name: Mapped[str] = mapped_column(String(_SEARCHED), default="")
    searched_names: Mapped[str] = mapped_column(String(3 * _SEARCHED), default="")
    gender: Mapped[Gender] = mapped_column(enum_column(Gender), default=Gender.UNDISCLOSED)
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
    stems: Mapped[list[str]] = mapped_column(JSON, default=list)
    locale: Mapped[str] = mapped_column(String(10), default="en")
    zone: Mapped[str | None] = mapped_column(String(64))
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    institution_id: Mapped[UUID | None]
    affiliation: Mapped[str] = mapped_column(String(200), default="")
    registered_by: Mapped[UUID | None]
    always_discreet: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    @validates("name", "native", "family", "given", "affiliation")
    def _is_no_link(self, column: str, name: str) -> str:
        refuse_link(name, field=column)
        self._index_names(**{column: name})
        return name

    @validates("sort_key")
    def _sorts_by(self, column: str, sort_key: str) -> str:
        refuse_link(sort_key, field=column)
        self.collation = collation_key(sort_key)
        self._index_names(sort_key=sort_key)
        return sort_key

    def _index_names(self, **changed: str) -> None:
        name, *others = (changed.get(column, getattr(self, column)) or "" for column in ("name", "sort_key", "native"))
        self.searched_name = haystack(name)[:_SEARCHED]
        self.searched_names = haystack(name, *others)[: 3 * _SEARCHED]


class Meeting(Base):
    """One gathering in one place and time zone, with sessions from `starts_on` to `ends_on`."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("dialogue_id", "code"),
        UniqueConstraint("dialogue_id", "id"),
        CheckConstraint("ends_on >= starts_on", name="days_in_order"),
    )

    id: Mapped[Id]
    dialogue_id: Mapped[UUID] = mapped_column(ForeignKey("dialogue.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200), default="")
    venue_id: Mapped[UUID | None] = mapped_column(ForeignKey("venue.id"))
    city: Mapped[str | None] = mapped_column(String(120))
    zone: Mapped[str] = mapped_column(String(64))
    arrive_on: Mapped[date | None]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    depart_on: Mapped[date | None]
    status: Mapped[MeetingStatus] = mapped_column(enum_column(MeetingStatus), default=MeetingStatus.PROVISIONAL)
    format: Mapped[MeetingFormat] = mapped_column(enum_column(MeetingFormat), default=MeetingFormat.IN_PERSON)
    existence: Mapped[Existence] = mapped_column(enum_column(Existence), default=Existence.NORMAL)
    default_rule: Mapped[Rule] = mapped_column(enum_column(Rule), default=Rule.CHATHAM_HOUSE)
    party_attribution: Mapped[PartyAttribution] = mapped_column(
        enum_column(PartyAttribution), default=PartyAttribution.NEVER
    )
    profile: Mapped[InviteProfile] = mapped_column(enum_column(InviteProfile), default=InviteProfile.DISCREET)
    invites: Mapped[Invites] = mapped_column(enum_column(Invites), default=Invites.BY_DAYS)
    observers_may_read: Mapped[bool] = mapped_column(default=False)
    working_languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    registration_closes_at: Mapped[datetime | None] = mapped_column(Instant)
    party_order: Mapped[PartyOrder] = mapped_column(enum_column(PartyOrder), default=PartyOrder.ENGLISH)
    #: Rules that every participant accepts at registration.
    rules_text: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(Instant)
    #: Raised when the days or the time zone change, because acceptances are for certain days.
    days_version: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)

    @validates("code", "title", "city")
    def _is_no_link(self, column: str, title: str | None) -> str | None:
        return refuse_link(title, IN_TITLES, field=column) if title else title


class PracticalPage(Base):
    __tablename__ = "practical_page"
    __table_args__ = (ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),)

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    way: Mapped[str] = mapped_column(Text, default="")
    hotel: Mapped[str] = mapped_column(Text, default="")
    night_telephone: Mapped[str] = mapped_column(String(80), default="")
    more: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)


class MeetingParty(Base):
    """A party at a meeting, with its seats and the time it submitted its list."""

    __tablename__ = "meeting_party"
    __table_args__ = (
        ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),
        ForeignKeyConstraint(["dialogue_id", "party_id"], ["party.dialogue_id", "party.id"]),
    )

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    party_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    #: Number of seats by value of `Capacity`; a missing key means no seats.
    seats: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    submitted_at: Mapped[datetime | None] = mapped_column(Instant)
    submitted_by: Mapped[UUID | None]


class Exchange(Base):
    """Whether the parties' lists are open to each other; lists, counts, searches and feeds obey it."""

    __tablename__ = "exchange"
    __table_args__ = (ForeignKeyConstraint(["dialogue_id", "meeting_id"], ["meeting.dialogue_id", "meeting.id"]),)

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    dialogue_id: Mapped[UUID]
    #: The fixed exchange time; None: the lists open when the last party has submitted.
    sealed_until: Mapped[datetime | None] = mapped_column(Instant)
    #: The persons who proposed and confirmed the exchange time.
    fixed_by: Mapped[UUID | None]
    confirmed_by: Mapped[UUID | None]
    #: The proposed time that a second person must confirm. `proposed_by` tells whether there is a proposal,
    #: because None proposes to have no fixed time.
    proposed_until: Mapped[datetime | None] = mapped_column(Instant)
    proposed_by: Mapped[UUID | None]
    proposed_at: Mapped[datetime | None] = mapped_column(Instant)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
