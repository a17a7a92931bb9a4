"""Who sees whom on the list before and after the exchange, without signs of hidden people."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Place, Purpose, RoleAssignment, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Exchange, Meeting, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries import visibility as participants_visibility
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.roster.queries import listing as roster
from dialogues.people.roster.queries.listing import ListFilter
from dialogues.policy import ACTIONS, NOMINATIONS_SEE, PARTICIPANTS_SEE, REGISTRATION_SEE, Condition, Role, Scope
from tests.cast import BEFORE_LVR_1, MIDDLE_OF_TRD_1, Cast
from tests.people.conftest import Site

pytestmark = pytest.mark.engine


LIST = ListFilter()


def seen(viewer: Viewer, wanted: ListFilter = LIST) -> list[str]:
    return [line.name for line in roster.participants(viewer, wanted).lines]


def viewer_with(**changes: Any) -> Viewer:
    """A viewer in a meeting as the policy builds it."""
    place = Place(dialogue_id=uuid4(), meeting_id=uuid4())
    facts = {"place": place, "person_id": uuid4(), "account_id": uuid4()} | changes
    return Viewer(**facts)


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("action", [PARTICIPANTS_SEE, NOMINATIONS_SEE, REGISTRATION_SEE])
def test_every_scope_becomes_a_condition_and_only_three_match_anyone(scope: Scope, action: Any) -> None:
    viewer = viewer_with(role_assignments=(RoleAssignment(Role.FOCAL_POINT, uuid4(), uuid4()),))
    viewer._scopes[action] = frozenset({scope})

    condition = str(
        participants_visibility.visible(viewer, action).compile(
            dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
        )
    )

    reaches = {
        Scope.ALL: "participation.meeting_id",
        Scope.OWN_PARTY: "participation.party_id IN",
        Scope.OWN: "participation.person_id",
    }
    if scope in reaches:
        assert reaches[scope] in condition
        assert "participation.meeting_id" in condition
    else:
        assert (
            db.session.execute(select(Participation.id).where(participants_visibility.visible(viewer, action))).all()
            == []
        )


def test_nobody_is_visible_outside_a_meeting(cast: Cast) -> None:
    coordinator = cast.viewer("st-coord", dialogue="TRD")

    for action in ACTIONS.values():
        assert (
            db.session.execute(
                select(Participation.id).where(participants_visibility.visible(coordinator, action))
            ).all()
            == []
        )


@pytest.mark.parametrize("persona", ["st-host", "st-coord", "ch1", "kr1", "us4", "st-rap1", "st-travel", "in-ko1"])
def test_after_the_exchange_the_list_is_open(cast: Cast, persona: str) -> None:
    everyone = seen(cast.viewer("st-coord", meeting="TRD-1", now=MIDDLE_OF_TRD_1))

    assert len(everyone) > 20
    assert seen(cast.viewer(persona, meeting="TRD-1", now=MIDDLE_OF_TRD_1)) == everyone


def test_observers_see_only_themselves_unless_the_rules_allow_more(cast: Cast) -> None:
    assert len(seen(cast.viewer("xo2", meeting="TRD-1"))) == 1

    with upkeep(system(Purpose.UPKEEP)):
        db.session.execute(select(Meeting).where(Meeting.code == "TRD-1")).scalar_one().observers_may_read = True
    assert len(seen(cast.viewer("xo2", meeting="TRD-1"))) > 20


def test_archivist_learns_only_that_a_list_exists(cast: Cast) -> None:
    found = roster.participants(cast.viewer("st-arch", meeting="TRD-1"), LIST)

    assert found.sealed
    assert (found.lines, found.tallies, found.found) == ((), (), 0)


def test_before_the_exchange_only_host_and_coordinator_see_everyone(cast: Cast) -> None:
    everyone = seen(cast.viewer("st-coord", meeting="LVR-1", now=BEFORE_LVR_1))

    assert len(everyone) > 10
    assert seen(cast.viewer("st-host", meeting="LVR-1", now=BEFORE_LVR_1)) == everyone
    for persona in ("kr1", "st-rap1", "st-travel", "st-arch"):
        assert seen_or_nothing(cast, persona) == []


def seen_or_nothing(cast: Cast, persona: str) -> list[str]:
    try:
        return seen(cast.viewer(persona, meeting="LVR-1", now=BEFORE_LVR_1))
    except LookupError:
        return []


def test_before_the_exchange_a_focal_point_sees_the_own_party(cast: Cast) -> None:
    own = roster.participants(cast.viewer("us2", meeting="LVR-1", now=BEFORE_LVR_1), LIST)

    assert {line.party_code for line in own.lines} == {"US"}
    assert {tally.party_code for tally in own.tallies} == {"US"}
    assert own.found == len(own.lines) > 1


def test_before_the_exchange_a_participant_sees_the_own_entry(cast: Cast) -> None:
    assert len(seen(cast.viewer("us4", meeting="LVR-1", now=BEFORE_LVR_1))) == 1


def test_before_the_exchange_a_co_chair_sees_no_more_than_others_do(cast: Cast) -> None:
    assert len(seen(cast.viewer("ch2", meeting="LVR-1", now=BEFORE_LVR_1))) == 1


def test_person_is_on_no_list_before_accepting(cast: Cast) -> None:
    with pytest.raises(LookupError):
        cast.viewer("kr1", meeting="LVR-1", now=BEFORE_LVR_1)


def test_counts_searches_and_pages_contain_only_visible_people(cast: Cast) -> None:
    viewer = cast.viewer("us2", meeting="LVR-1", now=BEFORE_LVR_1)
    hidden = cast.viewer("st-coord", meeting="LVR-1", now=BEFORE_LVR_1)
    stranger = next(line for line in roster.participants(hidden, LIST).lines if line.party_code != "US")

    by_name = roster.participants(viewer, ListFilter(search=stranger.name))
    by_party = roster.participants(viewer, ListFilter(party_id=stranger.party_id))

    assert (by_name.found, by_party.found) == (0, 0)
    with pytest.raises(NotFound):
        roster.person(viewer, stranger.id)
    with pytest.raises(NotFound):
        roster.person(viewer, uuid4())


def test_registrations_are_visible_to_the_person_the_focal_point_and_the_coordinator(cast: Cast) -> None:
    def with_registration(persona: str) -> set[str]:
        lines = roster.participants(cast.viewer(persona, meeting="TRD-1"), LIST).lines
        assert all((line.status is None) == (line.languages is None) for line in lines)
        return {line.party_code for line in lines if line.status is not None}

    assert len(with_registration("st-coord")) > 5
    assert len(with_registration("st-travel")) > 5
    assert with_registration("kr1") == {"KR"}
    assert with_registration("us4") == {"US"}
    assert with_registration("ch1") <= {"CH"}


def test_declined_person_is_listed_only_for_the_party_and_the_coordinator(cast: Cast, site: Site) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        one = db.session.execute(select(Participation).where(Participation.id == site.participation_of("kr3", "TRD-1")))
        one.scalar_one().status = ParticipationStatus.DECLINED
    kr3 = db.session.execute(select(Person.name).where(Person.id == cast.person("kr3"))).scalar_one()

    assert kr3 in seen(cast.viewer("st-coord", meeting="TRD-1"))
    assert kr3 in seen(cast.viewer("kr1", meeting="TRD-1"))
    assert kr3 not in seen(cast.viewer("us4", meeting="TRD-1"))
    assert kr3 not in seen(cast.viewer("st-rap1", meeting="TRD-1"))


def test_parties_follow_the_order_in_force_and_people_their_sort_name(cast: Cast) -> None:
    lines = roster.participants(cast.viewer("st-coord", meeting="TRD-1"), LIST).lines

    parties = list(dict.fromkeys(line.party_code for line in lines))
    assert parties == ["CN", "KP", "JP", "MN", "KR", "RU", "CH", "US", "XO"]
    keys = dict(db.session.execute(select(Person.id, Person.sort_key)).all())
    korean = [keys[line.person_id].lower() for line in lines if line.party_code == "KR"]
    assert korean == sorted(korean)


def test_search_finds_names_in_any_script_and_reads_wildcards_literally(cast: Cast) -> None:
    coordinator = cast.viewer("st-coord", meeting="TRD-1")
    one = next(line for line in roster.participants(coordinator, LIST).lines if line.native)

    assert one.name in seen(coordinator, ListFilter(search=one.native[:2]))
    assert one.name in seen(coordinator, ListFilter(search=one.name.upper()))
    assert seen(coordinator, ListFilter(search="%")) == seen(coordinator, ListFilter(search="_")) == []


@pytest.mark.parametrize(
    ("name", "search"),
    [
        ("Łukasz Żółć", "lukasz"),
        ("Łukasz Żółć", "ŻÓŁĆ lukasz"),
        ("Bjørn Ærø", "bjorn"),
        ("Bjørn Ærø", "aero"),
        ("Işık Yıldız", "isik"),
        ("Işık Yıldız", "IŞIK"),
        ("Nguyễn Văn Đức", "duc"),
        ("Müller Hans", "hans müller"),
        ("Þóra Guðjónsdóttir", "thora gudjonsdottir"),
        ("Siobhán O’Neil", "o'neil"),
        ("Siobhán O’Neil", "oneil siobhan"),
        ("Kim Young-ho", "youngho"),
        ("Kim Youngho", "young-ho kim"),
        ("김 철수", "김철수"),
        ("김철수", "김 철수"),
    ],
)
def test_search_finds_a_name_as_people_type_it(cast: Cast, name: str, search: str) -> None:
    coordinator = cast.viewer("st-coord", meeting="TRD-1")
    with upkeep(system(Purpose.SAMPLE)):
        db.session.get_one(Person, roster.participants(coordinator, LIST).lines[0].person_id).name = name

    assert seen(coordinator, ListFilter(search=search)) == [name]


def test_search_for_two_words_finds_only_people_with_both(cast: Cast) -> None:
    coordinator = cast.viewer("st-coord", meeting="TRD-1")
    first, second = (line.name for line in roster.participants(coordinator, LIST).lines[:2])

    assert seen(coordinator, ListFilter(search=f"{first} {second}")) == []


def test_meeting_of_another_dialogue_has_another_list(cast: Cast) -> None:
    trd, scd = (cast.viewer("st-coord", meeting=code) for code in ("TRD-1", "SCD-1"))
    one = roster.participants(trd, LIST).lines[0]

    with pytest.raises(NotFound):
        roster.person(scd, one.id)


def test_sealed_and_absent_lists_take_the_same_statements(cast: Cast, statements: Callable[..., int]) -> None:
    archivist = cast.viewer("st-arch", meeting="LVR-1", now=BEFORE_LVR_1)
    sealed = statements(lambda: roster.participants(archivist, LIST))
    with upkeep(system(Purpose.UPKEEP)):
        here = Participation.meeting_id == cast.meeting("LVR-1")
        for row in db.session.execute(select(Participation).where(here)).scalars():
            db.session.delete(row)

    assert statements(lambda: roster.participants(archivist, LIST)) == sealed


def crowd(cast: Cast, people: int) -> None:
    """Add confirmed participants to SCD-1."""
    party_id = cast.party("MN", "SCD")
    ids = {"dialogue_id": cast.dialogue("SCD"), "meeting_id": cast.meeting("SCD-1")}
    at = datetime(2027, 5, 1, tzinfo=UTC)
    with upkeep(system(Purpose.SAMPLE)) as session:
        persons = [
            Person(id=uuid4(), dialogue_id=ids["dialogue_id"], name=f"Guest {n:04}", sort_key=f"guest {n:04}")
            for n in range(people)
        ]
        session.add_all(persons)
        session.flush()
        session.add_all(
            Participation(
                **ids,
                person_id=person.id,
                party_id=party_id,
                capacity=Capacity.PARTICIPANT,
                status=ParticipationStatus.CONFIRMED,
                invited_at=at,
            )
            for person in persons
        )


def test_page_takes_the_same_few_statements_for_few_and_for_two_thousand(
    cast: Cast, site: Site, statements: Callable[..., int]
) -> None:
    client = cast.client("st-coord")
    few = statements(lambda: client.get(site.page("SCD-1")))
    crowd(cast, 2_000)

    answer = client.get(site.page("SCD-1"))
    many = statements(lambda: client.get(site.page("SCD-1") + "?page=3"))

    assert few == many <= 12
    assert "Guest 0005" in answer.text
    assert len(answer.data) < 400_000


def test_pages_of_a_long_list_contain_everyone_once(cast: Cast) -> None:
    crowd(cast, 250)
    coordinator = cast.viewer("st-coord", meeting="SCD-1", now=BEFORE_LVR_1)
    first = roster.participants(coordinator, LIST)

    names = [name for page in range(1, first.last + 1) for name in seen(coordinator, ListFilter(page=page))]

    assert len(names) == len(set(names)) == first.found > 250
    assert seen(coordinator, ListFilter(page=999)) == seen(coordinator, ListFilter(page=first.last))


def test_exchange_in_the_future_is_not_open_yet(cast: Cast) -> None:
    with upkeep(system(Purpose.UPKEEP)):
        exchange = db.session.get_one(Exchange, cast.meeting("LVR-1"))
        exchange.opened_at = BEFORE_LVR_1.replace(month=8)

    assert Condition.EXCHANGED not in cast.viewer("us4", meeting="LVR-1", now=BEFORE_LVR_1).conditions
    assert len(seen(cast.viewer("us4", meeting="LVR-1", now=BEFORE_LVR_1))) == 1
