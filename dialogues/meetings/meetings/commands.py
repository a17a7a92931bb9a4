"""Create, copy, edit, move, cancel and close meetings, and edit their practical page.

"The current meeting" is the meeting of the viewer's place (`viewer.meeting_id`).
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib import wall_time
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found, refuse_stale
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Meeting, MeetingParty, Party, PracticalPage
from dialogues.meetings.dialogues.operations import add_person, current_meeting, in_meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.dialogues.rules.events import (
    DialogueOpened,
    MeetingCancelled,
    MeetingChanged,
    MeetingClosed,
    MeetingCopied,
    MeetingMoved,
    MeetingPlanned,
    PracticalChanged,
    RulesChanged,
)
from dialogues.meetings.dialogues.rules.facts import (
    DialogueFacts,
    MeetingFacts,
    PracticalFacts,
    check_closing,
    check_days_in_order,
    check_near_today,
)
from dialogues.meetings.dialogues.rules.kinds import Capacity, MeetingStatus
from dialogues.meetings.dialogues.rules.roles import seats_for
from dialogues.meetings.roles.operations import grant_role
from dialogues.meetings.venues.models import Venue
from dialogues.policy import DIALOGUE_OPEN, MEETING_EDIT, PRACTICAL_EDIT, Role


def open_dialogue(viewer: Viewer, facts: DialogueFacts, *, name: str, email: str, now: datetime) -> UUID:
    """Create a dialogue and make the viewer its first coordinator, under the given name.

    Dialogue codes need not be unique, because a refusal would reveal that another dialogue exists.
    """
    with transaction(viewer, DIALOGUE_OPEN) as change:
        dialogue = Dialogue(created_at=now, **asdict(facts))
        db.session.add(dialogue)
        db.session.flush()
        person_id = add_person(dialogue.id, name, email, account_id=change.viewer.account_id)
        grant_role(person_id, Role.COORDINATOR, dialogue_id=dialogue.id, offered_at=now, accepted_at=now)
        change.record(DialogueOpened(about=dialogue.id, dialogue_id=dialogue.id, at=now))
        return dialogue.id


#: A change of any of these columns asks everyone who accepted whether they can still come.
WHEN = ("zone", "arrive_on", "starts_on", "ends_on", "depart_on")
#: A change of any of these columns raises `MeetingMoved`; a change of other columns raises `MeetingChanged`.
WHERE_AND_WHEN = ("venue_id", "city", *WHEN)
_COPIED = (
    "dialogue_id",
    "venue_id",
    "city",
    "zone",
    "format",
    "existence",
    "default_rule",
    "party_attribution",
    "profile",
    "invites",
    "observers_may_read",
    "working_languages",
    "party_order",
    "rules_text",
)


def plan_meeting(viewer: Viewer, facts: MeetingFacts, *, now: datetime) -> UUID:
    """Create a meeting in the viewer's dialogue, with the lists of its parties sealed from each other.

    :raises Refusal: the days are not in order, the time zone is unknown, or the code is taken.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        dialogue_id = or_not_found(change.viewer.dialogue_id)
        _refuse_taken_code(dialogue_id, facts.code, None)
        meeting = Meeting(dialogue_id=dialogue_id, **_columns(facts))
        check_near_today(facts.days, now.date())
        _check_closing(meeting, now)
        _insert_with_exchange(meeting)
        _seat_parties(meeting, facts.parties, facts.seats)
        change.record(MeetingPlanned(about=meeting.id, **in_meeting(meeting), at=now))
        return meeting.id


