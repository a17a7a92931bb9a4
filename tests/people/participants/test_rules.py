"""Rules of participations."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.facts import Days, RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.rules import DEFAULT_LINK_LIFETIME, find_party, link_expires, parse_capacity
from dialogues.people.participants.rules.standing import (
    GONE,
    ParticipationStatus,
    check_not_already_invited,
    may_answer,
    refuse_closed,
)
from dialogues.people.registration.rules import Absence, Presence, listed_under, refuse_absence
from dialogues.policy import Role

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)
OPEN = RegistrationWindow(takes_place=True, closes_at=NOON + timedelta(days=1))
DAYS = Days(
    starts_on=date(2027, 6, 2), ends_on=date(2027, 6, 4), arrive_on=date(2027, 6, 1), depart_on=date(2027, 6, 5)
)


def present(**changes: Any) -> Presence:
    return Presence(**{"present_from": DAYS.first, "present_to": DAYS.last} | changes)


def test_only_participants_sit_at_the_table() -> None:
    assert Capacity.PARTICIPANT.role is Role.PARTICIPANT
    assert {capacity.role for capacity in Capacity if capacity is not Capacity.PARTICIPANT} == {Role.OBSERVER}


def test_link_expires_when_registration_closes_or_after_sixty_days() -> None:
    assert link_expires(NOON, NOON - timedelta(days=300)) == NOON
    assert link_expires(None, NOON) == NOON + DEFAULT_LINK_LIFETIME == NOON + timedelta(days=60)


@pytest.mark.parametrize("status", ParticipationStatus)
def test_withdrawn_invitation_cannot_be_answered(status: ParticipationStatus) -> None:
    closed_off = {ParticipationStatus.TAKEN_BACK, ParticipationStatus.NOMINATED, ParticipationStatus.WAITING}

    assert may_answer(status, OPEN, NOON) is (status not in closed_off)


def test_registration_is_closed_at_the_closing_instant() -> None:
    assert OPEN.is_open(NOON + timedelta(hours=23))
    assert not OPEN.is_open(NOON + timedelta(days=1))


def test_cancelled_meeting_accepts_nobody() -> None:
    cancelled = RegistrationWindow(takes_place=False, closes_at=None)

    assert not may_answer(ParticipationStatus.INVITED, cancelled, NOON)
    with pytest.raises(Refusal, match="cancelled or closed"):
        refuse_closed(cancelled, NOON)


@pytest.mark.parametrize("status", set(ParticipationStatus) - GONE)
def test_person_on_the_list_cannot_be_invited_twice(status: ParticipationStatus) -> None:
    with pytest.raises(Refusal, match="who is on the list already"):
        check_not_already_invited("Kim Ji-won", status)


@pytest.mark.parametrize(
    ("called", "capacity"),
    [
        ("", Capacity.PARTICIPANT),
        ("Full", Capacity.PARTICIPANT),
        ("OBSERVER", Capacity.OBSERVER),
        ("special_observer", Capacity.SPECIAL_OBSERVER),
        ("Resource-Person", Capacity.RESOURCE_PERSON),
    ],
)
def test_capacities_are_found_by_their_labels(called: str, capacity: Capacity) -> None:
    assert parse_capacity(called) is capacity


def test_unknown_capacity_lists_the_known_ones() -> None:
    with pytest.raises(Refusal, match="special observer, resource person"):
        parse_capacity("king")


def test_parties_are_found_by_code_or_any_name() -> None:
    mongolia, korea = uuid4(), uuid4()
    parties = {mongolia: ("MN", "Mongolia", "Монгол"), korea: ("KR", "Republic of Korea", "대한민국")}

    assert [find_party(called, parties) for called in ("mn", "МОНГОЛ", "대한민국")] == [mongolia, mongolia, korea]
    with pytest.raises(Refusal, match="write one of MN, KR"):
        find_party("XX", parties)
    with pytest.raises(Refusal, match="The party is missing"):
        find_party(" ", parties)


def test_days_present_are_among_the_days_of_the_meeting() -> None:
    refuse_absence(present(), DAYS)
    with pytest.raises(Refusal, match="leave before you arrive"):
        refuse_absence(present(present_from=DAYS.last, present_to=DAYS.first), DAYS)
    with pytest.raises(Refusal, match="from 2027-06-01 to 2027-06-05"):
        refuse_absence(present(present_from=date(2026, 6, 1)), DAYS)


def at(day: int, hour: int) -> datetime:
    return datetime.combine(date(2027, 6, 1), time(hour)) + timedelta(days=day - 1)


@pytest.mark.parametrize(
    ("away", "said"),
    [
        ((Absence(at(2, 12), at(2, 9)),), "back before you leave"),
        ((Absence(at(0, 9), at(1, 9)),), "not within your days"),
        ((Absence(at(5, 9), at(6, 9)),), "not within your days"),
        ((Absence(at(2, 9), at(2, 12)), Absence(at(2, 11), at(2, 13))), "overlap"),
    ],
)
def test_hours_away_are_within_the_days_and_do_not_overlap(away: tuple[Absence, ...], said: str) -> None:
    refuse_absence(present(away=(Absence(at(2, 12), at(2, 13)), Absence(at(2, 9), at(2, 12)))), DAYS)
    with pytest.raises(Refusal, match=said):
        refuse_absence(present(away=away), DAYS)


def test_sort_name_follows_the_name_until_it_is_edited() -> None:
    assert listed_under("", "", "Kim Ji-won") == "Kim Ji-won"
    assert listed_under("Lee", "Lee", "Kim Ji-won") == "Kim Ji-won"
    assert listed_under("Żelazny", "Kim", "Kim Ji-won") == "Żelazny"
