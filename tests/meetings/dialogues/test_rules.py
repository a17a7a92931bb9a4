"""Order of days, sort keys of names, telephone numbers to dial."""

from datetime import date

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.facts import Days, check_days_in_order
from dialogues.meetings.dialogues.rules.kinds import (
    NameOrder,
)
from dialogues.meetings.dialogues.rules.names import dialling, sort_key
from dialogues.meetings.roles.rules import refuse_last_coordinator
from dialogues.policy import Role

MAY_25, MAY_27 = date(2027, 5, 25), date(2027, 5, 27)


def refused_field(days: Days) -> str | None:
    with pytest.raises(Refusal) as refused:
        check_days_in_order(days)
    return refused.value.field


def test_a_meeting_may_last_one_day() -> None:
    check_days_in_order(Days(starts_on=MAY_25, ends_on=MAY_25, arrive_on=MAY_25, depart_on=MAY_25))


def test_a_meeting_that_ends_before_it_starts_is_refused_at_its_last_day() -> None:
    assert refused_field(Days(starts_on=MAY_27, ends_on=MAY_25)) == "ends_on"


def test_a_mistyped_year_is_noticed() -> None:
    assert refused_field(Days(starts_on=MAY_25, ends_on=date(2072, 5, 27))) == "ends_on"


def test_arrival_is_before_the_first_day_and_departure_after_the_last() -> None:
    assert refused_field(Days(starts_on=MAY_25, ends_on=MAY_27, arrive_on=date(2027, 5, 26))) == "arrive_on"
    assert refused_field(Days(starts_on=MAY_25, ends_on=MAY_27, depart_on=date(2027, 5, 26))) == "depart_on"


def test_moved_days_keep_their_distance_over_a_leap_day() -> None:
    days = Days(starts_on=date(2028, 2, 28), ends_on=date(2028, 3, 1), arrive_on=date(2028, 2, 27))

    moved = days.moved_to(date(2029, 2, 28))

    assert (moved.arrive_on, moved.ends_on, moved.depart_on) == (date(2029, 2, 27), date(2029, 3, 2), None)


def test_people_are_sorted_by_family_name_and_mongolians_by_given_name() -> None:
    assert sort_key("LEE Ye-si", "Lee", "", NameOrder.FAMILY_FIRST) == "Lee"
    assert sort_key("D. ZAGVAR", "", "Zagvar", NameOrder.PATRONYMIC_GIVEN) == "Zagvar"
    assert sort_key("Kakū Tarō", "Kakū", "", NameOrder.FAMILY_FIRST) == "Kakū"
    assert sort_key("Anna BEISPIEL", "", "", NameOrder.GIVEN_FIRST) == "Anna BEISPIEL"


def test_a_telephone_link_contains_only_digits() -> None:
    assert dialling("+976 11 000-000") == "+97611000000"
    assert dialling("ask at the desk") == ""


def test_the_last_coordinator_cannot_be_removed() -> None:
    refuse_last_coordinator(Role.COORDINATOR, 1)
    refuse_last_coordinator(Role.ARCHIVIST, 0)
    with pytest.raises(Refusal, match="without a coordinator"):
        refuse_last_coordinator(Role.COORDINATOR, 0)
