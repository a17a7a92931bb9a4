"""Files records inside an open transaction; nothing else writes records."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import insert

from dialogues.extensions import db
from dialogues.lib.textsearch import search_index
from dialogues.lib.textsearch.tokens import indexed
from dialogues.records.archive.models import Record
from dialogues.records.archive.queries.shelves import taken_references
from dialogues.records.archive.rules import NewRecord, RecordFiled, Shelf, reference_in_use


def place_record(shelf: Shelf, record: NewRecord, now: datetime) -> RecordFiled:
    """Files one record with its search index row. Returns the event, which the caller must record.

    :raises Refusal: another record of the same archive has its reference code.
    """
    return place_records(shelf, (record,), now)[0]


def place_records(shelf: Shelf, records: Sequence[NewRecord], now: datetime) -> list[RecordFiled]:
    """Files several records at once. Returns their events, which the caller must record.

    :raises Refusal: another record of the same archive has one of the reference codes.
    """
    for reference in sorted(taken_references(shelf.dialogue_id, [record.reference for record in records])):
        raise reference_in_use(reference)
    rows = [_row(shelf, record, now) for record in records]
    if not rows:
        return []
    db.session.execute(insert(Record), rows)
    index = [(row["id"], indexed(row["title"], row["reference"], row["text"])) for row in rows]
    search_index.write(db.session(), index)
    return [
        RecordFiled(
            at=now,
            about=row["id"],
            dialogue_id=shelf.dialogue_id,
            meeting_id=shelf.meeting_id,
            kind=row["kind"],
            opens_at=row["release_at"],
        )
        for row in rows
    ]


def _row(shelf: Shelf, record: NewRecord, now: datetime) -> dict[str, Any]:
    embargo = record.embargo
    return {
        "id": uuid4(),
        "dialogue_id": shelf.dialogue_id,
        "meeting_id": shelf.meeting_id,
        "session_id": shelf.session_id,
        "session_code": shelf.session_code,
        "rule": shelf.rule,
        "document_id": record.document_id,
        "reference": record.reference,
        "kind": record.kind,
        "title": record.title,
        "text": record.text,
        "file_id": record.file_id,
        "sha256": record.digest(shelf),
        "dated": record.dated,
        "filed_at": now,
        "release_at": embargo.release_at if embargo else None,
        "release_local": embargo.local if embargo else None,
        "zone": embargo.zone if embargo else None,
        "listing": record.listing,
    }
