"""The game: dishonest focal points, a co-chair, observers and a link holder, and the honest people around them."""

from collections.abc import Callable
from contextlib import ExitStack
from contextvars import Context
from datetime import timedelta
from difflib import unified_diff
from typing import Any, ClassVar
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.roles import commands as roles
from dialogues.meetings.roles.queries import offers as open_offers
from dialogues.people.invitations import operations as invitations_operations
from dialogues.people.invitations.commands import answering as invitations_answering
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import Invitee
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.jobs import open_due_lists
from dialogues.people.nominations.queries import exchange as nominations_exchange
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants import commands as participants
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ANSWERABLE, ParticipationStatus
from dialogues.policy import Role
from tests.architecture.dishonest.oracle import canary
from tests.architecture.dishonest.readings import Reader
from tests.architecture.dishonest.stage import SUBMITTED, feed_of, oracle_at_start
from tests.beds.database import Installation, in_its_place, opened
from tests.beds.forms import SAME_ORIGIN, page, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

DESK = "st-coord"
#: Dishonest people: three focal points, one of them also a co-chair, and the party of each focal point.
SPEAKERS = {"xo1": "XO", "us2": "US", "kr3": "KR", "mn1": "MN"}
#: Their accomplices, whom they nominate: an observer of the sample, and a person without a participation.
ACCOMPLICES = {"xo1": "xo2", "us2": "us4", "kr3": "kr1", "mn1": "mn3"}
READERS = ("xo1", "xo2", "us2", "kr3", "kr1", "mn1")
LINK_HOLDERS = ("ru4", "us2", "kr1", "xo2")
ZURICH = ZoneInfo("Europe/Zurich")
setters = some.sampled_from(["mn1", "ch2", DESK])
someone_named = some.sampled_from(["self", "accomplice", "stranger", "address of another"])
capacities = some.sampled_from(Capacity)
speakers = some.sampled_from(sorted(SPEAKERS))
offered = some.sampled_from(["us2", "mn1", "kr1", "kr3", "ru4"])


