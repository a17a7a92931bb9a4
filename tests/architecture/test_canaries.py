"""A canary in every field of two people; every persona fetches every page and finds only canaries they may read.

The table is written by hand from the practice page; a new text field fails here until the table lists its readers.
"""

from collections.abc import Iterable, Iterator
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Enum, String, Text, select, update

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.onsite.seating.models import KeptApart
from dialogues.people.documents.models import AccessLogEntry, SealedField
from dialogues.people.messages.commands import Draft
from dialogues.people.messages.commands import send as send_message
from dialogues.people.messages.models import Message
from dialogues.people.participants.models import ChangeRequest, Participation, Question
from dialogues.people.participants.rules.kinds import AnswerAudience, QuestionKind
from dialogues.people.questionnaire.models import Answer
from tests.architecture.objects import Objects, of_meeting
from tests.architecture.oracle import PERSONAS
from tests.architecture.test_matrix import address
from tests.beds.database import Installation, Sample, new_installation, opened, shell
from tests.beds.forms import SAME_ORIGIN, page, send
from tests.cast import Cast

#: Additional viewers. In TRD-1: the person, and a focal point of another party. In LVR-1, whose lists are sealed:
#: the person, their focal point, and a focal point and a co-chair of other parties; and a visitor without sign-in.
LOOKING = (*PERSONAS.values(), "kr4", "ru2", "ru4", "ru1", "us2", "ch2", None)


CIRCLE = {"st-host", "st-coord", "ch1", "kr1", "us4", "in-ko1", "st-rap2", "st-travel", "kr4", "ru2", "ru4", "ru1"}
CIRCLE |= {"us2", "st-rap1"}
#: Observers see the names of people who lead a session open to observers.
ON_THE_AGENDA = CIRCLE | {"xo2"}
PLAIN = {"st-host", "st-coord", "kr1", "kr4", "st-travel"}
BEFORE_EXCHANGE = {"st-host", "st-coord", "ru1", "ru4"}
COORDINATOR = {"st-coord"}


#: Who may read what of kr4 in TRD-1 (lists open) and of ru4 in LVR-1 (lists sealed).
TRD: dict[str, set[str]] = {
    "person.name": ON_THE_AGENDA,
    "person.native": ON_THE_AGENDA,
    "person.affiliation": ON_THE_AGENDA,
    "person.family": PLAIN,
    "person.given": PLAIN,
    "person.sort_key": PLAIN,
    "person.email": PLAIN,
    "person.aliases": COORDINATOR | {"kr4", "ru4"},
    "person.stems": COORDINATOR,
    "participation.claimed_email": COORDINATOR,
    "answer.office": {"st-coord", "kr4"},
    "answer.office_and_focal_point": {"st-coord", "kr1", "kr4"},
    "answer.liaison_desk": {"st-coord", "st-travel", "kr4"},
    # Other permitted readers must give a reason each time, so no page shows them sealed fields without it.
    "sealed.passport": {"kr4"},
    "sealed.visa": {"kr4"},
    "sealed.flights": {"kr4"},
    "sealed.diet": {"kr4"},
    "sealed.access": {"kr4"},
    "sealed.medical": {"kr4"},
    "look.reason": {"kr4", "st-host"},
    "change.affiliation": {"st-coord", "kr4"},
    "change.reason": {"st-coord", "kr4"},
    "message.subject": COORDINATOR,
    "message.text": COORDINATOR,
    "question.hint": {"st-coord", "kr4", "kr1", "us4", "xo2", "ru2", "ru4", "ru1", "us2", "ch1", "st-travel"},
    "apart.id": COORDINATOR,
}
LVR: dict[str, set[str]] = {
    "person.name": BEFORE_EXCHANGE,
    "person.native": BEFORE_EXCHANGE,
    "person.affiliation": BEFORE_EXCHANGE,
    "person.family": BEFORE_EXCHANGE,
    "person.given": BEFORE_EXCHANGE,
    "person.sort_key": BEFORE_EXCHANGE,
    "person.email": BEFORE_EXCHANGE,
    "person.aliases": COORDINATOR | {"kr4", "ru4"},
    "person.stems": COORDINATOR,
    "participation.claimed_email": COORDINATOR,
}
#: Canaries that these personas must find, because otherwise the walk did not visit the page.
MET = {
    ("trd", "person.name"): {
        "st-host",
        "st-coord",
        "ch1",
        "kr1",
        "us4",
        "in-ko1",
        "st-rap2",
        "st-travel",
        "ru2",
        "kr4",
    },
    ("trd", "person.email"): {"st-coord", "kr4"},
    ("trd", "answer.office"): {"st-coord", "kr4"},
    ("trd", "answer.liaison_desk"): {"st-travel"},
    ("trd", "sealed.passport"): {"kr4"},
    ("trd", "sealed.diet"): {"kr4"},
    ("trd", "message.text"): {"st-coord"},
    ("trd", "change.affiliation"): {"st-coord"},
    ("trd", "apart.id"): {"st-coord"},
    ("lvr", "person.name"): {"st-host", "st-coord", "ru1", "ru4"},
}
#: Columns without free text: derived from other columns, or with a fixed set of values.
DERIVED = {"person.email_norm", "person.collation_key", "person.searched_name", "person.searched_names"}
DERIVED |= {"person.locale", "person.zone", "participation.listens_in"}


