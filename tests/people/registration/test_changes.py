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
from dialogues.people.registration.commands import request_change
from dialogues.people.registration.queries import waiting_changes
from dialogues.people.registration.rules import word_diff
from tests.beds.forms import complaints, page, press, send
from tests.people.conftest import Site
from tests.people.question_forms import meeting

CANARY = "Heronsworth"


@pytest.fixture(autouse=True)
def approved(site: Site) -> None:
    """The coordinator has approved us4 for SCD-1."""
    participation = site.participation("us4@example.invalid")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Participation, participation.id).approved_at = datetime(2027, 5, 30, tzinfo=UTC)


def submit_change(
    site: Site, step: str = "affiliation", persona: str | FlaskClient = "us4", **typed: Any
) -> TestResponse:
    client = site.cast.client(persona) if isinstance(persona, str) else persona
    return send(client, f"{meeting(site)}/registration/{step}", **typed)


def person(site: Site) -> Person:
    return db.session.get_one(Person, site.participation("us4@example.invalid").person_id)


def requests(site: Site) -> list[ChangeRequest]:
    participation = site.participation("us4@example.invalid")
    found = select(ChangeRequest).where(ChangeRequest.participation_id == participation.id)
    return list(db.session.scalars(found.order_by(ChangeRequest.asked_at)))


def waiting(site: Site) -> list[ChangeRequest]:
    return [request for request in requests(site) if request.decided_at is None]


def page_of(site: Site, request: ChangeRequest) -> str:
    return f"{meeting(site)}/changes/{request.id}"


def own_page(site: Site) -> str:
    return f"{meeting(site)}/registration/change"


def decide(site: Site, answer: str, client: FlaskClient | None = None, **typed: Any) -> TestResponse:
    client = client or site.cast.client("st-coord")
    return send(client, page_of(site, waiting(site)[0]), answer=answer, **typed)


def test_change_after_approval_waits_and_changes_nothing(site: Site) -> None:
    before = person(site).affiliation

    asked = submit_change(site, affiliation=f"{CANARY} Institute")
    assert asked.status_code == 303
    assert asked.location.endswith("/registration"), "there it stands that a change is asked for"

    assert person(site).affiliation == before
    shown = site.cast.client("us4").get(own_page(site)).text
    assert "This waits for the office" in shown
    assert CANARY in shown


