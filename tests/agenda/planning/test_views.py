"""Pages of the agenda, as each persona sees them."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import update

from dialogues.agenda.planning import commands as planning_commands
from dialogues.agenda.planning import operations as planning_operations
from dialogues.agenda.planning.models import DraftItem
from dialogues.agenda.planning.queries import draft as planning_draft
from dialogues.agenda.planning.rules import When
from dialogues.agenda.versions.queries import published as versions
from dialogues.agenda.versions.rules import CHATHAM_HOUSE_RULE, Admits, Part
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.queries.meetings import days_of
from dialogues.meetings.roles import operations as roles
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.policy import Role
from tests.agenda.conftest import EVENING, NOW, Browser, counted_queries, plan
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

EARLY_WARNING = "Flood early warning in shared river basins"
STEERING = "Co-chairs and focal points"
BREAKOUTS = "Breakouts A health, B disaster data, C heritage"


def page(cast: Cast, name: str, path: str = "", meeting: str = "TRD-1", **query: str) -> str:
    answer = Browser(cast, name).get(f"/meetings/{cast.meeting(meeting)}/agenda{path}", query_string=query)
    assert answer.status_code == 200, answer.status
    return unescape(answer.text)


@pytest.fixture
def meeting_over_a_fold(cast: Cast) -> None:
    """LVR-1 lasts until the night in which the clocks of Europe/Zurich go back."""
    meeting_id = cast.meeting("LVR-1")
    with upkeep(system(Purpose.SAMPLE)) as session:
        meeting = session.get_one(Meeting, meeting_id)
        meeting.ends_on = meeting.depart_on = date(2027, 11, 1)


def test_change_of_people_is_not_shown_to_editors_who_may_not_know_them(cast: Cast) -> None:
    set_clock(cast.app, BEFORE_LVR_1)
    coordinator = cast.viewer("st-coord", meeting="LVR-1", now=BEFORE_LVR_1)
    planned = planning_draft.planned_meeting(coordinator)
    session = planning_draft.draft_session(coordinator, planned, cast.session("LVR-1-02"))
    with upkeep(system(Purpose.SAMPLE)):
        planning_operations.write_people(session.item, session.people[:1])

    assert "One session differs" in page(cast, "st-coord", "/draft", "LVR-1")
    assert "One session differs" not in page(cast, "ch2", "/draft", "LVR-1")


def publish(cast: Cast, meeting: str) -> None:
    coordinator = cast.viewer("st-coord", meeting=meeting)
    planned = planning_draft.planned_meeting(coordinator)
    seen = planning_commands.preview_digest(
        planning_draft.unreleased(coordinator, planned, planning_draft.draft(coordinator, planned))
    )
    planning_commands.release_agenda(coordinator, reason="", seen=seen, now=NOW)


class TestTheAgenda:
    @pytest.mark.parametrize("name", ["us4", "kr1", "st-rap1", "in-ko1", "st-host", "st-coord", "ch1"])
    def test_participants_see_their_sessions_with_times_rooms_and_zone(self, cast: Cast, name: str) -> None:
        shown = page(cast, name)
        for words in (EARLY_WARNING, BREAKOUTS, "14:00", "Plenary hall", "Asia/Ulaanbaatar, UTC+08:00"):
            assert words in shown

    @pytest.mark.parametrize(
        ("name", "sees"),
        [("kr1", True), ("ch1", True), ("st-coord", True), ("st-host", True)]
        + [(name, False) for name in ("us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel")],
    )
    def test_a_session_by_invitation_is_visible_to_named_people(self, cast: Cast, name: str, sees: bool) -> None:
        assert (STEERING in page(cast, name)) is sees

    def test_an_observer_sees_sessions_open_to_observers(self, cast: Cast) -> None:
        shown = page(cast, "xo2")
        assert EARLY_WARNING in shown
        assert BREAKOUTS not in shown

    def test_an_observer_of_lvr_1_sees_session_5_and_not_session_4(
        self, app: Flask, cast: Cast, accept: Callable[[str, str], None]
    ) -> None:
        set_clock(app, BEFORE_LVR_1)
        accept("kr1", "LVR-1")
        shown = page(cast, "kr1", meeting="LVR-1")
        assert "Observers' perspectives" in shown
        assert "Risk reduction and notification" not in shown
        client, meeting = Browser(cast, "kr1"), cast.meeting("LVR-1")
        for code, status in (("LVR-1-05", 200), ("LVR-1-04", 404)):
            assert client.get(f"/meetings/{meeting}/agenda/sessions/{cast.session(code)}").status_code == status

    def test_the_liaison_desk_sees_only_times_and_places(self, cast: Cast) -> None:
        shown = page(cast, "st-travel")
        assert shown.count(">Session <") == 13
        assert "Plenary hall" in shown
        for words in (EARLY_WARNING, STEERING, "Chatham House", "ZAGVAR", "Plenary<", "Observers are admitted"):
            assert words not in shown
        path = f"/meetings/{cast.meeting()}/agenda/sessions/{cast.session('TRD-1-04')}"
        assert Browser(cast, "st-travel").get(path).status_code == 404

    def test_the_liaison_desk_sees_only_the_time_of_a_restricted_session(self, cast: Cast) -> None:
        times = [one for one in versions.sessions_for(cast.viewer("st-travel", meeting="TRD-1")) if not one.rooms]
        assert [f"{one.starts:%H:%M}" for one in times] == ["17:45"]

    def test_an_interpreter_sees_the_agenda_only_within_the_access_window(self, app: Flask, cast: Cast) -> None:
        path = f"/meetings/{cast.meeting()}/agenda"
        client = Browser(cast, "in-ko1")
        assert client.get(path).status_code == 200
        set_clock(app, NOW - timedelta(days=30))
        assert client.get(path).status_code == 404

    def test_chair_and_leads_are_named_after_the_exchange(self, cast: Cast) -> None:
        assert "RI Ka-myong" in page(cast, "us4")
        assert "EXEMPLE" not in page(cast, "us4", meeting="LVR-1")
        assert "EXEMPLE" in page(cast, "st-coord", meeting="LVR-1")

    def test_everyone_sees_their_own_part(self, cast: Cast) -> None:
        assert "Your part: lead" in page(cast, "us4")
        assert "Your part: lead" not in page(cast, "st-arch")

    def test_my_part_shows_only_my_sessions(self, cast: Cast) -> None:
        shown = page(cast, "kr1", mine="1")
        assert "Cultural and scientific exchange" in shown
        assert EARLY_WARNING not in shown

    def test_a_user_in_another_time_zone_sees_both_times(self, cast: Cast) -> None:
        assert "10:00–10:30 Asia/Seoul" in page(cast, "kr1")
        assert "21:00–21:30 America/New York (−1 day)" in page(cast, "us4")
        assert "Asia/Seoul" not in re.sub(r"<footer.*", "", page(cast, "us4"), flags=re.DOTALL)

    def test_the_version_number_is_shown_only_to_users_who_see_every_session(self, cast: Cast) -> None:
        assert "Release 1 of" in page(cast, "st-coord")
        assert "Release 1 of" not in page(cast, "us4")

    def test_a_new_version_is_shown_at_once(self, cast: Cast) -> None:
        assert "An evening talk" not in page(cast, "us4")
        planning_commands.plan_session(cast.viewer("st-coord", meeting="TRD-1"), plan(), now=NOW)
        assert "An evening talk" not in page(cast, "us4")
        publish(cast, "TRD-1")
        assert "An evening talk" in page(cast, "us4")
        assert "An evening talk" not in page(cast, "xo2")

    def test_names_of_nominees_are_shown_only_to_their_focal_point(self, cast: Cast) -> None:
        """A rapporteur who is also a focal point sees the party's nominees; other rapporteurs do not."""
        us4, us, rapporteur, trd = cast.person("us4"), cast.party("US"), cast.person("st-rap2"), cast.dialogue()
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.execute(
                update(Participation)
                .where(Participation.person_id == us4)
                .values(status=ParticipationStatus.INVITED, version=Participation.version + 1)
            )
            session.execute(
                update(RoleGrant)
                .where(RoleGrant.party_id == us, RoleGrant.role == Role.FOCAL_POINT)
                .values(revoked_at=NOW)
            )
            roles.grant_role(
                rapporteur, Role.FOCAL_POINT, dialogue_id=trd, party_id=us, offered_at=NOW, accepted_at=NOW
            )
        assert "MOCKFORD" in page(cast, "st-rap2")
        assert "MOCKFORD" not in page(cast, "st-rap1")

    def test_the_page_of_one_user_does_not_affect_another_user(self, cast: Cast) -> None:
        before = {name: page(cast, name) for name in ("xo2", "us4", "st-travel", "st-arch")}
        page(cast, "st-coord")
        page(cast, "kr1")
        assert {name: _body(page(cast, name)) for name in before} == {
            name: _body(text) for name, text in before.items()
        }


