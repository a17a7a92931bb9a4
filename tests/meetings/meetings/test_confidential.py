"""A confidential meeting is invisible to everyone without a role in it; crawled as several personas."""

import re
from collections import Counter
from collections.abc import Iterator
from contextvars import Context
from dataclasses import dataclass
from datetime import date, time, timedelta
from html import unescape
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.agenda.planning import commands as planning_commands
from dialogues.agenda.planning.queries import draft as planning_draft
from dialogues.agenda.planning.rules import SessionPlan, When
from dialogues.core.accounts import operations as accounts
from dialogues.core.accounts.rules import InstallationRole
from dialogues.core.common import clock
from dialogues.core.common.transaction import transaction, upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox.jobs import deliver_due
from dialogues.extensions import db
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Meeting, MeetingParty
from dialogues.meetings.dialogues.rules.facts import Days, MeetingFacts
from dialogues.meetings.dialogues.rules.kinds import Existence
from dialogues.meetings.meetings import commands as meetings
from dialogues.meetings.roles import commands as roles_commands
from dialogues.meetings.roles import operations as roles_operations
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.invitations.rules import Invitee
from dialogues.people.participants.models import Participation
from dialogues.policy import RECORD_FILE, Role
from dialogues.records.archive import operations as archive
from dialogues.records.archive.rules import Listing, NewRecord, RecordKind, Shelf
from tests.architecture.test_matrix import ask
from tests.beds.database import Installation, opened
from tests.beds.forms import complaints, send
from tests.beds.mail import MailServer
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, MIDDLE_OF_TRD_1, Cast

#: Texts that would reveal the meeting that these tests plan next to TRD-1.
CODE, TITLE, CITY, SESSION, REFERENCE = "HRN-7", "Heron gathering", "Darkhan", "Egret reading", "HRN-7/M"
FIRST_DAY = date(2027, 11, 2)
#: Texts that would reveal LVR-1 of the sample.
LVR = ("LVR-1", "First roundtable", "Lavaux", "Vevey")
#: People of the same dialogue with roles in TRD-1 only.
OF_TRD_1 = ("kr1", "us4", "ch1", "xo2", "in-ko1", "mn1")
#: Links the crawl does not follow.
_LINK = re.compile(r"<a[^>]* href=\"(/[^\"]*)\"")
_AWAY = ("/static/", "/bootstrap/")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
#: Maximum number of pages of one kind in a crawl.
_ALIKE = 4


class Outside(FlaskClient):
    """A browser session of its own, so that the test's application context does not reach its requests."""

    def open(self, *arguments: Any, **options: Any) -> TestResponse:
        return Context().run(super().open, *arguments, **options)


@dataclass(slots=True)
class Scene:
    """TRD with a second, confidential meeting, and helpers to look at what a persona gets."""

    cast: Cast
    smtp: MailServer
    meeting_id: UUID

    @property
    def traces(self) -> tuple[str, ...]:
        return (CODE, TITLE, CITY, SESSION, str(self.meeting_id), "2 November 2027", "2027-11-02")

    def walk(self, client: FlaskClient, *start_paths: str) -> dict[str, str]:
        """Return the responses of all links and downloads by address; of similar links only the first few."""
        to_visit = ["/", "/dialogues", "/offers", "/held-about-me", *start_paths]
        seen: dict[str, str] = {}
        alike: Counter[str] = Counter()
        while to_visit:
            path = to_visit.pop()
            kind = _ID.sub("", _path_of(path))
            if path in seen or path.startswith(_AWAY) or alike[kind] == _ALIKE:
                continue
            alike[kind] += 1
            answer = client.get(path)
            seen[path] = f"{answer.headers} {answer.text}"
            if answer.mimetype == "text/html":
                known = {_path_of(one) for one in seen}
                links = [unescape(link) for link in _LINK.findall(answer.text)]
                to_visit += [target for target in links if _path_of(target) not in known]
        return seen

    def revealed(self, client: FlaskClient, *start_paths: str, words: tuple[str, ...] = ()) -> list[tuple[str, str]]:
        """Return where something reveals the meeting, and the text that does."""
        found = self.walk(client, *start_paths)
        assert len(found) > 3
        return [(path, word) for path, text in found.items() for word in words or self.traces if word in text]

    def mail(self) -> list[Any]:
        """Send queued emails and return them."""
        before = len(self.smtp.emails)
        deliver_due()
        return self.smtp.emails[before:]

    def email_to(self, name: str) -> Any:
        """Return the only email sent now to that persona."""
        (email,) = (one for one in self.mail() if one.recipients == (f"{name}@example.invalid",))
        return email


