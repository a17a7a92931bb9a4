"""The page of the plan: who can create it, who sees which names, and how it shows moves."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.meetings.dialogues.models import Exchange, Meeting, MeetingParty
from dialogues.meetings.roles.models import RoleGrant
from dialogues.onsite.seating.models import SeatingPlan
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import SAME_ORIGIN, complaints, held, page, send
from tests.beds.web import set_clock
from tests.cast import Cast

#: Personas of TRD-1 except the archivist, who sees no participants.
CIRCLE = ("st-host", "ch1", "kr1", "us4", "in-ko1", "st-rap1", "st-travel")


@pytest.fixture
def seating(cast: Cast, app: Flask) -> str:
    with app.app_context():
        return f"/meetings/{cast.meeting('TRD-1')}/seating"


def planned(cast: Cast, seating: str, **typed: object) -> FlaskClient:
    """The coordinator's browser after the first plan: a hollow square with 34 places."""
    coordinator = cast.client("st-coord")
    answer = send(coordinator, f"{seating}/plan", **{"places": "34", "preview": None} | typed)
    assert answer.status_code == 303, complaints(answer)
    return coordinator


def around(answer: TestResponse) -> list[str]:
    """Return the texts of the places, as in the table next to the picture."""
    rows = page(answer).select("main table tbody tr")
    return [" ".join(row.select_one("td").get_text(" ").split()) for row in rows]


def change(app: Flask, statement: object) -> None:
    with app.app_context(), upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(statement)


def test_a_plan_number_with_very_many_digits_is_not_found(cast: Cast, seating: str) -> None:
    assert planned(cast, seating).get(f"{seating}/{'9' * 30}").status_code == 404


def test_everyone_at_the_table_sees_the_plan_as_table_and_picture(cast: Cast, seating: str) -> None:
    planned(cast, seating)

    for who in CIRCLE:
        answer = cast.client(who).get(seating)
        seats = around(answer)
        assert seats[:7] == [
            "D. ZAGVAR",
            "CHEN Yangben",
            "LI Jiading",
            "WANG Xuni",
            "ZHANG Shili",
            "ZHAO Moni",
            "KIM Po-gi",
        ]
        assert seats[29:34] == ["Jordan TESTERMAN", "free", "free", "free", "Anna BEISPIEL"]
        assert seats[34:] == ["Chiara ESEMPIO", "Noor FICTIVA", "Amara SAMPLESON"]
        picture = page(answer).select_one("main svg[role=img]")
        assert picture.title.text == "Seating plan 1, hollow square"
        assert "34 places counted clockwise" in picture.desc.text
        assert len(picture.select("g.seat")) == 37
        assert "US" in picture.text


def test_a_preview_saves_nothing(cast: Cast, seating: str, read) -> None:
    coordinator = cast.client("st-coord")

    answer = send(coordinator, f"{seating}/plan", form="round", places="40", preview="1")

    assert answer.status_code == 200
    assert page(answer).select_one("main svg[role=img]")
    assert page(answer).select_one("[name=places]")["value"] == "40"
    assert read(select(SeatingPlan.id)) is None


def test_too_few_places_are_refused_and_the_input_is_kept(cast: Cast, seating: str) -> None:
    answer = send(cast.client("st-coord"), f"{seating}/plan", form="u", places="12", preview=None)

    assert answer.status_code == 422
    assert "31 places are needed at the table, and there are 12" in complaints(answer)
    assert page(answer).select_one("[name=places]")["value"] == "12"


def test_a_change_creates_a_new_plan_that_shows_who_moved(cast: Cast, seating: str) -> None:
    coordinator = planned(cast, seating)

    answer = send(coordinator, f"{seating}/exchange", one="1", other="30")
    assert answer.status_code == 303, complaints(answer)

    newest = cast.client("us4").get(seating)
    moved = page(newest).select_one(".seating-moves").get_text(" ")
    assert "CHEN Yangben : from place 2 to place 31" in " ".join(moved.split())
    assert len(page(newest).select("main svg g.seat-moved text.seat-words")) == 1
    before = coordinator.get(f"{seating}/1")
    assert around(before)[1] == "CHEN Yangben"
    assert "A newer plan is in force" in before.text
    assert cast.client("us4").get(f"{seating}/1").status_code == 404
    assert coordinator.get(f"{seating}/7").status_code == 404


def test_a_plan_is_immutable_and_never_saved_twice(cast: Cast, seating: str, read) -> None:
    coordinator = planned(cast, seating)
    stored = read(select(SeatingPlan.places))

    planned(cast, seating)
    assert send(coordinator, f"{seating}/exchange", one="1", other="1").status_code == 422

    assert read(select(SeatingPlan.places)) == stored


def test_a_change_of_an_older_plan_is_refused_with_a_notice(cast: Cast, seating: str) -> None:
    coordinator = planned(cast, seating)
    form = page(coordinator.get(f"{seating}/exchange")).select_one("main form[method=post]")
    stale = held(form) | {"one": "2", "other": "3"}
    send(coordinator, f"{seating}/exchange", one="1", other="30")

    answer = coordinator.post(f"{seating}/exchange", data=stale, headers=SAME_ORIGIN)

    assert answer.status_code == 422
    assert "Someone saved a change" in complaints(answer)


def test_a_person_who_withdraws_leaves_an_empty_place(cast: Cast, seating: str, app: Flask) -> None:
    planned(cast, seating)
    with app.app_context():
        us4 = cast.person("us4")
    change(
        app,
        update(Participation)
        .where(Participation.person_id == us4)
        .values(status=ParticipationStatus.WITHDRAWN, seat=None),
    )

    answer = cast.client("kr1").get(seating)

    assert around(answer)[26] == "free"
    assert "MOCKFORD" not in answer.text


