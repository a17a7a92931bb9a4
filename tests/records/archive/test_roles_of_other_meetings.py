"""A role in one meeting opens nothing of another meeting of the same dialogue."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.meetings.commands import copy_meeting
from dialogues.meetings.roles.operations import grant_role
from dialogues.policy import Role
from dialogues.records.archive.commands import upload_record
from dialogues.records.archive.queries import records, searching, shelves
from dialogues.records.archive.rules import RecordKind
from tests.records.archive.conftest import NOW, RESTRICTED, Archive
from tests.records.archive.test_commands import LETTER

pytestmark = pytest.mark.engine

CANARY = "canarium"


@pytest.fixture
def next_meeting(archive: Archive) -> UUID:
    first_day = db.session.scalars(select(Meeting.starts_on).where(Meeting.code == "TRD-1")).one()
    db.session.rollback()
    coordinator = archive.cast.viewer("st-coord", meeting="TRD-1")
    starts_on = first_day + timedelta(days=180)
    return copy_meeting(coordinator, code="TRD-2", title="Second", starts_on=starts_on, now=NOW)


def grant(archive: Archive, name: str, role: Role, meeting_id: UUID | None) -> None:
    person_id = archive.cast.person(name)
    place: dict[str, Any] = {"dialogue_id": archive.cast.dialogue(), "meeting_id": meeting_id}
    if role is Role.FOCAL_POINT:
        place["party_id"] = archive.cast.party("XO")
    with upkeep(system(Purpose.SAMPLE)):
        grant_role(person_id, role, **place, offered_at=NOW, accepted_at=NOW)


@pytest.mark.parametrize("role", [Role.CO_CHAIR, Role.ARCHIVIST, Role.COORDINATOR, Role.HOST_LEAD])
@pytest.mark.parametrize("kind", [RecordKind.STATEMENT, RecordKind.SUMMARY])
def test_a_role_in_another_meeting_does_not_open_records_of_restricted_sessions(
    archive: Archive, next_meeting: UUID, role: Role, kind: RecordKind
) -> None:
    secret = archive.place("RESTRICTED", CANARY, shelf=archive.shelf(session=RESTRICTED), kind=kind)
    grant(archive, "us4", role, next_meeting)
    viewer = archive.cast.viewer("us4", dialogue="TRD")

    assert "RESTRICTED" not in {line.reference for line in records.lines(viewer, NOW).lines}
    assert searching.search(viewer, CANARY, NOW).count == 0
    with pytest.raises(NotFound):
        records.record(viewer, secret, NOW)


def test_an_archivist_of_another_meeting_cannot_file_in_a_meeting_they_take_part_in(
    archive: Archive, next_meeting: UUID
) -> None:
    grant(archive, "us4", Role.ARCHIVIST, next_meeting)
    viewer = archive.cast.viewer("us4", dialogue="TRD")

    assert {shelf.meeting_id for shelf in shelves.shelves(viewer)} == {next_meeting}
    with pytest.raises(NotFound):
        upload_record(
            viewer, str(archive.cast.meeting("TRD-1")), replace(LETTER, reference="TRD-1/X"), None, limit=9, now=NOW
        )


def test_an_observer_who_speaks_for_a_party_in_the_whole_dialogue_reads_no_records_of_the_dialogue(
    archive: Archive,
) -> None:
    """The rules of a meeting open its own records to observers, and nothing else."""
    in_dialogue, in_meeting = archive.place("DIALOGUE"), archive.place("MEETING", shelf=archive.shelf(meeting="TRD-1"))
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(update(Meeting).where(Meeting.code == "TRD-1").values(observers_may_read=True))
    grant(archive, "xo2", Role.FOCAL_POINT, None)
    viewer = archive.cast.viewer("xo2", meeting="TRD-1")

    assert records.record(viewer, in_meeting, NOW).reference == "MEETING"
    with pytest.raises(NotFound):
        records.record(viewer, in_dialogue, NOW)
