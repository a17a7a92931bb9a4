"""After any history, a calendar program that keeps the greatest (SEQUENCE, DTSTAMP) has exactly what it should have."""

import os
import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from dialogues.agenda.entries.queries.guests import guests, meeting_context
from dialogues.agenda.versions.queries.published import current_snapshots
from dialogues.agenda.versions.rules import Admits, admitted
from dialogues.core.common.read_guard import reading
from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.rules.kinds import Existence, InviteProfile, Invites, MeetingStatus
from dialogues.meetings.roles.models import RoleGrant
from dialogues.meetings.roles.rules import RoleAccepted, RoleEnded
from dialogues.people.invitations.commands import answering
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import REGISTRATION_OWN, Role
from tests.agenda.calendars.calendars import Calendars, evening

pytestmark = pytest.mark.engine

#: Number of histories; make test-all plays more.
HISTORIES = int(os.environ.get("TEST_GAMES", "3"))
STEPS = 30
#: A participant, another one, an observer, the liaison desk (times only), and a rapporteur (only where named).
PEOPLE = ("us4", "kr1", "xo2", "st-travel", "st-rap1")


class Program:
    """Keeps the greatest (SEQUENCE, DTSTAMP) of each UID, and what came with it."""

    def __init__(self) -> None:
        self.kept: dict[str, tuple[int, datetime]] = {}
        self.events: dict[str, Any] = {}

    def take(self, events: dict[str, Any]) -> None:
        for uid, event in events.items():
            key = int(event["SEQUENCE"]), event["DTSTAMP"].dt
            last = self.kept.get(uid, key)
            assert key >= last, "SEQUENCE and DTSTAMP never fall"
            if uid in self.events and key == last:
                assert event.to_ical() == self.events[uid].to_ical(), "what has changed has a greater SEQUENCE"
            self.kept[uid], self.events[uid] = key, event

    @property
    def sessions(self) -> list[tuple[datetime, str, str]]:
        """The sessions that its owner sees."""
        live = (event for event in self.events.values() if event["STATUS"] != "CANCELLED")
        return sorted(
            (event.start, str(event["SUMMARY"]), str(event["STATUS"])) for event in live if event["TRANSP"] == "OPAQUE"
        )