class TestSessionPage:
    def test_the_page_quotes_the_chatham_house_rule_in_english(self, cast: Cast) -> None:
        shown = page(cast, "us4", f"/sessions/{cast.session('TRD-1-04')}")
        assert CHATHAM_HOUSE_RULE in shown
        assert 'lang="en"><p>When a meeting' in shown

    def test_another_rule_is_shown_without_the_quotation(self, cast: Cast) -> None:
        shown = page(cast, "us4", f"/sessions/{cast.session('TRD-1-05')}")
        assert CHATHAM_HOUSE_RULE not in shown
        assert "never released" in shown

    def test_a_forbidden_session_looks_like_an_unknown_one(self, cast: Cast) -> None:
        client, meeting = Browser(cast, "us4"), cast.meeting()
        steering = client.get(f"/meetings/{meeting}/agenda/sessions/{cast.session('TRD-1-06')}")
        unknown = client.get(f"/meetings/{meeting}/agenda/sessions/{UUID(int=7)}")
        assert steering.status_code == unknown.status_code == 404
        assert _plain(steering.text) == _plain(unknown.text)

    def test_an_unpublished_session_has_no_page(self, cast: Cast) -> None:
        session_id = planning_commands.plan_session(cast.viewer("st-coord", meeting="TRD-1"), plan(), now=NOW)
        for name in ("us4", "st-coord"):
            path = f"/meetings/{cast.meeting()}/agenda/sessions/{session_id}"
            assert Browser(cast, name).get(path).status_code == 404


