"""Raw notes are encrypted in their row and can be opened only there."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import Base, db
from dialogues.lib.encryption.names import SealBroken
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.notes import commands as notes_commands
from dialogues.records.notes import queries as notes_queries
from dialogues.records.notes.models import RawNotes
from dialogues.records.notes.operations import place_raw_notes, place_summary
from dialogues.records.notes.rules import RAW_NOTES_LONGEST, SUMMARY_LONGEST, SessionRef
from tests.beds.database import Installation
from tests.cast import Cast
from tests.records.notes.conftest import NOW, OUTLOOKS, Browser

CANARY = "Kanarienvogel-7f3a said that the gauge is broken"
OF_THE_SAMPLE = "ZHANG Shili (SHC)"
DAY = date(2027, 5, 26)


def everything_stored() -> str:
    """Every value of every table, as text."""
    found = [repr(tuple(row)) for table in Base.metadata.sorted_tables for row in db.session.execute(select(table))]
    db.session.rollback()
    return "\n".join(found)


def files_with(text: str, folder: Path) -> list[Path]:
    """The files of an installation, including database and log, that contain the text unencrypted."""
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


def test_raw_text_is_unencrypted_in_no_table_and_no_file(
    cast: Cast, rapporteur: Viewer, installation: Installation
) -> None:
    session_id = cast.session(OUTLOOKS)
    notes_commands.save_raw_notes(rapporteur, session_id, CANARY, version=0, now=NOW)
    notes_commands.save_raw_notes(rapporteur, session_id, CANARY + ".", version=1, now=NOW)
    for text in (CANARY, OF_THE_SAMPLE):
        assert text not in everything_stored()
        assert files_with(text, installation.instance) == []


def test_a_refused_save_leaves_nothing_unencrypted(
    rapporteur: Viewer, floods: UUID, installation: Installation
) -> None:
    with pytest.raises(Refusal):
        notes_commands.save_raw_notes(rapporteur, floods, CANARY, version=7, now=NOW)
    assert files_with(CANARY, installation.instance) == []


def test_damaged_notes_are_an_error_without_content(cast: Cast, floods: UUID, caplog: pytest.LogCaptureFixture) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.execute(RawNotes.__table__.update().values(text_sealed=b"damaged"))
    answer = Browser(cast, "st-rap2").get(f"/{floods}/raw")
    assert answer.status_code == 500
    assert OF_THE_SAMPLE not in caplog.text + answer.text


def test_each_rapporteur_and_session_has_a_separate_key(cast: Cast, rapporteur: Viewer) -> None:
    notes_commands.save_raw_notes(rapporteur, cast.session(OUTLOOKS), CANARY, version=0, now=NOW)
    one, other = db.session.execute(select(RawNotes)).scalars()
    assert one.key != other.key


def test_notes_that_are_moved_to_another_row_cannot_be_opened(cast: Cast, rapporteur: Viewer, floods: UUID) -> None:
    session_id = cast.session(OUTLOOKS)
    notes_commands.save_raw_notes(rapporteur, session_id, CANARY, version=0, now=NOW)
    with upkeep(system(Purpose.SAMPLE)) as session:
        mine, moved = session.execute(select(RawNotes).order_by(RawNotes.session_id == floods)).scalars()
        moved.text_sealed = mine.text_sealed
    with pytest.raises(SealBroken):
        notes_queries.raw_notes(rapporteur, floods)
    found = notes_queries.raw_notes(rapporteur, session_id)
    assert found is not None
    assert found.text == CANARY


@pytest.mark.parametrize("rule", [Rule.OFF_THE_RECORD, Rule.CLOSED])
def test_no_notes_are_stored_for_a_session_without_notes(cast: Cast, rule: Rule) -> None:
    ref = SessionRef(cast.dialogue(), cast.meeting(), cast.session(OUTLOOKS), rule)
    with upkeep(system(Purpose.SAMPLE)):
        with pytest.raises(Refusal):
            place_summary(ref, "x", day=DAY)
        with pytest.raises(Refusal):
            place_raw_notes(ref, cast.person("st-rap2"), "x", day=DAY, destroy_by=DAY)


def test_texts_that_are_too_long_are_refused(cast: Cast) -> None:
    ref = SessionRef(cast.dialogue(), cast.meeting(), cast.session(OUTLOOKS), Rule.CHATHAM_HOUSE)
    with upkeep(system(Purpose.SAMPLE)):
        with pytest.raises(Refusal):
            place_summary(ref, "x" * (SUMMARY_LONGEST + 1), day=DAY)
        with pytest.raises(Refusal):
            place_raw_notes(ref, cast.person("st-rap2"), "x" * (RAW_NOTES_LONGEST + 1), day=DAY, destroy_by=DAY)