def _path_of(address: str) -> str:
    return urlsplit(address).path


@pytest.fixture
def scene(installation: Installation, smtp: MailServer) -> Iterator[Scene]:
    """In the middle of TRD-1; the coordinator has planned, published and filed something confidential."""
    with opened(installation.settings(mail_url=smtp.url)) as app, app.app_context():
        app.test_client_class = Outside
        set_clock(app, MIDDLE_OF_TRD_1)
        cast = Cast(app)
        deliver_due()
        yield Scene(cast, smtp, plan(cast))
        db.session.remove()


def plan(cast: Cast) -> UUID:
    """The confidential meeting, with a published session and a record."""
    parties = db.session.scalars(select(MeetingParty.party_id).where(MeetingParty.meeting_id == cast.meeting())).all()
    facts = MeetingFacts(
        code=CODE,
        title=TITLE,
        city=CITY,
        zone="Asia/Ulaanbaatar",
        existence=Existence.CONFIDENTIAL,
        days=Days(starts_on=FIRST_DAY, ends_on=FIRST_DAY + timedelta(days=1), arrive_on=None, depart_on=None),
        parties=frozenset(parties),
    )
    meeting_id = meetings.plan_meeting(cast.viewer("st-coord", dialogue="TRD"), facts, now=clock.now())
    viewer = cast.viewer("st-coord", meeting=CODE)
    when = When(day=FIRST_DAY, starts=time(9), ends=time(10, 30))
    planning_commands.plan_session(viewer, SessionPlan(title=SESSION, when=when), now=clock.now())
    planned = planning_draft.planned_meeting(viewer)
    seen = planning_commands.preview_digest(
        planning_draft.unreleased(viewer, planned, planning_draft.draft(viewer, planned))
    )
    planning_commands.release_agenda(viewer, reason="", seen=seen, now=clock.now())
    record = NewRecord(
        reference=REFERENCE,
        title=TITLE,
        text=f"{SESSION} in {CITY}",
        dated=date(2027, 1, 11),
        kind=RecordKind.STATEMENT,
        listing=Listing.TITLE_VISIBLE,
    )
    shelf = Shelf(dialogue_id=cast.dialogue(), meeting_id=meeting_id, title=TITLE)
    with transaction(system(Purpose.SAMPLE), RECORD_FILE) as change:
        change.record(*archive.place_records(shelf, [record], clock.now()))
    return meeting_id


def account_of(name: str) -> UUID:
    """Create an account with that name, in no dialogue."""
    return accounts.account_for(f"{name}@example.invalid", clock.real_now())


def with_roles(cast: Cast, name: str, *held: Role, meeting: str = "TRD-1") -> None:
    """Create a staff member who has these roles in one meeting and none in the dialogue."""
    dialogue_id, meeting_id = cast.dialogue("TRD"), cast.meeting(meeting)
    with upkeep(system(Purpose.SAMPLE)):
        account_id = account_of(name)
        accounts.make_staff(account_id, clock.real_now())
        person_id = dialogues.add_person(dialogue_id, name, f"{name}@example.invalid", account_id=account_id)
        for role in held:
            roles_operations.grant_role(
                person_id,
                role,
                dialogue_id=dialogue_id,
                meeting_id=meeting_id,
                offered_at=clock.now(),
                accepted_at=clock.now(),
            )


def search(scene: Scene, rest: str = "?q=heron") -> str:
    return f"/dialogues/{scene.cast.dialogue('TRD')}/archive/search{rest}"


