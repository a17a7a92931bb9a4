"""Answers to the coordinator's questions: sealed, read by the audience named on the page, deleted on their day."""

import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.keys.models import StoredFile
from dialogues.extensions import db
from dialogues.lib.pictures import without_traces
from dialogues.meetings.dialogues.models import Person
from dialogues.meetings.dialogues.operations import open_exchange
from dialogues.people.participants.models import Participation
from dialogues.people.questionnaire.models import Answer
from dialogues.people.questionnaire.queries import answers_of
from tests.beds.forms import complaints, page, send
from tests.beds.web import set_clock
from tests.people.conftest import Site
from tests.people.question_forms import create_question, meeting, post_answers

CANARY = "heron-at-the-lake"
#: They read the answers of their own parties to the same questions.
OTHER_FOCAL_POINTS = {"kr3", "kp2", "ch2"}
AUDIENCES = ("office", "office_and_focal_point", "liaison_desk")


def own_page(site: Site, code: str = "SCD-1") -> str:
    return f"{meeting(site, code)}/registration/questions"


def png(*, width: int = 4, height: int = 3, note: str = "") -> bytes:
    """A small picture, optionally with a text chunk as a camera writes it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes(4) for _row in range(3)))
    text = chunk(b"tEXt", b"Comment\0" + note.encode()) if note else b""
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + text + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def answer_of(site: Site, question_id: UUID, email: str = "us4@example.invalid") -> Answer | None:
    participation = site.participation(email)
    found = select(Answer).where(Answer.question_id == question_id, Answer.participation_id == participation.id)
    return db.session.execute(found).scalar_one_or_none()


def all_bytes(site: Site) -> bytes:
    """The contents of all files of the instance."""
    db.session.rollback()
    instance = Path(site.cast.app.extensions["dialogues"].settings.instance)
    return b"".join(file.read_bytes() for file in instance.rglob("*") if file.is_file())


def participation_without_address(site: Site) -> UUID:
    """The participation of a person of party KP without an address."""
    db.session.rollback()
    found = (
        select(Participation.id)
        .join(Person, Person.id == Participation.person_id)
        .where(Participation.meeting_id == site.cast.meeting("SCD-1"), Person.name == "RO Kyon-bon")
    )
    return db.session.execute(found).scalar_one()


def page_for(site: Site) -> str:
    return f"{meeting(site)}/participants/{participation_without_address(site)}/registration/questions"


def test_meeting_without_questions_has_no_questions_step(site: Site) -> None:
    client = site.cast.client("us4")

    assert "Questions of the office" not in client.get(f"{meeting(site)}/registration").text
    assert "Nothing is asked" in client.get(own_page(site)).text


def test_answers_are_saved_and_shown_again(site: Site) -> None:
    text = create_question(site, "What else?")
    choice = create_question(site, "Which excursion?", kind="choice", choices="Lake\nMonastery")
    day = create_question(site, "Since when?", kind="date")

    assert post_answers(site, "us4", {text: "One\nTwo", choice: "Lake", day: "2020-02-29"}).status_code == 303

    again = page(site.cast.client("us4").get(own_page(site)))
    assert again.select_one(f"#q_{text.hex}").get_text().strip() == "One\nTwo"
    assert again.select_one(f"[name=q_{choice.hex}][checked]")["value"] == "Lake"
    assert again.select_one(f"#q_{day.hex}")["value"] == "2020-02-29"
    assert "questions" in site.participation("us4@example.invalid").steps
    assert "questions.answered" in db.session.scalars(select(AuditEntry.action)).all()


def test_answers_are_stored_nowhere_as_plain_text(site: Site) -> None:
    words = create_question(site, "What else?")
    scan = create_question(site, "A scan?", kind="file")
    post_answers(site, "us4", {words: CANARY, scan: (BytesIO(f"A page about {CANARY}.".encode()), f"{CANARY}.txt")})

    assert answer_of(site, scan).file_id is not None
    assert CANARY.encode() not in all_bytes(site)


@pytest.mark.parametrize(
    ("kind", "typed", "said"),
    [
        ("text", "x" * 2_001, "at most 2000"),
        ("choice", "Museum", "Not a valid choice"),
        ("date", "2027-02-30", "Not a valid date"),
        ("text", "", "fill this in"),
        ("choice", "", "needs an answer"),
        ("date", "", "needs an answer"),
        ("file", None, "needs an answer"),
    ],
)
def test_invalid_answer_is_refused_and_the_other_answers_stay_as_typed(
    site: Site, kind: str, typed: str | None, said: str
) -> None:
    other = create_question(site, "What else?")
    choices = "Lake\nMonastery" if kind == "choice" else ""
    needed = create_question(site, "This?", kind=kind, choices=choices, required="y")

    answer = post_answers(site, "us4", {other: "Something long", needed: typed})

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert page(answer).select_one(f"#q_{other.hex}").get_text().strip() == "Something long"
    assert answer_of(site, other) is None


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (png(width=10_001, height=10_000), "more than 100 million pixels"),
        (png()[:-25], "damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>\0", "no other kind"),
        (b"MZ\x90\0 a program", "no other kind"),
        (b"", "needs an answer"),
        (b"x" * 4_001, "larger than"),
    ],
)
def test_refused_file_is_reported_at_its_question_and_typed_text_stays(site: Site, content: bytes, said: str) -> None:
    words = create_question(site, "What else?")
    scan = create_question(site, "A scan?", kind="file", required="y")
    settings = site.cast.app.extensions["dialogues"].settings
    site.cast.app.extensions["dialogues"].settings = replace(settings, upload_limit=4_000)

    answer = post_answers(
        site, "us4", {words: "Something long", scan: (BytesIO(content), "scan.png" if content else "")}
    )

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert page(answer).select_one(f"#q_{words.hex}").get_text().strip() == "Something long"
    assert db.session.scalars(select(StoredFile)).all() == []


def test_picture_is_downloaded_as_an_attachment_without_camera_data(site: Site) -> None:
    scan = create_question(site, "A scan?", kind="file")
    post_answers(site, "us4", {scan: (BytesIO(png(note=CANARY)), f"{CANARY}.png")})
    kept = answer_of(site, scan)

    given = site.cast.client("us4").get(f"{meeting(site)}/answers/{kept.id}/file")

    assert given.status_code == 200
    assert given.headers["Content-Disposition"] == 'attachment; filename="answer.png"'
    assert given.mimetype == "image/png"
    assert CANARY.encode() not in given.data
    assert given.data == without_traces("image/png", png())


def test_form_sent_twice_is_saved_once_without_an_error(site: Site) -> None:
    words = create_question(site, "What else?")
    scan = create_question(site, "A scan?", kind="file")
    client = site.cast.client("us4")
    version = page(client.get(own_page(site))).select_one("#version")["value"]

    def send_it() -> int:
        given = {words: "Once", scan: (BytesIO(png(note="camera")), "scan.png")}
        return post_answers(site, client, given, version=version).status_code

    assert (send_it(), send_it()) == (303, 303)
    assert len(db.session.scalars(select(StoredFile)).all()) == 1


def test_two_devices_do_not_overwrite_each_other(site: Site) -> None:
    words = create_question(site, "What else?")
    version = page(site.cast.client("us4").get(own_page(site))).select_one("#version")["value"]
    post_answers(site, "us4", {words: "Saved first"})

    late = post_answers(site, "us4", {words: "Typed later"}, version=version)

    assert late.status_code == 422
    assert "Saved first" in late.text
    assert page(late).select_one(f"#q_{words.hex}").get_text().strip() == "Typed later"


def test_answer_is_not_saved_if_its_audience_changed_after_the_page_was_shown(site: Site) -> None:
    words = create_question(site, "What else?")
    client = site.cast.client("us4")
    shown = page(client.get(own_page(site))).select_one("#version")["value"]
    edit = f"{meeting(site)}/questions/{words}/edit"
    assert send(site.cast.client("st-coord"), edit, audience="liaison_desk").status_code == 303

    late = post_answers(site, client, {words: CANARY}, version=shown)

    assert late.status_code == 422
    assert "the office and the travel desk" in late.text
    assert answer_of(site, words) is None


def test_new_file_replaces_the_first_and_a_checkbox_removes_it(site: Site) -> None:
    scan = create_question(site, "A scan?", kind="file")
    post_answers(site, "us4", {scan: (BytesIO(png()), "scan.png")})
    first = answer_of(site, scan).file_id

    post_answers(site, "us4", {scan: (BytesIO(b"Plain words."), "page.txt")})
    second = answer_of(site, scan).file_id
    assert [row.id for row in db.session.scalars(select(StoredFile))] == [second]
    assert first != second

    post_answers(site, "us4", {}, **{f"drop_{scan.hex}": "y"})
    assert answer_of(site, scan) is None
    assert db.session.scalars(select(StoredFile)).all() == []


def test_emptied_field_deletes_the_answer(site: Site) -> None:
    words = create_question(site, "What else?")
    post_answers(site, "us4", {words: "Something"})

    assert post_answers(site, "us4", {words: ""}).status_code == 303
    assert answer_of(site, words) is None


def test_after_registration_closes_nothing_is_saved(site: Site) -> None:
    words = create_question(site, "What else?")
    client = site.cast.client("us4")
    version = page(client.get(own_page(site))).select_one("#version")["value"]
    set_clock(site.cast.app, datetime(2027, 12, 1, tzinfo=UTC))

    closed = client.get(own_page(site))
    assert "Registration is closed" in closed.text
    late = post_answers(site, client, {words: "Too late"}, version=version)
    assert late.status_code == 422
    assert answer_of(site, words) is None


@pytest.mark.parametrize(
    ("persona", "reads"),
    [
        ("st-coord", AUDIENCES),
        ("us4", AUDIENCES),
        ("us3", ("office_and_focal_point",)),
        ("st-travel", ("liaison_desk",)),
        ("kr3", ()),
        ("us1", ()),
        ("kp2", ()),
        ("ch2", ()),
        ("st-host", ()),
        ("st-rap1", ()),
        ("st-arch", ()),
    ],
)
def test_answers_are_read_only_by_their_audience(site: Site, persona: str, reads: tuple[str, ...]) -> None:
    by_audience = {one: create_question(site, f"Question for {one}?", audience=one) for one in AUDIENCES}
    files = {one: create_question(site, f"File for {one}?", audience=one, kind="file") for one in AUDIENCES}
    given = {by_audience[one]: f"{CANARY} {one}." for one in AUDIENCES}
    scans = {files[one]: (BytesIO(f"{CANARY} {one}.".encode()), "page.txt") for one in AUDIENCES}
    post_answers(site, "us4", {**given, **scans})
    participation = site.participation_of("us4", "SCD-1")
    client, nothing = site.cast.client(persona), f"{meeting(site)}/answers/{UUID(int=7)}/file"

    shown = client.get(f"{meeting(site)}/participants/{participation}").text
    for audience in AUDIENCES:
        may = audience in reads
        assert (f"{CANARY} {audience}." in shown) is may
        assert (f"Question for {audience}?" in shown) is may
        answer_id = answer_of(site, files[audience]).id
        file = client.get(f"{meeting(site)}/answers/{answer_id}/file")
        assert (file.status_code == 200) is may
        if not may:
            assert file.status_code == client.get(nothing).status_code == 404
        table = client.get(f"{meeting(site)}/questions/{by_audience[audience]}/answers")
        assert (CANARY in table.text) is (may and persona != "us4")
        if not may and not (audience == "office_and_focal_point" and persona in OTHER_FOCAL_POINTS):
            assert table.status_code == 404


def test_focal_point_reads_only_the_own_partys_answers(site: Site) -> None:
    shared = create_question(site, "What else?", audience="office_and_focal_point")
    post_answers(site, "us4", {shared: "An answer of us4"})
    post_answers(site, "kr2", {shared: "An answer of kr2"})

    table = site.cast.client("us3").get(f"{meeting(site)}/questions/{shared}/answers").text

    assert "An answer of us4" in table
    assert "An answer of kr2" not in table
    assert "PARK Ga-jeong" not in table


def test_participant_sees_no_answers_of_others_on_the_list(site: Site) -> None:
    words = create_question(site, "What else?", audience="office_and_focal_point")
    post_answers(site, "us4", {words: CANARY})
    participation = site.participation_of("us4", "SCD-1")

    for persona in ("us1", "us5", "jp2"):
        assert CANARY not in site.cast.client(persona).get(f"{meeting(site)}/participants/{participation}").text


def test_before_the_exchange_the_liaison_desk_reads_no_answers_of_hidden_people(site: Site) -> None:
    for_desk = create_question(site, "Desk?", code="LVR-1", audience="liaison_desk")
    post_answers(site, "us4", {for_desk: CANARY}, code="LVR-1")
    desk, table = site.cast.client("st-travel"), f"{meeting(site, 'LVR-1')}/questions/{for_desk}/answers"

    assert "No answers yet" in desk.get(table).text
    assert CANARY in site.cast.client("st-coord").get(table).text
    assert answers_of(site.cast.viewer("st-travel", meeting="LVR-1")) == ({}, {})

    with upkeep(system(Purpose.SAMPLE)):
        open_exchange(site.cast.meeting("LVR-1"), datetime(2027, 5, 31, tzinfo=UTC))
    assert CANARY in desk.get(table).text


def test_choices_are_counted_for_their_readers(site: Site) -> None:
    excursion = create_question(site, "Which excursion?", kind="choice", choices="Lake\nMonastery")
    for persona, choice in (("us4", "Lake"), ("us1", "Lake"), ("kr2", "Monastery")):
        post_answers(site, persona, {excursion: choice})

    table = page(site.cast.client("st-coord").get(f"{meeting(site)}/questions/{excursion}/answers"))

    figures = [tile.get_text(" ", strip=True) for tile in table.select(".tile")]
    assert figures == ["2 Lake", "1 Monastery"]


def test_table_takes_the_same_queries_for_any_number_of_answers(site: Site, statements: Any) -> None:
    words = create_question(site, "What else?")
    coordinator, table = site.cast.client("st-coord"), f"{meeting(site)}/questions/{words}/answers"
    post_answers(site, "us4", {words: "One"})
    few = statements(lambda: coordinator.get(table))
    for persona in ("us1", "kr2", "kr4", "jp2", "ru2"):
        post_answers(site, persona, {words: f"Said by {persona}"})

    assert statements(lambda: coordinator.get(table)) == few <= 12
    assert statements(lambda: site.cast.client("us4").get(own_page(site))) <= 16  # A sign-in is opened with it.


def test_exports_contain_what_their_reader_may_read(site: Site) -> None:
    for_coordinator, for_desk = (
        create_question(site, "Office?"),
        create_question(site, "Desk?", audience="liaison_desk"),
    )
    post_answers(site, "us4", {for_coordinator: "To the office", for_desk: "To the desk"})
    participation = site.participation_of("us4", "SCD-1")

    desk_questions, desk = answers_of(site.cast.viewer("st-travel", meeting="SCD-1"))
    coordinator_questions, _all = answers_of(site.cast.viewer("st-coord", meeting="SCD-1"))
    nobody = answers_of(site.cast.viewer("st-host", meeting="SCD-1"))

    assert desk_questions == {for_desk: "Desk?"}
    assert desk[participation][for_desk].text == "To the desk"
    assert set(coordinator_questions) == {for_coordinator, for_desk}
    assert nobody == ({}, {})


def test_reader_of_answers_finds_the_table_from_the_persons_page(site: Site) -> None:
    shared = create_question(site, "What else?", audience="office_and_focal_point")
    post_answers(site, "us4", {shared: "An answer of us4"})
    of_person = f"{meeting(site)}/participants/{site.participation_of('us4', 'SCD-1')}"
    table = f"/questions/{shared}/answers"

    assert table in site.cast.client("us3").get(of_person).text
    assert table not in site.cast.client("us4").get(of_person).text
