"""Questions of the office, as the tests ask and answer them."""

from typing import Any
from uuid import UUID

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.extensions import db
from dialogues.people.participants.models import Question
from tests.beds.forms import send
from tests.people.conftest import Office


def meeting(office: Office, code: str = "SCD-1") -> str:
    """The address of a meeting whose registration is open."""
    return f"/meetings/{office.cast.meeting(code)}"


def asks(office: Office, words: str, *, code: str = "SCD-1", **typed: Any) -> TestResponse:
    """The coordinator asks something."""
    page = f"{meeting(office, code)}/questions/new"
    return send(office.cast.client("st-coord"), page, words=words, **{"kind": "text", "audience": "office", **typed})


def question(office: Office, words: str, *, code: str = "SCD-1") -> UUID:
    """The id of a question by its words."""
    db.session.rollback()
    found = select(Question.id).where(Question.words == words, Question.meeting_id == office.cast.meeting(code))
    return db.session.execute(found).scalar_one()


def asked(office: Office, words: str, *, code: str = "SCD-1", **typed: Any) -> UUID:
    """The coordinator has asked something; its id."""
    assert asks(office, words, code=code, **typed).status_code == 303
    return question(office, words, code=code)


def answers(
    office: Office, persona: str | FlaskClient, given: dict[UUID, Any], *, code: str = "SCD-1", **typed: Any
) -> TestResponse:
    """Somebody answers questions on their own page."""
    client = office.cast.client(persona) if isinstance(persona, str) else persona
    fields = {f"q_{question_id.hex}": value for question_id, value in given.items()}
    return send(client, f"{meeting(office, code)}/registration/questions", **fields, **typed)
