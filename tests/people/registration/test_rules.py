"""Rules of the registration steps: days present, hours away, the name in lists."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.people.registration.rules import Absence, Presence, listed_under, refuse_absence

DAYS = Days(
    starts_on=date(2027, 6, 2), ends_on=date(2027, 6, 4), arrive_on=date(2027, 6, 1), depart_on=date(2027, 6, 5)
)


def present(**changes: Any) -> Presence:
    return Presence(**{"present_from": DAYS.first, "present_to": DAYS.last} | changes)


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
