"""One life of an invite, as its guest's mailbox and calendar see it: read by two parsers at each step."""

from datetime import date, time, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple

import pytest
import vobject

from dialogues.agenda.planning.rules import When
from dialogues.agenda.versions.rules import Admits
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.meetings.dialogues.rules.kinds import Existence, InviteProfile
from dialogues.people.invitations.commands import answering
from dialogues.people.participants.rules.standing import Answer
from tests.agenda.calendars.calendars import Calendars, calendar_part

pytestmark = pytest.mark.engine

GUEST, MEETING, DIALOGUE = "kr1", "LVR-1", "LVR"
OLD, NEW = "kr1@example.invalid", "new@example.invalid"
DAYS = Days(
    starts_on=date(2027, 10, 19), ends_on=date(2027, 10, 21), arrive_on=date(2027, 10, 18), depart_on=date(2027, 10, 22)
)
TALK = When(date(2027, 10, 20), time(20), time(21))


class Told(NamedTuple):
    """What one email says: recipient, method, SEQUENCE and the recipient's answer."""

    recipient: str
    method: str
    sequence: int
    answer: str


def told(letter: EmailMessage) -> Told:
    event, content = calendar_part(letter)
    read = vobject.readOne(content.decode())
    assert read.method.value == ("CANCEL" if event["STATUS"] == "CANCELLED" else "REQUEST")
    assert (read.vevent.uid.value, int(read.vevent.sequence.value)) == (str(event["UID"]), event["SEQUENCE"])
    assert read.vevent.attendee.value == event["ATTENDEE"] == f"mailto:{letter['To'].addresses[0].addr_spec}"
    assert read.vevent.attendee.partstat_param == event["ATTENDEE"].params["PARTSTAT"]
    recipient = str(letter["To"].addresses[0].addr_spec)
    return Told(recipient, read.method.value, event["SEQUENCE"], read.vevent.attendee.partstat_param)


class Life:
    """The guest's mailbox and feed, and the UIDs seen so far."""

    def __init__(self, calendars: Calendars) -> None:
        self.calendars = calendars
        self.feed = calendars.feed_address(GUEST, MEETING)
        self.uids: set[str] = set()
        self.talk = calendars.plan("Night talk", MEETING, when=TALK, admits=Admits.OBSERVERS_TOO)

    def emails(self) -> list[Told]:
        """The calendar emails since the last call."""
        letters = [one for one in self.calendars.emails(GUEST, DIALOGUE) if _has_event(one)]
        self.uids |= {str(calendar_part(letter)[0]["UID"]) for letter in letters}
        return [told(letter) for letter in letters]

    def talk_in_feed(self) -> tuple[str, str, int] | None:
        """Status, local start and SEQUENCE of the talk, read from the feed by both parsers."""
        content = self.calendars.fetch(self.feed).data
        found = [one for one in self.calendars.feed(self.feed).values() if _is_talk(one)]
        read = {str(one.uid.value): one for one in vobject.readOne(content.decode()).contents.get("vevent", [])}
        if not found:
            return None
        (talk,) = found
        other = read[str(talk["UID"])]
        assert other.dtstart.value == talk.start
        assert int(other.sequence.value) == talk["SEQUENCE"]
        return str(talk["STATUS"]), f"{talk.start:%d %H:%M}", talk["SEQUENCE"]

    def others_in_feed(self) -> set[str]:
        """The states of the other sessions."""
        return {str(one["STATUS"]) for one in self.calendars.feed(self.feed).values() if not _is_talk(one)}


def _has_event(letter: EmailMessage) -> bool:
    return any(part.get_content_type() == "text/calendar" for part in letter.walk())


def _is_talk(event: Any) -> bool:
    return hasattr(event.start, "hour") and event.start.hour >= 20


@pytest.fixture
def life(calendars: Calendars) -> Life:
    calendars.edit_meeting(MEETING, existence=Existence.NORMAL, profile=InviteProfile.FULL)
    return Life(calendars)


def test_one_life_of_an_invite(life: Life) -> None:
    calendars = life.calendars
    calendars.publish(MEETING)
    assert life.emails() == []

    calendars.answer(GUEST, MEETING, Answer.ACCEPT)
    guest = calendars.cast.viewer(GUEST, meeting=MEETING)
    assert life.emails() == [Told(OLD, "REQUEST", 0, "ACCEPTED")]
    assert (life.talk_in_feed(), life.others_in_feed()) == (("TENTATIVE", "20 20:00", 0), {"TENTATIVE"})

    calendars.change_address(GUEST, NEW)
    assert life.emails() == [Told(OLD, "CANCEL", 1, "ACCEPTED"), Told(NEW, "REQUEST", 2, "ACCEPTED")]

    calendars.edit_meeting(MEETING, days=DAYS.moved_to(DAYS.starts_on + timedelta(days=7)))
    assert life.emails() == [Told(NEW, "REQUEST", 3, "NEEDS-ACTION")]
    assert life.talk_in_feed() == ("TENTATIVE", "20 20:00", 0)

    calendars.move(life.talk, When(TALK.day + timedelta(days=7), time(21), time(22)), MEETING)
    calendars.publish(MEETING)
    assert life.emails() == []
    assert life.talk_in_feed() == ("TENTATIVE", "27 21:00", 1)

    calendars.restrict(life.talk, calendars.cast.person("us2", DIALOGUE), meeting=MEETING)
    calendars.publish(MEETING)
    assert life.emails() == []
    assert (life.talk_in_feed(), life.others_in_feed()) == (("CANCELLED", "27 21:00", 2), {"TENTATIVE"})

    answering.withdraw(guest, now=calendars.later())
    assert life.emails() == [Told(NEW, "CANCEL", 4, "DECLINED")]
    assert life.others_in_feed() == {"CANCELLED"}

    calendars.answer(GUEST, MEETING, Answer.ACCEPT)
    assert life.emails() == [Told(NEW, "REQUEST", 5, "ACCEPTED")]
    assert (life.talk_in_feed(), life.others_in_feed()) == (("CANCELLED", "27 21:00", 2), {"TENTATIVE"})

    calendars.cancel_meeting(MEETING)
    assert life.emails() == [Told(NEW, "CANCEL", 6, "ACCEPTED")]
    assert life.others_in_feed() == {"CANCELLED"}
    assert len(life.uids) == 1
