"""Focal points submit lists unseen by other parties, and take them back while they are sealed."""

from typing import Any

import pytest

from dialogues.core.common import clock
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.nominations.commands import nominating as nominations_nominating
from dialogues.people.nominations.commands import submitting as nominations_submitting
from dialogues.people.nominations.queries import nominations as nominations_nominations
from dialogues.people.nominations.rules import Nominee
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import page, press, send
from tests.cast import Cast
from tests.people.conftest import Site
from tests.people.nominations.exchange import confirm, lvr, submit_lists, viewer

pytestmark = pytest.mark.engine


def test_focal_point_submits_and_withdraws_a_list_while_sealed(cast: Cast) -> None:
    ru1, ru = cast.client("ru1"), cast.party("RU", "LVR")
    assert "not lodged yet" not in ru1.get(lvr(cast, "/nominations")).text

    press(ru1, lvr(cast, "/nominations"), "Take the list back")
    assert "not lodged yet" in ru1.get(lvr(cast, "/nominations")).text
    assert send(ru1, lvr(cast, f"/nominations/{ru}/submit")).status_code == 303

    assert "not lodged yet" not in ru1.get(lvr(cast, "/nominations")).text


def test_empty_list_cannot_be_submitted(cast: Cast) -> None:
    ru1, ru = viewer(cast, "ru1"), cast.party("RU", "LVR")
    nominations_submitting.take_submission_back(ru1, ru, now=clock.now())
    for line in nominations_nominations.party_lists(ru1)[0].nominees:
        invitations.take_back(viewer(cast, "st-coord"), line.id, now=clock.now())

    with pytest.raises(Refusal, match="nobody on this list yet"):
        nominations_submitting.submit_list(ru1, ru, now=clock.now())


def test_submitting_invites_nominees_with_an_address_and_keeps_the_others_nominated(site: Site) -> None:
    cast = site.cast
    ru1, ru = viewer(cast, "ru1"), cast.party("RU", "LVR")
    nominations_submitting.take_submission_back(ru1, ru, now=clock.now())
    vera = Nominee(name="Vera SMIRNOVA", email="vera@example.invalid")
    named = nominations_nominating.nominate(ru1, ru, vera, once="a" * 32, now=clock.now())
    assert site.mail() == []

    nominations_submitting.submit_list(ru1, ru, now=clock.now())

    db.session.rollback()
    assert db.session.get_one(Participation, named).status is ParticipationStatus.INVITED
    assert [email.recipients for email in site.mail()] == [("vera@example.invalid",)]


@pytest.mark.parametrize("name", ["us1", "ch2", "ru1", "st-rap1", "st-travel"])
def test_nobody_can_infer_which_parties_have_submitted(cast: Cast, name: str) -> None:
    """The list, its counts and the page of the exchange time do not change when another party submits."""
    client = cast.client(name)
    paths = [lvr(cast), lvr(cast, "/participants"), lvr(cast, "/participants?q=a"), lvr(cast, "/exchange"), "/"]

    def readings() -> list[tuple[int, str]]:
        answers = [client.get(path) for path in paths]
        return [(answer.status_code, page(answer).get_text(" ", strip=True)) for answer in answers]

    before = readings()
    submit_lists(cast, "KR", "CN")
    confirm(cast, "KR")

    assert readings() == before


def test_nominations_page_takes_the_same_queries_for_any_number_of_nominees(cast: Cast, statements: Any) -> None:
    desk = cast.client("st-coord")
    desk.get(lvr(cast, "/nominations"))
    few = statements(lambda: desk.get(lvr(cast, "/nominations")))
    for number in range(30):
        nominations_nominating.nominate(
            viewer(cast, "st-coord"),
            cast.party("KR", "LVR"),
            Nominee(name=f"Person {number}"),
            once=f"{number:032x}",
            now=clock.now(),
        )

    assert statements(lambda: desk.get(lvr(cast, "/nominations"))) == few <= 12