class History:
    """Changes one thing after another, chosen by chance."""

    def __init__(self, calendars: Calendars, chance: random.Random) -> None:
        self.calendars, self.chance = calendars, chance
        self.sessions: list[UUID] = []
        self.addresses = {name: calendars.feed_address(name) for name in PEOPLE}
        self.programs = {name: Program() for name in PEOPLE}

    @property
    def steps(self) -> Sequence[Callable[[], None]]:
        return (
            self.plan,
            self.change_session,
            self.change_session,
            self.calendars.publish,
            self.calendars.publish,
            self.answer,
            self.answer,
            self.grant_or_end_role,
            self.choose_discretion,
            self.change_meeting,
        )

    def step(self) -> None:
        chosen = self.chance.choice(self.steps)
        # Several changes in one second, and a clock that went back.
        self.calendars.tick = timedelta(seconds=self.chance.choice([0, 0, 1, 60, -60]))
        try:
            chosen()
        except Refusal:
            db.session.rollback()

    def plan(self) -> None:
        slot = evening(18 + len(self.sessions) % 5, 24 + len(self.sessions) // 5 % 4)
        self.sessions.append(self.calendars.plan(f"Talk {len(self.sessions)}", when=slot, admits=self._admits()))

    def _admits(self) -> Admits:
        return self.chance.choice([Admits.PARTICIPANTS, Admits.OBSERVERS_TOO])

    def change_session(self) -> None:
        if not self.sessions:
            return
        session, what = self.chance.choice(self.sessions), self.chance.randrange(4)
        if what == 0:
            self.calendars.retitle(session, f"Talk {self.chance.randrange(1000)}")
        elif what == 1:
            self.calendars.move(session, evening(18 + self.chance.randrange(5), 24 + self.chance.randrange(4)))
        elif what == 2:
            people = self.chance.sample(["us4", "kr1", "xo2"], self.chance.randint(1, 2))
            self.calendars.restrict(session, *(self.calendars.cast.person(name) for name in people))
        else:
            self.sessions.remove(session)
            self.calendars.remove(session)

    def answer(self) -> None:
        name = self.chance.choice(["us4", "kr1", "xo2"])
        status = db.session.scalar(
            select(Participation.status).where(Participation.person_id == self.calendars.cast.person(name))
        )
        if status is ParticipationStatus.CONFIRMED:
            viewer = self.calendars.cast.viewer(name, meeting="TRD-1", now=self.calendars.now)
            answering.withdraw(viewer, now=self.calendars.later())
        else:
            self.calendars.confirm(name)

    def grant_or_end_role(self) -> None:
        """End or grant again a role that opens sessions."""
        name, role = self.chance.choice(
            [("st-rap1", Role.RAPPORTEUR), ("st-travel", Role.LIAISON_DESK), ("xo2", Role.RAPPORTEUR)]
        )
        person, meeting = self.calendars.cast.person(name), self.calendars.cast.meeting("TRD-1")
        now = self.calendars.later()
        place = {"dialogue_id": self.calendars.cast.dialogue("TRD"), "meeting_id": meeting}
        with transaction(system(Purpose.SAMPLE), REGISTRATION_OWN) as change:
            live = (RoleGrant.person_id == person, RoleGrant.role == role, RoleGrant.revoked_at.is_(None))
            if db.session.scalars(select(RoleGrant.id).where(*live)).first() is not None:
                db.session.execute(update(RoleGrant).where(*live).values(revoked_at=now))
                event = RoleEnded
            else:
                db.session.add(RoleGrant(person_id=person, role=role, offered_at=now, accepted_at=now, **place))
                db.session.flush()
                event = RoleAccepted
            change.record(event(at=now, about=person, person_id=person, role=role, **place))

    def choose_discretion(self) -> None:
        name = self.chance.choice(["us4", "kr1", "xo2"])
        person = self.calendars.cast.person(name)
        always = db.session.scalar(select(Person.always_discreet).where(Person.id == person))
        self.calendars.prefer_discretion(name, always=not always)

    def change_meeting(self) -> None:
        self.calendars.edit_meeting(
            profile=self.chance.choice(list(InviteProfile)),
            invites=self.chance.choice(list(Invites)),
            status=self.chance.choice([MeetingStatus.PROVISIONAL, MeetingStatus.CONFIRMED]),
            city=self.chance.choice(["Ulaanbaatar", "Darkhan"]),
            existence=self.chance.choice([Existence.NORMAL, Existence.NORMAL, Existence.CONFIDENTIAL]),
        )

    def check(self) -> None:
        for name, program in self.programs.items():
            program.take(self.calendars.feed(self.addresses[name]))
            assert program.sessions == self.wanted(name), name

    def wanted(self, name: str) -> list[tuple[datetime, str, str]]:
        """The sessions that this person should have, by the published agenda and the roles in force."""
        meeting, person = self.calendars.cast.meeting("TRD-1"), self.calendars.cast.person(name)
        here = meeting_context(meeting)
        if not here.feeds_open:
            return []
        with reading(Purpose.SAMPLE):
            guest = guests(here, [person]).get(person)
        found = []
        for snapshot in current_snapshots(system(Purpose.SAMPLE), meeting).values() if guest else ():
            named = any(person == one for one, _part in snapshot.people)
            own = admitted(Admits(snapshot.frozen["admits"]), guest.roles, named=named)
            if own or Role.LIAISON_DESK in guest.roles:
                full = own and guest.profile.value == "full"
                title = snapshot.frozen["title"] if full else f"Appointment {snapshot.frozen['short_code']}"
                found.append((datetime.fromisoformat(snapshot.frozen["starts"]), title, here.state.name))
        return sorted(found)


@pytest.mark.parametrize("seed", range(HISTORIES))
def test_after_any_history_a_calendar_has_exactly_what_it_should(calendars: Calendars, seed: int) -> None:
    history = History(calendars, random.Random(seed))  # noqa: S311  a game, not a secret
    history.check()
    for _step in range(STEPS):
        history.step()
        history.check()
