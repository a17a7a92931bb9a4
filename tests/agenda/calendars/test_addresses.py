"""After a change of address the entry is in the calendar of the new address only, in any order of arrival."""

from email.message import EmailMessage
from itertools import permutations
from typing import Any

import pytest

from dialogues.meetings.dialogues.rules.kinds import MeetingStatus
from tests.agenda.calendars.calendars import Calendars, calendar_part

pytestmark = pytest.mark.engine

OLD, NEW = "us4@example.invalid", "new@example.invalid"


def recipient(letter: EmailMessage) -> str:
    (address,) = letter["To"].addresses
    return str(address.addr_spec)


def told(letter: EmailMessage) -> tuple[str, str, int]:
    """Recipient, method and SEQUENCE; the recipient must be the one attendee."""
    event, content = calendar_part(letter)
    assert str(event["ATTENDEE"]) == f"mailto:{recipient(letter)}"
    return recipient(letter), "CANCEL" if b"METHOD:CANCEL" in content else "REQUEST", int(event["SEQUENCE"])


def key(letter: EmailMessage) -> Any:
    event, _content = calendar_part(letter)
    return event["SEQUENCE"], event["DTSTAMP"].dt


@pytest.fixture
def moved(calendars: Calendars) -> list[EmailMessage]:
    """All emails of an entry that was sent to the old address before the change."""
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    before = calendars.emails("us4")
    calendars.change_address("us4", NEW)
    return before + calendars.emails("us4")


def test_the_old_address_gets_a_cancellation_and_the_new_one_the_entry(moved: list[EmailMessage]) -> None:
    assert [told(letter) for letter in moved] == [(OLD, "REQUEST", 1), (OLD, "CANCEL", 2), (NEW, "REQUEST", 3)]
    assert key(moved[0]) < key(moved[1]) < key(moved[2])
    assert len({str(calendar_part(letter)[0]["UID"]) for letter in moved}) == 1


def test_in_any_order_of_arrival_the_entry_is_there_at_the_end(moved: list[EmailMessage]) -> None:
    for order in permutations(moved):
        newest = max(order, key=key)
        assert (recipient(newest), str(calendar_part(newest)[0]["STATUS"])) == (NEW, "TENTATIVE")


def test_the_cancellation_does_not_reveal_the_new_address(moved: list[EmailMessage]) -> None:
    parts = [part.get_payload(decode=True) for part in moved[1].walk() if not part.is_multipart()]
    assert NEW.encode() not in moved[1].as_bytes() + b"".join(part for part in parts if isinstance(part, bytes))


def test_an_entry_that_was_not_sent_yet_goes_to_the_new_address_only(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.change_address("us4", NEW)
    assert [told(letter) for letter in calendars.emails("us4")] == [(NEW, "REQUEST", 1)]


def test_a_later_change_does_not_replace_the_cancellation(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.emails("us4")
    calendars.change_address("us4", NEW)
    calendars.edit_meeting(status=MeetingStatus.CONFIRMED)
    assert [told(letter) for letter in calendars.emails("us4")] == [(OLD, "CANCEL", 2), (NEW, "REQUEST", 4)]


def test_two_changes_of_address_cancel_the_entry_only_where_it_was_sent(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.emails("us4")
    calendars.change_address("us4", "between@example.invalid")
    calendars.change_address("us4", NEW)
    assert [told(letter) for letter in calendars.emails("us4")] == [(OLD, "CANCEL", 2), (NEW, "REQUEST", 3)]


def test_a_person_who_left_gets_no_entry_at_the_new_address(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.cancel_meeting()
    calendars.emails("us4")
    calendars.change_address("us4", NEW)
    assert calendars.emails("us4") == []


def test_an_address_that_others_correct_moves_the_entry_too(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    calendars.emails("us4")
    calendars.correct_address("us4", NEW)
    assert [told(letter) for letter in calendars.emails("us4")] == [(OLD, "CANCEL", 2), (NEW, "REQUEST", 3)]


def test_an_address_that_comes_back_before_anything_is_sent_keeps_the_entry(calendars: Calendars) -> None:
    calendars.edit_meeting(status=MeetingStatus.PROVISIONAL)
    before = calendars.emails("us4")
    calendars.change_address("us4", NEW)
    calendars.change_address("us4", OLD)
    newest = max(before + calendars.emails("us4"), key=key)
    assert told(newest) == (OLD, "REQUEST", 3)


def test_an_address_that_comes_back_later_gets_the_entry_again(calendars: Calendars, moved: list[EmailMessage]) -> None:
    calendars.change_address("us4", OLD)
    assert [told(letter) for letter in calendars.emails("us4")] == [(NEW, "CANCEL", 4), (OLD, "REQUEST", 5)]
    assert len(moved) == 3