def canary(where: str, field: str) -> str:
    """A word that occurs only in this field of this person; no canary is a prefix of another."""
    return f"Zq{where}{field.replace('.', '').replace('_', '')}q"


def written_fields(*models: Any) -> set[str]:
    """All columns of free text."""
    return {
        f"{model.__tablename__}.{column.name}"
        for model in models
        for column in model.__table__.columns
        if isinstance(column.type, String | Text) and not isinstance(column.type, Enum)
    }


def test_every_text_field_lists_its_readers() -> None:
    named = {"sealed_field_access": "look", "change_request": "change"}
    found = written_fields(
        Person, Participation, Message, AccessLogEntry, ChangeRequest, Answer, SealedField, KeptApart
    )
    fields = {f"{named.get(table, table)}.{column}" for table, column in (one.split(".") for one in found)}
    assert fields - DERIVED - set(TRD) == set()


# Writing the canaries


def plant_person(session: Any, where: str, person_id: UUID, meeting_id: UUID) -> None:
    person = session.get_one(Person, person_id)
    for field in ("name", "native", "affiliation", "family", "given", "sort_key"):
        setattr(person, field, canary(where, f"person.{field}"))
    person.email = f"{canary(where, 'person.email')}@example.invalid"
    person.email_norm = person.email.casefold()
    person.aliases = [canary(where, "person.aliases")]
    person.stems = [canary(where, "person.stems")]
    claimed = f"{canary(where, 'participation.claimed_email')}@example.invalid"
    part = select(Participation).where(Participation.person_id == person_id, Participation.meeting_id == meeting_id)
    session.scalars(part).one().claimed_email = claimed


def plant_answers(session: Any, meeting: Meeting) -> dict[str, UUID]:
    """Ask one question for each audience; returns their ids."""
    ids = {audience.value: uuid4() for audience in AnswerAudience}
    for position, (audience, question_id) in enumerate(ids.items(), 1):
        session.add(
            Question(
                id=question_id,
                dialogue_id=meeting.dialogue_id,
                meeting_id=meeting.id,
                position=position,
                kind=QuestionKind.TEXT,
                words=f"For {position}?",
                hint=canary("trd", "question.hint"),
                audience=AnswerAudience(audience),
                purge_on=meeting.ends_on,
            )
        )
    return ids


