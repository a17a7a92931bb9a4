"""After any order of actions on participations, seats, queues, roles, links, emails and calendars agree."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from functools import partial
from typing import Any, ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import func, select

from dialogues.agenda.entries.models import Entry, EntryRevision
from dialogues.agenda.entries.rules import EntryObject
from dialogues.core.accounts import queries as accounts
from dialogues.core.accounts.models import SecretLink
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.outbox.models import Email
from dialogues.core.outbox.rules import EmailKind, EmailState
from dialogues.extensions import db
from dialogues.lib.ical.parts import State
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.meetings.dialogues.models import MeetingParty, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.invitations import operations as invitations_operations
from dialogues.people.invitations.commands import answering as invitations_answering
from dialogues.people.invitations.commands import inviting as invitations_inviting
from dialogues.people.invitations.rules import Invitee
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import GONE, Answer, ParticipationStatus
from dialogues.people.registration import commands as registration
from dialogues.people.roster import commands as roster
from dialogues.policy import SEATS_EDIT, Role
from tests.beds.mail import Email as Mailed
from tests.cast import BEFORE_LVR_1
from tests.people.conftest import Site

pytestmark = pytest.mark.engine


CODE = "LVR-1"
#: Number of random runs; make test-all runs more.
EXAMPLES = int(os.environ.get("TEST_GAMES", "3"))
#: Parties of the random runs and their focal points.
SPEAKERS = {"RU": "ru1", "US": "us2"}
SEATED = {ParticipationStatus.NOMINATED, ParticipationStatus.INVITED, ParticipationStatus.CONFIRMED}
SEAT_ROLES = {Role.PARTICIPANT, Role.OBSERVER}


someone = some.integers(min_value=0, max_value=9)
parties = some.sampled_from(sorted(SPEAKERS))
capacities = some.sampled_from([Capacity.PARTICIPANT, Capacity.OBSERVER])


class ParticipationMachine(RuleBasedStateMachine):
    """The coordinator, two focal points and their nominees at one meeting."""

    site: ClassVar[Site]

    def __init__(self) -> None:
        super().__init__()
        self.people: list[UUID] = []
        self.done: list[UUID] = []
        self.queues: dict[tuple[UUID, Capacity], list[UUID]] = {}

    @initialize(seats=some.integers(min_value=1, max_value=3))
    def begin(self, seats: int) -> None:
        """Remove all people of earlier runs and give each party its seats; both lists are submitted."""
        here = Participation.meeting_id == self.meeting
        ours = Participation.party_id.in_([self.party(code) for code in SPEAKERS])
        coming = select(Participation.id).where(here, ours, Participation.status.not_in(GONE))
        left = list(db.session.scalars(coming))
        if left:
            roster.apply_bulk_action(self.desk, BulkKind.TAKE_BACK, left, also=True, now=clock.now())
        self.set_seats("RU", seats)
        self.set_seats("US", seats)
        self.site.mail()

    # Lookups

    @property
    def meeting(self) -> UUID:
        return self.site.cast.meeting(CODE)

    @property
    def desk(self) -> Viewer:
        return self.site.cast.viewer("st-coord", meeting=CODE, now=BEFORE_LVR_1)

    def party(self, code: str) -> UUID:
        return self.site.cast.party(code, "LVR")

    def speaker(self, code: str) -> Viewer:
        return self.site.cast.viewer(SPEAKERS[code], meeting=CODE, now=BEFORE_LVR_1)

    def who(self, number: int) -> UUID | None:
        return self.people[number % len(self.people)] if self.people else None

    def read(self, participation_id: UUID) -> tuple[Participation, Person]:
        db.session.rollback()
        part = db.session.get_one(Participation, participation_id)
        return part, db.session.get_one(Person, part.person_id)

    def version(self, participation_id: UUID) -> int:
        part, person = self.read(participation_id)
        return part.version + person.version

    def speaker_of(self, participation_id: UUID) -> Viewer:
        part, _person = self.read(participation_id)
        return self.speaker(next(code for code in SPEAKERS if self.party(code) == part.party_id))

    def attempt(self, command: Callable[[], Any]) -> Any:
        """Return the result, or None when the command refuses; any other exception fails the test."""
        try:
            return command()
        except (Refusal, NotFound):
            return None

    def remember(self, participation_id: UUID | None) -> None:
        if participation_id is not None and participation_id not in self.people:
            self.people.append(participation_id)

    # Actions

    @rule(code=parties, capacity=capacities, reached=some.booleans(), by_coordinator=some.booleans())
    def nominate(self, code: str, capacity: Capacity, reached: bool, by_coordinator: bool) -> None:
        nominee = self.new_nominee(reached=reached, capacity=capacity)
        speaker = self.desk if by_coordinator else self.speaker(code)
        self.remember(
            self.attempt(
                lambda: nominations_nominating.nominate(
                    speaker, self.party(code), nominee, once=uuid4().hex, now=clock.now()
                )
            )
        )

    @rule(code=parties, capacity=capacities)
    def invite(self, code: str, capacity: Capacity) -> None:
        new = self.new_nominee(reached=True, capacity=capacity)
        invitee = Invitee(name=new.name, email=new.email, party_id=self.party(code), capacity=capacity)
        self.remember(invitations_inviting.invite_person(self.desk, invitee, now=clock.now()))

    @rule(one=someone, answer=some.sampled_from(Answer))
    def answer(self, one: int, answer: Answer) -> None:
        """Answer by a freshly made personal link."""
        part = self.who(one)
        if (
            part is None
            or not self.read(part)[1].email
            or self.read(part)[0].status
            in {
                ParticipationStatus.WAITING,
                ParticipationStatus.NOMINATED,
                ParticipationStatus.TAKEN_BACK,
            }
        ):
            return
        now = clock.now()
        with upkeep(system(Purpose.FOLLOW_UP)):
            secret = invitations_operations.mint_personal_link(part, now)
        link = accounts.link(secret, LinkPurpose.REGISTRATION, now)
        assert link is not None
        real = clock.real_now()
        self.attempt(lambda: invitations_answering.answer_by_link(link.id, answer, now=now, real_now=real))

    @rule(one=someone)
    def withdraw(self, one: int) -> None:
        part = self.who(one)
        if part is None or self.read(part)[0].status is not ParticipationStatus.CONFIRMED:
            return
        person = self.read(part)[1]
        if person.email is None:
            return
        name = person.email.partition("@")[0]
        invitations_answering.withdraw(self.site.cast.viewer(name, meeting=CODE, now=BEFORE_LVR_1), now=clock.now())

    @rule(one=someone)
    def accept_for(self, one: int) -> None:
        part = self.who(one)
        if part is not None:
            version = self.version(part)
            speaker = self.speaker_of(part)
            self.attempt(lambda: registration.confirm_for(speaker, part, version=version, now=clock.now()))

    @rule(one=someone)
    def take_back(self, one: int) -> None:
        part = self.who(one)
        if part is not None:
            self.attempt(lambda: invitations_inviting.take_back(self.desk, part, now=clock.now()))

    @rule(one=someone)
    def withdraw_nominee(self, one: int) -> None:
        part = self.who(one)
        if part is not None:
            version, speaker = self.version(part), self.speaker_of(part)
            self.attempt(
                lambda: nominations_nominating.withdraw_nominee(speaker, part, version=version, now=clock.now())
            )

    @rule(one=someone)
    def invite_again(self, one: int) -> None:
        part = self.who(one)
        if part is not None:
            self.attempt(lambda: invitations_inviting.invite_again(self.desk, part, now=clock.now()))

    @rule(one=someone)
    def send_link_again(self, one: int) -> None:
        part = self.who(one)
        if part is not None:
            self.attempt(lambda: invitations_inviting.send_link_again(self.desk, part, now=clock.now()))

    @rule(one=someone, reached=some.booleans(), old=some.none() | someone)
    def replace(self, one: int, reached: bool, old: int | None) -> None:
        """Replace by a new person, or by a person of an earlier participation."""
        part = self.who(one)
        if part is None:
            return
        nominee = self.new_nominee(reached=reached)
        before = self.who(old) if old is not None else None
        if before is not None and self.read(before)[1].email is not None:
            person = self.read(before)[1]
            nominee = Nominee(name=person.name, email=person.email or "")
        version, speaker = self.version(part), self.speaker_of(part)
        self.attempt(
            lambda: nominations_nominating.replace_nominee(
                speaker, part, nominee, version=version, once=uuid4().hex, now=clock.now()
            )
        )
        db.session.rollback()
        new = select(Participation.id).where(Participation.replaces == part)
        for found in db.session.scalars(new).all():
            self.remember(found)

    @rule(one=someone, code=parties, capacity=capacities)
    def correct(self, one: int, code: str, capacity: Capacity) -> None:
        part = self.who(one)
        if part is None:
            return
        email = self.read(part)[1].email or ""
        wanted = {"email": email, "party_id": self.party(code), "capacity": capacity, "version": self.version(part)}
        self.attempt(lambda: invitations_inviting.correct(self.desk, part, **wanted, now=clock.now()))

    @rule(one=someone, capacity=capacities)
    def change_capacity(self, one: int, capacity: Capacity) -> None:
        part = self.who(one)
        if part is None:
            return
        person = self.read(part)[1]
        nominee = Nominee(name=person.name, email=person.email or "", capacity=capacity)
        version, speaker = self.version(part), self.speaker_of(part)
        self.attempt(
            lambda: nominations_nominating.change_nominee(speaker, part, nominee, version=version, now=clock.now())
        )

    @rule(code=parties, number=some.integers(min_value=0, max_value=4))
    def set_seats(self, code: str, number: int) -> None:
        seats = {row.party_id: row.seats for row in nominations_nominations.seats(self.desk, SEATS_EDIT)}
        seats[self.party(code)] = {"participant": number, "observer": 1}
        version = nominations_nominations.seats_mark(self.desk, SEATS_EDIT)
        nominations_submitting.set_seats(self.desk, seats, version=version, now=clock.now())

    @rule(code=parties, submits=some.booleans())
    def submit_or_withdraw_list(self, code: str, submits: bool) -> None:
        command = nominations_submitting.submit_list if submits else nominations_submitting.take_submission_back
        self.attempt(lambda: command(self.speaker(code), self.party(code), now=clock.now()))

    @rule(ones=some.lists(someone, min_size=1, max_size=4), kind=some.sampled_from(BulkKind))
    def apply_to_many(self, ones: list[int], kind: BulkKind) -> None:
        chosen = {part for one in ones if (part := self.who(one)) is not None}
        done = self.attempt(lambda: roster.apply_bulk_action(self.desk, kind, chosen, also=True, now=clock.now()))
        if done is not None:
            self.done.append(done)

    @rule(which=someone)
    def undo(self, which: int) -> None:
        if self.done:
            self.attempt(lambda: roster.undo(self.desk, self.done[which % len(self.done)], now=clock.now()))

    @rule()
    def deliver_emails(self) -> None:
        statuses = {
            person.email: part.status for part, person in (self.read(one) for one in self.people) if person.email
        }
        for email in self.site.mail():
            self.check_recipient(email, statuses)

    def check_recipient(self, email: Mailed, statuses: dict[str, ParticipationStatus]) -> None:
        (to,) = email.recipients
        subject, status = str(email.message["Subject"]), statuses.get(to)
        if status is None:
            return
        if subject == "Your personal link":
            assert status not in {ParticipationStatus.TAKEN_BACK, ParticipationStatus.WAITING}, (to, status)
        if subject in {"Your registration", "Your code", "Appointment", "Appointment: changed"}:
            assert status is ParticipationStatus.CONFIRMED, (to, subject, status)
        if subject == "Appointment: cancelled":
            assert status is not ParticipationStatus.CONFIRMED, (to, status)
        if subject in {"Your registration", "Your code"}:
            assert self.is_approved(to), (to, subject)

    def is_approved(self, email: str) -> bool:
        found = self.site.participation(email, CODE)
        return found is not None and found.approved_at is not None

    def new_nominee(self, *, reached: bool, capacity: Capacity = Capacity.PARTICIPANT) -> Nominee:
        name = f"g{uuid4().hex[:8]}"
        return Nominee(name=name, email=f"{name}@example.invalid" if reached else "", capacity=capacity)

    # Invariants

    @invariant()
    def everyone_has_at_most_one_place(self) -> None:
        for part in self.participations():
            place = (part.seat is not None, part.queue_no is not None)
            on_seat, waits = part.status in SEATED, part.status is ParticipationStatus.WAITING
            assert place == (on_seat, waits), (part.status, part.seat, part.queue_no)

    @invariant()
    def only_nominees_of_a_party_wait_for_submission(self) -> None:
        named = [part for part in self.participations() if part.status is ParticipationStatus.NOMINATED]
        assert all(part.nominated_by is not None for part in named)

    @invariant()
    def nobody_waits_while_a_seat_is_free(self) -> None:
        seat_rows = {row.party_id: row for row in db.session.scalars(self.seat_rows())}
        for (party_id, kind), queue in self.waiting_queues().items():
            seats = seat_rows[party_id].seats.get(kind.value)
            taken = [
                one for one in self.participations() if (one.party_id, one.capacity) == (party_id, kind) and one.seat
            ]
            assert not queue or (seats is not None and len(taken) >= seats)

    @invariant()
    def queues_keep_their_order(self) -> None:
        now = self.waiting_queues()
        for key, before in self.queues.items():
            still = now.get(key, [])
            assert [one for one in before if one in still] == [one for one in still if one in before]
        self.queues = now

    @invariant()
    def roles_match_participations(self) -> None:
        held = {
            (row.person_id, row.role)
            for row in db.session.scalars(
                select(RoleGrant).where(RoleGrant.meeting_id == self.meeting, RoleGrant.revoked_at.is_(None))
            )
            if row.role in SEAT_ROLES and row.accepted_at is not None
        }
        ours = {part.person_id for part in self.participations()}
        coming = {
            (part.person_id, part.capacity.role)
            for part in self.participations()
            if part.status is ParticipationStatus.CONFIRMED
        }
        assert {one for one in held if one[0] in ours} == coming

    @invariant()
    def calendars_match_participations(self) -> None:
        entries = select(Entry.person_id, Entry.sequence, EntryRevision.state).join(
            EntryRevision, (EntryRevision.entry_id == Entry.id) & (EntryRevision.sequence == Entry.sequence)
        )
        found = db.session.execute(
            entries.where(Entry.meeting_id == self.meeting, Entry.object_kind == EntryObject.MEETING)
        ).all()
        invited = {row.person_id for row in found if row.state is not State.CANCELLED}
        ours = {part.person_id for part in self.participations()}
        coming = {part.person_id for part in self.participations() if part.status is ParticipationStatus.CONFIRMED}
        assert invited & ours == coming
        assert len(found) == len({row.person_id for row in found})

    @invariant()
    def each_invited_person_has_one_email_or_a_live_link(self) -> None:
        db.session.rollback()
        queued = dict(
            db.session.execute(
                select(Email.person_id, func.count())
                .where(Email.kind == EmailKind.INVITATION, Email.state == EmailState.QUEUED)
                .group_by(Email.person_id)
            ).all()
        )
        assert set(queued.values()) <= {1}
        live = set(
            db.session.scalars(
                select(SecretLink.subject).where(
                    SecretLink.purpose == LinkPurpose.REGISTRATION,
                    SecretLink.used_at.is_(None),
                    SecretLink.revoked_at.is_(None),
                )
            )
        )
        for part in self.participations():
            if part.status is ParticipationStatus.INVITED and self.read(part.id)[1].email:
                assert part.person_id in queued or part.id in live, part.id
            if part.status is ParticipationStatus.TAKEN_BACK:
                assert part.id not in live

    def participations(self) -> list[Participation]:
        db.session.rollback()
        return [db.session.get_one(Participation, one) for one in self.people]

    def seat_rows(self) -> Any:
        return select(MeetingParty).where(MeetingParty.meeting_id == self.meeting)

    def waiting_queues(self) -> dict[tuple[UUID, Capacity], list[UUID]]:
        db.session.rollback()
        found: dict[tuple[UUID, Capacity], list[UUID]] = {}
        waits = select(Participation).where(
            Participation.meeting_id == self.meeting, Participation.queue_no.is_not(None)
        )
        for part in db.session.scalars(waits.order_by(Participation.queue_no)):
            found.setdefault((part.party_id, part.capacity), []).append(part.id)
        return found


def test_state_stays_consistent_in_any_order_of_actions(site: Site) -> None:
    ParticipationMachine.site = site
    run_state_machine_as_test(
        ParticipationMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_two_coordinators_withdraw_and_undo_the_same_people_at_once(site: Site) -> None:
    """One of two simultaneous withdrawals applies; one of three simultaneous undos restores, each exactly once."""
    cast = site.cast
    people = [site.participation_of(name, CODE) for name in ("us1", "us2", "us3", "us4")]
    desks = [cast.viewer("st-coord", meeting=CODE, now=BEFORE_LVR_1) for _each in range(3)]

    taken = at_once(
        site,
        [
            partial(roster.apply_bulk_action, desk, BulkKind.TAKE_BACK, people, also=True, now=clock.now())
            for desk in desks[:2]
        ],
    )
    (done,) = (one for one in taken if isinstance(one, UUID))
    back = at_once(site, [partial(roster.undo, desk, done, now=clock.now()) for desk in desks])

    assert [one for one in back if isinstance(one, int)] == [len(people)]
    found = [db.session.get_one(Participation, one) for one in people]
    assert {one.status for one in found} == {ParticipationStatus.CONFIRMED}
    assert sorted(one.seat or 0 for one in found) == [1, 2, 3, 4]


def at_once(site: Site, commands: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the calls at the same time and return the result or refusal of each."""

    def run(command: Callable[[], Any]) -> Any:
        with site.cast.app.app_context():
            try:
                return command()
            except Refusal as refusal:
                return refusal

    db.session.rollback()
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(lambda command: Context().run(run, command), commands))
