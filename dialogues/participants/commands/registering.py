"""What is written down in the steps of a registration: by the person, or for someone who has no address."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from sqlalchemy import delete, select

from dialogues.common.refusal import N_, Refusal, Unseen, refuse_stale
from dialogues.common.transaction import Change, transaction
from dialogues.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.meetings import posting as meetings
from dialogues.meetings.models import Exchange, Meeting, MeetingParty, Person
from dialogues.meetings.rules import sort_key
from dialogues.participants import posting, queries
from dialogues.participants.models import Availability, Participation
from dialogues.participants.rules import (
    ASKED_FOR_AFTER_APPROVAL,
    Affiliation,
    Filled,
    Identity,
    Languages,
    ParticipationConfirmed,
    ParticipationStatus,
    Presence,
    RegistrationChanged,
    RulesAccepted,
    Step,
    Visibility,
    listed_under,
    refuse_absence,
    refuse_closed,
    refuse_foreign_ear,
    refuse_invisible,
    refuse_other_words,
    with_saved,
)
from dialogues.policy import REGISTRATION_FOR, REGISTRATION_OWN


def fill_in(viewer: Viewer, filled: Filled, *, version: int, now: datetime, for_whom: UUID | None = None) -> None:
    """Write one step down: of one's own registration, or of that of someone without an address.

    :raises Unseen: there is no such registration for this viewer.
    :raises Refusal: registration is closed, what was said does not fit, the office has approved it, or someone saved a
        change meanwhile.
    """
    with transaction(viewer, REGISTRATION_FOR if for_whom else REGISTRATION_OWN) as change:
        participation = _registered(change, for_whom)
        meeting = db.session.get_one(Meeting, participation.meeting_id)
        _refuse_late(meeting, now)
        person = db.session.get_one(Person, participation.person_id)
        refuse_stale(participation.version + person.version, version)
        step = _write(participation, meeting, person, filled, now)
        if participation.approved_at is not None and step in ASKED_FOR_AFTER_APPROVAL:
            raise Refusal(N_("The office has approved this registration: ask the office for this change."))
        participation.steps = with_saved(participation.steps, step)
        participation.version += 1
        change.happened(RegistrationChanged.of(participation, now))


def _registered(change: Change, for_whom: UUID | None) -> Participation:
    if for_whom is None:
        reached = queries.visible(change.viewer, REGISTRATION_OWN)
        own = select(Participation).where(reached, Participation.status == ParticipationStatus.CONFIRMED)
        participation = db.session.execute(own).scalar_one_or_none()
    else:
        found = select(Participation).where(queries.registered_by_others(change.viewer), Participation.id == for_whom)
        participation = db.session.execute(found).scalar_one_or_none()
    if participation is None:
        raise Unseen
    return participation


def _refuse_late(meeting: Meeting, now: datetime) -> None:
    if not queries.gathering_of(meeting).is_open(now):
        raise Refusal(N_("Registration is closed: write to the office about what has changed."))


def _write(participation: Participation, meeting: Meeting, person: Person, filled: Filled, now: datetime) -> Step:
    match filled:
        case Identity():
            return _identity(person, filled)
        case Affiliation():
            meetings.describe_person(person.id, affiliation=filled.affiliation)
            return Step.AFFILIATION
        case Languages():
            refuse_foreign_ear(filled.listens_in, meeting.working_languages, filled.languages)
            meetings.describe_person(person.id, languages=filled.languages)
            participation.listens_in = filled.listens_in
            return Step.LANGUAGES
        case Presence():
            return _presence(participation, meeting, filled)
        case Visibility():
            refuse_invisible(filled.shown)
            meetings.describe_person(person.id, always_discreet=filled.always_discreet)
            participation.visibility = {audience.value: shown.value for audience, shown in filled.shown.items()}
            return Step.VISIBILITY
        case RulesAccepted():
            refuse_other_words(filled.words, meeting.rules_text)
            participation.rules_accepted_at = now
            return Step.RULES
        case _:
            assert_never(filled)


def _identity(person: Person, identity: Identity) -> Step:
    proposed = sort_key(identity.name, identity.family, identity.given, identity.name_order)
    meetings.describe_person(
        person.id,
        name=identity.name,
        native=identity.native,
        family=identity.family,
        given=identity.given,
        name_order=identity.name_order,
        sort_key=listed_under(identity.sort_key, person.sort_key, proposed),
        gender=identity.gender,
    )
    return Step.IDENTITY


def _presence(participation: Participation, meeting: Meeting, presence: Presence) -> Step:
    refuse_absence(presence, queries.days_of(meeting))
    participation.present_from, participation.present_to = presence.present_from, presence.present_to
    participation.remote = presence.remote
    db.session.execute(delete(Availability).where(Availability.participation_id == participation.id))
    for absence in presence.away:
        db.session.add(
            Availability(
                dialogue_id=participation.dialogue_id,
                participation_id=participation.id,
                away_from=absence.away_from,
                away_to=absence.away_to,
            )
        )
    return Step.DAYS


def confirm_for(viewer: Viewer, participation_id: UUID, *, version: int, now: datetime) -> None:
    """Accept on behalf of someone who has no address and so cannot answer.

    Saying it again changes nothing.

    :raises Unseen: there is no such person for this viewer, or they answer for themself.
    :raises Refusal: registration is closed, the person waits for a seat, or the party has not lodged its list.
    """
    with transaction(viewer, REGISTRATION_FOR) as change:
        participation = _registered(change, participation_id)
        if participation.status is ParticipationStatus.CONFIRMED:
            return
        meeting = db.session.get_one(Meeting, participation.meeting_id)
        refuse_closed(queries.gathering_of(meeting), now)
        person = db.session.get_one(Person, participation.person_id)
        refuse_stale(participation.version + person.version, version)
        _refuse_early(participation, meeting)
        participation.status, participation.answered_at = ParticipationStatus.CONFIRMED, now
        participation.version += 1
        posting.begin_part(participation, now)
        change.happened(ParticipationConfirmed.of(participation, now))


def _refuse_early(participation: Participation, meeting: Meeting) -> None:
    if participation.status is ParticipationStatus.WAITING:
        raise Refusal(N_("This person waits for a seat: accept for them once they have one."))
    party = db.session.get(MeetingParty, (meeting.id, participation.party_id))
    exchange = db.session.get(Exchange, meeting.id)
    is_open = exchange is not None and exchange.opened_at is not None
    if not is_open and (party is None or party.lodged_at is None):
        raise Refusal(N_("The party has not lodged its list yet: lodge it first, then accept."))