def write_everything_down(cast: Cast, meeting: str, questions: dict[str, UUID]) -> None:
    """kr4 answers and enters sealed data; the liaison desk looks at it once; then kr4 requests a change."""
    person = cast.client("kr4")
    answers = {f"q_{key.hex}": canary("trd", f"answer.{audience}") for audience, key in questions.items()}
    assert send(person, f"{meeting}/registration/questions", **answers).status_code == 303
    sealed = {
        "passport_number": canary("trd", "sealed.passport"),
        "passport_nationality": "Exampleland",
        "passport_valid_until": "2031-01-31",
        "visa_number": canary("trd", "sealed.visa"),
        "flights_arrives_at": "2027-05-24T14:05",
        "flights_arrival": canary("trd", "sealed.flights"),
        "diet_text": canary("trd", "sealed.diet"),
        "access_text": canary("trd", "sealed.access"),
        "medical_text": canary("trd", "sealed.medical"),
    }
    assert send(person, f"{meeting}/registration/needs", **sealed).status_code == 303
    with cast.app.app_context():
        kr4 = cast.person("kr4")
    desk = cast.client("st-travel")
    token = page(desk.get("/")).select_one("input[name=csrf_token]")["value"]
    typed = {"reason": canary("trd", "look.reason"), "csrf_token": token}
    shown = desk.post(f"{meeting}/papers/{kr4}/passport/show", data=typed, headers=SAME_ORIGIN)
    assert canary("trd", "sealed.passport").casefold() in shown.text.casefold()


def ask_for_a_change(cast: Cast, meeting: str) -> None:
    with cast.app.app_context():
        mine = Participation.person_id == cast.person("kr4")
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.execute(update(Participation).where(mine).values(approved_at=clock.now()))
    wanted = {"affiliation": canary("trd", "change.affiliation")}
    assert send(cast.client("kr4"), f"{meeting}/registration/affiliation", **wanted).status_code == 303


def write_to_some(cast: Cast) -> None:
    with cast.app.app_context():
        people = [cast.person("us4"), cast.person("kr4")]
        words = {name: canary("trd", f"message.{name}") for name in ("subject", "text")}
        draft = Draft(id=uuid4(), **words, people=people, chosen={"picked": 2})
        send_message(cast.viewer("st-coord", meeting="TRD-1"), draft, now=clock.now())


def keep_two_apart(cast: Cast, meeting: str) -> None:
    with cast.app.app_context():
        one, other = str(cast.person("kr4")), str(cast.person("us4"))
    coordinator = cast.client("st-coord")
    assert send(coordinator, f"{meeting}/seating/apart", one=one, other=other).status_code == 303
    assert send(coordinator, f"{meeting}/seating/plan", preview=None).status_code == 303


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, loaded: Sample) -> Iterator[Installation]:
    """The sample with its canaries; registration for TRD-1 is still open."""
    with new_installation(tmp_path_factory.mktemp("canaries") / "instance", loaded.installation) as installation:
        with opened(installation.settings()) as app:
            cast = Cast(app)
            with app.app_context():
                trd, lvr = cast.meeting("TRD-1"), cast.meeting("LVR-1")
                kr4, ru4 = cast.person("kr4"), cast.person("ru4", "LVR")
                with upkeep(system(Purpose.SAMPLE)) as session:
                    session.execute(update(Meeting).where(Meeting.id == trd).values(registration_closes_at=None))
                    questions = plant_answers(session, session.get_one(Meeting, trd))
            address_of_trd = f"/meetings/{trd}"
            write_everything_down(cast, address_of_trd, questions)
            ask_for_a_change(cast, address_of_trd)
            write_to_some(cast)
            keep_two_apart(cast, address_of_trd)
            with app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
                plant_person(session, "trd", kr4, trd)
                plant_person(session, "lvr", ru4, lvr)
        yield installation


@pytest.fixture(scope="module")
def prepared_app(planted: Installation) -> Iterator[Flask]:
    with opened(planted.settings()) as app:
        yield app


# Fetching the pages