def test_people_with_a_role_find_the_confidential_meeting(scene: Scene) -> None:
    """Control: without it the crawls below would prove nothing."""
    words = {word for _path, word in scene.revealed(scene.cast.client("st-coord"), search(scene))}

    assert words >= {CODE, TITLE, CITY, SESSION, str(scene.meeting_id)}


@pytest.mark.parametrize("who", OF_TRD_1)
def test_people_of_another_meeting_of_the_dialogue_find_no_trace(scene: Scene, who: str) -> None:
    assert scene.revealed(scene.cast.client(who), search(scene)) == []


@pytest.mark.parametrize("standing", [None, *InstallationRole])
def test_staff_and_host_without_a_role_find_no_trace(scene: Scene, standing: InstallationRole | None) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        account_id = account_of("keeper")
        accounts.make_staff(account_id, clock.real_now())
        if standing is not None:
            accounts.give_installation_role(account_id, standing)

    assert scene.revealed(scene.cast.client("keeper"), "/venues", "/staff") == []


@pytest.mark.parametrize("who", [*OF_TRD_1, "keeper"])
def test_its_addresses_look_like_unknown_addresses(scene: Scene, who: str) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        account_of("keeper")
    client = scene.cast.client(who)

    for rest in ("", "/agenda", "/participants", "/practical", "/archive", "/notes", "/calendar", "/attendance"):
        there = ask(client, "GET", f"/meetings/{scene.meeting_id}{rest}")
        nothing = ask(client, "GET", f"/meetings/{uuid4()}{rest}")
        assert there[0] == 404
        assert there == nothing


def test_staff_of_one_meeting_find_no_other_meeting(scene: Scene) -> None:
    """Coordinator, archivist and host lead of TRD-1 only: lists, forms, archive, rooms, roles, emails."""
    with_roles(scene.cast, "only-here", Role.COORDINATOR, Role.ARCHIVIST, Role.HOST_LEAD, Role.CO_CHAIR)

    assert scene.revealed(scene.cast.client("only-here"), search(scene)) == []


def test_staff_of_one_meeting_get_the_same_refusal_for_every_used_code(scene: Scene) -> None:
    with_roles(scene.cast, "only-here", Role.COORDINATOR)
    client = scene.cast.client("only-here")
    settings = f"/meetings/{scene.cast.meeting()}/settings"

    refused = [complaints(send(client, settings, code=code)) for code in (CODE, "FREE-1")]

    assert refused[0] == refused[1] != ""
    assert CODE not in refused[0]


def test_archivist_of_one_meeting_gets_the_same_refusal_for_every_used_reference(scene: Scene) -> None:
    with_roles(scene.cast, "only-here", Role.ARCHIVIST)
    client = scene.cast.client("only-here")
    typed = {"kind": "scan", "dated": "2026-01-05", "title": "A page", "listing": "title_visible", "text": "Words."}

    for place in (f"/meetings/{scene.cast.meeting()}", f"/dialogues/{scene.cast.dialogue()}"):
        refused = [
            complaints(send(client, f"{place}/archive/upload", reference=reference, **typed))
            for reference in (REFERENCE, "FREE-1/M")
        ]
        assert refused[0] == refused[1] != ""
        assert "begin with TRD-1" in refused[0]
    upload = f"/meetings/{scene.cast.meeting()}/archive/upload"
    assert send(client, upload, reference="TRD-1/M", **typed).status_code == 303


def test_invited_people_read_only_the_text_of_their_invitation(scene: Scene) -> None:
    cast = scene.cast
    invitee = Invitee(name="Renee MOCKFORD", email="us4@example.invalid", party_id=cast.party("US"))
    invitations.invite_person(cast.viewer("st-coord", meeting=CODE), invitee, now=clock.now())
    email = scene.email_to("us4")
    content = email.message.get_content()
    link = re.search(r"http://localhost(/r/[\w-]+)", content)
    assert link is not None
    for word in (CODE, TITLE, CITY, "2 November", "Tuul"):
        assert word not in str(email.message["Subject"]) + content

    client = cast.client("us4")
    assert scene.revealed(client, search(scene)) == []
    assert client.get(f"/meetings/{scene.meeting_id}").status_code == 404

    words = cast.client(None)
    words.get(link[1])
    shown = words.get("/registration").text
    assert CITY in shown
    for word in (TITLE, SESSION, "Tuul"):
        assert word not in shown


