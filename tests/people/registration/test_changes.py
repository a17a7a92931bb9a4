"""After approval, changes wait as requests that the coordinator accepts or declines."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Person
from dialogues.people.participants.models import ChangeRequest, Participation
from dialogues.people.registration.queries import waiting_changes
from dialogues.people.registration.rules import word_diff
from tests.beds.forms import complaints, page, press, send
from tests.people.conftest import Office
from tests.people.question_forms import meeting

CANARY = "Heronsworth"


@pytest.fixture(autouse=True)
def approved(office: Office) -> None:
    """The coordinator has approved us4 for SCD-1."""
    participation = office.participation("us4@example.invalid")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Participation, participation.id).approved_at = datetime(2027, 5, 30, tzinfo=UTC)


def submit_change(
    office: Office, step: str = "affiliation", persona: str | FlaskClient = "us4", **typed: Any
) -> TestResponse:
    client = office.cast.client(persona) if isinstance(persona, str) else persona
    return send(client, f"{meeting(office)}/registration/{step}", **typed)


def person(office: Office) -> Person:
    return db.session.get_one(Person, office.participation("us4@example.invalid").person_id)


def requests(office: Office) -> list[ChangeRequest]:
    participation = office.participation("us4@example.invalid")
    found = select(ChangeRequest).where(ChangeRequest.participation_id == participation.id)
    return list(db.session.scalars(found.order_by(ChangeRequest.asked_at)))


def waiting(office: Office) -> list[ChangeRequest]:
    return [request for request in requests(office) if request.decided_at is None]


def page_of(office: Office, request: ChangeRequest) -> str:
    return f"{meeting(office)}/changes/{request.id}"


def own_page(office: Office) -> str:
    return f"{meeting(office)}/registration/change"


def decide(office: Office, answer: str, client: FlaskClient | None = None, **typed: Any) -> TestResponse:
    client = client or office.cast.client("st-coord")
    return send(client, page_of(office, waiting(office)[0]), answer=answer, **typed)


def test_change_after_approval_waits_and_changes_nothing(office: Office) -> None:
    before = person(office).affiliation

    asked = submit_change(office, affiliation=f"{CANARY} Institute")
    assert asked.status_code == 303
    assert asked.location.endswith("/registration"), "there it stands that a change is asked for"

    assert person(office).affiliation == before
    shown = office.cast.client("us4").get(own_page(office)).text
    assert "This waits for the office" in shown
    assert CANARY in shown


def test_requested_change_is_stored_nowhere_as_plain_text(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    db.session.rollback()

    instance = Path(office.cast.app.extensions["dialogues"].settings.instance)
    kept = b"".join(file.read_bytes() for file in instance.rglob("*") if file.is_file())
    assert CANARY.encode() not in kept


def test_coordinator_sees_old_and_new_with_different_words_marked(office: Office) -> None:
    submit_change(office, "identity", name="Renee HERONSWORTH")

    shown = page(office.cast.client("st-coord").get(f"{meeting(office)}/changes"))

    row = next(row for row in shown.select("table tbody tr") if row.th.get_text() == "Name")
    assert [word.get_text() for word in row.select("del")] == ["MOCKFORD"]
    assert [word.get_text() for word in row.select("ins")] == ["HERONSWORTH"]


@pytest.mark.parametrize(
    ("was", "wanted", "gone", "come"),
    [
        ("", "New", [], ["New"]),
        ("Old", "", ["Old"], []),
        ("Institute of Rivers", "Institute of Lakes", ["Rivers"], ["Lakes"]),
        ("김지원", "김지은", ["김지원"], ["김지은"]),
        ("same", "same", [], []),
    ],
)
def test_whole_words_are_marked(was: str, wanted: str, gone: list[str], come: list[str]) -> None:
    left, right = word_diff(was, wanted)

    assert [mark.text for mark in left if mark.differs] == gone
    assert [mark.text for mark in right if mark.differs] == come
    assert " ".join(mark.text for mark in left) == was


def test_accepting_applies_the_change_and_the_email_says_only_that_it_was_decided(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")

    assert decide(office, "accept", reason="Seen.").status_code == 303

    assert person(office).affiliation == f"{CANARY} Institute"
    (letter,) = office.mail()
    text = letter.message.get_content()
    assert letter.recipients == ("us4@example.invalid",)
    assert "there is an answer to what you asked to change" in text
    for told in (CANARY, "Seen.", "SCD-1", "accept"):
        assert told not in text
        assert told not in letter.message["Subject"]
    shown = office.cast.client("us4").get(own_page(office)).text
    assert "The office has accepted this" in shown
    assert "Seen." in shown
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert {"change.asked", "change.decided", "registration.changed"} <= set(actions)


def test_accepting_a_name_changes_the_sort_name(office: Office) -> None:
    submit_change(office, "identity", name="Renee ALPHA", family="Alpha", given="Renee", native="르네", sort_key="")

    decide(office, "accept")

    kept = person(office)
    assert (kept.name, kept.family, kept.native) == ("Renee ALPHA", "Alpha", "르네")
    assert kept.sort_key.casefold() == "alpha renee"
    assert kept.collation < db.session.get_one(Person, office.cast.person("us1")).collation


def test_declining_needs_a_reason_and_changes_nothing(office: Office) -> None:
    before = person(office).affiliation
    submit_change(office, affiliation=f"{CANARY} Institute")

    refused = decide(office, "decline")
    assert refused.status_code == 422
    assert "why this is declined" in complaints(refused)

    assert decide(office, "decline", reason="Not yet known.").status_code == 303
    assert person(office).affiliation == before
    assert len(office.mail()) == 1
    shown = office.cast.client("us4").get(own_page(office)).text
    assert "The office has declined this" in shown
    assert "Not yet known." in shown


def test_decision_other_than_accept_or_decline_is_refused(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")

    assert decide(office, "perhaps").status_code == 422
    assert len(waiting(office)) == 1


def test_second_of_two_simultaneous_decisions_is_refused_with_a_message(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    first, second = office.cast.client("st-coord"), office.cast.client("st-coord")
    address = page_of(office, waiting(office)[0])
    sent = {one["name"]: one["value"] for one in page(second.get(address)).select("main form input[name]")}
    decide(office, "accept", first)

    late = second.post(
        address, data={**sent, "answer": "decline", "reason": "No."}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert late.status_code == 422
    assert "no longer open: it was decided by someone else" in complaints(late)
    assert person(office).affiliation == f"{CANARY} Institute"
    assert len(office.mail()) == 1


def test_request_changed_after_the_page_was_shown_is_not_accepted(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    coordinator, address = office.cast.client("st-coord"), page_of(office, waiting(office)[0])
    sent = {one["name"]: one["value"] for one in page(coordinator.get(address)).select("main form input[name]")}
    submit_change(office, affiliation="Another Institute")

    late = coordinator.post(address, data={**sent, "answer": "accept"}, headers={"Sec-Fetch-Site": "same-origin"})

    assert late.status_code == 422
    assert "replaced by a newer one" in complaints(late)
    assert decide(office, "accept").status_code == 303
    assert person(office).affiliation == "Another Institute"


def test_newer_request_replaces_the_older_and_keeps_requests_of_other_steps(office: Office) -> None:
    submit_change(office, affiliation="First Institute")
    submit_change(office, "languages", languages=["en", "fr"])
    submit_change(office, affiliation="Second Institute")

    assert len(waiting(office)) == 1
    assert [request.diff for request in requests(office) if request.decided_at is not None] == [b"", b""]
    decide(office, "accept")
    assert (person(office).affiliation, sorted(person(office).languages)) == ("Second Institute", ["en", "fr"])


def test_requested_language_follows_the_rules_of_registration(office: Office) -> None:
    assert submit_change(office, "languages", languages=["en"], listens_in="mn").status_code == 422
    assert submit_change(office, "languages", languages=["en", "mn"], listens_in="mn").status_code == 303


def test_only_the_newest_decision_is_kept(office: Office) -> None:
    for name in ("First", "Second"):
        submit_change(office, affiliation=f"{name} Institute")
        decide(office, "decline", reason=f"No to the {name}.")

    assert [bool(request.diff) for request in requests(office)] == [False, True]
    shown = office.cast.client("us4").get(own_page(office)).text
    assert "No to the Second." in shown
    assert "No to the First." not in shown


def test_request_sent_twice_is_stored_once(office: Office) -> None:
    submit_change(office, affiliation="First Institute")
    submit_change(office, affiliation="First Institute")

    assert len(requests(office)) == 1


def test_requesting_the_current_value_creates_no_request(office: Office) -> None:
    submit_change(office)
    assert requests(office) == []

    submit_change(office, affiliation="First Institute")
    before = (
        person(office).affiliation
        or page(office.cast.client("us4").get(f"{meeting(office)}/registration/affiliation")).select_one(
            "#affiliation"
        )["value"]
    )
    submit_change(office, affiliation=before)
    assert waiting(office) == []


def test_request_can_be_withdrawn(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    client = office.cast.client("us4")

    assert press(client, own_page(office), "Take it back").status_code == 303

    assert waiting(office) == []
    assert "No change is asked for" in client.get(own_page(office)).text
    assert "Nothing waits for you" in office.cast.client("st-coord").get(f"{meeting(office)}/changes").text
    taken_back = f"{own_page(office)}/take-back"
    again = client.post(taken_back, data=_token(client, office), headers={"Sec-Fetch-Site": "same-origin"})
    assert again.status_code == 303


def _token(client: FlaskClient, office: Office) -> dict[str, str]:
    field = page(client.get(f"{meeting(office)}/registration/withdraw")).select_one("main [name=csrf_token]")
    return {"csrf_token": field["value"]}


def test_gender_changes_at_once_because_it_is_counted_and_not_shown(office: Office) -> None:
    submit_change(office, "identity", gender="f")

    assert requests(office) == []
    assert person(office).gender.value == "f"


def test_withdrawal_closes_the_pending_request(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    request = waiting(office)[0]

    assert send(office.cast.client("us4"), f"{meeting(office)}/registration/withdraw").status_code == 303

    assert waiting(office) == []
    coordinator = office.cast.client("st-coord")
    assert CANARY not in coordinator.get(f"{meeting(office)}/changes").text
    assert CANARY not in coordinator.get(page_of(office, request)).text


def test_removal_from_the_list_closes_the_pending_request(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    off = f"{meeting(office)}/participants/{office.participation_of('us4', 'SCD-1')}/take-back"

    assert send(office.cast.client("st-coord"), off).status_code == 303

    assert waiting(office) == []


def test_before_approval_no_request_is_created(office: Office) -> None:
    viewer = office.cast.viewer("us1", meeting="SCD-1")
    part = office.participation("us1@example.invalid")
    version = part.version + db.session.get_one(Person, part.person_id).version
    db.session.rollback()

    with pytest.raises(Refusal, match="taken its approval back"):
        submit_change(viewer, {"affiliation": "X"}, version=version, now=datetime(2027, 6, 1, tzinfo=UTC))


def test_stale_page_of_a_second_device_is_refused(office: Office) -> None:
    client = office.cast.client("us4")
    submit_change(office, "identity", client, gender="f")

    late = submit_change(office, persona=client, affiliation="Late Institute", version="1")

    assert late.status_code == 422
    assert "Someone saved a change" in complaints(late)
    assert waiting(office) == []


@pytest.mark.parametrize("persona", ["st-host", "st-travel", "st-rap1", "st-arch", "ch2", "us3", "us4", "kr3"])
def test_only_the_coordinator_decides_and_learns_of_a_request(office: Office, persona: str) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    client = office.cast.client(persona)

    assert client.get(f"{meeting(office)}/changes").status_code == 404
    assert client.get(page_of(office, waiting(office)[0])).status_code == 404
    assert waiting_changes(office.cast.viewer(persona, meeting="SCD-1")) == 0
    if persona != "us4":
        assert CANARY not in client.get(f"{meeting(office)}/participants").text


def test_request_of_another_meeting_cannot_be_opened(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")
    elsewhere = f"{meeting(office, 'LVR-1')}/changes/{waiting(office)[0].id}"

    assert office.cast.client("st-coord").get(elsewhere).status_code == 404


def test_list_takes_the_same_queries_for_one_and_many(office: Office, statements: Any) -> None:
    coordinator, list_ = office.cast.client("st-coord"), f"{meeting(office)}/changes"
    submit_change(office, affiliation="First Institute")
    one = statements(lambda: coordinator.get(list_))
    for name in ("us1", "kr2", "jp2", "ru2"):
        participation = office.participation(f"{name}@example.invalid")
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Participation, participation.id).approved_at = datetime(2027, 5, 30, tzinfo=UTC)
        submit_change(office, persona=name, affiliation=f"Institute of {name}")

    assert coordinator.get(list_).text.count("Accept or decline") == 5
    assert statements(lambda: coordinator.get(list_)) == one <= 12


def test_home_shows_waiting_changes_only_to_the_coordinator(office: Office) -> None:
    submit_change(office, affiliation=f"{CANARY} Institute")

    assert "Answer a change that is asked for" in office.cast.client("st-coord").get("/").text
    for persona in ("st-host", "us4", "us3", "st-travel"):
        assert "Answer a change" not in office.cast.client(persona).get("/").text
