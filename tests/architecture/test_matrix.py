"""Every route × persona × object behaves as the matrix says, and forbidden objects look like unknown ones."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.routing import Rule

from dialogues.core.common import clock
from dialogues.core.common.access import PUBLIC_ENDPOINTS
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.keys.operations import store_file
from dialogues.core.outbox import operations as outbox
from dialogues.core.outbox.rules import EmailKind, EmailRequest
from dialogues.lib.encryption.envelope import seal_text
from dialogues.onsite.seating.models import KeptApart
from dialogues.people.messages.commands import Draft
from dialogues.people.messages.commands import send as send_message
from dialogues.people.participants.models import ChangeRequest, Participation, Question
from dialogues.people.participants.rules.kinds import AnswerAudience, BulkKind, QuestionKind
from dialogues.people.questionnaire.models import Answer
from dialogues.people.questionnaire.queries import key_of
from dialogues.people.registration.queries import change_key, change_place
from dialogues.people.roster.commands import apply_bulk_action
from dialogues.sample.generating import generate_meeting
from tests.architecture.objects import Objects, of_meeting, of_nowhere, own
from tests.architecture.oracle import INVITED, PERSONAS
from tests.architecture.routes import AROUND, WHEN_ASKED, open_to
from tests.beds.database import Installation, Sample, new_installation, opened
from tests.beds.forms import send
from tests.cast import Cast

_ONE_OFF = re.compile(rb'nonce="[^"]*"|name="csrf_token"[^>]*>|[0-9a-f]{8}-[0-9a-f-]{27}|<time[^>]*>[^<]*<')
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
#: These need a step-up before anything is looked up, so known and unknown objects look the same.
_PROOF_FIRST = (303, "/account/confirm")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, loaded: Sample) -> Iterator[Installation]:
    """The sample, and a dialogue in which no persona has a role; both contain every kind of object."""
    with new_installation(tmp_path_factory.mktemp("matrix") / "instance", loaded.installation) as installation:
        with opened(installation.settings()) as app:
            cast = Cast(app)
            with app.app_context():
                generate_meeting(sessions=3, participants=3, records=2, seed=7, now=clock.now())
                queue_an_email(cast)
                for code in ("TRD-1", "GEN4-1"):
                    held = of_meeting(app, cast.meeting(code))
                    taking_part = own(app, cast) if code == "TRD-1" else held
                    add_question_and_change_request(held.ids["meeting_id"], taking_part.ids["participation_id"])
                dialogue, meeting, session = cast.dialogue(), cast.meeting(), cast.session("TRD-1-03")
            finish_a_summary(cast, f"/meetings/{meeting}/notes/{session}/summary")
            upload_a_file(cast, f"/dialogues/{dialogue}/archive/upload")
            work_on_many(cast)
            plan_a_table(cast, f"/meetings/{meeting}/seating")
        yield installation


def queue_an_email(cast: Cast) -> None:
    """An email that the coordinator sees in the list."""
    email_request = EmailRequest(
        kind=EmailKind.AGENDA_CHANGED,
        dedup_key="matrix",
        queued_at=clock.now(),
        dialogue_id=cast.dialogue(),
        listed_under=cast.meeting(),
        person_id=cast.person("us4"),
    )
    with upkeep(system(Purpose.SAMPLE)):
        outbox.enqueue(email_request)


def plan_a_table(cast: Cast, address: str) -> None:
    """A seating plan with two people kept apart, also in the foreign meeting."""
    coordinator = cast.client("st-coord")
    with cast.app.app_context():
        one, other = sorted((cast.party("CN"), cast.party("JP")))
        foreign = {"dialogue_id": cast.dialogue("GEN4"), "meeting_id": cast.meeting("GEN4-1")}
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.add(KeptApart(**foreign, one=one, other=other))
    assert send(coordinator, f"{address}/apart", one=str(one), other=str(other)).status_code == 303
    assert send(coordinator, f"{address}/plan", preview=None).status_code == 303


def add_question_and_change_request(meeting_id: UUID, participation_id: UUID) -> None:
    """A question with a file as answer, and a change request."""
    now, key = clock.now(), uuid4()
    with upkeep(system(Purpose.SAMPLE)) as session:
        part = session.get_one(Participation, participation_id)
        question = Question(
            id=key,
            dialogue_id=part.dialogue_id,
            meeting_id=meeting_id,
            position=1,
            kind=QuestionKind.FILE,
            words="A scan?",
            audience=AnswerAudience.OFFICE_AND_FOCAL_POINT,
            purge_on=now.date() + timedelta(days=30),
        )
        about = {"dialogue_id": part.dialogue_id, "participation_id": part.id}
        request = ChangeRequest(id=uuid4(), **about, asked_at=now)
        asked_for = json.dumps({"name": ["One", "Another"]})
        request.diff = seal_text(key_store(), change_key(request), change_place(request), asked_for)
        session.add_all((question, request))
        session.flush()
        page = BytesIO(b"Plain words.")
        stored = store_file(session, page, key=key_of(key), dialogue_id=part.dialogue_id, limit=1_000, now=now)
        session.add(Answer(**about, question_id=key, file_id=stored.id, answered_at=now))


def finish_a_summary(cast: Cast, address: str) -> None:
    """A summary that waits for the archivist."""
    rapporteur = cast.client("st-rap1")
    assert send(rapporteur, f"{address}/edit", text="It was observed.").status_code == 303
    assert send(rapporteur, f"{address}/finish").status_code == 303


def work_on_many(cast: Cast) -> None:
    """A bulk action and a message of the coordinator."""
    with cast.app.app_context():
        coordinator, person = cast.viewer("st-coord", meeting="TRD-1"), cast.person("us4")
        apply_bulk_action(
            coordinator, BulkKind.APPROVE, [own(cast.app, cast).ids["participation_id"]], also=True, now=clock.now()
        )
        draft = Draft(id=uuid4(), subject="Words", text="Good morning.", people=[person], chosen={"picked": 1})
        send_message(coordinator, draft, now=clock.now())


def upload_a_file(cast: Cast, address: str) -> None:
    """A record with a file, which has a separate address."""
    page = (BytesIO(b"Plain words."), "page.txt")
    answer = send(
        cast.client("st-arch"),
        address,
        kind="scan",
        reference="MATRIX-1",
        dated="2026-01-05",
        title="A page",
        listing="title_visible",
        file=page,
    )
    assert answer.status_code == 303


@pytest.fixture(scope="module")
def prepared_app(prepared: Installation) -> Iterator[Flask]:
    with opened(prepared.settings()) as app:
        yield app


@pytest.fixture(scope="module")
def foreign(prepared_app: Flask) -> Objects:
    with prepared_app.app_context():
        return of_meeting(prepared_app, Cast(prepared_app).meeting("GEN4-1"))


def private_rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in PUBLIC_ENDPOINTS]


def address(app: Flask, rule: Rule, objects: Objects) -> str:
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        return str(adapter.build(rule.endpoint, objects.arguments(set(rule.arguments)), force_external=False))


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"GET", "HEAD", "POST"})


def ask(client: FlaskClient, method: str, path: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, body without the parts that differ in every response, and headers that reveal something."""
    data = {"csrf_token": token(client)} if method == "POST" else None
    answer = client.open(path, method=method, data=data, headers={"Sec-Fetch-Site": "same-origin"})
    revealing = {
        name: _ID.sub("", value)
        for name, value in answer.headers.items()
        if name not in {"Content-Security-Policy", "Set-Cookie", "Content-Length", "Date"}
    }
    return answer.status_code, _ONE_OFF.sub(b"", answer.data), revealing


