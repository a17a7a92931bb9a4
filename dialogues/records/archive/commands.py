"""What archivists do: take over finished summaries, bring in records; and the counting of searches."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID
from zoneinfo import ZoneInfo

from dialogues.core.accounts import operations as accounts
from dialogues.core.common.transaction import Change, transaction, upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.keys.operations import store_file
from dialogues.extensions import db
from dialogues.lib.auth.throttle import Bucket, Limit, Throttled
from dialogues.lib.encryption.names import KeyName
from dialogues.policy import RECORD_FILE
from dialogues.records.archive import operations
from dialogues.records.archive.queries import shelves
from dialogues.records.archive.rules import (
    Listing,
    NewRecord,
    RecordKind,
    Shelf,
    refuse_foreign_reference,
    refuse_future,
    refuse_nothing,
    refuse_odd_embargo,
    taken,
)
from dialogues.records.notes import operations as notes_operations
from dialogues.records.notes import queries as notes_queries

_AN_HOUR = timedelta(hours=1)
#: Whose key seals the files of the liaison office's own records.
_OFFICE = UUID(int=0)


def file_summary(viewer: Viewer, document_id: UUID, *, reference: str, now: datetime) -> UUID:
    """Take over a finished summary by its line; its text goes from one table to the other, past who files it.

    :raises Refusal: another record bears the reference code, it is not of the meeting in which alone the viewer files,
        or the summary is no longer finished.
    """
    with transaction(viewer, RECORD_FILE) as change:
        summary = notes_queries.filed_text(change.viewer, document_id)
        shelf = Shelf(
            dialogue_id=summary.ref.dialogue_id,
            meeting_id=summary.ref.meeting_id,
            session_id=summary.ref.session_id,
            session_code=summary.code,
            rule=summary.ref.rule,
        )
        _keep_to_the_meeting(change, shelf, reference)
        record = NewRecord(
            kind=RecordKind.SUMMARY,
            reference=reference,
            title=summary.title,
            dated=summary.held_on,
            text=summary.text,
            document_id=document_id,
            listing=Listing.UNLISTED_UNTIL_RELEASE,
        )
        filed = operations.place_record(shelf, record, now)
        notes_operations.mark_filed(document_id)
        change.record(filed)
        return filed.about


def upload_record(
    viewer: Viewer, shelf_key: str, record: NewRecord, upload: IO[bytes] | None, *, limit: int, now: datetime
) -> UUID:
    """Bring in a record; from then on nothing changes it.

    :raises Refusal: it is dated in the future, empty, its embargo is odd, its reference code is taken or not of the
        meeting in which alone the viewer files, or its file is none that is taken in.
    """
    with transaction(viewer, RECORD_FILE) as change:
        shelf = shelves.shelf(change.viewer, shelf_key)
        zone = ZoneInfo(shelves.archive_zone(change.viewer))
        refuse_future(record.dated, now.astimezone(zone).date())
        refuse_nothing(record.text, upload is not None)
        if record.embargo is not None:
            refuse_odd_embargo(record.embargo, now)
        _keep_to_the_meeting(change, shelf, record.reference)
        if shelves.taken_references(shelf.dialogue_id, [record.reference]):
            raise taken(record.reference)
        if upload is not None:
            record = _with_file(shelf, record, upload, limit=limit, now=now)
        filed = operations.place_record(shelf, record, now)
        change.record(filed)
        return filed.about


def _keep_to_the_meeting(change: Change, shelf: Shelf, reference: str) -> None:
    if shelf.meeting_id is not None and not change.viewer.may_around(RECORD_FILE):
        refuse_foreign_reference(reference, shelves.meeting_code(shelf.meeting_id))


def _with_file(shelf: Shelf, record: NewRecord, upload: IO[bytes], *, limit: int, now: datetime) -> NewRecord:
    """The record with its file stored; the name it came with is not kept, since names tell."""
    key = KeyName("records", shelf.dialogue_id or _OFFICE)
    stored = store_file(db.session(), upload, key=key, dialogue_id=shelf.dialogue_id, limit=limit, now=now)
    return replace(record, file_id=stored.id, file_sha256=stored.sha256)


def count_search(viewer: Viewer, *, an_hour: int, now: datetime) -> None:
    """Count a search before it is made.

    :raises Throttled: the account has searched too often within the hour.
    """
    bucket = Bucket(Limit("search/account", an_hour, _AN_HOUR), f"search/account:{viewer.account_id}")
    with upkeep(system(Purpose.UPKEEP)):
        full = accounts.count((bucket,), now)
    if full:
        raise Throttled(bucket.window_start(now) + _AN_HOUR - now)
