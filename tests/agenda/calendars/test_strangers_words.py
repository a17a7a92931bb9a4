"""Hostile text in every name and title, and every email that is sent."""

import re
from email import message_from_bytes, policy
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update

from dialogues.agenda.planning.models import DraftItem
from dialogues.core.common import clock
from dialogues.core.common.state import state
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox import jobs as outbox_jobs
from dialogues.core.outbox import operations as outbox_operations
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Dialogue, Institution, Meeting, Party, Person
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.venues.models import Room, Venue
from dialogues.people.messages.commands import Draft
from dialogues.people.messages.commands import send as send_message
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role
from tests.agenda.calendars.calendars import Calendars

HOSTILE = "See http://evil.example/a or www.evil.example or a@evil.example"
#: Text that mail programs turn into a link.
LINK = re.compile(r"://evil|www\.evil|@evil|evil\.example|evil．example")
HREF = re.compile(r'href="([^"]*)"')
#: Columns that contain only text of the application.
OWN_WORDS = {
    EmailKind.SIGN_IN_LINK,
    EmailKind.STAFF_INVITATION,
    EmailKind.PASSWORD_RESET,
    EmailKind.ADDRESS_CHECK,
    EmailKind.ADDRESS_CHANGED,
}


def plant(session: Any) -> None:
    """Write the hostile text to the database without validation."""
    session.execute(update(Person).values(name=HOSTILE, native=HOSTILE, affiliation=HOSTILE, family=HOSTILE))
    session.execute(update(Meeting).values(title=HOSTILE, city=HOSTILE, registration_closes_at=None))
    session.execute(update(Dialogue).values(title=HOSTILE))
    session.execute(update(Party).values(names={"en": HOSTILE}))
    session.execute(update(Institution).values(name=HOSTILE))
    session.execute(update(DraftItem).values(title=HOSTILE, code=HOSTILE[:24]))
    for number, one in enumerate([*session.scalars(select(Room)), *session.scalars(select(Venue))]):
        session.execute(update(type(one)).where(type(one).id == one.id).values(name=f"{HOSTILE} {number}"))


def queue_the_rest(calendars: Calendars) -> None:
    """Queue an email of each kind that no change of an agenda causes."""
    cast, now = calendars.cast, clock.now()
    trd, dialogue = cast.meeting("TRD-1"), cast.dialogue("TRD")
    people = {name: person_of(name, dialogue) for name in ("kr1", "kr2", "us4", "cn1")}
    with upkeep(system(Purpose.SAMPLE)) as session:
        parts = {name: part_of(person, trd) for name, person in people.items()}
        people["st-coord"] = person_of("st-coord", dialogue)
        session.execute(update(Participation).values(approved_at=now))
        invited = {"status": ParticipationStatus.INVITED, "answered_at": None, "invited_at": now}
        session.execute(update(Participation).where(Participation.id == parts["cn1"]).values(**invited))
        grant = RoleGrant(
            dialogue_id=dialogue, meeting_id=trd, person_id=people["us4"], role=Role.RAPPORTEUR, offered_at=now
        )
        session.add(grant)
        session.flush()
        days = {"first_day": "2027-05-24", "last_day": "2027-05-27", "zone": "Asia/Ulaanbaatar"}
        facts: dict[EmailKind, tuple[str, dict[str, Any]]] = {
            EmailKind.ROLE_OFFERED: ("us4", {"grant": str(grant.id)}),
            EmailKind.INVITATION: ("cn1", {"participation_id": str(parts["cn1"])}),
            EmailKind.REGISTRATION_APPROVED: ("kr2", {"participation_id": str(parts["kr2"])}),
            EmailKind.CHANGE_DECIDED: ("kr2", {"participation_id": str(parts["kr2"])}),
            EmailKind.ATTENDANCE_CODE: ("kr2", {"participation_id": str(parts["kr2"])}),
            EmailKind.LISTS_OPENED: ("kr1", {}),
            EmailKind.LIST_CHANGED: ("kr1", {}),
            EmailKind.EXCHANGE_SET: ("kr1", {}),
            EmailKind.MEETING_CHANGED: ("kr2", days),
            EmailKind.ZONE_DATA_CHANGED: ("st-coord", {"sessions": 2}),
        }
        for kind, (who, about) in facts.items():
            outbox_operations.enqueue(
                EmailRequest(
                    kind=kind,
                    dedup_key=f"planted:{kind.value}",
                    queued_at=now,
                    dialogue_id=dialogue,
                    listed_under=trd,
                    person_id=people[who],
                    facts=about,
                )
            )


