"""Filing: summaries are filed unseen, uploads are complete or refused, searches are counted."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dialogues.core.audit.models import AuditEntry
from dialogues.core.keys.models import StoredFile
from dialogues.extensions import db
from dialogues.lib.auth.throttle import Throttled
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.lib.wall_time import resolve_local_time
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.policy import RECORD_FILE
from dialogues.records.archive.commands import count_search, file_summary, upload_record
from dialogues.records.archive.models import Record
from dialogues.records.archive.queries import records as archive_records
from dialogues.records.archive.queries import searching as archive_searching
from dialogues.records.archive.queries import shelves as archive_shelves
from dialogues.records.archive.rules import Embargo, NewRecord, RecordKind
from dialogues.records.notes import queries as notes
from dialogues.records.notes.commands import reopen_summary
from tests.records.archive.conftest import FLOODS, NOW, Archive

LETTER = NewRecord(
    kind=RecordKind.CORRESPONDENCE, reference="L-1", title="A letter", dated=date(2026, 1, 2), text="Dear colleagues"
)
PDF = b"%PDF-1.7\n" + b"x" * 100
MEGABYTE = 2**20


def upload(archive: Archive, record: NewRecord = LETTER, content: bytes | None = None, shelf: str = "dialogue") -> UUID:
    archivist = archive.cast.viewer("st-arch", dialogue="TRD")
    stream = io.BytesIO(content) if content is not None else None
    return upload_record(archivist, shelf, record, stream, limit=MEGABYTE, now=NOW)


def filed(reference: str) -> Any:
    return db.session.scalars(select(Record).where(Record.reference == reference)).one_or_none()


def test_a_filed_summary_is_a_record_of_its_session(archive: Archive) -> None:
    record_id = archive.file_floods()

    record = db.session.get_one(Record, record_id)
    assert (record.kind, record.rule) == (RecordKind.SUMMARY, Rule.CHATHAM_HOUSE)
    assert record.session_id == archive.cast.session(FLOODS)
    assert (record.session_code, record.dated) == (FLOODS, date(2027, 5, 25))
    assert "river-gauge" in record.text


def test_a_filed_summary_is_visible_to_its_writers_and_not_to_the_archivist(archive: Archive) -> None:
    record_id = archive.file_floods()

    for persona in ("st-host", "st-coord", "ch1", "st-rap1"):
        assert (
            "river-gauge" in archive_records.record(archive.cast.viewer(persona, meeting="TRD-1"), record_id, NOW).text
        )
    for persona in ("st-arch", "us4", "kr1", "st-travel"):
        viewer = archive.cast.viewer(persona, meeting="TRD-1")
        with pytest.raises(NotFound):
            archive_records.record(viewer, record_id, NOW)
        assert archive_searching.search(viewer, "river-gauge", NOW).count == 0


def test_a_filed_summary_leaves_the_waiting_list_and_cannot_be_edited(archive: Archive) -> None:
    archive.file_floods()

    assert archive_shelves.waiting(archive.cast.viewer("st-arch", meeting="TRD-1")) == []
    with pytest.raises(Refusal, match="filed"):
        reopen_summary(archive.cast.viewer("ch1", meeting="TRD-1"), archive.cast.session(FLOODS), now=NOW)


def test_a_summary_can_be_filed_only_once(archive: Archive) -> None:
    record = db.session.get_one(Record, archive.file_floods())
    document_id = record.document_id
    assert document_id is not None

    with pytest.raises(NotFound):
        file_summary(archive.cast.viewer("st-arch", meeting="TRD-1"), document_id, reference="again", now=NOW)


def test_a_summary_with_a_used_code_is_not_filed(archive: Archive) -> None:
    archive.place("TRD-1-04/S")

    with pytest.raises(Refusal, match="TRD-1-04/S"):
        archive.file_floods()

    archivist = archive.cast.viewer("st-arch", meeting="TRD-1")
    assert [line.code for line in archive_shelves.waiting(archivist)] == [FLOODS]
    assert notes.finished_summaries(archivist)


@pytest.mark.parametrize("persona", ["st-host", "st-coord", "ch1", "kr1", "us4", "xo2", "st-rap1", "st-travel"])
def test_only_the_archivist_can_file(archive: Archive, persona: str) -> None:
    viewer = archive.cast.viewer(persona, dialogue="TRD")

    assert not viewer.may(RECORD_FILE)
    with pytest.raises(NotFound):
        upload_record(viewer, "dialogue", LETTER, None, limit=MEGABYTE, now=NOW)


def test_an_upload_is_stored_as_typed_and_logged_without_its_text(archive: Archive) -> None:
    record_id = upload(archive)

    record = filed("L-1")
    assert (record.id, record.title, record.text, record.filed_at) == (record_id, "A letter", "Dear colleagues", NOW)
    assert record.sha256 == LETTER.digest(archive.shelf())
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(1)).one()
    assert (entry.action, entry.object) == ("record.filed", str(record_id))


def test_a_file_is_encrypted_and_returned_without_its_original_name(archive: Archive) -> None:
    record_id = upload(archive, replace(LETTER, text=""), PDF)

    host = archive.cast.viewer("st-host", dialogue="TRD")
    found = archive_records.file_of(host, record_id, NOW)
    assert (b"".join(found.pieces), found.media_type, found.name) == (PDF, "application/pdf", None)
    stored = [
        path.read_bytes() for path in archive.cast.app.extensions["dialogues"].settings.instance.rglob("files/*/*")
    ]
    assert stored
    assert not any(PDF[:20] in content for content in stored)


@pytest.mark.parametrize("content", [b"MZ\x90\x00" * 50, b"GIF89a" + b"\x00" * 50, b"", b"x" * (MEGABYTE + 1)])
def test_a_disguised_empty_or_large_file_is_refused_and_not_stored(archive: Archive, content: bytes) -> None:
    before = db.session.execute(select(func.count()).select_from(StoredFile)).scalar_one()

    with pytest.raises(Refusal) as refusal:
        upload(archive, content=content)

    assert refusal.value.field == "file"
    assert filed("L-1") is None
    assert db.session.execute(select(func.count()).select_from(StoredFile)).scalar_one() == before


def test_a_reference_code_is_unique_within_an_archive(archive: Archive) -> None:
    upload(archive)
    with pytest.raises(Refusal, match="L-1") as refusal:
        upload(archive, replace(LETTER, title="Another"))
    assert refusal.value.field == "reference"

    upload(archive, shelf="office")
    with pytest.raises(Refusal, match="L-1"):
        upload(archive, shelf="office")


def test_a_record_dated_tomorrow_in_the_archives_zone_is_refused(archive: Archive) -> None:
    in_ulaanbaatar = NOW.astimezone(UTC).date()
    upload(archive, replace(LETTER, dated=in_ulaanbaatar))
    with pytest.raises(Refusal, match="still to come"):
        upload(archive, replace(LETTER, reference="L-2", dated=in_ulaanbaatar + timedelta(days=1)))


def test_an_embargo_is_stored_in_utc_and_in_local_time(archive: Archive) -> None:
    local = datetime(2027, 10, 31, 2, 30)  # noqa: DTZ001  local time without zone
    clock = resolve_local_time(local, "Europe/Zurich", fold=1)
    upload(archive, replace(LETTER, embargo=Embargo(clock.instant, local, clock.zone)))

    record = filed("L-1")
    assert record.release_at == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    assert (record.release_local, record.zone) == (local, "Europe/Zurich")


@pytest.mark.parametrize("shelf", ["", "nothing", "00000000-0000-0000-0000-000000000000"])
def test_a_place_that_was_not_offered_is_unknown(archive: Archive, shelf: str) -> None:
    with pytest.raises(NotFound):
        upload(archive, shelf=shelf)


def test_records_cannot_be_filed_under_meetings_of_another_dialogue(archive: Archive) -> None:
    with pytest.raises(NotFound):
        upload(archive, shelf=str(archive.cast.meeting("SCD-1")))


def test_a_record_takes_code_and_rule_from_its_session(archive: Archive) -> None:
    archivist = archive.cast.viewer("st-arch", meeting="TRD-1")
    shelf = archive_shelves.shelf(archivist, str(archive.cast.session(FLOODS)))

    upload_record(archivist, shelf.key, LETTER, None, limit=MEGABYTE, now=NOW)

    assert (filed("L-1").session_code, filed("L-1").rule) == (FLOODS, Rule.CHATHAM_HOUSE)


def test_searches_are_counted_by_account_and_hour(archive: Archive) -> None:
    us4, kr1 = (archive.cast.viewer(name, dialogue="TRD") for name in ("us4", "kr1"))
    for _ in range(3):
        count_search(us4, per_hour=3, now=NOW)

    with pytest.raises(Throttled) as throttled:
        count_search(us4, per_hour=3, now=NOW)

    assert timedelta(0) < throttled.value.wait <= timedelta(hours=1)
    count_search(kr1, per_hour=3, now=NOW)
    count_search(us4, per_hour=3, now=NOW + timedelta(hours=1))
