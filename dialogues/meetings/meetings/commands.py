"""Changes of a meeting: planned, copied, changed, moved, cancelled; and its practical page."""

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib import wall_time
from dialogues.lib.refusal import N_, NotFound, Refusal, refuse_stale
from dialogues.meetings.dialogues.commands import dialogue_columns, place_of
from dialogues.meetings.dialogues.models import Dialogue, Exchange, Meeting, MeetingParty, Party, PracticalPage
from dialogues.meetings.dialogues.operations import add_person
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
    Days,
    DialogueFacts,
    MeetingFacts,
    PracticalFacts,
    refuse_disorder,
    refuse_early_closing,
)
from dialogues.meetings.dialogues.rules.kinds import Capacity, MeetingStatus
from dialogues.meetings.dialogues.rules.roles import seats_for
from dialogues.meetings.roles.operations import grant_role
from dialogues.meetings.venues.models import Venue
from dialogues.policy import DIALOGUE_OPEN, MEETING_EDIT, PRACTICAL_EDIT, Role


def open_dialogue(viewer: Viewer, facts: DialogueFacts, *, name: str, email: str, now: datetime) -> UUID:
    """Begin a dialogue; whoever opens it is its first coordinator, under the name given.

    Two dialogues may have one code: a refusal would tell of the other.
    """
    with transaction(viewer, DIALOGUE_OPEN) as change:
        dialogue = Dialogue(created_at=now, **dialogue_columns(facts))
        db.session.add(dialogue)
        db.session.flush()
        person_id = add_person(dialogue.id, name, email, account_id=change.viewer.account_id)
        grant_role(person_id, Role.COORDINATOR, dialogue_id=dialogue.id, offered_at=now, accepted_at=now)
        change.record(DialogueOpened(about=dialogue.id, dialogue_id=dialogue.id, at=now))
        return dialogue.id


#: The columns that a change of place or time is made of.
WHERE_AND_WHEN = ("venue_id", "city", "zone", "arrive_on", "starts_on", "ends_on", "depart_on")
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
    "observers_told",
    "working_languages",
    "party_order",
    "rules_text",
)


def plan_meeting(viewer: Viewer, facts: MeetingFacts, *, now: datetime) -> UUID:
    """Plan a meeting of the dialogue the viewer stands in; the parties' lists are closed to each other.

    :raises Refusal: the days are in disorder, the zone is unknown or the code is taken.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        dialogue_id = place_of(change).dialogue_id
        _refuse_taken_code(dialogue_id, facts.code, None)
        meeting = Meeting(dialogue_id=dialogue_id, **_columns(facts))
        _write_down(meeting)
        _seat_parties(meeting, facts.parties, facts.seats)
        change.record(MeetingPlanned(about=meeting.id, dialogue_id=dialogue_id, meeting_id=meeting.id, at=now))
        return meeting.id


def copy_meeting(viewer: Viewer, *, code: str, title: str, starts_on: date, now: datetime) -> UUID:
    """Plan the next meeting after the model of the one the viewer stands in.

    Its place, rules, languages and parties are taken over, its practical page where the house is known, and its draft,
    at the same distance from the first day; people and their roles are not.

    :raises Unseen: the viewer's role is in the model alone, and plans no other meeting of the dialogue.
    :raises Refusal: the code is taken, or a session of the draft would fall where the clocks change.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        if not change.viewer.may_around(MEETING_EDIT):
            raise NotFound
        model = _meeting(change)
        _refuse_taken_code(model.dialogue_id, code, None)
        days = _days(model).moved_to(starts_on)
        taken_over = {column: getattr(model, column) for column in _COPIED}
        meeting = Meeting(code=code, title=title, **taken_over, **asdict(days))
        _write_down(meeting)
        for seat in db.session.scalars(select(MeetingParty).where(MeetingParty.meeting_id == model.id)):
            kind = db.session.get_one(Party, seat.party_id).kind
            _seat(meeting, seat.party_id, seats_for(kind, seat.seats))
        _take_practical_over(model, meeting)
        change.record(
            MeetingCopied(
                about=meeting.id,
                dialogue_id=meeting.dialogue_id,
                meeting_id=meeting.id,
                at=now,
                model_id=model.id,
                by_days=(starts_on - model.starts_on).days,
                zone=meeting.zone,
                same_venue=True,
            )
        )
        return meeting.id


def _take_practical_over(model: Meeting, meeting: Meeting) -> None:
    page = db.session.get(PracticalPage, model.id) if model.venue_id is not None else None
    if page is not None:
        words = {"way": page.way, "hotel": page.hotel, "night_telephone": page.night_telephone, "more": page.more}
        db.session.add(PracticalPage(meeting_id=meeting.id, dialogue_id=meeting.dialogue_id, **words))


