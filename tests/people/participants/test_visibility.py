"""A person's visibility choices apply everywhere: lists, counts, searches, pages and the agenda."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.models import Meeting, Person
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.audiences import audiences, refuse_invisible, shown_to
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.roster.queries import listing as roster
from dialogues.people.roster.queries.listing import ListFilter
from dialogues.policy import PARTICIPANTS_SEE, SESSION_PEOPLE_SEE, Condition, Role
from tests.beds.forms import page, send
from tests.beds.web import set_clock
from tests.cast import MIDDLE_OF_TRD_1, Cast
from tests.people.conftest import Site

pytestmark = pytest.mark.engine


OPENED = frozenset({Condition.EXCHANGED, Condition.RULE_SAYS, Condition.WINDOW})


@pytest.fixture
def meeting(site: Site) -> str:
    """TRD-1 during its days, with rules that let observers read the list."""
    set_clock(site.cast.app, MIDDLE_OF_TRD_1)
    meeting_id = site.cast.meeting("TRD-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Meeting, meeting_id).observers_may_read = True
    return f"/meetings/{meeting_id}"


@pytest.fixture
def choose(site: Site) -> Callable[..., UUID]:
    """Limit what the audiences see of a persona and return the id of the participation."""

    def chosen(name: str, **shown: str) -> UUID:
        participation_id = participation_of(site.cast, name)
        with upkeep(system(Purpose.SAMPLE)) as session:
            row = session.get_one(Participation, participation_id)
            row.visibility = shown
            row.version += 1
        return participation_id

    return chosen


def participation_of(cast: Cast, name: str) -> UUID:
    meeting_id, person_id = cast.meeting("TRD-1"), cast.person(name)
    found = db.session.query(Participation.id).filter_by(meeting_id=meeting_id, person_id=person_id).scalar()
    db.session.rollback()
    return UUID(str(found))


def listed(site: Site, persona: str, search: str = "") -> roster.ParticipantsList:
    viewer = site.cast.viewer(persona, meeting="TRD-1", now=MIDDLE_OF_TRD_1)
    found = roster.participants(viewer, ListFilter(search=search))
    db.session.rollback()
    return found


def line_of(site: Site, persona: str, name: str) -> Any:
    person_id = site.cast.person(name)
    return next((line for line in listed(site, persona).lines if line.person_id == person_id), None)


def fetched(site: Site, persona: str, address: str) -> TestResponse:
    return site.cast.client(persona).get(address)


@pytest.mark.usefixtures("meeting")
def test_hidden_person_is_in_no_list_and_count_of_that_audience(site: Site, choose: Callable[..., UUID]) -> None:
    before = {persona: listed(site, persona) for persona in ("xo2", "in-ko1", "us1")}
    choose("kr4", observers="nothing")

    assert line_of(site, "xo2", "kr4") is None
    now = listed(site, "xo2")
    assert now.found == before["xo2"].found - 1
    assert sum(tally.people for tally in now.tallies) == now.found
    for persona in ("in-ko1", "us1"):
        assert listed(site, persona) == before[persona]


@pytest.mark.usefixtures("meeting")
def test_person_who_shows_only_the_name_is_not_shown_or_found_by_anything_else(
    site: Site, choose: Callable[..., UUID]
) -> None:
    choose("kr4", table="name")
    with upkeep(system(Purpose.SAMPLE)) as session:
        person = session.get_one(Person, site.cast.person("kr4"))
        person.sort_key, name, native = "Canary", person.name, person.native
    assert native

    for persona in ("ch1", "us2"):
        line = line_of(site, persona, "kr4")
        assert (line.name, line.native, line.affiliation) == (name, "", "")
        assert listed(site, persona, native).lines == ()
        assert listed(site, persona, "canary").lines == ()
        assert [one.name for one in listed(site, persona, name).lines] == [name]
    for persona in ("st-coord", "st-host", "st-rap1", "st-travel", "kr1", "kr4"):
        line = line_of(site, persona, "kr4")
        assert "" not in {line.native, line.affiliation}, persona
        assert listed(site, persona, "canary").found == 1


def test_page_of_a_hidden_person_is_the_404_of_an_unknown_person(
    site: Site, meeting: str, choose: Callable[..., UUID]
) -> None:
    hidden = choose("kr4", interpreters="nothing", observers="nothing")
    nowhere = UUID(int=7)

    for persona in ("xo2", "in-ko1"):
        there = fetched(site, persona, f"{meeting}/participants/{hidden}")
        nothing = fetched(site, persona, f"{meeting}/participants/{nowhere}")
        assert (there.status_code, nothing.status_code) == (404, 404)
        assert "kr4" not in there.text
    for persona in ("us1", "ch1", "kr1", "st-coord"):
        assert fetched(site, persona, f"{meeting}/participants/{hidden}").status_code == 200


def test_table_always_sees_the_name_even_if_a_row_says_otherwise(
    site: Site, meeting: str, choose: Callable[..., UUID]
) -> None:
    hidden = choose("kr4", table="nothing")

    assert fetched(site, "us1", f"{meeting}/participants/{hidden}").status_code == 200
    assert line_of(site, "us1", "kr4").native == ""


def test_agenda_does_not_name_people_to_audiences_they_hide_from(
    site: Site, meeting: str, choose: Callable[..., UUID]
) -> None:
    session = f"{meeting}/agenda/sessions/{site.cast.session('TRD-1-04')}"
    name = "cn3"
    written = db.session.get_one(Person, site.cast.person(name)).name
    db.session.rollback()
    for persona in ("xo2", "in-ko1", "us4"):
        assert written in fetched(site, persona, session).text, persona
        assert written in fetched(site, persona, f"{meeting}/agenda").text, persona

    choose(name, observers="nothing", interpreters="nothing")

    for address in (session, f"{meeting}/agenda"):
        for persona in ("xo2", "in-ko1"):
            assert written not in fetched(site, persona, address).text, (persona, address)
        for persona in ("us4", "ch1", "st-coord", "st-rap1", name):
            assert written in fetched(site, persona, address).text, (persona, address)


def test_agenda_shows_the_native_script_only_to_permitted_audiences(
    site: Site, meeting: str, choose: Callable[..., UUID]
) -> None:
    session = f"{meeting}/agenda/sessions/{site.cast.session('TRD-1-04')}"
    person = db.session.get_one(Person, site.cast.person("cn3"))
    name, native = person.name, person.native
    db.session.rollback()
    assert native in fetched(site, "us4", session).text
    choose("cn3", table="name")

    assert native not in fetched(site, "us4", session).text
    assert name in fetched(site, "us4", session).text
    for persona in ("st-coord", "cn3", "cn2"):
        assert native in fetched(site, persona, session).text


def test_calendar_files_and_feeds_of_observers_and_interpreters_contain_no_names(site: Site, meeting: str) -> None:
    session = site.cast.session("TRD-1-04")
    names = [name for (name,) in db.session.query(Person.name).filter(Person.name != "")]
    own = {persona: db.session.get_one(Person, site.cast.person(persona)).name for persona in ("xo2", "in-ko1")}
    db.session.rollback()

    for persona in ("xo2", "in-ko1"):
        text = fetched(site, persona, f"{meeting}/calendar/{session}.ics").text
        assert [name for name in names if name in text and name != own[persona]] == []


@pytest.mark.usefixtures("meeting")
def test_number_of_statements_does_not_depend_on_what_is_hidden(
    site: Site, choose: Callable[..., UUID], statements: Callable[[Callable[[], Any]], int]
) -> None:
    viewer = site.cast.viewer("xo2", meeting="TRD-1", now=MIDDLE_OF_TRD_1)
    before = statements(lambda: roster.participants(viewer, ListFilter()))
    for name in ("kr4", "cn3", "us4"):
        choose(name, observers="nothing")

    assert statements(lambda: roster.participants(viewer, ListFilter())) == before <= 12


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ({Role.PARTICIPANT}, {Audience.TABLE}),
        ({Role.CO_CHAIR}, {Audience.TABLE}),
        ({Role.FOCAL_POINT}, {Audience.TABLE}),
        ({Role.OBSERVER}, {Audience.OBSERVERS}),
        ({Role.OBSERVER, Role.FOCAL_POINT}, {Audience.OBSERVERS}),
        ({Role.INTERPRETER}, {Audience.INTERPRETERS}),
        ({Role.INTERPRETER, Role.OBSERVER}, {Audience.INTERPRETERS, Audience.OBSERVERS}),
        ({Role.ARCHIVIST}, set()),
        ({Role.OBSERVER, Role.COORDINATOR}, None),
        ({Role.HOST_LEAD}, None),
        ({Role.RAPPORTEUR}, None),
        ({Role.LIAISON_DESK}, None),
    ],
)
def test_person_with_two_roles_reads_as_both(roles: set[Role], expected: set[Audience] | None) -> None:
    assert audiences(PARTICIPANTS_SEE, roles, OPENED) == expected


def test_role_without_access_to_the_list_reads_as_nobody() -> None:
    outside_the_window = OPENED - {Condition.WINDOW}
    without_the_rule = OPENED - {Condition.RULE_SAYS}

    assert audiences(PARTICIPANTS_SEE, {Role.INTERPRETER, Role.OBSERVER}, outside_the_window) == {Audience.OBSERVERS}
    assert audiences(PARTICIPANTS_SEE, {Role.INTERPRETER, Role.OBSERVER}, without_the_rule) == {Audience.INTERPRETERS}
    assert audiences(SESSION_PEOPLE_SEE, {Role.OBSERVER}, without_the_rule) == {Audience.OBSERVERS}


def test_default_is_visible_and_the_table_always_sees_a_name() -> None:
    assert shown_to({}, Audience.OBSERVERS) is Shown.FULL
    assert shown_to({"observers": "nothing", "table": "nothing"}, Audience.OBSERVERS) is Shown.NOTHING
    assert shown_to({"table": "nothing"}, Audience.TABLE) is Shown.NAME
    with pytest.raises(Refusal, match="who sits there"):
        refuse_invisible({Audience.TABLE: Shown.NOTHING})


def test_preview_shows_the_line_of_each_audience_and_saves_nothing(site: Site) -> None:
    own = f"/meetings/{site.cast.meeting('LVR-1')}/registration/visibility"
    client = site.cast.client("us4")

    answer = send(client, own, observers="nothing", interpreters="name", preview="1")

    assert answer.status_code == 200
    shown = {
        line["data-audience"]: [
            part["data-shows"] for part in line.select("[data-shows]") if not part.has_attr("hidden")
        ]
        for line in page(answer).select("[data-audience]")
    }
    assert shown == {
        "table": ["full name", "full", "full name"],
        "observers": ["nothing"],
        "interpreters": ["full name", "full name"],
    }
    kept = site.participation("us4@example.invalid", "LVR-1")
    assert kept is not None
    assert kept.visibility == {}
    send(client, own, observers="nothing", interpreters="name")
    db.session.rollback()
    kept = site.participation("us4@example.invalid", "LVR-1")
    assert kept is not None
    assert kept.visibility == {"table": "full", "observers": "nothing", "interpreters": "name"}