def is_closed(answer: tuple[int, bytes, dict[str, str]]) -> bool:
    """Whether nothing was shown or done: not found, or a step-up first."""
    status, _body, headers = answer
    return status == 404 or (status, headers.get("Location", "").split("?")[0]) == _PROOF_FIRST


def difference(one: tuple[int, bytes, dict[str, str]], other: tuple[int, bytes, dict[str, str]]) -> str:
    """The difference between two responses, for the message of a failed test."""
    lines = [line for line in one[1].splitlines() if line not in other[1].splitlines()]
    headers = [name for name in one[2] if one[2][name] != other[2].get(name)]
    return f"{headers} {[line.strip()[:80] for line in lines[:2]]}"


def token(client: FlaskClient) -> str:
    """A valid CSRF token of this browser."""
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "0" * 40
    signer = URLSafeTimedSerializer(client.application.secret_key, salt="wtf-csrf-token")
    return str(signer.dumps("0" * 40))


@pytest.mark.parametrize("persona", PERSONAS)
def test_foreign_and_unknown_objects_are_the_same_404(prepared_app: Flask, foreign: Objects, persona: str) -> None:
    client = Cast(prepared_app).client(PERSONAS[persona])
    nowhere = of_nowhere(foreign)
    wrong = []
    for rule in private_rules(prepared_app):
        if not rule.arguments or rule.endpoint in AROUND:
            continue
        for method in methods(rule):
            there = ask(client, method, address(prepared_app, rule, foreign))
            nothing = ask(client, method, address(prepared_app, rule, nowhere))
            if not (is_closed(there) and there == nothing):
                wrong.append((rule.endpoint, method, there[0], nothing[0], difference(there, nothing)))
    assert wrong == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_an_object_of_another_dialogue_is_not_reached_through_an_own_address(
    prepared_app: Flask, foreign: Objects, persona: str
) -> None:
    cast = Cast(prepared_app)
    client = cast.client(PERSONAS[persona])
    mine = own(prepared_app, cast)
    places = {"meeting_id": mine.ids["meeting_id"], "dialogue_id": mine.ids["dialogue_id"]}
    wrong = []
    for rule in private_rules(prepared_app):
        inner = set(rule.arguments) - {"meeting_id", "dialogue_id", "number"}
        if not inner or not set(rule.arguments) & set(places):
            continue
        for method in methods(rule):
            there = ask(client, method, address(prepared_app, rule, foreign.but(**places)))
            nothing = ask(client, method, address(prepared_app, rule, of_nowhere(foreign).but(**places)))
            if not (is_closed(there) and there == nothing):
                wrong.append((rule.endpoint, method, there[0], nothing[0], difference(there, nothing)))
    assert wrong == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_own_objects_are_open_as_the_matrix_says(prepared_app: Flask, persona: str) -> None:
    cast = Cast(prepared_app)
    client = cast.client(PERSONAS[persona])
    mine = own(prepared_app, cast)
    wrong = []
    for rule in private_rules(prepared_app):
        if "GET" not in (rule.methods or set()) or rule.endpoint in WHEN_ASKED:
            continue
        status, _body, _headers = ask(client, "GET", address(prepared_app, rule, mine))
        expected = open_to(rule.endpoint, persona)
        if status >= 500 or (status != 404) != expected:
            wrong.append((rule.endpoint, status, "open" if expected else "closed"))
    assert wrong == []


