"""Events for the calendar tests and their golden files; run this module to write the golden files again."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dialogues.lib.ical.calendar_file import EventBytes, EventFacts, calendar_file, filed_event, mailed_event
from dialogues.lib.ical.content_lines import Address
from dialogues.lib.ical.parts import Answer, Method, Profile, Role, State

FOLDER = Path(__file__).with_name("golden")


ZURICH = EventFacts(
    uid="9f2b1c6e4d7a4a0e8c55b0f0f3a1d2c7",
    sequence=0,
    dtstamp=datetime(2027, 1, 10, 8, 30, tzinfo=UTC),
    local_start=datetime.fromisoformat("2027-05-24T09:00"),
    local_end=datetime.fromisoformat("2027-05-24T12:30"),
    tzid="Europe/Zurich",
    state=State.CONFIRMED,
    profile=Profile.DISCREET,
    neutral_word="Appointment",
    title="Water dialogue: opening session",
    place="Room 2, Old Mill, Geneva",
    city="Geneva",
    description="09:00 to 12:30 (UTC+02:00)\nTo read more: https://dialogues.example.org/a/1; room 2, ground floor",
    link="https://dialogues.example.org/a/1",
    short_code="K7",
)
FULL = replace(ZURICH, profile=Profile.FULL)
ULAANBAATAR = replace(
    FULL,
    uid="0c7e3f1a2b4d4e5f8a9b0c1d2e3f4a5b",
    tzid="Asia/Ulaanbaatar",
    city="Ulaanbaatar",
    place="Gobi Hall, Ulaanbaatar",
)
VANCOUVER = replace(ZURICH, uid="5d1e7a90b3c24f6e9f00a1b2c3d4e5f6", tzid="America/Vancouver", city="Vancouver")
JERUSALEM = replace(ZURICH, uid="77aa0c1d2e3f4a5b9c0d1e2f3a4b5c6d", tzid="Asia/Jerusalem", city="Jerusalem")
MOVED = {
    "sequence": 1,
    "dtstamp": datetime(2027, 2, 1, 9, tzinfo=UTC),
    "local_start": datetime.fromisoformat("2027-05-25T09:00"),
    "local_end": datetime.fromisoformat("2027-05-25T12:30"),
}
CANCELLED = {"sequence": 2, "dtstamp": datetime(2027, 2, 2, 9, tzinfo=UTC), "state": State.CANCELLED, "link": None}
BACK = {"sequence": 3, "dtstamp": datetime(2027, 2, 3, 9, tzinfo=UTC)}
RENAMED = {
    "sequence": 1,
    "dtstamp": datetime(2027, 2, 1, 9, tzinfo=UTC),
    "title": "Воды и климат; 물과 기후, 水與氣候 " * 4,
}
ALL_DAY = {
    "local_start": datetime.fromisoformat("2027-05-24T00:00"),
    "local_end": datetime.fromisoformat("2027-05-28T00:00"),
    "all_day": True,
    "transparent": True,
    "short_code": "",
}
#: 02:15, which the clocks show twice in this night.
FIRST_OF_TWO = replace(
    ZURICH, local_start=datetime.fromisoformat("2027-10-31T02:15"), local_end=datetime.fromisoformat("2027-10-31T04:00")
)


DESK = Address("desk+kn2ptkxe5oxpntxrle2k6tvzc@dialogues.example.org", "Dialogue desk")
BOLD = Address("bold@example.mn", "Bold, B.")
#: Names and words that a discreet file must not contain.
SECRETS = ("Water", "opening", "Old Mill", "Room", "room", "Dialogue desk", "Bold,", "https:", "Gobi")


def email_part(
    facts: EventFacts, answer: Answer = Answer.NONE, role: Role = Role.REQUIRED, *, asks: bool = True
) -> bytes:
    """The calendar part of the email to Bold about the event."""
    event = mailed_event(facts, organizer=DESK, recipient=BOLD, answer=answer, role=role, asks=asks)
    return calendar_file([event], method=event.method)


def file(*facts: EventFacts) -> bytes:
    """A download of these events."""
    return calendar_file([filed_event(one) for one in facts])


def feed(*facts: EventFacts, name: str = "Calendar") -> bytes:
    """A feed of these events."""
    events = [filed_event(one) for one in facts]
    newest = max(one.dtstamp for one in facts)
    return calendar_file(
        events, name=name, refresh=timedelta(hours=1), uid="feed-1f0e2d3c4b5a69788796a5b4c3d2e1f0", last_modified=newest
    )


#: One golden file for each kind of email, file and feed.
GOLDEN: dict[str, bytes] = {
    "filed-discreet": file(ZURICH),
    "filed-full": file(FULL),
    "filed-all-day-full": file(replace(FULL, **ALL_DAY)),
    "filed-utc-irregular-zone": file(JERUSALEM),
    "filed-first-of-two-equal-times": file(FIRST_OF_TWO),
    "filed-second-of-two-equal-times": file(replace(FIRST_OF_TWO, fold=1)),
    "filed-two-events": file(ZURICH, VANCOUVER),
    "filed-neutral-word-translated": file(replace(ZURICH, neutral_word="Уулзалт")),
    "feed-of-three-zones": feed(
        ZURICH, replace(ULAANBAATAR, profile=Profile.DISCREET), replace(VANCOUVER, **CANCELLED)
    ),
    "mailed-discreet": email_part(ZURICH),
    "mailed-full": email_part(ULAANBAATAR),
    "mailed-moved-discreet": email_part(replace(ZURICH, **MOVED)),
    "mailed-moved-full": email_part(replace(FULL, **MOVED)),
    "mailed-renamed-full": email_part(replace(FULL, **RENAMED), Answer.ACCEPTED),
    "mailed-sent-again-discreet": email_part(
        replace(ZURICH, dtstamp=ZURICH.dtstamp + timedelta(days=1)), Answer.ACCEPTED
    ),
    "mailed-cancel-discreet": email_part(replace(ZURICH, **CANCELLED), Answer.ACCEPTED),
    "mailed-cancel-full": email_part(replace(FULL, **CANCELLED), Answer.DECLINED),
    "mailed-admitted-again-discreet": email_part(replace(ZURICH, **BACK)),
    "mailed-tentative-discreet": email_part(replace(ZURICH, state=State.TENTATIVE), role=Role.OBSERVER),
    "mailed-tentative-observer-full": email_part(replace(FULL, state=State.TENTATIVE), role=Role.OBSERVER),
    "mailed-chair-full": email_part(FULL, Answer.ACCEPTED, Role.CHAIR),
    "mailed-session-of-series-discreet": email_part(ZURICH, Answer.ACCEPTED, asks=False),
    "mailed-all-day-discreet": email_part(replace(ZURICH, **ALL_DAY), Answer.ACCEPTED),
    "mailed-all-day-full": email_part(replace(FULL, **ALL_DAY)),
    "mailed-irregular-zone": email_part(JERUSALEM),
    "mailed-first-of-two-equal-times": email_part(FIRST_OF_TWO),
}


def golden(name: str) -> bytes:
    """The content of that golden file."""
    return (FOLDER / f"{name}.ics").read_bytes()


#: Invalid facts, each with a word of its error message.
WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "ends before it starts": (lambda: replace(ZURICH, local_end=ZURICH.local_start), "not after its start"),
    "ends before it starts, by the clock alone": (
        lambda: replace(
            ZURICH,
            local_start=datetime.fromisoformat("2027-10-31T02:30"),
            local_end=datetime.fromisoformat("2027-10-31T02:45"),
            fold=1,
        ),
        "not after its start",
    ),
    "starts in a gap": (lambda: replace(ZURICH, local_start=datetime.fromisoformat("2027-03-28T02:30")), "skip"),
    "aware where naive is meant": (lambda: replace(ZURICH, local_start=ZURICH.dtstamp), "without zone"),
    "unknown zone": (lambda: replace(ZURICH, tzid="Europe/Nowhere"), "no time zone"),
    "a path as zone": (lambda: replace(ZURICH, tzid="../../etc/passwd"), "no time zone"),
    "a zone with a line break": (lambda: replace(ZURICH, tzid="Europe/Zurich\r\nX:1"), "no time zone"),
    "a year long gone": (lambda: replace(ZURICH, local_start=datetime.fromisoformat("1969-01-01T00:00")), "1971"),
    "naive stamp": (lambda: replace(ZURICH, dtstamp=ZURICH.local_start), "UTC offset"),
    "stamp between two seconds": (
        lambda: replace(ZURICH, dtstamp=ZURICH.dtstamp.replace(microsecond=5)),
        "whole seconds",
    ),
    "start between two seconds": (
        lambda: replace(ZURICH, local_start=ZURICH.local_start.replace(microsecond=5)),
        "whole second",
    ),
    "negative SEQUENCE": (lambda: replace(ZURICH, sequence=-1), "SEQUENCE"),
    "UID with a line break": (lambda: replace(ZURICH, uid="a\r\nATTENDEE:x"), "UID"),
    "UID too long": (lambda: replace(ZURICH, uid="a" * 255), "UID"),
    "all day, at nine": (lambda: replace(ZURICH, all_day=True), "midnight"),
    "a link with a line break": (lambda: replace(FULL, link="https://example.org/a\r\nX:1"), "link"),
    "a link to another program": (lambda: replace(FULL, link="javascript:alert(1)"), "link"),
    "full without title": (lambda: replace(FULL, title=None), "title"),
    "no neutral word": (lambda: replace(ZURICH, neutral_word=" "), "neutral word"),
    "a neutral word that nobody sees": (lambda: replace(ZURICH, neutral_word="\u202e"), "can be seen"),
    "organiser invites themselves": (
        lambda: mailed_event(
            ZURICH, organizer=Address("Desk@example.org"), recipient=Address("desk@example.org"), answer=Answer.NONE
        ),
        "recipient's own",
    ),
    "address with a name inside": (lambda: Address("Bold <bold@example.mn>"), "plain address"),
    "address with a line break": (lambda: Address("bold@example.mn\r\nX:1"), "plain address"),
    "address without domain": (lambda: Address("bold"), "plain address"),
    "two addresses": (lambda: Address("bold@example.mn,b@example.mn"), "plain address"),
    "a scheme": (lambda: Address("mailto:bold@example.mn"), "plain address"),
    "letter in a plain file": (lambda: calendar_file([_mailed(ZURICH)]), "method"),
    "filed event in a letter": (lambda: calendar_file([filed_event(ZURICH)], method=Method.REQUEST), "method"),
    "two events in a letter": (
        lambda: calendar_file([_mailed(ZURICH), _mailed(FULL)], method=Method.REQUEST),
        "exactly one",
    ),
    "cancelled, mailed as a request": (
        lambda: calendar_file([_mailed(replace(ZURICH, **CANCELLED))], method=Method.REQUEST),
        "method",
    ),
    "two definitions of one zone": (
        lambda: calendar_file([filed_event(ZURICH), replace(filed_event(FULL), zone=b"BEGIN:VTIMEZONE")]),
        "different definitions",
    ),
    "refresh without end": (lambda: calendar_file([], refresh=timedelta(0)), "whole minutes"),
    "feed UID with a line break": (lambda: calendar_file([], uid="a\nb"), "UID"),
}


def _mailed(facts: EventFacts) -> EventBytes:
    return mailed_event(facts, organizer=DESK, recipient=BOLD, answer=Answer.NONE)


def wrongly_accepted() -> list[str]:
    """The invalid facts that were not refused."""
    return [name for name, (make, _) in WRONG.items() if not _refused(make)]


def _refused(make: Callable[[], object]) -> bool:
    try:
        make()
    except ValueError:
        return True
    return False


def digest() -> str:
    """A digest over all files made here."""
    return hashlib.sha256(b"".join(GOLDEN.values())).hexdigest()


if __name__ == "__main__":
    for name, data in GOLDEN.items():
        (FOLDER / f"{name}.ics").write_bytes(data)