def test_a_focal_point_who_has_not_accepted_finds_no_trace(scene: Scene) -> None:
    cast = scene.cast
    roles_commands.offer_role(
        cast.viewer("st-coord", meeting=CODE),
        name="Someone",
        email="kr1@example.invalid",
        role=Role.FOCAL_POINT,
        party_id=cast.party("KR"),
        now=clock.now(),
    )
    email = scene.email_to("kr1")
    client = cast.client("kr1")

    assert scene.revealed(client, search(scene)) == []
    assert "something confidential" in client.get("/offers").text
    for word in scene.traces:
        assert word not in str(email.message["Subject"]) + email.message.get_content()


@pytest.mark.parametrize(("days_before", "finds"), [(60, False), (15, False), (13, True)])
def test_an_interpreter_finds_it_only_within_the_access_window(scene: Scene, days_before: int, finds: bool) -> None:
    cast = scene.cast
    with upkeep(system(Purpose.SAMPLE)):
        roles_operations.grant_role(
            cast.person("in-ko1"),
            Role.INTERPRETER,
            dialogue_id=cast.dialogue(),
            meeting_id=scene.meeting_id,
            offered_at=clock.now(),
            accepted_at=clock.now(),
        )
    set_clock(cast.app, MIDDLE_OF_TRD_1.replace(month=11, day=2) - timedelta(days=days_before))

    assert bool(scene.revealed(cast.client("in-ko1"))) == finds


def test_subjects_and_file_names_of_its_emails_reveal_nothing(scene: Scene) -> None:
    """Subjects, file names and sender names of every email caused by planning it."""
    cast = scene.cast
    for who, code in (("us4", "US"), ("kr1", "KR")):
        invitee = Invitee(name=who, email=f"{who}@example.invalid", party_id=cast.party(code))
        invitations.invite_person(cast.viewer("st-coord", meeting=CODE), invitee, now=clock.now())
    for about in db.session.scalars(select(Participation.id).where(Participation.meeting_id == scene.meeting_id)):
        invitations.take_back(cast.viewer("st-coord", meeting=CODE), about, now=clock.now())
    meetings.cancel_meeting(
        cast.viewer("st-coord", meeting=CODE),
        version=db.session.get_one(Meeting, scene.meeting_id).version,
        now=clock.now(),
    )

    for email in scene.mail():
        outside = str(email.message.items()) + str([part.get_filename() for part in email.message.walk()])
        for word in scene.traces:
            assert word not in outside


@pytest.mark.parametrize("who", ["kr3", "jp1", "cn1"])
@pytest.mark.parametrize("now", [MIDDLE_OF_TRD_1, BEFORE_LVR_1])
def test_focal_points_of_the_sample_who_have_not_accepted_do_not_find_lvr_1(scene: Scene, who: str, now: Any) -> None:
    set_clock(scene.cast.app, now)
    offered = select(RoleGrant.accepted_at).where(
        RoleGrant.person_id == scene.cast.person(who, "LVR"), RoleGrant.role == Role.FOCAL_POINT
    )
    assert db.session.scalars(offered).all() == [None]

    assert scene.revealed(scene.cast.client(who), words=(*LVR, str(scene.cast.meeting("LVR-1")))) == []


def test_a_feed_of_another_meeting_contains_no_trace(scene: Scene, sample: dict[str, Any]) -> None:
    client = scene.cast.client(None)
    feeds = [urlsplit(address).path for address in sample["feeds"].values()]
    assert feeds
    for address in feeds:
        content = client.get(address).text
        assert "BEGIN:VCALENDAR" in content
        assert [word for word in scene.traces if word in content] == []
