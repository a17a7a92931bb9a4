"""A name that looks like a web address is refused everywhere, because names appear in our emails."""

from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person
from dialogues.people.participants.models import ChangeRequest
from tests.beds.forms import complaints, send
from tests.people.conftest import Site
from tests.people.invitations.test_import import Desk, faults
from tests.people.roster.test_views import invite

HOSTILE = "http://evil.example"
FULL_WIDTH = "evil．example／a"
SENTENCE = "Names and titles cannot contain web or e-mail addresses."


def refused(answer: TestResponse, sign: str = "://") -> None:
    """Check that the form was refused and says what to remove."""
    assert answer.status_code == 422
    assert f"Remove “{sign}”. {SENTENCE}" in complaints(answer)


def nobody_has_the_name() -> bool:
    db.session.rollback()
    names = (Person.name, Person.native, Person.family, Person.given, Person.affiliation)
    return not any("evil" in value for row in db.session.execute(select(*names)) for value in row)


def test_coordinator_cannot_invite_a_name_with_a_web_address(site: Site) -> None:
    answer = invite(site, name=HOSTILE)

    refused(answer)
    assert HOSTILE in answer.text
    assert site.mail() == []
    assert nobody_has_the_name()


@pytest.mark.parametrize("field", ["name", "native", "family", "given", "affiliation"])
def test_focal_point_cannot_nominate_a_name_with_a_web_address(site: Site, field: str) -> None:
    nominations = f"/meetings/{site.cast.meeting('LVR-1')}/nominations"
    form = f"{nominations}/{site.cast.party('RU', 'LVR')}/new"
    typed: dict[str, Any] = {"name": "Vera SMIRNOVA", field: FULL_WIDTH}

    refused(send(site.cast.client("ru1"), form, **typed), "/")
    assert nobody_has_the_name()


def test_import_refuses_a_name_with_a_web_address(site: Site) -> None:
    content = (
        "name,email,party\n"
        f"{HOSTILE},one@example.org,MN\n"
        "Kim www．evil.example,two@example.org,MN\n"
        "J.R. Smith,three@example.org,MN\n"
    )
    desk = Desk(site, site.cast.client("st-coord"))

    preview = desk.upload(content.encode())

    assert faults(preview) == {"2": f"Remove “://”. {SENTENCE}", "3": f"Remove “www.”. {SENTENCE}"}
    desk.invite(preview)
    assert desk.invited() == {"three@example.org": "J.R. Smith"}
    assert nobody_has_the_name()


@pytest.mark.parametrize(
    ("step", "field"),
    [("identity", one) for one in ("name", "native", "family", "given", "sort_key")] + [("affiliation", "affiliation")],
)
def test_participant_cannot_register_a_name_with_a_web_address(site: Site, step: str, field: str) -> None:
    own = f"/meetings/{site.cast.meeting('LVR-1')}/registration"

    refused(send(site.cast.client("us4"), f"{own}/{step}", **{field: "me＠evil.example"}), "@")
    assert nobody_has_the_name()
    assert db.session.scalars(select(ChangeRequest)).all() == []
