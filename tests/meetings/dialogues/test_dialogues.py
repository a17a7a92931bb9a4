"""A dialogue is created in one transaction and maintained by its coordinator."""

from uuid import UUID

import pytest
from sqlalchemy import func, select

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues import operations as dialogues
from dialogues.meetings.dialogues.models import Dialogue, Institution, Party, Person
from dialogues.meetings.dialogues.rules.facts import DialogueFacts
from dialogues.meetings.dialogues.rules.kinds import Existence
from dialogues.meetings.meetings import commands as meetings
from dialogues.meetings.roles import operations as roles
from dialogues.meetings.roles.models import RoleGrant
from dialogues.policy import DIALOGUE_EDIT, DIALOGUE_SEE, MEETING_EDIT, ROLES_GRANT, Role
from tests.beds.forms import complaints, page, send
from tests.cast import Cast

ORKHON = {"title": "Orkhon Valley Dialogue", "code": "OVD", "themes": "water, seeds", "name": "Ines MUSTERMANN"}


def opened(cast: Cast, **facts: str) -> str:
    return str(send(cast.client("st-coord"), "/dialogues/new", **ORKHON | facts).location)


def test_the_creator_of_a_dialogue_is_its_first_coordinator(cast: Cast, read) -> None:
    address = opened(cast)

    dialogue = UUID(address.rsplit("/", 1)[1])
    grant = read(select(RoleGrant).where(RoleGrant.dialogue_id == dialogue))
    assert (grant.role, grant.meeting_id) == (Role.COORDINATOR, None)
    assert grant.accepted_at is not None
    assert "Plan a meeting" in cast.client("st-coord").get(address).text


@pytest.mark.usefixtures("inside")
def test_no_dialogue_is_created_without_its_coordinator(cast: Cast) -> None:
    before = db.session.scalar(select(func.count()).select_from(Dialogue))

    with pytest.raises(Refusal, match="is not an e-mail address"):
        meetings.open_dialogue(
            cast.viewer("st-coord"),
            DialogueFacts(code="OVD", title="Orkhon"),
            name="Ines",
            email="nobody",
            now=clock.now(),
        )

    assert db.session.scalar(select(func.count()).select_from(Dialogue)) == before


def test_creating_a_dialogue_does_not_reveal_codes_of_other_dialogues(cast: Cast) -> None:
    answer = send(cast.client("st-coord"), "/dialogues/new", **ORKHON | {"code": "TRD"})

    assert answer.status_code == 303


@pytest.mark.parametrize("title", ["x" * 10_000, "", "\u202e\u200b\x07"])
def test_a_title_that_is_too_long_or_empty_is_refused(cast: Cast, title: str) -> None:
    answer = send(cast.client("st-coord"), "/dialogues/new", **ORKHON | {"title": title})

    assert answer.status_code == 422
    assert page(answer).select_one("#code")["value"] == "OVD"


def test_an_edited_dialogue_keeps_separate_themes(cast: Cast, read) -> None:
    address = opened(cast)

    answer = send(cast.client("st-coord"), f"{address}/edit", themes="water,  wind ,", existence="confidential")

    assert answer.status_code == 303
    dialogue = read(select(Dialogue).where(Dialogue.code == "OVD"))
    assert (dialogue.themes, dialogue.existence) == (["water", "wind"], Existence.CONFIDENTIAL)


def test_parties_are_listed_in_english_alphabetical_order(cast: Cast) -> None:
    address, client = opened(cast), cast.client("st-coord")
    for code, name in (("CH", "Switzerland"), ("KP", "Democratic People's Republic of Korea"), ("CN", "China")):
        assert send(client, f"{address}/parties/new", code=code, name_en=name).status_code == 303
    send(client, f"{address}/parties/new", code="XO", name_en="A Relief Observatory", kind="observer")

    codes = [tag.text for tag in page(client.get(address)).select(".party")]

    assert codes == ["CN", "KP", "CH", "XO"]


def test_a_party_keeps_its_own_names(cast: Cast, read) -> None:
    address, client = opened(cast), cast.client("st-coord")
    send(client, f"{address}/parties/new", code="KR", name_en="Republic of Korea", name_ko="대한민국")
    party = read(select(Party).join(Dialogue).where(Dialogue.code == "OVD"))

    edited = send(client, f"{address}/parties/{party.id}/edit", name_fr="République de Corée")

    assert edited.status_code == 303
    names = read(select(Party.names).where(Party.id == party.id))
    assert names == {"en": "Republic of Korea", "ko": "대한민국", "fr": "République de Corée"}