def everything(app: Flask, cast: Cast) -> Iterable[str]:
    """Addresses of everything about the two people, of searches for them, and of unknown objects."""
    with app.app_context():
        known = {
            "TRD-1": (planted_person("trd"), cast.party("KR"), cast.session("TRD-1-03")),
            "LVR-1": (planted_person("lvr"), cast.party("RU", "LVR"), cast.session("LVR-1-03")),
        }
        meetings = {code: cast.meeting(code) for code in known}
        questions = list(db.session.scalars(select(Question.id)))
        parts = {code: part_of(known[code][0], meetings[code]) for code in known}
        db.session.rollback()
    found: dict[str, None] = {}
    for code, (person, party, session) in known.items():
        ids = {"person_id": person, "party_id": party, "session_id": session, "participation_id": parts[code]}
        objects = of_meeting(app, meetings[code]).but(**ids)
        found |= dict.fromkeys(all_gets(app, objects))
        for question in questions:
            found |= dict.fromkeys(all_gets(app, objects.but(question_id=question), "question_id"))
        here = f"/meetings/{meetings[code]}"
        found |= dict.fromkeys(
            [
                f"{here}/participants?q=Zq",
                f"{here}/participants?party={party}",
                f"{here}/participants?q=Zq&by=person",
                f"{here}/archive/search?q=Zq",
                f"{here}/seating/plates?language=ko&kind=cards",
                f"{here}/no-such-page",
            ]
        )
    return found


def planted_person(where: str) -> UUID:
    """The person with the canaries of that meeting."""
    named = select(Person.id).where(Person.name == canary(where, "person.name"))
    return UUID(str(db.session.execute(named).scalar_one()))


def part_of(person_id: UUID, meeting_id: UUID) -> UUID:
    found = select(Participation.id).where(Participation.person_id == person_id, Participation.meeting_id == meeting_id)
    return UUID(str(db.session.execute(found).scalar_one()))


def all_gets(app: Flask, objects: Objects, about: str = "") -> Iterable[str]:
    """The addresses of all pages, or of pages about one kind of object."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    return [address(app, rule, objects) for rule in rules if not about or about in rule.arguments]


def fields() -> dict[tuple[str, str], set[str]]:
    return {("trd", field): who for field, who in TRD.items()} | {("lvr", field): who for field, who in LVR.items()}


def met_in(text: str, words: dict[tuple[str, str], str]) -> set[tuple[str, str]]:
    folded = text.casefold()
    return {field for field, word in words.items() if word.casefold() in folded}


def words_of(app: Flask) -> dict[tuple[str, str], str]:
    """All canaries; for a pair kept apart, its id."""
    with app.app_context():
        pair = str(db.session.execute(select(KeptApart.id)).scalar_one())
    return {key: pair if key[1] == "apart.id" else canary(*key) for key in fields()}


@pytest.mark.parametrize("who", LOOKING)
def test_every_viewer_finds_only_permitted_canaries(
    prepared_app: Flask, who: str | None, sample: dict[str, Any]
) -> None:
    cast, words = Cast(prepared_app), words_of(prepared_app)
    client: FlaskClient = cast.client(who)
    paths = dict.fromkeys(everything(prepared_app, cast))
    feed = sample["feeds"].get(who or "")
    paths |= dict.fromkeys([feed.removeprefix("http://localhost")] if feed else [])
    met: dict[tuple[str, str], str] = {}
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        for field in met_in(f"{answer.text} {answer.headers}", words):
            met.setdefault(field, path)

    not_theirs = {field: path for field, path in met.items() if (who or "") not in fields()[field]}
    assert not_theirs == {}
    missed = {field for field, those in MET.items() if who in those} - set(met)
    assert missed == set()


def test_emails_contain_only_what_their_reader_may_read(prepared_app: Flask, planted: Installation) -> None:
    words = words_of(prepared_app)
    shell(prepared_app, "outbox", "deliver")
    emails = list(Path(planted.instance / "outbox").glob("*.eml"))
    assert emails
    for letter in emails:
        message = message_from_bytes(letter.read_bytes(), policy=policy.default)
        reader = str(message["To"]).split("@")[0].strip("< ").casefold()
        name = "kr4" if reader == canary("trd", "person.email").casefold() else reader
        parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
        said = " ".join([str(message["Subject"]), *(str(part) for part in parts)])
        written_to_them = {("trd", "message.subject"), ("trd", "message.text")} if name in {"us4", "kr4"} else set()
        strange = {field for field in met_in(said, words) if name not in fields()[field]} - written_to_them
        assert strange == set(), (name, message["Subject"])