def edit_meeting(
    viewer: Viewer, facts: MeetingFacts, *, keeps_distance: bool = True, version: int, now: datetime
) -> None:
    """Change what is written of the meeting the viewer stands in.

    :param keeps_distance: whether the draft moves along with the first day; else it has to lie within the new days.
    :raises Refusal: the days are in disorder, the zone is unknown, the code is taken, a party that has lodged its list
        would lose its place, the draft would not fit, someone saved a change meanwhile, or a closed meeting would be
        opened again or take place at another time; or the viewer runs this meeting alone, and the code would change.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        meeting = _meeting(change)
        refuse_stale(meeting.version, version)
        _refuse_cancelled(meeting)
        _refuse_reopening(meeting, facts.status)
        _refuse_code_from_within(change, meeting, facts.code)
        _refuse_taken_code(meeting.dialogue_id, facts.code, meeting.id)
        was = {column: getattr(meeting, column) for column in _columns(facts)}
        for column, value in _columns(facts).items():
            setattr(meeting, column, value)
        seated, gone = _seat_parties(meeting, facts.parties, facts.seats)
        meeting.version += 1
        changed = {column for column, value in was.items() if getattr(meeting, column) != value}
        if meeting.closed_at is not None and changed & set(WHERE_AND_WHEN):
            raise Refusal(N_("This meeting is closed: its days and its place stay as they were."), field="starts_on")
        if changed - set(WHERE_AND_WHEN) or seated:
            change.record(MeetingChanged(**_about(meeting), at=now, parties_gone=gone))
        if "rules_text" in changed:
            change.record(RulesChanged(**_about(meeting), at=now))
        if changed & set(WHERE_AND_WHEN):
            change.record(_moved(meeting, was, keeps_distance, now))


def _moved(meeting: Meeting, was: dict[str, object], keeps_distance: bool, now: datetime) -> MeetingMoved:
    started = was["starts_on"]
    days = _days(meeting)
    return MeetingMoved(
        **_about(meeting),
        at=now,
        by_days=(meeting.starts_on - started).days if isinstance(started, date) else 0,
        first_day=days.first,
        last_day=days.last,
        zone=meeting.zone,
        same_venue=was["venue_id"] == meeting.venue_id,
        keeps_distance=keeps_distance,
    )


def cancel_meeting(viewer: Viewer, *, version: int, now: datetime) -> None:
    """Cancel the meeting the viewer stands in; what was written of it stays to be read.

    :raises Refusal: it is cancelled or closed already, or someone saved a change meanwhile.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        meeting = _meeting(change)
        refuse_stale(meeting.version, version)
        _refuse_cancelled(meeting)
        _refuse_closed(meeting)
        meeting.status = MeetingStatus.CANCELLED
        meeting.version += 1
        change.record(MeetingCancelled(**_about(meeting), at=now))


def close_meeting(viewer: Viewer, *, version: int, now: datetime) -> None:
    """Close the meeting the viewer stands in, for good: what follows seals what is not to be read any more.

    :raises Refusal: it is cancelled or closed already, its last day has not come, or someone saved a change meanwhile.
    """
    with transaction(viewer, MEETING_EDIT) as change:
        meeting = _meeting(change)
        refuse_stale(meeting.version, version)
        _refuse_cancelled(meeting)
        _refuse_closed(meeting)
        refuse_early_closing(meeting.ends_on, now.astimezone(wall_time.zone(meeting.zone)).date())
        meeting.status, meeting.closed_at = MeetingStatus.CLOSED, now
        meeting.version += 1
        change.record(MeetingClosed(**_about(meeting), at=now))


def write_practical(viewer: Viewer, facts: PracticalFacts, *, version: int, now: datetime) -> None:
    """Write the practical page of the meeting the viewer stands in.

    :raises Refusal: someone saved a change meanwhile.
    """
    with transaction(viewer, PRACTICAL_EDIT) as change:
        meeting = _meeting(change)
        page = db.session.get(PracticalPage, meeting.id)
        refuse_stale(page.version if page else 0, version)
        if page is None:
            page = PracticalPage(meeting_id=meeting.id, dialogue_id=meeting.dialogue_id, version=0)
            db.session.add(page)
        page.way, page.hotel, page.more = facts.way, facts.hotel, facts.more
        page.night_telephone = facts.night_telephone
        page.version += 1
        change.record(PracticalChanged(**_about(meeting), at=now))


def _meeting(change: Change) -> Meeting:
    meeting = db.session.get(Meeting, place_of(change).meeting_id)
    if meeting is None:
        raise NotFound
    return meeting


def _about(meeting: Meeting) -> dict[str, UUID]:
    return {"about": meeting.id, "dialogue_id": meeting.dialogue_id, "meeting_id": meeting.id}


