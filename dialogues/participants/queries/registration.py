"""Invitations and registrations: the person's own, and what a personal link tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from dialogues.common.refusal import Unseen
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings import queries as meetings
from dialogues.meetings.models import Dialogue, Exchange, Institution, Meeting, Party, Person
from dialogues.meetings.rules import Capacity, Days, Existence, InviteProfile, MeetingFormat, MeetingStatus
from dialogues.participants.models import Availability, Participation, Question
from dialogues.participants.queries.questioning import LIVE
from dialogues.participants.queries.visibility import person_of, visible
from dialogues.participants.rules import GONE, Absence, Gathering, ParticipationStatus, fingerprint
from dialogues.policy import PARTICIPANTS_INVITE, REGISTRATION_FOR, REGISTRATION_OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a registration is framed by: the meeting's days, place and zone, and whether answers are taken."""

    code: str
    city: str
    zone: str
    days: Days
    gathering: Gathering
    languages: tuple[str, ...]
    format: MeetingFormat
    rules: str
    has_questions: bool
    lists_opened_at: datetime | None

    @property
    def fingerprint(self) -> str:
        """By which a page knows the rules that it showed."""
        return fingerprint(self.rules)


def has_questions(meeting_id: Any) -> ColumnElement[bool]:
    """Whether the office asks questions of its own at that meeting."""
    return exists().where(Question.meeting_id == meeting_id, LIVE)


def frame(meeting_id: UUID) -> Frame:
    """The frame of registrations for a meeting whose existence the reader knows already."""
    row = db.session.execute(
        select(Meeting, Exchange.opened_at, has_questions(Meeting.id).label("asks"))
        .outerjoin(Exchange, Exchange.meeting_id == Meeting.id)
        .where(Meeting.id == meeting_id)
    ).one()
    meeting = row.Meeting
    return Frame(
        code=meeting.code,
        city=meeting.city or "",
        zone=meeting.zone,
        days=days_of(meeting),
        gathering=gathering_of(meeting),
        languages=tuple(meeting.working_languages),
        format=meeting.format,
        rules=meeting.rules_text,
        has_questions=row.asks,
        lists_opened_at=row.opened_at,
    )


def gathering_of(meeting: Any) -> Gathering:
    """What decides whether the meeting takes answers."""
    over = {MeetingStatus.CANCELLED, MeetingStatus.CLOSED}
    return Gathering(takes_place=meeting.status not in over, closes_at=meeting.registration_closes_at)


def days_of(meeting: Any) -> Days:
    """The days of a meeting, from its columns."""
    return Days(
        starts_on=meeting.starts_on,
        ends_on=meeting.ends_on,
        arrive_on=meeting.arrive_on,
        depart_on=meeting.depart_on,
    )


def parties(viewer: Viewer) -> Sequence[Any]:
    """The parties at the meeting the viewer stands in: id, code and names, in the order in force."""
    return meetings.parties_in_order(viewer)


def own_registration(viewer: Viewer) -> Any:
    """What is written of the viewer for the meeting they stand in.

    :raises Unseen: they were not invited to it, or do not come.
    """
    return _registration(visible(viewer, REGISTRATION_OWN) & (Participation.status == ParticipationStatus.CONFIRMED))


def registration_for(viewer: Viewer, participation_id: UUID) -> Any:
    """What is written of someone who has no address, for whom the viewer writes it down.

    :raises Unseen: there is no such person for this viewer, or they answer for themself.
    """
    return _registration(registered_by_others(viewer) & (Participation.id == participation_id))


def registered_by_others(viewer: Viewer) -> ColumnElement[bool]:
    """The registrations that the viewer writes down for someone without an address, and without an account.

    Who has an address answers for themself, and so does whoever may turn out to have one: nobody is to learn from here
    that the address they gave belongs to someone else.
    """
    has_none = (
        exists()
        .where(Person.id == Participation.person_id, Person.email_norm.is_(None), Person.account_id.is_(None))
        .correlate(Participation)
    )
    return and_(
        visible(viewer, REGISTRATION_FOR),
        Participation.claimed_email.is_(None),
        Participation.status.not_in(GONE),
        has_none,
    )


