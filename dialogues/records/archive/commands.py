"""Files finished summaries and uploaded records; counts searches for the rate limit."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID
from zoneinfo import ZoneInfo

from dialogues.core.accounts import operations as accounts
from dialogues.core.common.outages import WritersBusy
from dialogues.core.common.transaction import Change, transaction, upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.core.keys.operations import store_file
from dialogues.extensions import db
from dialogues.lib.auth.throttle import Bucket, Limit, Throttled
from dialogues.lib.encryption.names import KeyName
from dialogues.meetings.dialogues.models import Meeting
from dialogues.policy import RECORD_FILE
from dialogues.records.archive import operations
from dialogues.records.archive.queries import shelves
from dialogues.records.archive.rules import (
    Listing,
    NewRecord,
    RecordKind,
    Shelf,
    reference_in_use,
    refuse_empty,
    refuse_foreign_reference,
    refuse_future,
    refuse_invalid_embargo,
    refuse_unlikely,
)
from dialogues.records.notes import operations as notes_operations
from dialogues.records.notes import queries as notes_queries

_HOUR = timedelta(hours=1)
#: The owner of the key for files of the liaison office's own records.
_OFFICE = UUID(int=0)


def file_summary(viewer: Viewer, document_id: UUID, *, reference: str, now: datetime) -> UUID:
    """Files a finished summary and returns the record's id. The archivist does not see the text.

    :raises Refusal: another record has the reference code, the code is of another meeting than the archivist's, or the
        summary is no longer finished.
    """
    with transaction(viewer, RECORD_FILE) as change:
        session, text = notes_queries.filed_text(change.viewer, document_id)
        shelf = Shelf(
            dialogue_id=session.dialogue_id,
            meeting_id=session.meeting_id,
            session_id=session.session_id,
            session_code=session.code,
            rule=session.rule,
        )
        _check_reference_prefix(change, shelf, reference)
        record = NewRecord(
            kind=RecordKind.SUMMARY,
            reference=reference,
            title=session.title,
            dated=session.starts.date(),
            text=text,
            document_id=document_id,
            listing=Listing.UNLISTED_UNTIL_RELEASE,
        )
        [filed] = operations.place_records(shelf, [record], now)
        notes_operations.mark_filed(document_id)
        change.record(filed)
        return filed.about


def upload_record(
    viewer: Viewer,
    shelf_key: str,
    record: NewRecord,
    upload: IO[bytes] | None,
    *,
    is_old: bool = False,
    limit: int,
    now: datetime,
) -> UUID:
    """Files a record and returns its id. Records cannot be changed afterwards.

    :param is_old: the archivist has confirmed an unlikely old date.
    :param limit: the maximum size of the file in bytes.
    :raises Refusal: the date is in the future or unlikely, there is no content, the embargo is invalid, the reference
        code is in use or of another meeting than the archivist's, or the type of file is not accepted.
    """
    with transaction(viewer, RECORD_FILE) as change:
        shelf = shelves.shelf(change.viewer, shelf_key)
        zone = ZoneInfo(shelves.archive_zone(change.viewer))
        refuse_future(record.dated, now.astimezone(zone).date())
        refuse_unlikely(record.dated, now.date(), is_old)
        refuse_empty(record.text, upload is not None)
        if record.embargo is not None:
            refuse_invalid_embargo(record.embargo, now)
        _check_reference_prefix(change, shelf, record.reference)
        if shelves.taken_references(shelf.dialogue_id, [record.reference]):
            raise reference_in_use(record.reference)
        if upload is not None:
            record = _with_file(shelf, record, upload, limit=limit, now=now)
        [filed] = operations.place_records(shelf, [record], now)
        change.record(filed)
        return filed.about


def _check_reference_prefix(change: Change, shelf: Shelf, reference: str) -> None:
    if shelf.meeting_id is not None and not change.viewer.may_around(RECORD_FILE):
        refuse_foreign_reference(reference, db.session.get_one(Meeting, shelf.meeting_id).code)


def _with_file(shelf: Shelf, record: NewRecord, upload: IO[bytes], *, limit: int, now: datetime) -> NewRecord:
    """Stores the file and returns the record with it. The file name is not stored, because names can reveal people."""
    key = KeyName("records", shelf.dialogue_id or _OFFICE)
    stored = store_file(db.session(), upload, key=key, dialogue_id=shelf.dialogue_id, limit=limit, now=now)
    return replace(record, file_id=stored.id, file_sha256=stored.sha256)


_COUNT_WAIT = 0.5


def count_search(viewer: Viewer, *, per_hour: int, now: datetime) -> None:
    """Counts a search before it runs.

    :param per_hour: allowed searches per account and hour.
    :raises Throttled: the account has reached the limit.
    """
    bucket = Bucket(Limit("search/account", per_hour, _HOUR), f"search/account:{viewer.account_id}")
    exceeded = False
    # This limit fails open, because a search must not wait for others who write.
    with suppress(WritersBusy), upkeep(system(Purpose.UPKEEP), wait=_COUNT_WAIT):
        exceeded = bool(accounts.count((bucket,), now))
    if exceeded:
        raise Throttled(bucket.window_start(now) + _HOUR - now)