@pytest.mark.parametrize("persona", PERSONAS)
def test_closed_objects_cannot_be_changed_either(prepared_app: Flask, persona: str) -> None:
    cast = Cast(prepared_app)
    client = cast.client(PERSONAS[persona])
    mine = own(prepared_app, cast)
    wrong = []
    for rule in private_rules(prepared_app):
        if "POST" not in (rule.methods or set()) or open_to(rule.endpoint, persona):
            continue
        status, _body, _headers = ask(client, "POST", address(prepared_app, rule, mine))
        if status != 404:
            wrong.append((rule.endpoint, status))
    assert wrong == []


def test_without_sign_in_every_path_redirects_in_the_same_way(prepared_app: Flask, foreign: Objects) -> None:
    client = prepared_app.test_client()
    mine = own(prepared_app, Cast(prepared_app))
    seen = set()
    for objects in (mine, foreign, of_nowhere(foreign)):
        for rule in private_rules(prepared_app):
            for method in methods(rule):
                path = address(prepared_app, rule, objects)
                status, body, headers = ask(client, method, path)
                going_to = headers.pop("Location", "").split("?")[0]
                seen.add((status, going_to, body.count(b"href") if method == "POST" else 0, tuple(sorted(headers))))
    assert {(status, going_to) for status, going_to, _links, _headers in seen} == {(303, "/sign-in")}
    assert len({headers for _status, _going, _links, headers in seen}) == 1


def test_the_size_of_the_matrix(prepared_app: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """Number of requests: foreign and unknown, mixed, own, closed, signed out; own and unknown by invitation link."""
    asked_of_each = len(PERSONAS) * 4 + 3 + len(INVITED) * 2
    cells = sum(len(methods(rule)) for rule in private_rules(prepared_app)) * asked_of_each
    with capsys.disabled():
        sys.stdout.write(f"\nroute × method × persona × object: {cells} cells\n")
    assert cells >= 3000