def copy_meeting(viewer: Viewer, *, code: str, title: str, starts_on: date, now: datetime) -> UUID:
    """Create the next meeting with the current meeting as template.

    Copies place, rules, languages, parties, and the practical page if the meeting has a venue. The draft agenda is
    copied by the handlers of `MeetingCopied`, shifted by the same number of days. People and roles are not copied.

    :raises NotFound: the viewer has no such right in the whole dialogue, only in this meeting.
    :raises Refusal: the code is taken, or a session of the draft would fall into a clock change.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        if not change.viewer.may_around(MEETING_EDIT):
            raise NotFound
        template = current_meeting(change)
        _refuse_taken_code(template.dialogue_id, code, None)
        days = days_of(template).moved_to(starts_on)
        check_near_today(days, now.date())
        copied = {column: getattr(template, column) for column in _COPIED}
        meeting = Meeting(code=code, title=title, **copied, **asdict(days))
        _insert_with_exchange(meeting)
        for seat in db.session.scalars(select(MeetingParty).where(MeetingParty.meeting_id == template.id)):
            kind = db.session.get_one(Party, seat.party_id).kind
            db.session.add(
                MeetingParty(party_id=seat.party_id, seats=seats_for(kind, seat.seats), **in_meeting(meeting))
            )
        _copy_practical_page(template, meeting)
        change.record(
            MeetingCopied(
                about=meeting.id,
                **in_meeting(meeting),
                at=now,
                model_id=template.id,
                by_days=(starts_on - template.starts_on).days,
                zone=meeting.zone,
                same_venue=True,
            )
        )
        return meeting.id


def _copy_practical_page(template: Meeting, meeting: Meeting) -> None:
    page = db.session.get(PracticalPage, template.id) if template.venue_id is not None else None
    if page is not None:
        words = {field.name: getattr(page, field.name) for field in fields(PracticalFacts)}
        db.session.add(PracticalPage(**words, **in_meeting(meeting)))


def edit_meeting(
    viewer: Viewer, facts: MeetingFacts, *, keeps_distance: bool = True, version: int, now: datetime
) -> None:
    """Update the current meeting.

    :param keeps_distance: move the draft sessions together with the first day; if False, they must lie within the new
        days.
    :raises Refusal: the days are not in order, the time zone is unknown, or the code is taken; a party that has
        submitted its list would be removed; the draft does not fit; someone else saved a change (stale version); a
        closed meeting would be reopened or moved; or a viewer with rights in this meeting only would change its code.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        meeting = current_meeting(change)
        refuse_stale(meeting.version, version)
        _refuse_cancelled(meeting)
        _refuse_reopening(meeting, facts.status)
        # Only people of the whole dialogue may try codes, because "code taken" would reveal other meetings.
        if facts.code != meeting.code and not change.viewer.may_around(MEETING_EDIT):
            raise Refusal(N_("The code of a meeting is changed by those who run the whole dialogue."), field="code")
        _refuse_taken_code(meeting.dialogue_id, facts.code, meeting.id)
        columns, closing = _columns(facts), _local_closing(meeting)
        previous = {column: getattr(meeting, column) for column in columns}
        for column, value in columns.items():
            setattr(meeting, column, value)
        parties_changed, removed = _seat_parties(meeting, facts.parties, facts.seats)
        meeting.version += 1
        changed = {column for column, value in previous.items() if getattr(meeting, column) != value}
        if meeting.closed_at is not None and changed & set(WHERE_AND_WHEN):
            raise Refusal(N_("This meeting is closed: its days and its place stay as they were."), field="starts_on")
        if "starts_on" in changed:
            check_near_today(facts.days, now.date())
        if _local_closing(meeting) != closing:
            _check_closing(meeting, now)
        if changed - set(WHERE_AND_WHEN) or parties_changed:
            change.record(MeetingChanged(about=meeting.id, **in_meeting(meeting), at=now, parties_gone=removed))
        if "rules_text" in changed:
            change.record(RulesChanged(about=meeting.id, **in_meeting(meeting), at=now))
        if changed & set(WHEN):
            meeting.days_version += 1
        if changed & set(WHERE_AND_WHEN):
            change.record(_moved(meeting, previous, keeps_distance=keeps_distance, now=now))


def _moved(meeting: Meeting, previous: Mapping[str, Any], *, keeps_distance: bool, now: datetime) -> MeetingMoved:
    days = days_of(meeting)
    return MeetingMoved(
        about=meeting.id,
        **in_meeting(meeting),
        at=now,
        by_days=(meeting.starts_on - previous["starts_on"]).days,
        first_day=days.first,
        last_day=days.last,
        zone=meeting.zone,
        same_venue=previous["venue_id"] == meeting.venue_id,
        keeps_distance=keeps_distance,
    )


def cancel_meeting(viewer: Viewer, *, version: int, now: datetime) -> None:
    """Cancel the current meeting; its data stays readable.

    :raises Refusal: it is already cancelled or closed, or someone else saved a change (stale version).
    """
    with transaction(viewer, MEETING_EDIT) as change:
        meeting = _open_meeting(change, version)
        meeting.status = MeetingStatus.CANCELLED
        meeting.version += 1
        change.record(MeetingCancelled(about=meeting.id, **in_meeting(meeting), at=now))


def close_meeting(viewer: Viewer, *, version: int, now: datetime) -> None:
    """Close the current meeting permanently; handlers of `MeetingClosed` seal the attendance record.

    :raises Refusal: it is already cancelled or closed, it is not yet the last day, or someone else saved a change
        (stale version).
    """
    with transaction(viewer, MEETING_EDIT) as change:
        meeting = _open_meeting(change, version)
        if now.astimezone(ZoneInfo(meeting.zone)).date() < meeting.ends_on:
            raise Refusal(
                N_("The last day of this meeting has not come: close it then. If it does not take place, cancel it.")
            )
        meeting.status, meeting.closed_at = MeetingStatus.CLOSED, now
        meeting.version += 1
        change.record(MeetingClosed(about=meeting.id, **in_meeting(meeting), at=now))


def write_practical(viewer: Viewer, facts: PracticalFacts, *, version: int, now: datetime) -> None:
    """:raises Refusal: someone else saved a change (stale version)."""
    with transaction(viewer, PRACTICAL_EDIT) as change:
        meeting = current_meeting(change)
        page = db.session.get(PracticalPage, meeting.id)
        refuse_stale(page.version if page else 0, version)
        if page is None:
            page = PracticalPage(version=0, **in_meeting(meeting))
            db.session.add(page)
        for column, value in asdict(facts).items():
            setattr(page, column, value)
        page.version += 1
        change.record(PracticalChanged(about=meeting.id, **in_meeting(meeting), at=now))