def test_requested_change_is_stored_nowhere_as_plain_text(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    db.session.rollback()

    instance = Path(site.cast.app.extensions["dialogues"].settings.instance)
    kept = b"".join(file.read_bytes() for file in instance.rglob("*") if file.is_file())
    assert CANARY.encode() not in kept


def test_coordinator_sees_old_and_new_with_different_words_marked(site: Site) -> None:
    submit_change(site, "identity", name="Renee HERONSWORTH")

    shown = page(site.cast.client("st-coord").get(f"{meeting(site)}/changes"))

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

    assert [text for text, differs in left if differs] == gone
    assert [text for text, differs in right if differs] == come
    assert " ".join(text for text, _differs in left) == was


def test_accepting_applies_the_change_and_the_email_says_only_that_it_was_decided(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")

    assert decide(site, "accept", reason="Seen.").status_code == 303

    assert person(site).affiliation == f"{CANARY} Institute"
    (email,) = site.mail()
    text = email.message.get_content()
    assert email.recipients == ("us4@example.invalid",)
    assert "there is an answer to what you asked to change" in text
    for hidden in (CANARY, "Seen.", "SCD-1", "accept"):
        assert hidden not in text
        assert hidden not in email.message["Subject"]
    shown = site.cast.client("us4").get(own_page(site)).text
    assert "The office has accepted this" in shown
    assert "Seen." in shown
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert {"change.asked", "change.decided", "registration.changed"} <= set(actions)


def test_accepting_a_name_changes_the_sort_name(site: Site) -> None:
    submit_change(site, "identity", name="Renee ALPHA", family="Alpha", given="Renee", native="르네", sort_key="")

    decide(site, "accept")

    kept = person(site)
    assert (kept.name, kept.family, kept.native) == ("Renee ALPHA", "Alpha", "르네")
    assert kept.sort_key.casefold() == "alpha renee"
    assert kept.collation < db.session.get_one(Person, site.cast.person("us1")).collation


def test_declining_needs_a_reason_and_changes_nothing(site: Site) -> None:
    before = person(site).affiliation
    submit_change(site, affiliation=f"{CANARY} Institute")

    refused = decide(site, "decline")
    assert refused.status_code == 422
    assert "why this is declined" in complaints(refused)

    assert decide(site, "decline", reason="Not yet known.").status_code == 303
    assert person(site).affiliation == before
    assert len(site.mail()) == 1
    shown = site.cast.client("us4").get(own_page(site)).text
    assert "The office has declined this" in shown
    assert "Not yet known." in shown


def test_decision_other_than_accept_or_decline_is_refused(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")

    assert decide(site, "perhaps").status_code == 422
    assert len(waiting(site)) == 1


def test_second_of_two_simultaneous_decisions_is_refused_with_a_message(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    first, second = site.cast.client("st-coord"), site.cast.client("st-coord")
    address = page_of(site, waiting(site)[0])
    sent = {one["name"]: one["value"] for one in page(second.get(address)).select("main form input[name]")}
    decide(site, "accept", first)

    late = second.post(
        address, data={**sent, "answer": "decline", "reason": "No."}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert late.status_code == 422
    assert "no longer open: it was decided by someone else" in complaints(late)
    assert person(site).affiliation == f"{CANARY} Institute"
    assert len(site.mail()) == 1


def test_request_changed_after_the_page_was_shown_is_not_accepted(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    coordinator, address = site.cast.client("st-coord"), page_of(site, waiting(site)[0])
    sent = {one["name"]: one["value"] for one in page(coordinator.get(address)).select("main form input[name]")}
    submit_change(site, affiliation="Another Institute")

    late = coordinator.post(address, data={**sent, "answer": "accept"}, headers={"Sec-Fetch-Site": "same-origin"})

    assert late.status_code == 422
    assert "replaced by a newer one" in complaints(late)
    assert decide(site, "accept").status_code == 303
    assert person(site).affiliation == "Another Institute"


def test_newer_request_replaces_the_older_and_keeps_requests_of_other_steps(site: Site) -> None:
    submit_change(site, affiliation="First Institute")
    submit_change(site, "languages", languages=["en", "fr"])
    submit_change(site, affiliation="Second Institute")

    assert len(waiting(site)) == 1
    assert [request.diff for request in requests(site) if request.decided_at is not None] == [b"", b""]
    decide(site, "accept")
    assert (person(site).affiliation, sorted(person(site).languages)) == ("Second Institute", ["en", "fr"])


def test_requested_language_follows_the_rules_of_registration(site: Site) -> None:
    assert submit_change(site, "languages", languages=["en"], listens_in="mn").status_code == 422
    assert submit_change(site, "languages", languages=["en", "mn"], listens_in="mn").status_code == 303


def test_only_the_newest_decision_is_kept(site: Site) -> None:
    for name in ("First", "Second"):
        submit_change(site, affiliation=f"{name} Institute")
        decide(site, "decline", reason=f"No to the {name}.")

    assert [bool(request.diff) for request in requests(site)] == [False, True]
    shown = site.cast.client("us4").get(own_page(site)).text
    assert "No to the Second." in shown
    assert "No to the First." not in shown


def test_request_sent_twice_is_stored_once(site: Site) -> None:
    submit_change(site, affiliation="First Institute")
    submit_change(site, affiliation="First Institute")

    assert len(requests(site)) == 1


def test_requesting_the_current_value_creates_no_request(site: Site) -> None:
    submit_change(site)
    assert requests(site) == []

    submit_change(site, affiliation="First Institute")
    before = (
        person(site).affiliation
        or page(site.cast.client("us4").get(f"{meeting(site)}/registration/affiliation")).select_one("#affiliation")[
            "value"
        ]
    )
    submit_change(site, affiliation=before)
    assert waiting(site) == []


def test_request_can_be_withdrawn(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    client = site.cast.client("us4")

    assert press(client, own_page(site), "Take it back").status_code == 303

    assert waiting(site) == []
    assert "No change is asked for" in client.get(own_page(site)).text
    assert "Nothing waits for you" in site.cast.client("st-coord").get(f"{meeting(site)}/changes").text
    taken_back = f"{own_page(site)}/take-back"
    again = client.post(taken_back, data=_token(client, site), headers={"Sec-Fetch-Site": "same-origin"})
    assert again.status_code == 303


def _token(client: FlaskClient, site: Site) -> dict[str, str]:
    field = page(client.get(f"{meeting(site)}/registration/withdraw")).select_one("main [name=csrf_token]")
    return {"csrf_token": field["value"]}


def test_gender_changes_at_once_because_it_is_counted_and_not_shown(site: Site) -> None:
    submit_change(site, "identity", gender="f")

    assert requests(site) == []
    assert person(site).gender.value == "f"


def test_withdrawal_closes_the_pending_request(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    request = waiting(site)[0]

    assert send(site.cast.client("us4"), f"{meeting(site)}/registration/withdraw").status_code == 303

    assert waiting(site) == []
    coordinator = site.cast.client("st-coord")
    assert CANARY not in coordinator.get(f"{meeting(site)}/changes").text
    assert CANARY not in coordinator.get(page_of(site, request)).text


def test_removal_from_the_list_closes_the_pending_request(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    off = f"{meeting(site)}/participants/{site.participation_of('us4', 'SCD-1')}/take-back"

    assert send(site.cast.client("st-coord"), off).status_code == 303

    assert waiting(site) == []


def test_before_approval_no_request_is_created(site: Site) -> None:
    viewer = site.cast.viewer("us1", meeting="SCD-1")
    part = site.participation("us1@example.invalid")
    version = part.version + db.session.get_one(Person, part.person_id).version
    db.session.rollback()

    with pytest.raises(Refusal, match="taken its approval back"):
        request_change(viewer, {"affiliation": "X"}, version=version, now=datetime(2027, 6, 1, tzinfo=UTC))


def test_stale_page_of_a_second_device_is_refused(site: Site) -> None:
    client = site.cast.client("us4")
    submit_change(site, "identity", client, gender="f")

    late = submit_change(site, persona=client, affiliation="Late Institute", version="1")

    assert late.status_code == 422
    assert "Someone saved a change" in complaints(late)
    assert waiting(site) == []


@pytest.mark.parametrize("persona", ["st-host", "st-travel", "st-rap1", "st-arch", "ch2", "us3", "us4", "kr3"])
def test_only_the_coordinator_decides_and_learns_of_a_request(site: Site, persona: str) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    client = site.cast.client(persona)

    assert client.get(f"{meeting(site)}/changes").status_code == 404
    assert client.get(page_of(site, waiting(site)[0])).status_code == 404
    assert waiting_changes(site.cast.viewer(persona, meeting="SCD-1")) == 0
    if persona != "us4":
        assert CANARY not in client.get(f"{meeting(site)}/participants").text


def test_request_of_another_meeting_cannot_be_opened(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")
    elsewhere = f"{meeting(site, 'LVR-1')}/changes/{waiting(site)[0].id}"

    assert site.cast.client("st-coord").get(elsewhere).status_code == 404


def test_list_takes_the_same_queries_for_one_and_many(site: Site, statements: Any) -> None:
    coordinator, list_ = site.cast.client("st-coord"), f"{meeting(site)}/changes"
    submit_change(site, affiliation="First Institute")
    one = statements(lambda: coordinator.get(list_))
    for name in ("us1", "kr2", "jp2", "ru2"):
        participation = site.participation(f"{name}@example.invalid")
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Participation, participation.id).approved_at = datetime(2027, 5, 30, tzinfo=UTC)
        submit_change(site, persona=name, affiliation=f"Institute of {name}")

    assert coordinator.get(list_).text.count("Accept or decline") == 5
    assert statements(lambda: coordinator.get(list_)) == one <= 12


def test_home_shows_waiting_changes_only_to_the_coordinator(site: Site) -> None:
    submit_change(site, affiliation=f"{CANARY} Institute")

    assert "Answer a change that is asked for" in site.cast.client("st-coord").get("/").text
    for persona in ("st-host", "us4", "us3", "st-travel"):
        assert "Answer a change" not in site.cast.client(persona).get("/").text
