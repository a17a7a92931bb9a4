"""Answers entered for a person without an address, and what a purge leaves of answers."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.keys.models import StoredFile
from dialogues.extensions import db
from dialogues.people.participants.models import Question
from dialogues.people.questionnaire.operations import purge_answers
from tests.beds.forms import send
from tests.people.conftest import Site
from tests.people.question_forms import create_question, meeting, post_answers
from tests.people.questionnaire.test_answers import CANARY, answer_of, own_page, page_for, png


def test_focal_point_answers_for_a_person_without_an_address(site: Site) -> None:
    shared = create_question(site, "What else?", audience="office_and_focal_point")

    answer = send(site.cast.client("kp2"), page_for(site), **{f"q_{shared.hex}": "Written for RO"})

    assert answer.status_code == 303
    table = site.cast.client("st-coord").get(f"{meeting(site)}/questions/{shared}/answers").text
    assert "Written for RO" in table
    assert "RO Kyon-bon" in table


def test_focal_point_who_enters_an_answer_does_not_read_answers_for_others(site: Site) -> None:
    secret = create_question(site, "Desk?", audience="liaison_desk", required="y")
    field = f"q_{secret.hex}"
    assert send(site.cast.client("st-coord"), page_for(site), **{field: CANARY}).status_code == 303
    focal_point = site.cast.client("kp2")

    shown = focal_point.get(page_for(site))
    assert CANARY not in shown.text
    assert "cannot read" in shown.text
    assert send(focal_point, page_for(site)).status_code == 303
    assert CANARY in site.cast.client("st-coord").get(page_for(site)).text
    assert send(focal_point, page_for(site), **{field: "Anew"}).status_code == 303
    table = site.cast.client("st-travel").get(f"{meeting(site)}/questions/{secret}/answers").text
    assert "Anew" in table
    assert CANARY not in table


@pytest.mark.parametrize("persona", ["us3", "ru2", "us4", "st-host", "st-travel", "ch2"])
def test_nobody_else_answers_for_them(site: Site, persona: str) -> None:
    create_question(site, "What else?")
    client = site.cast.client(persona)

    assert client.get(page_for(site)).status_code == 404
    assert client.post(page_for(site), headers={"Sec-Fetch-Site": "same-origin"}).status_code in {400, 404}


def test_nobody_answers_for_a_person_with_an_address(site: Site) -> None:
    create_question(site, "What else?")
    own = f"{meeting(site)}/participants/{site.participation_of('us4', 'SCD-1')}/registration/questions"

    assert site.cast.client("us3").get(own).status_code == 404
    assert site.cast.client("st-coord").get(own).status_code == 404


def purge(day: Any) -> dict[UUID, dict[str, int]]:
    with upkeep(system(Purpose.UPKEEP)):
        return purge_answers(day, datetime(2028, 1, 1, tzinfo=UTC))


def test_answers_are_deleted_on_their_day_and_counted_without_names(site: Site) -> None:
    words, scan = create_question(site, "What else?"), create_question(site, "A scan?", kind="file")
    later = create_question(site, "Later?", purge_on="2028-06-01")
    post_answers(site, "us4", {words: "Something", scan: (BytesIO(png()), "scan.png"), later: "Stays"})
    post_answers(site, "us1", {words: "Something else"})
    file_id = answer_of(site, scan).file_id
    due = db.session.get_one(Question, words).purge_on

    assert purge(due - timedelta(days=1)) == {}
    assert purge(due) == {site.cast.meeting("SCD-1"): {"text": 2, "file": 1}}
    assert purge(due) == {}

    assert answer_of(site, words) is None
    assert answer_of(site, later) is not None
    assert db.session.get(StoredFile, file_id) is None
    coordinator = site.cast.client("st-coord")
    assert "were destroyed on" in coordinator.get(f"{meeting(site)}/questions/{words}/answers").text
    assert "What else?" in coordinator.get(f"{meeting(site)}/questions").text
    assert "What else?" not in site.cast.client("us4").get(own_page(site)).text


def test_purge_interrupted_after_the_key_resumes(site: Site) -> None:
    words = create_question(site, "What else?")
    post_answers(site, "us4", {words: "Something"})
    due = db.session.get_one(Question, words).purge_on

    def killed() -> None:
        with upkeep(system(Purpose.UPKEEP)):
            purge_answers(due, datetime(2028, 1, 1, tzinfo=UTC))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        killed()

    assert answer_of(site, words) is not None
    coordinator = site.cast.client("st-coord")
    assert "No answers yet" in coordinator.get(f"{meeting(site)}/questions/{words}/answers").text
    assert coordinator.get(f"{meeting(site)}/participants/{site.participation_of('us4', 'SCD-1')}").status_code == 200
    assert purge(due) == {site.cast.meeting("SCD-1"): {"text": 1}}
    assert answer_of(site, words) is None