def _insert_with_exchange(meeting: Meeting) -> None:
    db.session.add(meeting)
    db.session.flush()
    db.session.add(Exchange(**in_meeting(meeting)))


def _columns(facts: MeetingFacts) -> dict[str, Any]:
    """:raises Refusal: the days are not in order, or the time zone is unknown or not that of the venue."""
    check_days_in_order(facts.days)
    wall_time.zone(facts.zone, field="zone")
    venue = db.session.get(Venue, facts.venue_id) if facts.venue_id else None
    if venue is not None and venue.zone != facts.zone:
        raise Refusal(
            N_("The clocks of this venue show %(venue_zone)s, not %(zone)s: empty the field to take its zone."),
            field="zone",
            venue_zone=venue.zone,
            zone=facts.zone,
        )
    columns = asdict(facts)
    columns |= columns.pop("days")
    for name in ("registration_closes", "parties", "seats"):
        del columns[name]
    columns["registration_closes_at"] = _closing(facts)
    columns["city"] = venue.city if venue else facts.city
    columns["venue_id"] = venue.id if venue else None
    return columns


def _closing(facts: MeetingFacts) -> datetime | None:
    if facts.registration_closes is None:
        return None
    # fold=1: if clocks show the closing time twice, take the later one, because it gives people more time.
    try:
        return wall_time.resolve_local_time(facts.registration_closes, facts.zone, fold=1).instant
    except Refusal as refusal:
        raise Refusal(refusal.message, field="registration_closes", **refusal.facts) from refusal


def _check_closing(meeting: Meeting, now: datetime) -> None:
    closing = _local_closing(meeting)
    if closing is not None:
        check_closing(closing, days_of(meeting), now.astimezone(ZoneInfo(meeting.zone)).replace(tzinfo=None))


def _local_closing(meeting: Meeting) -> datetime | None:
    closes = meeting.registration_closes_at
    return closes.astimezone(ZoneInfo(meeting.zone)).replace(tzinfo=None) if closes else None


def _refuse_cancelled(meeting: Meeting) -> None:
    if meeting.status is MeetingStatus.CANCELLED:
        raise Refusal(N_("This meeting is cancelled. Copy it as a new one to plan it again."))


def _open_meeting(change: Change, version: int) -> Meeting:
    meeting = current_meeting(change)
    refuse_stale(meeting.version, version)
    _refuse_cancelled(meeting)
    if meeting.closed_at is not None:
        raise Refusal(N_("This meeting is closed already."))
    return meeting


def _refuse_reopening(meeting: Meeting, status: MeetingStatus) -> None:
    if status is MeetingStatus.CLOSED and meeting.status is not MeetingStatus.CLOSED:
        raise Refusal(N_("A meeting is closed on a page of its own, which says what that does."), field="status")
    if status is not MeetingStatus.CLOSED and meeting.closed_at is not None:
        raise Refusal(
            N_(
                "This meeting was closed and its attendance record sealed, so it cannot be opened again. "
                "Copy it as a new one if its people meet again."
            ),
            field="status",
        )


def _refuse_taken_code(dialogue_id: UUID, code: str, meeting_id: UUID | None) -> None:
    same_code = select(Meeting.id).where(Meeting.dialogue_id == dialogue_id, func.lower(Meeting.code) == code.lower())
    if any(found != meeting_id for found in db.session.execute(same_code).scalars()):
        raise Refusal(N_("A meeting of this dialogue already has the code “%(code)s”."), field="code", code=code)


def _seat_parties(meeting: Meeting, parties: frozenset[UUID], seats: int | None) -> tuple[bool, frozenset[UUID]]:
    """Set the parties of the meeting, and their number of participant seats unless `seats` is None.

    Observing organisations get no participant seats. Returns whether anything changed, and the ids of removed parties.
    """
    known = select(Party).where(Party.dialogue_id == meeting.dialogue_id, Party.id.in_(parties))
    kinds = {party.id: party.kind for party in db.session.scalars(known)}
    if len(kinds) != len(parties):
        raise NotFound
    rows = select(MeetingParty).where(MeetingParty.meeting_id == meeting.id)
    current = {seat.party_id: seat for seat in db.session.scalars(rows)}
    for party_id in current.keys() - parties:
        if current[party_id].submitted_at is not None:
            raise Refusal(N_("A party that has lodged its list keeps its place at the meeting."), field="parties")
        db.session.delete(current[party_id])
    changed = current.keys() != parties
    for party_id in parties:
        wanted = {} if seats is None else seats_for(kinds[party_id], {Capacity.PARTICIPANT.value: seats})
        if party_id not in current:
            db.session.add(MeetingParty(party_id=party_id, seats=wanted, **in_meeting(meeting)))
        elif not wanted.items() <= current[party_id].seats.items():
            current[party_id].seats = {**current[party_id].seats, **wanted}
            changed = True
    return changed, frozenset(current.keys() - parties)
