"""Rules of participations."""

from datetime import UTC, datetime, timedelta

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.facts import RegistrationWindow
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.rules.standing import (
    GONE,
    ParticipationStatus,
    check_not_already_invited,
    may_answer,
    refuse_closed,
)
from dialogues.policy import Role

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)
OPEN = RegistrationWindow(takes_place=True, closes_at=NOON + timedelta(days=1))


def test_only_participants_sit_at_the_table() -> None:
    assert Capacity.PARTICIPANT.role is Role.PARTICIPANT
    assert {capacity.role for capacity in Capacity if capacity is not Capacity.PARTICIPANT} == {Role.OBSERVER}


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
