"""Files records inside an open transaction; nothing else writes records."""

from collections.abc import Sequence
from dataclasses import asdict
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
    columns = asdict(record)
    embargo = columns.pop("embargo") or {"release_at": None, "release_local": None, "zone": None}
    del columns["file_sha256"]
    return {
        "id": uuid4(),
        "dialogue_id": shelf.dialogue_id,
        "meeting_id": shelf.meeting_id,
        "session_id": shelf.session_id,
        "session_code": shelf.session_code,
        "rule": shelf.rule,
        **columns,
        **embargo,
        "sha256": record.digest(shelf),
        "filed_at": now,
    }
