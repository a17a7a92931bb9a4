"""The personas of the sample with their calendars: feeds, emails, and changes by the coordinator."""

import contextlib
import email
import re
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any
from uuid import UUID

from flask import Flask
from icalendar import Calendar
from sqlalchemy import event as sql_event
from sqlalchemy import func, select, update

from dialogues.agenda.entries.models import FeedState, MeetingCalendar
from dialogues.agenda.planning import commands as planning_commands
from dialogues.agenda.planning.models import DraftItem
from dialogues.agenda.planning.queries import draft as planning_draft
from dialogues.agenda.planning.rules import SessionPlan, When, when_of
from dialogues.agenda.versions.rules import Admits, Part
from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts import queries as accounts_queries
from dialogues.core.accounts.models import Account
from dialogues.core.accounts.rules import AddressChanged, LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import transaction, upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.outbox import jobs as outbox
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailState
from dialogues.extensions import db
from dialogues.meetings.dialogues import operations as dialogues_operations
from dialogues.meetings.dialogues.models import Meeting, MeetingParty, Person
from dialogues.meetings.dialogues.rules.events import MeetingCancelled
from dialogues.meetings.dialogues.rules.facts import Days, MeetingFacts
from dialogues.meetings.dialogues.rules.kinds import InviteProfile, MeetingStatus
from dialogues.meetings.meetings import commands as meetings
from dialogues.people.invitations import operations as invitations
from dialogues.people.invitations.commands import answering
from dialogues.people.nominations.rules import NominationChanged
from dialogues.people.participants import operations as participants
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.events import ParticipationConfirmed, ParticipationEvent
from dialogues.people.participants.rules.standing import Answer, ParticipationStatus
from dialogues.people.registration.rules import VisibilityChanged
from dialogues.policy import MEETING_EDIT, REGISTRATION_OWN
from tests.beds.forms import SAME_ORIGIN
from tests.beds.forms import page as html_of
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1, Cast
from tests.lib.ical.lint import findings

NOW = MIDDLE_OF_TRD_1
#: What a discreet entry says instead of a title: the neutral word, and for a session its short code.
NEUTRAL = re.compile("Appointment(?: [A-Z][A-Z0-9]{1,2})?")


def events(content: bytes) -> dict[str, Any]:
    """The events of a file by UID, read by a second parser; the file must pass the lint."""
    assert findings(content) == []
    calendar = Calendar.from_ical(content)
    found = calendar.walk("VEVENT")
    assert not any(event.errors for event in found)
    return {str(event["UID"]): event for event in found}