def _body(text: str) -> str:
    return _plain(re.sub(r"<footer.*", "", text, flags=re.DOTALL))


def _plain(text: str) -> str:
    """A page without the parts that differ in each request."""
    return re.sub(r'(nonce|value)="[^"]*"|[0-9a-f-]{36}', "", text)


def typed(cast: Cast, name: str, path: str, meeting: str = "TRD-1", **changes: Any) -> Any:
    """Send the form at that path with these changes; returns the response."""
    client, address = Browser(cast, name), f"/meetings/{cast.meeting(meeting)}/agenda{path}"
    form = client.get(address).text
    fields: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        kind, field, value = (_attribute(tag, key) for key in ("type", "name", "value"))
        if field and (kind not in {"checkbox", "radio"} or " checked" in tag):
            fields.setdefault(field, []).append(unescape(value))
    for field, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', form, flags=re.DOTALL):
        fields[field] = (
            re.findall(r'<option selected value="([^"]*)"', options)[:1] or re.findall(r'value="([^"]*)"', options)[:1]
        )
    fields.update({key: value if isinstance(value, list) else [value] for key, value in changes.items()})
    return client.post(address, data=fields)


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""


class TestTheDraft:
    def test_an_added_session_is_in_the_draft(self, cast: Cast) -> None:
        answer = typed(
            cast, "st-coord", "/draft/new", title="An evening talk", day="2027-05-26", starts="18:00", ends="19:00"
        )
        assert answer.status_code == 303
        shown = page(cast, "st-coord", "/draft")
        assert "An evening talk" in shown
        assert "One session differs from what others see." in shown

    def test_a_new_session_defaults_to_the_first_day_of_the_meeting(self, cast: Cast) -> None:
        assert 'value="2027-05-25"' in page(cast, "st-coord", "/draft/new")

    def test_a_clash_keeps_the_input_and_gives_the_reason(self, cast: Cast) -> None:
        viewer = cast.viewer("st-coord", meeting="TRD-1")
        rooms = {
            room.name: str(room.id) for room in planning_draft.rooms_of_venue(planning_draft.planned_meeting(viewer))
        }
        answer = typed(
            cast,
            "st-coord",
            "/draft/new",
            title="A “second” talk",
            day="2027-05-26",
            starts="09:30",
            ends="10:15",
            rooms=[rooms["Plenary hall"]],
            leads=[str(cast.person("us1")), str(cast.person("jp3"))],
        )
        shown = unescape(answer.text)
        assert answer.status_code == 422
        assert "The room Plenary hall is taken from 09:00 to 10:30" in shown
        assert "MIHON Jirō is in “Climate resilience" in shown
        for kept in ('value="A “second” talk"', 'value="2027-05-26"', 'value="09:30"', 'value="10:15"'):
            assert kept in shown
        for ticked in (rooms["Plenary hall"], str(cast.person("us1"))):
            assert re.search(rf"<input[^>]*checked[^>]*value=\"{ticked}\"", answer.text)

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"title": ""}, "Please fill this in."),
            ({"title": "x" * 10_000}, "Write at most 200 characters."),
            ({"day": "2027-06-01"}, "The meeting lasts from Monday 24 May 2027 to Friday 28 May 2027"),
            ({"ends": "17:00"}, "would end at 17:00, but it starts at 18:00"),
            ({"starts": "25:00"}, "Not a valid time value"),
            ({"rooms": ["nowhere"]}, "Invalid"),
        ],
    )
    def test_invalid_input_is_refused_in_plain_words(self, cast: Cast, changes: dict[str, Any], words: str) -> None:
        facts = {"title": "A talk", "day": "2027-05-26", "starts": "18:00", "ends": "19:00"} | changes
        answer = typed(cast, "st-coord", "/draft/new", **facts)
        assert answer.status_code == 422
        assert words in unescape(answer.text)

    def test_control_and_direction_characters_are_removed(self, cast: Cast) -> None:
        facts = {"day": "2027-05-26", "starts": "18:00", "ends": "19:00"}
        typed(cast, "st-coord", "/draft/new", title="A\u202e talk\x07 here", **facts)
        assert "A talk here" in page(cast, "st-coord", "/draft")

    def test_concurrent_saves_lose_nothing(self, cast: Cast) -> None:
        path = f"/draft/{cast.session('TRD-1-12')}/edit"
        stale = typed(cast, "st-coord", path, title="Mine", version="0")
        shown = unescape(stale.text)
        assert stale.status_code == 422
        assert "Someone else has changed this session" in shown
        assert 'value="Mine"' in shown
        assert "What is saved now" in shown
        assert "Next steps and closing" in shown

    def test_editing_without_a_change_leaves_nothing_to_publish(self, cast: Cast) -> None:
        assert typed(cast, "st-coord", f"/draft/{cast.session('TRD-1-03')}/edit").status_code == 303
        assert "Everything in this draft is released." in page(cast, "st-coord", "/draft")

    def test_a_session_can_be_moved_to_a_free_time_and_removed(self, cast: Cast) -> None:
        session_id = cast.session("TRD-1-12")
        onto = typed(cast, "st-coord", f"/draft/{session_id}/move", starts="11:30", ends="12:00")
        assert onto.status_code == 422
        assert "is taken from 11:00 to 12:15" in unescape(onto.text)
        assert typed(cast, "st-coord", f"/draft/{session_id}/move", starts="13:00", ends="13:30").status_code == 303
        assert typed(cast, "st-coord", f"/draft/{session_id}/remove").status_code == 303
        assert "Removed since the last release" in page(cast, "st-coord", "/draft")

    @pytest.mark.usefixtures("meeting_over_a_fold")
    def test_the_form_asks_about_an_ambiguous_time(self, cast: Cast) -> None:
        facts = {"title": "A talk", "day": "2027-10-31", "starts": "02:30", "ends": "04:00"}
        asked = typed(cast, "st-coord", "/draft/new", meeting="LVR-1", **facts)
        assert asked.status_code == 422
        assert "This start comes twice that night: which?" in unescape(asked.text)
        assert "This end comes twice" not in unescape(asked.text)
        told = typed(cast, "st-coord", "/draft/new", meeting="LVR-1", **facts, fold_start="1")
        assert told.status_code == 303
        assert "02:30" in page(cast, "st-coord", "/draft", meeting="LVR-1")

    @pytest.mark.parametrize("name", ["us4", "xo2", "st-travel", "st-rap1", "kr1"])
    def test_other_roles_cannot_open_the_draft(self, cast: Cast, name: str) -> None:
        client, base = Browser(cast, name), f"/meetings/{cast.meeting()}/agenda"
        for path in ("/draft", "/draft/new", f"/draft/{cast.session('TRD-1-04')}/edit", "/release", "/releases"):
            assert client.get(base + path).status_code == 404

    def test_a_room_that_is_too_small_shows_a_warning(self, cast: Cast) -> None:
        viewer = cast.viewer("st-coord", meeting="TRD-1")
        rooms = {room.name: room.id for room in planning_draft.rooms_of_venue(planning_draft.planned_meeting(viewer))}
        planning_commands.plan_session(viewer, plan(rooms=(rooms["Willow room"],)), now=NOW)
        assert "the room holds 18." in page(cast, "st-coord", "/draft")

    def test_a_co_chair_learns_no_number_before_the_exchange(self, cast: Cast) -> None:
        viewer = cast.viewer("st-coord", meeting="LVR-1")
        rooms = {room.name: room.id for room in planning_draft.rooms_of_venue(planning_draft.planned_meeting(viewer))}
        when = When(days_of(planning_draft.planned_meeting(viewer)).last, EVENING.starts, EVENING.ends)
        planning_commands.plan_session(viewer, plan(when=when, rooms=(rooms["Vine room"],)), now=NOW)
        assert "the room holds 8." in page(cast, "st-coord", "/draft", meeting="LVR-1")
        seen = page(cast, "ch2", "/draft", meeting="LVR-1")
        assert "the room holds" not in seen
        assert "EXEMPLE" not in seen

    def test_a_co_chair_learns_nothing_about_a_person_on_no_list(self, cast: Cast) -> None:
        """A person in two sessions at once who is on no list: only the coordinator sees the clash."""
        us4 = cast.person("us4")
        coordinator = cast.viewer("st-coord", meeting="TRD-1")
        for title in ("An evening talk", "A talk beside it"):
            planning_commands.plan_session(coordinator, plan(title=title), now=NOW)
        planned = [
            one.id
            for one in planning_draft.draft(coordinator, planning_draft.planned_meeting(coordinator))
            if "talk" in one.title
        ]
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.execute(
                update(Participation).where(Participation.person_id == us4).values(status=ParticipationStatus.INVITED)
            )
            for item in session.query(DraftItem).filter(DraftItem.session_id.in_(planned)):
                planning_operations.write_people(item, ((us4, Part.LEAD),))
        assert "Renee MOCKFORD is in “A" in page(cast, "st-coord", "/draft")
        seen = page(cast, "ch1", "/draft")
        assert "MOCKFORD" not in seen
        for words in ("no longer in the meeting", "not available", "no longer belongs"):
            assert words not in seen


class TestQueries:
    def test_the_agenda_sends_few_queries_for_any_length(self, cast: Cast) -> None:
        few, many = _before_and_after_filling(cast, "us4", "/agenda")
        assert few == many <= 6

    def test_the_draft_sends_few_queries_for_any_length(self, cast: Cast) -> None:
        few, many = _before_and_after_filling(cast, "st-coord", "/agenda/draft")
        assert few == many <= 12


def _before_and_after_filling(cast: Cast, name: str, page: str) -> tuple[int, int]:
    """The number of queries of the page, before and after many sessions are added."""
    client, path = Browser(cast, name), f"/meetings/{cast.meeting()}{page}"
    few = _queries_of(client, path)
    _fill(cast, 30)
    return few, _queries_of(client, path)


def _queries_of(client: Browser, path: str) -> int:
    client.get(path)
    with counted_queries() as sent:
        client.get(path)
    return len(sent)


def _fill(cast: Cast, number: int) -> None:
    viewer = cast.viewer("st-coord", meeting="TRD-1")
    for place in range(number):
        planning_commands.plan_session(viewer, plan(title=f"Talk {place}", admits=Admits.OBSERVERS_TOO), now=NOW)
    publish(cast, "TRD-1")