def test_observers_see_a_plan_only_if_the_rules_allow_it_and_without_hidden_people(
    cast: Cast, seating: str, app: Flask
) -> None:
    planned(cast, seating)
    assert cast.client("xo2").get(seating).status_code == 404
    with app.app_context():
        kp1 = cast.person("kp1")
    change(app, update(Meeting).where(Meeting.code == "TRD-1").values(observers_may_read=True))
    change(app, update(Participation).where(Participation.person_id == kp1).values(visibility={"observers": "nothing"}))

    answer = cast.client("xo2").get(seating)

    assert "taken" in around(answer)
    assert around(answer)[8] == "taken"
    assert "RI Ka-myong" not in answer.text
    assert "RI Ka-myong" in cast.client("us4").get(seating).text


def test_before_the_exchange_only_the_coordinator_sees_a_plan(cast: Cast, app: Flask) -> None:
    set_clock(app, datetime(2027, 6, 1, 9, 0, tzinfo=UTC))
    with app.app_context():
        seating = f"/meetings/{cast.meeting('LVR-1')}/seating"
    coordinator = cast.client("st-coord")
    assert send(coordinator, f"{seating}/plan", preview=None).status_code == 303

    assert "Alexandra SAMPLEWOOD" in coordinator.get(seating).text
    assert "SAMPLEWOOD" in coordinator.get(f"{seating}/plates").text
    for who in ("st-host", "ch2", "us2", "us4", "ru1", "st-rap1", "st-travel", "st-arch"):
        client = cast.client(who)
        assert [client.get(seating + more).status_code for more in ("", "/plan", "/plates", "/apart")] == [404] * 4


def test_a_party_without_a_submitted_list_has_no_places(cast: Cast, seating: str, app: Flask) -> None:
    with app.app_context():
        jp = cast.party("JP")
    change(app, update(MeetingParty).where(MeetingParty.party_id == jp).values(submitted_at=None))
    planned(cast, seating)

    assert "JP" not in page(cast.client("us4").get(seating)).select_one("main").text


def test_interpreters_sit_behind_their_listeners_and_only_the_coordinator_sees_names(
    cast: Cast, seating: str, app: Flask, read
) -> None:
    with app.app_context():
        kp1, trd = cast.person("kp1"), cast.meeting("TRD-1")
    guest = read(select(Participation.id).where(Participation.person_id == kp1, Participation.meeting_id == trd))
    coordinator = cast.client("st-coord")
    form = page(coordinator.get(f"{seating}/plan"))
    label = next(one for one in form.select("label") if "SHIN Bon-bogi" in one.text)
    entry = label["for"].rsplit("-", 1)[0]
    other = "interpreters-1" if entry != "interpreters-1" else "interpreters-2"
    whispers = {f"{entry}-where": "behind", f"{entry}-beside": str(guest)}
    left = {f"{other}-where": "left", f"{other}-beside": str(guest)}
    planned(cast, seating, **whispers, **left)

    words = [
        " ".join(row.get_text(" ").split()) for row in page(cast.client("us4").get(seating)).select("main tbody tr")
    ]
    assert "On a chair behind interpreter – with RI Ka-myong" in words
    assert any(line.endswith("interpreter – with RI Ka-myong") and line[0].isdigit() for line in words)
    assert "SHIN" not in cast.client("us4").get(seating).text
    assert "SHIN Bon-bogi" in coordinator.get(seating).text


def test_interpreter_of_the_whole_dialogue_can_be_seated(app: Flask, cast: Cast, seating: str) -> None:
    with app.app_context():
        person = cast.person("in-ko1")
    change(app, update(RoleGrant).where(RoleGrant.person_id == person).values(meeting_id=None))

    entries = page(cast.client("st-coord").get(f"{seating}/plan")).select("input[name$=-interpreter]")

    assert str(person) in {str(entry["value"]) for entry in entries}


def test_an_interpreter_without_listeners_is_asked_about(cast: Cast, seating: str) -> None:
    answer = send(cast.client("st-coord"), f"{seating}/plan", **{"interpreters-0-where": "left"}, preview=None)

    assert "Say with whom" in complaints(answer)


def test_people_can_be_left_out_of_the_plan(cast: Cast, seating: str, app: Flask, read) -> None:
    with app.app_context():
        us4 = cast.person("us4")
    guest = read(select(Participation.id).where(Participation.person_id == us4))
    planned(cast, seating, left_out=[str(guest)], places="")

    assert "MOCKFORD" not in page(cast.client("us4").get(seating)).select_one("main").text
    assert "Renee MOCKFORD" in page(cast.client("st-coord").get(seating)).select_one(".notice-warning").text


def test_the_page_sends_as_many_queries_for_many_people_as_for_few(
    cast: Cast, seating: str, queries_of, app: Flask
) -> None:
    coordinator = planned(cast, seating)
    many = [
        queries_of(lambda address=address: coordinator.get(seating + address)) for address in ("", "/plan", "/plates")
    ]
    change(app, update(Participation).values(status=ParticipationStatus.WITHDRAWN, seat=None))
    few = [
        queries_of(lambda address=address: coordinator.get(seating + address)) for address in ("", "/plan", "/plates")
    ]

    assert many == few
    assert max(many) <= 12


def test_sealing_the_lists_again_hides_the_plan(cast: Cast, seating: str, app: Flask) -> None:
    planned(cast, seating)
    with app.app_context():
        trd = cast.meeting("TRD-1")
    change(app, update(Exchange).where(Exchange.meeting_id == trd).values(opened_at=None))

    assert cast.client("us4").get(seating).status_code == 404