@dataclass(slots=True)
class Calendars:
    """The personas with their calendars; each change moves the clock by `tick`."""

    app: Flask
    cast: Cast
    now: datetime = NOW
    read: set[UUID] = field(default_factory=set)
    tick: timedelta = timedelta(minutes=1)

    def later(self, by: timedelta | None = None) -> datetime:
        self.now += self.tick if by is None else by
        set_clock(self.app, self.now)
        return self.now

    def coordinator(self, meeting: str = "TRD-1") -> Viewer:
        return self.cast.viewer("st-coord", meeting=meeting, now=self.now)

    def plan(self, title: str = "An evening talk", meeting: str = "TRD-1", **facts: Any) -> UUID:
        """Add a session to the draft, by default in the evening before the last day of TRD-1."""
        when = facts.pop("when", None) or evening(18)
        plan = SessionPlan(title=title, when=when, **facts)
        return planning_commands.plan_session(self.coordinator(meeting), plan, now=self.later())

    def move(self, session_id: UUID, to: When, meeting: str = "TRD-1") -> None:
        version = self._version(session_id)
        planning_commands.reschedule_session(
            self.coordinator(meeting), session_id, to=to, rooms=(), version=version, now=self.later()
        )

    def retitle(self, session_id: UUID, title: str) -> None:
        viewer = self.coordinator()
        planned = planning_draft.planned_meeting(viewer)
        was = planning_draft.draft_session(viewer, planned, session_id)
        plan = SessionPlan(
            title=title, when=when_of(was.slot), admits=was.admits, people=was.people, rooms=tuple(was.rooms)
        )
        planning_commands.change_session(viewer, session_id, plan, version=was.version, now=self.later())

    def remove(self, session_id: UUID, meeting: str = "TRD-1") -> None:
        planning_commands.remove_session(
            self.coordinator(meeting), session_id, version=self._version(session_id), now=self.later()
        )

    def publish(self, meeting: str = "TRD-1") -> int:
        viewer = self.coordinator(meeting)
        planned = planning_draft.planned_meeting(viewer)
        changes = planning_draft.unreleased(viewer, planned, planning_draft.draft(viewer, planned))
        return planning_commands.release_agenda(
            viewer, reason="", seen=planning_commands.preview_digest(changes), now=self.later()
        )

    def edit_meeting(self, code: str = "TRD-1", **changes: Any) -> None:
        """Save the meeting's settings with these changes."""
        db.session.rollback()
        row = db.session.scalars(select(Meeting).where(Meeting.code == code)).one()
        days = Days(starts_on=row.starts_on, ends_on=row.ends_on, arrive_on=row.arrive_on, depart_on=row.depart_on)
        names = ["code", "title", "zone", "venue_id", "city", "status", "format", "existence", "profile", "invites"]
        kept = {name: getattr(row, name) for name in names}
        seats = db.session.scalars(select(MeetingParty).where(MeetingParty.meeting_id == row.id)).all()
        facts = MeetingFacts(
            **(
                {
                    **kept,
                    "days": days,
                    "parties": frozenset(seat.party_id for seat in seats),
                    "seats": seats[0].seats.get("participant"),
                }
                | changes
            )
        )
        version = row.version
        meetings.edit_meeting(self.coordinator(code), facts, version=version, now=self.later())

    def cancel_and_roll_back(self) -> None:
        """Cancel TRD-1 in a transaction that is rolled back."""
        meeting_id = self.cast.meeting("TRD-1")
        with contextlib.suppress(LookupError), transaction(self.coordinator(), MEETING_EDIT) as change:
            db.session.execute(update(Meeting).values(status=MeetingStatus.CANCELLED))
            change.record(MeetingCancelled(at=self.later(), about=meeting_id, meeting_id=meeting_id))
            raise LookupError

    def cancel_meeting(self, code: str = "TRD-1") -> None:
        db.session.rollback()
        version = db.session.scalar(select(Meeting.version).where(Meeting.code == code))
        meetings.cancel_meeting(self.coordinator(code), version=version or 0, now=self.later())

    def show_full_details(self, code: str = "TRD-1") -> None:
        """Let calendar entries of the meeting show titles and rooms."""
        self.edit_meeting(code, profile=InviteProfile.FULL)

    def forget_sessions(self) -> None:
        """Let no calendar follow the agenda, as before its first version."""
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.execute(update(MeetingCalendar).values(release_id=None))

    def emails(self, name: str, dialogue: str = "TRD") -> list[EmailMessage]:
        """The emails sent to a persona since the last call, in the order in which they were sent."""
        person = self.cast.person(name, dialogue)
        self._deliver_to(person)
        rows = db.session.scalars(
            select(Email).where(Email.person_id == person).order_by(Email.queued_at, Email.sequence, Email.kind)
        ).all()
        fresh = [row for row in rows if row.id not in self.read]
        self.read |= {row.id for row in fresh}
        assert not [row.last_error for row in fresh if row.last_error]
        return [self._file(row.message_id) for row in fresh if row.sent_at]

    def _deliver_to(self, person: UUID) -> None:
        """Deliver the emails of one person; those of others wait, because some changes write to everybody."""
        waiting = update(Email).where(Email.state == EmailState.QUEUED)
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.execute(waiting.where(Email.person_id == person).values(due_at=None))
            session.execute(waiting.where(Email.person_id != person).values(due_at=self.now + timedelta(days=9999)))
        outbox.deliver_due()
        db.session.rollback()

    def _file(self, message_id: str) -> EmailMessage:
        for path in sorted(self.app.extensions["dialogues"].settings.instance.glob("outbox/*.eml")):
            content = path.read_bytes()
            if message_id.encode() in content:
                return email.message_from_bytes(content, EmailMessage, policy=SMTP)
        raise LookupError(message_id)

    def feed_address(self, name: str, meeting: str = "TRD-1") -> str:
        """The path of a new feed of a persona."""
        with upkeep(system(Purpose.SAMPLE)):
            secret = accounts.mint_link(
                LinkPurpose.FEED,
                self.cast.person(name, meeting[:3]),
                expires_at=clock.real_now() + timedelta(days=1),
                single_use=False,
                now=clock.real_now(),
            )
        return f"/feed/{secret}.ics"

    def fetch(self, path: str, **how: Any) -> Any:
        """The response to a calendar program, which has no cookie."""
        db.session.rollback()
        return Context().run(self.app.test_client().open, path, **how)

    def feed(self, path: str) -> dict[str, Any]:
        answer = self.fetch(path)
        assert answer.status_code == 200
        return events(answer.data)

    def download(self, name: str, path: str) -> Any:
        db.session.rollback()
        client = Context().run(self.cast.client, name)
        return Context().run(client.get, path)

    def version(self, name: str) -> int:
        db.session.rollback()
        found = db.session.scalar(select(FeedState.version).where(FeedState.person_id == self.cast.person(name)))
        return found or 0

    def prefer_discretion(self, name: str, *, always: bool = True) -> None:
        """Choose discreet calendar entries on the registration page of a persona, or no longer."""
        person = self.cast.person(name)
        with transaction(system(Purpose.SAMPLE), REGISTRATION_OWN) as change:
            db.session.execute(update(Person).where(Person.id == person).values(always_discreet=always))
            change.record(self._said(VisibilityChanged, _participation(person)))

    def change_address(self, name: str, address: str) -> None:
        """Confirm another email address of a persona's account."""
        with transaction(system(Purpose.SAMPLE), REGISTRATION_OWN) as change:
            person = db.session.get_one(Person, self.cast.person(name))
            account = db.session.get_one(Account, person.account_id)
            account.former_email, account.email, account.email_norm = account.email, address, address
            db.session.flush()
            change.record(AddressChanged(at=self.later(), about=account.id))

    def correct_address(self, name: str, address: str) -> None:
        """Enter another address of a nominee."""
        person = self.cast.person(name)
        with transaction(system(Purpose.SAMPLE), REGISTRATION_OWN) as change:
            dialogues_operations.set_address(person, address)
            change.record(self._said(NominationChanged, _participation(person)))

    def confirm(self, name: str, dialogue: str = "TRD") -> None:
        """Accept the invitation of a person, for the first time or again."""
        person = self.cast.person(name, dialogue)
        with transaction(system(Purpose.SAMPLE), REGISTRATION_OWN) as change:
            participation = _participation(person)
            participation.status = ParticipationStatus.CONFIRMED
            participants.begin_participation(participation, self.now)
            change.record(self._said(ParticipationConfirmed, participation))

    def answer(self, name: str, meeting: str, said: Answer) -> None:
        """Answer by the personal link of an email."""
        participation = db.session.scalars(
            select(Participation.id).where(
                Participation.meeting_id == self.cast.meeting(meeting),
                Participation.person_id == self.cast.person(name, meeting[:3]),
            )
        ).one()
        with upkeep(system(Purpose.SAMPLE)):
            secret = invitations.mint_personal_link(participation, self.now)
        link = accounts_queries.link(secret, LinkPurpose.REGISTRATION, self.now)
        assert link is not None
        answering.answer_by_link(link.id, said, now=self.later(), real_now=clock.real_now())

    def post(self, name: str, page: str, path: str, **fields: Any) -> Any:
        """Open a page as a persona and send fields from it to another path; returns the page that follows."""
        db.session.rollback()
        client = Context().run(self.cast.client, name)
        shown = html_of(Context().run(client.get, page))
        token = shown.select_one("[name=csrf_token]")["value"]
        sent = {"data": fields | {"csrf_token": token}, "headers": SAME_ORIGIN, "follow_redirects": True}
        return Context().run(client.post, path, **sent)

    def restrict(self, session_id: UUID, *people: UUID, meeting: str = "TRD-1") -> None:
        """Admit only these people to a session."""
        viewer = self.coordinator(meeting)
        was = planning_draft.draft_session(viewer, planning_draft.planned_meeting(viewer), session_id)
        named = tuple((person, Part.INVITED) for person in people)
        plan = SessionPlan(title=was.title, when=when_of(was.slot), admits=Admits.INVITED, people=named)
        planning_commands.change_session(viewer, session_id, plan, version=was.version, now=self.later())

    def _said(self, event: type[ParticipationEvent], participation: Participation) -> ParticipationEvent:
        return event(
            at=self.later(),
            about=participation.id,
            dialogue_id=participation.dialogue_id,
            meeting_id=participation.meeting_id,
            person_id=participation.person_id,
        )

    def number_of_emails(self) -> int:
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(Email)) or 0

    def _version(self, session_id: UUID) -> int:
        db.session.rollback()
        return db.session.scalar(select(DraftItem.version).where(DraftItem.session_id == session_id)) or 0


@contextlib.contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements sent in the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    sql_event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sql_event.remove(db.engine, "before_cursor_execute", note)


def _participation(person_id: UUID) -> Participation:
    return db.session.scalars(select(Participation).where(Participation.person_id == person_id)).one()


def evening(hour: int, day: int = 26) -> When:
    """A time in an evening without sessions of TRD-1."""
    return When(date(2027, 5, day), time(hour), time(hour, 45))


def calendar_part(letter: EmailMessage) -> tuple[Any, bytes]:
    """The one event of an email, and its bytes."""
    parts = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    assert len(parts) == 1
    content = parts[0].get_payload(decode=True)
    assert isinstance(content, bytes)
    (event,) = events(content).values()
    return event, content
