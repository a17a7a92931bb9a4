"""Helpers to create and answer the coordinator's questions."""

from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.extensions import db
from dialogues.people.participants.models import Question
from tests.beds.forms import send
from tests.people.conftest import Site


def meeting(site: Site, code: str = "SCD-1") -> str:
    """The address of a meeting, by default one with open registration."""
    return f"/meetings/{site.cast.meeting(code)}"


def post_question(site: Site, words: str, *, code: str = "SCD-1", **typed: Any) -> TestResponse:
    """Send the form of a new question as the coordinator."""
    page = f"{meeting(site, code)}/questions/new"
    return send(site.cast.client("st-coord"), page, words=words, **{"kind": "text", "audience": "office", **typed})


def question_id_of(site: Site, words: str, *, code: str = "SCD-1") -> UUID:
    """The id of a question by its words."""
    db.session.rollback()
    found = select(Question.id).where(Question.words == words, Question.meeting_id == site.cast.meeting(code))
    return db.session.execute(found).scalar_one()


def create_question(site: Site, words: str, *, code: str = "SCD-1", **typed: Any) -> UUID:
    """Create a question as the coordinator and return its id."""
    assert post_question(site, words, code=code, **typed).status_code == 303
    return question_id_of(site, words, code=code)


def post_answers(
    site: Site, persona: str | FlaskClient, given: dict[UUID, Any], *, code: str = "SCD-1", **typed: Any
) -> TestResponse:
    """Answer questions on the persona's own page."""
    client = site.cast.client(persona) if isinstance(persona, str) else persona
    fields = {f"q_{question_id.hex}": value for question_id, value in given.items()}
    return send(client, f"{meeting(site, code)}/registration/questions", **fields, **typed)