class Outside(FlaskClient):
    """A browser whose requests run outside the application context of the test; its pages are not checked."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        return Context().run(super().open, *arguments, **options)


class People(RuleBasedStateMachine):
    """One game, on a copy of the prepared installation."""

    prepared: ClassVar[Installation]
    factory: ClassVar[pytest.TempPathFactory]
    played: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        try:
            self.set_up()
        except BaseException:
            self.stack.close()
            raise

    def set_up(self) -> None:
        copy = self.stack.enter_context(in_its_place(self.factory, "sample", self.prepared))
        app = self.stack.enter_context(opened(copy.settings()))
        self.stack.enter_context(app.app_context())
        self.stack.callback(db.session.remove)
        app.test_client_class = Outside
        self.app, self.cast = app, Cast(app)
        set_clock(app, BEFORE_LVR_1)
        self.meeting, self.oracle = self.cast.meeting("LVR-1"), oracle_at_start()
        self.closed, self.elsewhere = self.cast.session("LVR-1-04"), self.cast.meeting("SCD-1")
        self.parties = {code: self.cast.party(code, "LVR") for code in self.oracle.submitted}
        self.readers = [self.reader(key, self.cast.client(key)) for key in READERS]
        for reader in self.readers:
            reader.feed = feed_of(self.cast, reader.key) if reader.key != "xo2" else ""
        self.links: dict[str, str] = {}
        self.turn, self.named, self.failed = 0, 0, False
        self.note_statuses()

    def teardown(self) -> None:
        """At the end of a game every reader checks the riskiest pages, and every second reader all pages, in turns."""
        People.played += 1
        try:
            if not self.failed:
                self.compare(self.readers)
                self.compare(self.readers[People.played % 2 :: 2], everywhere=True)
        finally:
            self.stack.close()

    # People and their rights

    def reader(self, key: str, client: FlaskClient, *, is_limited: bool = False) -> Reader:
        return Reader(key, client, self.meeting, self.closed, self.elsewhere, is_limited=is_limited)

    def viewer(self, key: str) -> Viewer:
        return self.cast.viewer(key, meeting="LVR-1", now=clock.now())

    def part(self, key: str) -> UUID | None:
        """The participation of a person in the meeting."""
        db.session.rollback()
        found = select(Participation.id).join(Person, Person.id == Participation.person_id)
        wanted = found.where(Participation.meeting_id == self.meeting, Person.name == name_of(key))
        return db.session.scalars(wanted.order_by(Participation.id)).first()

    def version(self, part: UUID) -> int:
        db.session.rollback()
        row = db.session.get_one(Participation, part)
        found = row.version + db.session.get_one(Person, row.person_id).version
        db.session.rollback()
        return found

    def done(self, command: Callable[[], Any]) -> bool:
        """Whether the application carried out the command; it may refuse it or answer "not found"."""
        try:
            command()
        except (Refusal, NotFound, LookupError):
            return False
        return True

    def note_statuses(self) -> None:
        """Copy each participation's status from the application to the oracle: facts, not rights."""
        db.session.rollback()
        of_meeting = Participation.meeting_id == self.meeting
        rows = select(Person.name, Participation.status).join(Participation, Participation.person_id == Person.id)
        found = {row.name: row.status.value for row in db.session.execute(rows.where(of_meeting))}
        keys = {name_of(key): key for key in self.oracle.people}
        self.oracle.note_statuses({keys[name]: status for name, status in found.items() if name in keys})
        db.session.rollback()

    def compare(self, readers: list[Reader], *, everywhere: bool = False) -> None:
        self.note_statuses()
        wrong = [fault for reader in readers for fault in reader.look(self.oracle, everywhere=everywhere)]
        self.failed |= bool(wrong)
        assert not wrong, "\n".join(wrong)

    @invariant()
    def nobody_reads_more_than_they_may(self) -> None:
        """One reader after each step, in turn, and all at the end; a leak that opens stays open, so none is missed."""
        self.turn += 1
        self.compare([self.readers[self.turn % len(self.readers)]])

    # What dishonest people do

    @rule(speaker=speakers, who=someone_named, capacity=capacities)
    def nominate(self, speaker: str, who: str, capacity: Capacity) -> None:
        """Nominate by the form, with any value, also values the form does not offer."""
        self.named += 1
        party = SPEAKERS[speaker]
        key = {"self": speaker, "accomplice": ACCOMPLICES[speaker]}.get(who, f"new{self.named}")
        email = {"stranger": "", "address of another": "ru1@example.invalid"}.get(who, f"{key}@example.invalid")
        form = f"/meetings/{self.meeting}/nominations/{self.parties[party]}/new"
        client = next(one.client for one in self.readers if one.key == speaker)
        if client.get(form).status_code != 200:
            return
        answer = send(client, form, name=name_of(key), email=email, capacity=capacity.value)
        if answer.status_code == 303:
            self.oracle.named(speaker, key, party, capacity.role.value)

    @rule(speaker=speakers, accomplice=some.booleans(), capacity=capacities)
    def change_capacity(self, speaker: str, accomplice: bool, capacity: Capacity) -> None:
        key = ACCOMPLICES[speaker] if accomplice else speaker
        part = self.part(key)
        if part is None:
            return
        nominee = Nominee(name=name_of(key), email=f"{key}@example.invalid", capacity=capacity)
        version = self.version(part)
        if self.done(
            lambda: nominations_nominating.change_nominee(
                self.viewer(speaker), part, nominee, version=version, now=clock.now()
            )
        ):
            self.oracle.named(speaker, key, SPEAKERS[speaker], capacity.role.value)

    @rule(speaker=speakers, accomplice=some.booleans())
    def withdraw_nominee(self, speaker: str, accomplice: bool) -> None:
        key = ACCOMPLICES[speaker] if accomplice else speaker
        part = self.part(key)
        if part is None:
            return
        version = self.version(part)
        if self.done(
            lambda: nominations_nominating.withdraw_nominee(
                self.viewer(speaker), part, version=version, now=clock.now()
            )
        ):
            self.oracle.ended(key)

    @rule(speaker=speakers, other=some.sampled_from(["us1", "us3", "kr5", "mn3"]), by_self=some.booleans())
    def replace(self, speaker: str, other: str, by_self: bool) -> None:
        """Replace a person of the party, by the focal point or by the accomplice."""
        part, key = self.part(other), speaker if by_self else ACCOMPLICES[speaker]
        if part is None:
            return
        version, nominee = self.version(part), Nominee(name=name_of(key), email=f"{key}@example.invalid")
        if self.done(
            lambda: nominations_nominating.replace_nominee(
                self.viewer(speaker), part, nominee, version=version, once=uuid4().hex, now=clock.now()
            )
        ):
            self.oracle.ended(other)
            self.oracle.named(speaker, key, SPEAKERS[speaker], self.oracle.people[other].capacity)

    @rule(key=some.sampled_from(LINK_HOLDERS), accepts=some.booleans(), old=some.booleans())
    def answer_link(self, key: str, accepts: bool, old: bool) -> None:
        """Answer by the newest or an already used link; a yes opens a limited sign-in in a new browser."""
        part = self.part(key)
        if part is None or not (old or db.session.get_one(Participation, part).status in ANSWERABLE):
            return
        if old and key not in self.links:
            return
        if not old:
            with upkeep(system(Purpose.FOLLOW_UP)):
                self.links[key] = invitations_operations.mint_personal_link(part, clock.now())
        client = self.app.test_client()
        client.get(f"/r/{self.links[key]}")
        answer = self.press(client, answer="accept" if accepts else "decline")
        self.readers = [one for one in self.readers if not (one.is_limited and one.key == key)]
        self.readers.append(self.reader(key, client, is_limited=True))
        if answer:
            self.answered(key, part, accepts=accepts)

    def press(self, client: FlaskClient, **typed: str) -> bool:
        """Answer the invitation that is open in this browser, or request a new link."""
        shown = client.get("/registration")
        if b'value="accept"' in shown.data:
            return send(client, "/registration", **typed).status_code == 303
        if b"/registration/new-link" in shown.data:
            token = page(shown).select_one("[name=csrf_token]")
            assert token is not None
            client.post("/registration/new-link", data={"csrf_token": token["value"]}, headers=SAME_ORIGIN)
        return False

    def answered(self, key: str, part: UUID, *, accepts: bool) -> None:
        db.session.rollback()
        status = db.session.get_one(Participation, part).status
        db.session.rollback()
        if accepts and status is ParticipationStatus.CONFIRMED:
            self.oracle.accepted(key)
        elif not accepts and status in {ParticipationStatus.DECLINED, ParticipationStatus.WITHDRAWN}:
            self.oracle.ended(key)

    @rule(key=some.sampled_from(["us2", "kr1", "kr3", "mn1", "xo1", "xo2"]))
    def withdraw(self, key: str) -> None:
        if self.done(lambda: invitations_answering.withdraw(self.viewer(key), now=clock.now())):
            self.oracle.ended(key)

    @rule(key=offered, accepts=some.booleans())
    def answer_role(self, key: str, accepts: bool) -> None:
        """Answer the offer of a co-chair role, made by the coordinator."""
        account = self.cast.viewer(key)
        answer = roles.accept_role if accepts else roles.decline_role
        for offer in open_offers(account):
            if offer.role is Role.CO_CHAIR:
                answer(account, offer.id, now=clock.now())
                self.oracle.people[key].is_chair = accepts

    @rule(code=some.sampled_from(["US", "KR", "XO", "MN"]))
    def withdraw_list(self, code: str) -> None:
        speaker = next(one for one, party in SPEAKERS.items() if party == code)
        if self.done(
            lambda: nominations_submitting.take_submission_back(
                self.viewer(speaker), self.parties[code], now=clock.now()
            )
        ):
            self.oracle.withdraws_list(code)

    # The time of the exchange: a dishonest co-chair and two honest people

    @rule(key=setters, hours=some.sampled_from([None, 0, 12, 30, 72]))
    def propose(self, key: str, hours: int | None) -> None:
        at = None if hours is None else self.oracle.now.replace(second=0) + timedelta(hours=hours, minutes=1)
        local = at.astimezone(ZURICH).replace(tzinfo=None) if at else None
        mark = nominations_exchange.moment_mark(self.meeting)
        if self.done(
            lambda: nominations_submitting.propose_exchange(self.viewer(key), local, version=mark, now=clock.now())
        ):
            self.oracle.proposed(key, at)

    @rule(key=setters)
    def confirm(self, key: str) -> None:
        mark = nominations_exchange.moment_mark(self.meeting)
        if self.done(lambda: nominations_submitting.confirm_exchange(self.viewer(key), version=mark, now=clock.now())):
            self.oracle.confirmed(key)

    # What honest people do

    @rule(code=some.sampled_from(sorted(SUBMITTED)))
    def submit(self, code: str) -> None:
        self.submit_by_coordinator(code)

    @rule()
    def everyone_submits(self) -> None:
        for code, is_done in self.oracle.submitted.items():
            if not is_done:
                self.submit_by_coordinator(code)

    def submit_by_coordinator(self, code: str) -> None:
        if self.done(
            lambda: nominations_submitting.submit_list(self.viewer(DESK), self.parties[code], now=clock.now())
        ):
            self.oracle.submits(code)

    @rule(to=some.sampled_from(["an hour", "a day", "a day before", "the set time"]))
    def time_passes(self, to: str) -> None:
        set_time = self.oracle.set_time or self.oracle.now
        ahead = {"a day before": set_time - timedelta(hours=23), "the set time": set_time + timedelta(minutes=2)}
        later = self.oracle.now + {"an hour": timedelta(hours=1), "a day": timedelta(days=1)}.get(to, timedelta())
        now = max(self.oracle.now, ahead.get(to, later))
        set_clock(self.app, now)
        open_due_lists()
        self.oracle.passed(now)

    @rule(key=offered)
    def withdraw_invitation(self, key: str) -> None:
        part = self.part(key)
        if part is not None and self.done(
            lambda: invitations_inviting.take_back(self.viewer(DESK), part, now=clock.now())
        ):
            self.oracle.ended(key)

    @rule(key=offered, capacity=capacities)
    def invite(self, key: str, capacity: Capacity) -> None:
        party = self.parties[self.oracle.people[key].party]
        invitee = Invitee(name=name_of(key), email=f"{key}@example.invalid", party_id=party, capacity=capacity)
        if self.done(lambda: invitations_inviting.invite_person(self.viewer(DESK), invitee, now=clock.now())):
            self.oracle.invited(key, capacity.role.value)

    @rule(key=some.sampled_from(["us2", "kr1", "kr3", "xo1", "xo2"]))
    def approve(self, key: str) -> None:
        part = self.part(key)
        if part is None:
            return
        version = self.version(part)
        if self.done(
            lambda: participants.approve_participant(self.viewer(DESK), part, version=version, now=clock.now())
        ):
            self.oracle.approved(key)

    @rule(key=offered)
    def offer_to_chair(self, key: str) -> None:
        self.done(
            lambda: roles.offer_role(
                self.viewer(DESK),
                name=name_of(key),
                email=f"{key}@example.invalid",
                role=Role.CO_CHAIR,
                now=clock.now(),
            )
        )

    @rule(key=some.sampled_from(["ru2", "us3", "mn3", "kr1", "ru1"]))
    def hide_from_observers(self, key: str) -> None:
        part = self.part(key)
        if part is None:
            return
        with upkeep(system(Purpose.SAMPLE)) as session:
            row = session.get_one(Participation, part)
            row.visibility, row.version = {"observers": "nothing"}, row.version + 1
        self.oracle.people[key].is_hidden_from_observers = True

    @rule()
    def let_observers_read(self) -> None:
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Meeting, self.meeting).observers_may_read = True
        self.oracle.observers_may_read = True

    @rule(reader=some.integers(min_value=0, max_value=len(READERS) - 1), submits=some.booleans())
    def another_party_acts_unseen(self, reader: int, submits: bool) -> None:
        """Actions of another party on a sealed list change no page, and so no count, of a reader."""
        one = self.readers[reader]
        if self.oracle.is_open or self.oracle.people[one.key].party == "RU":
            return
        before = one.counts()
        self.named += 1
        key, viewer = f"new{self.named}", self.viewer("ru1")
        nominee = Nominee(name=name_of(key), email=f"{key}@example.invalid")
        if self.done(
            lambda: nominations_nominating.nominate(
                viewer, self.parties["RU"], nominee, once=uuid4().hex, now=clock.now()
            )
        ):
            self.oracle.named("ru1", key, "RU", "participant")
        if submits and not self.oracle.submitted["CN"] and self.oracle.set_time is not None:
            self.submit_by_coordinator("CN")
        after = one.counts()
        differs = [] if self.oracle.is_open else changed_lines(before, after)
        self.failed |= bool(differs)
        assert not differs, "\n".join([f"{one.key} sees that another party acted:", *differs])


def changed_lines(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """The lines that differ between two fetches of the same pages."""
    return [
        line
        for path, document in before.items()
        for line in unified_diff(document.splitlines(), after[path].splitlines(), path, path, lineterm="", n=0)
    ]


def name_of(key: str) -> str:
    return f"{canary(key)} Canary"