def _registration(which: ColumnElement[bool]) -> Any:
    row = db.session.execute(
        select(
            Participation.id,
            Participation.person_id,
            Participation.status,
            Participation.capacity,
            Participation.invited_at,
            Participation.answered_at,
            Participation.present_from,
            Participation.present_to,
            Participation.remote,
            Participation.listens_in,
            Participation.visibility,
            Participation.steps,
            Participation.rules_accepted_at,
            Participation.approved_at,
            Person.name,
            Person.native,
            Person.family,
            Person.given,
            Person.name_order,
            Person.sort_key,
            Person.gender,
            Person.languages,
            Person.always_discreet,
            Person.email,
            Party.names.label("party_names"),
            Party.code.label("party_code"),
            func.coalesce(func.nullif(Person.affiliation, ""), Institution.name, "").label("affiliation"),
            (Participation.version + Person.version).label("version"),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .join(Party, Party.id == Participation.party_id)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(which)
    ).one_or_none()
    if row is None:
        raise Unseen
    return row


def to_correct(viewer: Viewer, participation_id: UUID) -> Any:
    """Someone who is invited and has not answered, as the office may correct them.

    :raises Unseen: there is no such person for this viewer, or they have answered.
    """
    row = db.session.execute(
        select(
            Participation.id,
            Participation.party_id,
            Participation.capacity,
            Person.name,
            Person.native,
            func.coalesce(Person.email, Participation.claimed_email, "").label("email"),
            Person.account_id.is_not(None).label("signs_in"),
            (Participation.version + Person.version).label("version"),
        )
        .select_from(Participation)
        .join(Person, person_of())
        .where(
            visible(viewer, PARTICIPANTS_INVITE),
            Participation.id == participation_id,
            Participation.status == ParticipationStatus.INVITED,
        )
    ).one_or_none()
    if row is None:
        raise Unseen
    return row


def absences(participation_id: UUID) -> list[Absence]:
    """When the person of a registration that the reader has open is not at the table."""
    found = (
        select(Availability.away_from, Availability.away_to)
        .where(Availability.participation_id == participation_id)
        .order_by(Availability.away_from)
    )
    return [Absence(row.away_from, row.away_to) for row in db.session.execute(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The invitation's own words, which is all that a link shows before it is answered."""

    name: str
    email: str | None
    locale: str
    capacity: Capacity
    party: str
    status: ParticipationStatus
    #: Empty unless the meeting chose to be named.
    dialogue_title: str
    meeting_title: str
    city: str
    zone: str
    days: Days
    closes_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation for the holder of its link, whether answers are taken, and the meeting."""

    words: Invitation
    gathering: Gathering
    meeting_id: UUID


def invitation(participation_id: UUID) -> Invited:
    """The invitation that a personal link is about.

    :raises Unseen: there is none.
    """
    row = db.session.execute(
        select(Participation, Person, Meeting, Dialogue, Party)
        .join(Person, person_of())
        .join(Meeting, Meeting.id == Participation.meeting_id)
        .join(Dialogue, Dialogue.id == Participation.dialogue_id)
        .join(Party, Party.id == Participation.party_id)
        .where(Participation.id == participation_id)
    ).one_or_none()
    if row is None:
        raise Unseen
    participation, invited, meeting, dialogue, party = row
    full = is_named(meeting, dialogue, invited)
    words = Invitation(
        name=invited.name,
        email=invited.email,
        locale=invited.locale,
        capacity=participation.capacity,
        party=party.names.get("en", party.code),
        status=participation.status,
        dialogue_title=dialogue.title if full else "",
        meeting_title=meeting.title if full else "",
        city=meeting.city or "",
        zone=meeting.zone,
        days=days_of(meeting),
        closes_at=meeting.registration_closes_at,
    )
    return Invited(words=words, gathering=gathering_of(meeting), meeting_id=meeting.id)


def is_named(meeting: Any, dialogue: Any, invited: Any) -> bool:
    """Whether invitations may say what the meeting is about: by its choice, unless anything is confidential."""
    is_open = Existence.CONFIDENTIAL not in {meeting.existence, dialogue.existence}
    return meeting.profile is InviteProfile.FULL and is_open and not invited.always_discreet
