"""A busy database or a full disk: readers go on, and a form is shown as typed with 503."""

import errno
import os
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, request_finished
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dialogues.core.accounts.models import SignIn
from dialogues.core.common import clock, readiness
from dialogues.core.common.outages import WritersBusy, is_outage
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.common.writers import Writers
from dialogues.extensions import db
from dialogues.settings import SettingsError
from tests.beds.database import held_write_lock, shell
from tests.beds.disk import full_disk
from tests.beds.forms import SAME_ORIGIN, complaints, held, page, send
from tests.cast import Cast

pytestmark = pytest.mark.engine

FLOODS = "TRD-1-04"
TYPED = "<b>They said</b>\nthat the gauge is read daily."


@pytest.fixture
def rapporteur(cast: Cast) -> FlaskClient:
    return cast.client("st-rap2")


@pytest.fixture
def raw_notes(cast: Cast) -> str:
    with cast.app.app_context():
        return f"/meetings/{cast.meeting()}/notes/{cast.session(FLOODS)}/raw"


def take_all_places(cast: Cast) -> None:
    cast.app.extensions["dialogues"].writers = Writers(most=0)


def test_a_change_waits_only_so_long_for_another_writer(cast: Cast) -> None:
    with cast.app.app_context():
        with held_write_lock(cast.app), pytest.raises(WritersBusy), upkeep(system(Purpose.UPKEEP), wait=0.05):
            pass
        with upkeep(system(Purpose.UPKEEP), wait=0.05):
            assert db.session.scalar(select(SignIn.id).limit(1)) is None


def test_readers_never_wait_for_writers(cast: Cast, sample: dict[str, Any]) -> None:
    client = cast.client("kr1")
    with cast.app.app_context():
        meeting = cast.meeting()
    with cast.app.app_context(), upkeep(system(Purpose.UPKEEP)) as session:
        session.execute(update(SignIn).values(last_seen_at=clock.real_now() - timedelta(minutes=10)))
    feed = next(iter(sample["feeds"].values()))
    with held_write_lock(cast.app):
        for path in ("/", f"/meetings/{meeting}/agenda", f"/meetings/{meeting}/participants", "/health", feed):
            assert client.get(path).status_code == 200, path


def test_a_search_does_not_wait_for_writers(cast: Cast) -> None:
    client = cast.client("st-coord")
    with cast.app.app_context():
        dialogue = cast.dialogue()
    with held_write_lock(cast.app):
        assert client.get(f"/dialogues/{dialogue}/archive/search?q=flood").status_code == 200


def test_a_form_is_shown_as_typed_when_the_database_is_busy(
    cast: Cast, rapporteur: FlaskClient, raw_notes: str
) -> None:
    take_all_places(cast)
    answer = send(rapporteur, raw_notes, text=TYPED)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "The service is busy. Wait a moment and send it again." in complaints(answer)
    assert held(page(answer).select_one("main form[method=post]"))["text"] == TYPED


def test_what_a_page_without_a_form_view_sent_can_be_sent_again(cast: Cast) -> None:
    client = cast.client("st-coord")
    token = held(page(client.get("/account")).select_one("form:has([name=csrf_token])"))["csrf_token"]
    take_all_places(cast)
    typed = {"csrf_token": token, "a": TYPED, "b": ["1", "2"], "new_password": "velvet anchor"}
    answer = client.post("/sign-out", data=typed, headers=SAME_ORIGIN)
    assert answer.status_code == 503
    again = page(answer).select_one("main form[method=post]")
    assert [field["value"] for field in again.select("input")] == [token, TYPED, "1", "2"]
    assert "velvet" not in answer.text


def test_places_are_refused_when_no_writer_moves() -> None:
    writers = Writers(most=1)
    with writers.place(), pytest.raises(WritersBusy), writers.place(patience=0):
        pass
    with writers.place(patience=0):
        pass


def test_the_first_note_of_a_session_is_kept_as_typed_when_the_disk_is_full(cast: Cast) -> None:
    client = cast.client("st-rap2")
    with cast.app.app_context():
        path = f"/meetings/{cast.meeting()}/notes/{cast.session('TRD-1-07')}/raw"
    with full_disk():
        answer = send(client, path, text=TYPED)
    assert answer.status_code == 503
    assert held(page(answer).select_one("main form[method=post]"))["text"] == TYPED
    keys = cast.app.extensions["dialogues"].settings.keys_directory
    assert [draft for draft in keys.rglob(".*") if draft.name != ".lock"] == []
    assert send(client, path, text=TYPED).status_code == 303


def test_a_start_on_a_full_disk_says_so(cast: Cast) -> None:
    with cast.app.app_context(), full_disk(), pytest.raises(SettingsError, match=r"is full: free some space"):
        readiness.refuse_unready()


def test_the_chain_is_verified_on_a_full_disk(cast: Cast) -> None:
    with cast.app.app_context():
        list(db.session.execute(select(SignIn.id).limit(1)))
        with full_disk():
            assert "is whole" in shell(cast.app, "audit", "verify")


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EROFS])
def test_a_full_disk_is_an_outage(code: int) -> None:
    assert is_outage(OSError(code, os.strerror(code)))


def test_other_errors_are_faults_and_no_outages() -> None:
    assert not is_outage(OSError(errno.ENOENT, "missing"))
    assert not is_outage(ValueError())


def test_a_connection_lost_after_the_page_was_made_does_not_spoil_the_page(cast: Cast) -> None:
    client = cast.client("kr1")

    def lose_connection(_app: Flask, **_response: object) -> None:
        db.session.connection().connection.driver_connection.close()

    with request_finished.connected_to(lose_connection, cast.app):
        assert client.get("/").status_code == 200
    assert client.get("/").status_code == 200
