"""Who may list, read and find a record, and when; the table is written by hand from the practice page."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import ANYONE, Purpose, Viewer, system
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.meetings import commands as meetings
from dialogues.meetings.roles.operations import grant_role
from dialogues.policy import (
    OFFICE_RECORD_READ,
    RECORD_FILE,
    RECORD_LINE_SEE,
    RECORD_READ,
    SUMMARY_FILED_READ,
    Condition,
    Role,
    Scope,
)
from dialogues.records.archive.models import Record
from dialogues.records.archive.queries import records as archive_records
from dialogues.records.archive.queries import searching as archive_searching
from dialogues.records.archive.queries import shelves as archive_shelves
from dialogues.records.archive.queries import visibility as archive_visibility
from dialogues.records.archive.rules import Listing, RecordKind, Shelf
from tests.records.archive.conftest import NOW, RESTRICTED, Archive

pytestmark = pytest.mark.engine


AR_1_OPENS = datetime(2027, 6, 14, 16, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
LATER = NOW + timedelta(days=400)
CANARY = "canarium"


# Each record, and who can read it now.
HOST_COORDINATOR_ARCHIVIST = {"st-host", "st-coord", "st-arch"}
SUMMARY_READERS = {"st-host", "st-coord", "ch1", "st-rap1"}
CIRCLE = SUMMARY_READERS | {"kr1", "us4", "st-arch"}
PERSONAS = {*CIRCLE, "xo2", "in-ko1", "st-travel"}
READERS = {
    "OPEN": CIRCLE,
    "MEETING": CIRCLE,
    "RESTRICTED": {"st-host", "st-coord", "ch1", "kr1", "st-arch"},
    "SUMMARY": SUMMARY_READERS,
    "RESTRICTED-SUMMARY": SUMMARY_READERS - {"st-rap1"},
    "OFFICE": HOST_COORDINATOR_ARCHIVIST,
    "UNLISTED": CIRCLE,
    "CLOSED-TITLE": set(),
    "CLOSED-UNLISTED-UNTIL": set(),
    "CLOSED-UNLISTED": set(),
    "OFFICE-CLOSED": set(),
}
LISTED = READERS | {
    "SUMMARY": SUMMARY_READERS | {"st-arch"},
    "RESTRICTED-SUMMARY": {"st-host", "st-coord", "ch1", "st-arch"},
    "UNLISTED": {"st-arch"},
    "CLOSED-TITLE": CIRCLE,
    "CLOSED-UNLISTED-UNTIL": HOST_COORDINATOR_ARCHIVIST,
    "CLOSED-UNLISTED": {"st-arch"},
    "OFFICE-CLOSED": HOST_COORDINATOR_ARCHIVIST,
}
FOUND = READERS | {"UNLISTED": {"st-arch"}}


@pytest.fixture
def papers(archive: Archive) -> Archive:
    """A record of each kind; all contain the same rare word."""

    def place(name: str, shelf: Shelf | None = None, **more: Any) -> None:
        archive.place(name, f"{CANARY} {name}", shelf=shelf, **more)

    place("OPEN")
    place("MEETING", archive.shelf(meeting="TRD-1"))
    place("RESTRICTED", archive.shelf(session=RESTRICTED))
    place("SUMMARY", archive.shelf(session="TRD-1-04"), kind=RecordKind.SUMMARY)
    place("RESTRICTED-SUMMARY", archive.shelf(session=RESTRICTED), kind=RecordKind.SUMMARY)
    place("OFFICE", Shelf())
    place("UNLISTED", listing=Listing.UNLISTED)
    for listing, name in zip(Listing, ("CLOSED-TITLE", "CLOSED-UNLISTED-UNTIL", "CLOSED-UNLISTED"), strict=True):
        place(name, **archive.closed_until(LATER, listing))
    place("OFFICE-CLOSED", Shelf(), **archive.closed_until(LATER, Listing.UNLISTED_UNTIL_RELEASE))
    return archive


def standing(archive: Archive, persona: str, meeting: str | None = None) -> Viewer:
    dialogue = None if meeting else "TRD"
    return archive.cast.viewer(persona, dialogue=dialogue, meeting=meeting)


def references(where: Any) -> set[str]:
    return set(db.session.scalars(select(Record.reference).where(where))) & set(READERS)


def may(table: dict[str, set[str]], persona: str) -> set[str]:
    return {name for name, personas in table.items() if persona in personas}


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_each_persona_reads_lists_and_finds_only_permitted_records(papers: Archive, persona: str) -> None:
    viewer = standing(papers, persona)

    assert references(archive_visibility.readable(viewer, NOW)) == may(READERS, persona)
    assert references(archive_visibility.listed(viewer, NOW)) == may(LISTED, persona)
    found = archive_searching.search(viewer, CANARY, NOW)
    assert {line.reference for line, _title, _passage in found.hits} == may(FOUND, persona)
    assert found.count == len(found.hits)


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_the_count_of_a_list_equals_its_rows(papers: Archive, persona: str) -> None:
    found = archive_records.lines(standing(papers, persona), NOW)

    assert {line.reference for line in found.lines} & set(READERS) == may(LISTED, persona)
    assert found.count(None, None) == len(found.lines)


@pytest.mark.parametrize("persona", sorted(PERSONAS))
def test_each_record_opens_only_for_its_readers(papers: Archive, persona: str) -> None:
    viewer = standing(papers, persona)
    for row in db.session.execute(select(Record.id, Record.reference).where(Record.reference.in_(READERS))).all():
        if persona in READERS[row.reference]:
            assert CANARY in archive_records.record(viewer, row.id, NOW).text
        else:
            with pytest.raises(NotFound):
                archive_records.record(viewer, row.id, NOW)


@pytest.mark.parametrize("persona", ["us4", "st-host", "st-arch"])
def test_a_meeting_lists_its_own_records_and_those_of_its_dialogue(papers: Archive, persona: str) -> None:
    viewer = standing(papers, persona, "TRD-1")
    wanted = {name for name in may(LISTED, persona) if not name.startswith("OFFICE")}

    assert references(archive_visibility.listed(viewer, NOW)) == wanted


def test_records_of_another_dialogue_are_not_found(papers: Archive) -> None:
    viewer = papers.cast.viewer("st-host", dialogue="SCD")

    assert references(archive_visibility.listed(viewer, NOW)) == {"OFFICE", "OFFICE-CLOSED"}


@pytest.mark.parametrize("persona", ["us4", "st-coord"])
def test_records_are_open_to_their_readers_after_the_embargo(papers: Archive, persona: str) -> None:
    viewer = standing(papers, persona)

    opened = references(archive_visibility.readable(viewer, LATER)) - references(
        archive_visibility.readable(viewer, LATER - A_SECOND)
    )

    of_office = {"OFFICE-CLOSED"} if persona in HOST_COORDINATOR_ARCHIVIST else set()
    assert opened == {"CLOSED-TITLE", "CLOSED-UNLISTED-UNTIL", "CLOSED-UNLISTED"} | of_office
    assert "CLOSED-UNLISTED" not in references(archive_visibility.listed(viewer, LATER))


def test_ar_1_is_closed_to_everyone_until_the_exact_second(archive: Archive) -> None:
    ar_1 = db.session.scalars(select(Record.id).where(Record.reference == "AR-1")).one()
    for persona in sorted(HOST_COORDINATOR_ARCHIVIST):
        viewer = standing(archive, persona)
        with pytest.raises(NotFound):
            archive_records.record(viewer, ar_1, AR_1_OPENS - A_SECOND)
        assert archive_searching.search(viewer, "museum", AR_1_OPENS - A_SECOND).count == 0

        assert "museum" in archive_records.record(viewer, ar_1, AR_1_OPENS).text
        assert archive_searching.search(viewer, "museum", AR_1_OPENS).count == 1


def test_the_line_of_ar_1_shows_when_it_opens(archive: Archive) -> None:
    def line(now: datetime) -> Any:
        found = archive_records.lines(standing(archive, "st-coord"), now, belonging=archive_records.OF_OFFICE)
        return next(line for line in found.lines if line.reference == "AR-1")

    closed = line(AR_1_OPENS - A_SECOND)
    assert (closed.opens_at, closed.zone, closed.is_readable) == (AR_1_OPENS, "Asia/Ulaanbaatar", False)
    opened = line(AR_1_OPENS)
    assert (opened.opens_at, opened.is_readable) == (None, True)


def test_an_observer_reads_the_records_of_a_meeting_whose_rules_say_so(papers: Archive) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        db.session.get_one(Meeting, papers.cast.meeting("TRD-1")).observers_may_read = True
    observer = standing(papers, "xo2", "TRD-1")

    assert Condition.RULE_SAYS in observer.conditions
    assert references(archive_visibility.readable(observer, NOW)) == {"MEETING"}
    assert references(archive_visibility.listed(observer, NOW)) == {"MEETING"}


ACTIONS = (RECORD_READ, SUMMARY_FILED_READ, OFFICE_RECORD_READ, RECORD_LINE_SEE, RECORD_FILE)


@pytest.mark.parametrize("scope", list(Scope))
@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_only_scopes_all_and_sealed_reach_records(papers: Archive, action: Any, scope: Scope) -> None:
    archivist = standing(papers, "st-arch")
    narrow = replace(archivist, _scopes={one: frozenset({scope}) for one in ACTIONS})

    reached = references(archive_visibility.visible(narrow, action, NOW))

    if scope not in {Scope.ALL, Scope.SEALED}:
        assert reached == set()


def test_a_viewer_without_an_account_reaches_no_records(papers: Archive) -> None:
    nowhere = replace(standing(papers, "st-arch"), place=None)
    for viewer in (ANYONE, nowhere):
        assert references(archive_visibility.listed(viewer, NOW)) == set()


def give_role_in_trd_2(archive: Archive, role: Role) -> UUID:
    """Create TRD-2 and give us4, a participant of TRD-1, a role there; returns the id of TRD-2."""
    cast = archive.cast
    trd_2 = meetings.copy_meeting(
        cast.viewer("st-coord", meeting="TRD-1"), code="TRD-2", title="", starts_on=date(2027, 11, 2), now=NOW
    )
    us4, dialogue_id = cast.person("us4"), cast.dialogue()
    with upkeep(system(Purpose.SAMPLE)):
        grant_role(us4, role, dialogue_id=dialogue_id, meeting_id=trd_2, offered_at=NOW, accepted_at=NOW)
    return trd_2


@pytest.mark.parametrize("role", [Role.CO_CHAIR, Role.ARCHIVIST])
def test_role_in_one_meeting_opens_no_restricted_session_of_another(papers: Archive, role: Role) -> None:
    give_role_in_trd_2(papers, role)

    readable = references(archive_visibility.readable(standing(papers, "us4"), NOW))

    assert "MEETING" in readable
    assert "RESTRICTED" not in readable


def test_archivist_of_one_meeting_files_under_no_other(archive: Archive) -> None:
    trd_2 = give_role_in_trd_2(archive, Role.ARCHIVIST)

    offered = archive_shelves.shelves(standing(archive, "us4"))

    assert {shelf.meeting_id for shelf in offered} == {trd_2}


def test_a_withdrawn_record_is_hidden_from_everyone(papers: Archive) -> None:
    with upkeep(system(Purpose.SAMPLE)):
        db.session.scalars(select(Record).where(Record.reference == "OPEN")).one().withdrawn_at = NOW

    for persona in sorted(PERSONAS):
        assert "OPEN" not in references(archive_visibility.listed(standing(papers, persona), NOW))


@pytest.mark.parametrize("kind", [None, RecordKind.STATEMENT])
def test_a_list_sends_as_many_queries_for_many_records_as_for_one(
    archive: Archive, statements: Callable[[Callable[[], Any]], int], kind: RecordKind | None
) -> None:
    viewer = standing(archive, "us4")
    few = statements(lambda: archive_records.lines(viewer, NOW, kind=kind))
    few_found = statements(lambda: archive_searching.search(viewer, "heron", NOW))
    for number in range(60):
        archive.place(f"M-{number}", "heron")

    assert statements(lambda: archive_records.lines(viewer, NOW, kind=kind)) == few == 2
    assert statements(lambda: archive_searching.search(viewer, "heron", NOW)) == few_found == 2


def test_a_hidden_record_costs_as_many_queries_as_an_unknown_one(
    archive: Archive, statements: Callable[[Callable[[], Any]], int]
) -> None:
    closed = archive.place("TRD-C", "heron", **archive.closed_until(LATER, Listing.UNLISTED))
    viewer = standing(archive, "us4")

    def look(record_id: Any) -> None:
        with pytest.raises(NotFound):
            archive_records.record(viewer, record_id, NOW)

    assert statements(lambda: look(closed)) == statements(lambda: look(uuid4()))


def test_a_list_has_fifty_records_per_page(archive: Archive) -> None:
    for number in range(57):
        archive.place(f"M-{number:02}", shelf=archive.shelf(meeting="TRD-1"))
    viewer, of_meeting = standing(archive, "us4"), archive.cast.meeting("TRD-1")

    first = archive_records.lines(viewer, NOW, belonging=of_meeting)
    beyond = archive_records.lines(viewer, NOW, belonging=of_meeting, page=99)

    assert (len(first.lines), first.page, first.last) == (50, 1, 2)
    assert (len(beyond.lines), beyond.page) == (7, 2)
    assert first.meetings == {of_meeting: "TRD-1"}


def test_a_list_can_be_filtered_by_session(archive: Archive) -> None:
    archive.place("M-1", shelf=archive.shelf(session="TRD-1-04"))
    archive.place("M-2", shelf=archive.shelf(session="TRD-1-07"))

    found = archive_records.lines(standing(archive, "us4"), NOW, belonging=archive.cast.session("TRD-1-04"))

    assert [line.reference for line in found.lines] == ["M-1"]


def test_a_search_without_words_sends_no_query(
    archive: Archive, statements: Callable[[Callable[[], Any]], int]
) -> None:
    viewer = standing(archive, "us4")

    assert archive_searching.search(viewer, "… !", NOW).terms == ()
    assert statements(lambda: archive_searching.search(viewer, "… !", NOW)) == 0
