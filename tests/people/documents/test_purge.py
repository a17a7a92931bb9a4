"""Sealed data is deleted on its day in every copy: first keys, then rows, then the log. A certificate remains."""

import shutil
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from threading import Event
from uuid import UUID

import pysqlite3.dbapi2 as sqlite
import pytest
from flask import Flask
from sqlalchemy import select, text

from dialogues.core.common import clock, database
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange
from dialogues.people.documents import commands as documents_commands
from dialogues.people.documents.jobs import destroy_due
from dialogues.people.documents.models import SealedField
from dialogues.people.documents.queries import due_fields, key_name, opened
from dialogues.people.participants.models import Participation, Question
from dialogues.people.participants.rules.kinds import QuestionKind
from dialogues.people.questionnaire.models import Answer
from tests.beds.database import ENGINE, Installation
from tests.beds.web import set_clock
from tests.cast import Cast
from tests.people.documents.purge import CANARY, DAY_OF_PURGE, certificates, enter_documents, stored_fields

pytestmark = pytest.mark.engine


def test_after_the_purge_no_copy_contains_the_canary_and_old_copies_cannot_be_decrypted(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int], installation: Installation, tmp_path: Path
) -> None:
    enter_documents(cast, trd, medical_text="also " + CANARY)
    sealed_before = [(field.id, field.value) for field in stored_fields(app)]
    old = tmp_path / "old"
    if ENGINE == "sqlite":
        with app.app_context():
            database.empty_log()
        shutil.copytree(installation.instance, old)
    set_clock(app, DAY_OF_PURGE)

    sweep()

    needles = [CANARY.encode(), *(value for _id, value in sealed_before)]
    for file in (one for one in installation.instance.rglob("*") if one.is_file()):
        content = file.read_bytes()
        assert not [needle for needle in needles if needle in content], file
    for name in ("us4", "st-travel", "st-coord"):
        client = cast.client(name)
        for address in ("/held-about-me", f"{trd}/papers", f"{trd}/participants"):
            assert CANARY not in client.get(address).text
    assert "Nobody is found" in cast.client("st-coord").get(f"{trd}/participants?q={CANARY}").text
    with app.app_context():
        for field in _rows_of(old) if ENGINE == "sqlite" else ():
            assert opened(field) == {}


def _rows_of(instance: Path) -> list[SealedField]:
    """The sealed fields of an old database copy, as rows outside any database session."""
    with closing(sqlite.connect(str(Installation(instance).settings().database_file))) as connection:
        rows = connection.execute("SELECT id, dialogue_id, key_id, value FROM sealed_field").fetchall()
    assert rows
    return [SealedField(id=UUID(row[0]), dialogue_id=UUID(row[1]), key_id=UUID(row[2]), value=row[3]) for row in rows]


# Interrupted at any point


def test_purge_interrupted_after_the_keys_resumes_and_counts_once(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    enter_documents(cast, trd)
    set_clock(app, DAY_OF_PURGE)
    with app.app_context():
        for field in due_fields(clock.now())[cast.meeting()]:
            key_store().erase(key_name(field.key_id), now=clock.now())
        db.session.rollback()

    assert sweep() == 5
    assert sweep() == 0
    (certificate,) = certificates(app)
    assert sum(certificate.counts.values()) == 5


@pytest.mark.skipif(ENGINE != "sqlite", reason="PostgreSQL's log is its own")
def test_purge_interrupted_before_the_log_was_emptied_empties_it_next_time(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    set_clock(app, DAY_OF_PURGE)
    with app.app_context():
        documents_commands.destroy_due(cast.meeting(), clock.now())
    assert [certificate.wiped_at for certificate in certificates(app)] == [None]

    with app.app_context():
        destroy_due(Event())

    assert all(certificate.wiped_at for certificate in certificates(app))


@pytest.mark.skipif(ENGINE != "sqlite", reason="PostgreSQL's log is its own")
def test_open_read_transaction_delays_wiping_without_errors(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    set_clock(app, DAY_OF_PURGE)
    with app.app_context():
        with db.engine.connect() as reader:
            reader.execute(text("SELECT count(*) FROM sealed_field")).scalar_one()
            documents_commands.destroy_due(cast.meeting(), clock.now())
            assert not documents_commands.wipe_log(clock.now())
        assert documents_commands.wipe_log(clock.now())


# The certificate


def test_certificate_lists_kinds_and_counts_without_names(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    for name in ("us4", "kr2"):
        enter_documents(cast, trd, name)
    set_clock(app, DAY_OF_PURGE)
    sweep()

    shown = cast.client("st-arch").get(f"{trd}/destruction").text

    for words in ("Certificate of destruction", "diet", "10"):
        assert words in shown
    with app.app_context():
        people = select(Participation.person_id).where(Participation.meeting_id == cast.meeting())
        assert not [person for person in db.session.scalars(people) if str(person) in shown]
    for name in ("us4", "kr1", "in-ko1", "xo2", "st-rap2"):
        assert cast.client(name).get(f"{trd}/destruction").status_code == 404


def test_before_the_exchange_only_readers_of_nominations_see_the_certificate(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    enter_documents(cast, trd)
    set_clock(app, DAY_OF_PURGE)
    sweep()
    with app.app_context():
        meeting_id = cast.meeting()
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Exchange, meeting_id).opened_at = None

    shown = {name: cast.client(name).get(f"{trd}/destruction").text for name in ("st-coord", "st-arch", "st-travel")}

    assert {name for name, page in shown.items() if "In all" in page} == {"st-coord"}


def test_answers_to_questions_are_deleted_in_the_same_sweep_with_a_certificate(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    with app.app_context():
        meeting_id, dialogue_id, us4 = cast.meeting(), cast.dialogue(), cast.person("us4")
        of_us4 = select(Participation.id).where(Participation.person_id == us4, Participation.meeting_id == meeting_id)
        participation_id = db.session.execute(of_us4).scalar_one()
        db.session.rollback()
        with upkeep(system(Purpose.SAMPLE)) as session:
            place = {"dialogue_id": dialogue_id}
            question = Question(
                **place,
                meeting_id=meeting_id,
                position=1,
                kind=QuestionKind.TEXT,
                words="?",
                purge_on=date(2027, 6, 26),
            )
            session.add(question)
            session.flush()
            session.add(
                Answer(
                    **place,
                    participation_id=participation_id,
                    question_id=question.id,
                    value=CANARY.encode(),
                    answered_at=clock.now(),
                )
            )
    set_clock(app, datetime.fromisoformat("2027-06-27T12:30+00:00"))

    assert sweep() == 1

    assert "answers: text" in cast.client("st-travel").get(f"{trd}/destruction").text