def test_two_parties_do_not_share_a_code(cast: Cast) -> None:
    address, client = opened(cast), cast.client("st-coord")
    send(client, f"{address}/parties/new", code="KR", name_en="Republic of Korea")

    answer = send(client, f"{address}/parties/new", code="kr", name_en="Another")

    assert "already has the code" in complaints(answer)


def test_a_party_of_another_dialogue_is_not_found(cast: Cast) -> None:
    address, client = opened(cast), cast.client("st-coord")
    with cast.app.app_context():
        elsewhere = cast.party("KR")

    assert client.get(f"{address}/parties/{elsewhere}/edit").status_code == 404


def test_institutions_are_added_and_edited(cast: Cast, read) -> None:
    address, client = opened(cast), cast.client("st-coord")
    send(client, f"{address}/institutions/new", name="Orkhon Specimen College", acronym="OSC", aliases="Orkhon College")
    institution = read(select(Institution).where(Institution.acronym == "OSC"))

    assert send(client, f"{address}/institutions/{institution.id}/edit", name="Orkhon University").status_code == 303
    assert "Orkhon University" in client.get(address).text
    assert read(select(Institution.aliases).where(Institution.id == institution.id)) == ["Orkhon College"]


@pytest.mark.usefixtures("inside")
def test_an_email_address_belongs_to_one_person_in_any_spelling(cast: Cast) -> None:
    dialogue = cast.dialogue()
    with upkeep(system(Purpose.SAMPLE)):
        dialogues.add_person(dialogue, "Bold", "Bold@Example.MN")
    with pytest.raises(Refusal, match="already has the address"), upkeep(system(Purpose.SAMPLE)):
        dialogues.add_person(dialogue, "Bold again", "  bold@example.mn")

    assert db.session.scalar(select(func.count()).where(Person.email_norm == "bold@example.mn")) == 1


def test_people_without_a_role_cannot_open_a_dialogue(cast: Cast) -> None:
    address = opened(cast)
    unknown = "/dialogues/00000000-0000-4000-8000-000000000000"

    for who in ("st-host", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel"):
        client = cast.client(who)
        for page_of in ("", "/edit", "/roles", "/meetings/new"):
            forbidden, missing = client.get(address + page_of), client.get(unknown + page_of)
            assert (forbidden.status_code, missing.status_code) == (404, 404)
            assert page(forbidden).main == page(missing).main


def test_a_forbidden_dialogue_costs_as_many_queries_as_an_unknown_one(cast: Cast, queries_of) -> None:
    address, client = opened(cast), cast.client("us4")

    forbidden = queries_of(lambda: client.get(address))

    assert queries_of(lambda: client.get("/dialogues/00000000-0000-4000-8000-000000000000")) == forbidden


@pytest.mark.usefixtures("inside")
def test_a_role_in_one_meeting_gives_no_rights_in_the_dialogue(cast: Cast) -> None:
    person, dialogue, meeting = cast.person("us4"), cast.dialogue(), cast.meeting()
    with upkeep(system(Purpose.SAMPLE)):
        roles.grant_role(
            person,
            Role.COORDINATOR,
            dialogue_id=dialogue,
            meeting_id=meeting,
            offered_at=clock.now(),
            accepted_at=clock.now(),
        )

    around, within = cast.viewer("us4", dialogue="TRD"), cast.viewer("us4", meeting="TRD-1")

    assert within.may(MEETING_EDIT)
    assert around.may(DIALOGUE_SEE)
    assert not any(around.may(action) for action in (DIALOGUE_EDIT, MEETING_EDIT, ROLES_GRANT))


@pytest.mark.parametrize(("name", "reads"), [("st-coord", True), ("st-host", True), ("us2", False), ("ch2", False)])
def test_only_coordinators_see_the_institutions_of_people(cast: Cast, name: str, reads: bool) -> None:
    with cast.app.app_context():
        sealed = f"/dialogues/{cast.dialogue('LVR')}"

    shown = cast.client(name).get(sealed).text

    assert "Lavaux" in shown
    assert ("Academy of Hypothetical Sciences" in shown) is reads