def person_of(name: str, dialogue: UUID) -> UUID:
    """The id of a persona, whose name was replaced."""
    found = select(Person.id).where(Person.email == f"{name}@example.invalid", Person.dialogue_id == dialogue)
    return UUID(str(db.session.execute(found).scalar_one()))


def part_of(person: UUID, meeting: UUID) -> UUID:
    found = select(Participation.id).where(Participation.person_id == person, Participation.meeting_id == meeting)
    return UUID(str(db.session.execute(found).scalar_one()))


def write_to(calendars: Calendars) -> None:
    """Send a message: the coordinator's own text may contain an address, the name and meeting must not."""
    draft = Draft(
        id=uuid4(),
        subject="News",
        text="Dear {name}, read https://coordinator.example on {meeting}.",
        people=[person_of("kr2", calendars.cast.dialogue("TRD"))],
        chosen={"picked": 1},
    )
    send_message(calendars.coordinator(), draft, now=clock.now())


@pytest.fixture
def emails(app: Flask, calendars: Calendars) -> dict[str, Any]:
    """All sent emails, by Message-ID."""
    calendars.show_full_details()
    with upkeep(system(Purpose.SAMPLE)) as session:
        plant(session)
    calendars.plan(title="Plain")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(update(DraftItem).values(title=HOSTILE))
    calendars.publish()
    queue_the_rest(calendars)
    write_to(calendars)
    outbox_jobs.deliver_due()
    calendars.cancel_meeting()
    outbox_jobs.deliver_due()
    db.session.rollback()
    folder = app.extensions["dialogues"].settings.instance / "outbox"
    found = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in folder.glob("*.eml"))
    return {str(one["Message-ID"]): one for one in found}


def test_text_that_others_typed_is_no_link_in_emails_and_calendar_parts(emails: dict[str, Any]) -> None:
    kinds, linked = set(), []
    for message_id, kind in db.session.execute(select(Email.message_id, Email.kind)):
        email = emails.get(message_id)
        if email is None:
            continue
        kinds.add(kind)
        said = [f"{name}: {value}" for name, value in email.items()]
        for part in email.walk():
            if part.get_content_maintype() == "image" or part.is_multipart():
                continue
            content = part.get_content()
            text = content if isinstance(content, str) else content.decode()
            said.append(text.replace("\r\n ", ""))
            if part.get_content_subtype() == "html":
                assert all(href.startswith("http://localhost/") for href in HREF.findall(text))
                assert "evil" not in "".join(HREF.findall(text))
        if LINK.search("\n".join(said)):
            linked.append((kind, LINK.search("\n".join(said))))
        assert kind is EmailKind.ROLE_OFFERED or "evil" in "\n".join(said), kind
    assert linked == []
    assert set(state().composers) - OWN_WORDS - kinds == set()
    (message,) = (email for email in emails.values() if email["Subject"] == "News")
    assert message.get_content_type() == "text/plain"
    assert "https://coordinator.example" in message.get_content()


def test_a_feed_contains_no_link(calendars: Calendars) -> None:
    """A hostile title of a published session, in a calendar file and in a feed."""
    calendars.show_full_details()
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(update(DraftItem).values(title=HOSTILE))
    calendars.publish()

    text = calendars.fetch(calendars.feed_address("us4")).text.replace("\r\n ", "")
    assert "evil" in text
    assert LINK.search(text) is None