def _days(meeting: Meeting) -> Days:
    return Days(
        starts_on=meeting.starts_on,
        ends_on=meeting.ends_on,
        arrive_on=meeting.arrive_on,
        depart_on=meeting.depart_on,
    )


def _write_down(meeting: Meeting) -> None:
    db.session.add(meeting)
    db.session.flush()
    db.session.add(Exchange(meeting_id=meeting.id, dialogue_id=meeting.dialogue_id))


def _columns(facts: MeetingFacts) -> dict[str, object]:
    """The meeting's columns for these facts.

    :raises Refusal: the days are in disorder, the zone is unknown, or not that of the venue.
    """
    refuse_disorder(facts.days)
    wall_time.zone(facts.zone, field="zone")
    venue = db.session.get(Venue, facts.venue_id) if facts.venue_id else None
    if venue is not None and venue.zone != facts.zone:
        raise Refusal(
            N_("The clocks of this venue show %(venue_zone)s, not %(zone)s: empty the field to take its zone."),
            field="zone",
            venue_zone=venue.zone,
            zone=facts.zone,
        )
    return {
        **asdict(facts.days),
        "code": facts.code,
        "title": facts.title,
        "venue_id": venue.id if venue else None,
        "city": venue.city if venue else facts.city,
        "zone": facts.zone,
        "status": facts.status,
        "format": facts.format,
        "existence": facts.existence,
        "default_rule": facts.default_rule,
        "party_attribution": facts.party_attribution,
        "profile": facts.profile,
        "observers_told": facts.observers_told,
        "working_languages": list(facts.working_languages),
        "rules_text": facts.rules_text,
        "registration_closes_at": _closing(facts),
    }


def _closing(facts: MeetingFacts) -> datetime | None:
    if facts.registration_closes is None:
        return None
    # A closing hour that the clocks show twice is meant generously.
    try:
        return wall_time.resolve_local_time(facts.registration_closes, facts.zone, fold=1).instant
    except Refusal as refusal:
        raise Refusal(refusal.message, field="registration_closes", **refusal.facts) from refusal


def _refuse_cancelled(meeting: Meeting) -> None:
    if meeting.status is MeetingStatus.CANCELLED:
        raise Refusal(N_("This meeting is cancelled. Copy it as a new one to plan it again."))


def _refuse_closed(meeting: Meeting) -> None:
    if meeting.closed_at is not None:
        raise Refusal(N_("This meeting is closed already."))


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


def _refuse_code_from_within(change: Change, meeting: Meeting, code: str) -> None:
    """Whoever runs one meeting alone learns from no refusal which others there are."""
    if code != meeting.code and not change.viewer.may_around(MEETING_EDIT):
        raise Refusal(N_("The code of a meeting is changed by those who run the whole dialogue."), field="code")


def _refuse_taken_code(dialogue_id: UUID, code: str, meeting_id: UUID | None) -> None:
    twin = select(Meeting.id).where(Meeting.dialogue_id == dialogue_id, func.lower(Meeting.code) == code.lower())
    if any(found != meeting_id for found in db.session.execute(twin).scalars()):
        raise Refusal(N_("A meeting of this dialogue already has the code “%(code)s”."), field="code", code=code)


def _seat_parties(meeting: Meeting, parties: frozenset[UUID], seats: int | None) -> tuple[bool, frozenset[UUID]]:
    """Make these the meeting's parties, with so many seats for participants; without a number each keeps its own.

    Observing organisations get no seats for participants. Returns whether anything changed, and which parties left.
    """
    known = select(Party).where(Party.dialogue_id == meeting.dialogue_id, Party.id.in_(parties))
    kinds = {party.id: party.kind for party in db.session.scalars(known)}
    if len(kinds) != len(parties):
        raise NotFound
    rows = select(MeetingParty).where(MeetingParty.meeting_id == meeting.id)
    seated = {seat.party_id: seat for seat in db.session.scalars(rows)}
    for party_id in seated.keys() - parties:
        if seated[party_id].submitted_at is not None:
            raise Refusal(N_("A party that has lodged its list keeps its place at the meeting."), field="parties")
        db.session.delete(seated[party_id])
    changed = seated.keys() != parties
    for party_id in parties:
        meant = {} if seats is None else seats_for(kinds[party_id], {Capacity.PARTICIPANT.value: seats})
        if party_id not in seated:
            _seat(meeting, party_id, meant)
        elif not meant.items() <= seated[party_id].seats.items():
            seated[party_id].seats = {**seated[party_id].seats, **meant}
            changed = True
    return changed, frozenset(seated.keys() - parties)


def _seat(meeting: Meeting, party_id: UUID, seats: dict[str, int]) -> None:
    db.session.add(MeetingParty(meeting_id=meeting.id, party_id=party_id, dialogue_id=meeting.dialogue_id, seats=seats))
