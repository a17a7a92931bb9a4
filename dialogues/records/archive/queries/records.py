"""Lists of records, one record, and its file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select, true

from dialogues.core.common.viewer import Viewer
from dialogues.core.keys import queries as keys
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.queries import Download
from dialogues.extensions import db
from dialogues.lib.paging import page_numbers
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Meeting
from dialogues.records.archive.models import Record
from dialogues.records.archive.queries.visibility import listed, readable
from dialogues.records.archive.rules import Listing, RecordKind

PAGE_SIZE = 50


#: Filter of a list: None for all, `OF_DIALOGUE`, `OF_OFFICE`, or the id of a meeting or session.
Belonging = UUID | str | None
OF_DIALOGUE, OF_OFFICE = "dialogue", "office"


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of a list, with the number of records of the whole list by kind and owner."""

    page: int
    last: int
    lines: Sequence[Any]
    groups: Sequence[Any]

    def count(self, kind: RecordKind | None, belonging: Belonging) -> int:
        return _count(self.groups, kind, belonging)

    @property
    def meetings(self) -> dict[UUID, str]:
        """The meetings that have records, id to code, sorted by code."""
        found = {group.meeting_id: group.meeting_code for group in self.groups if group.meeting_id is not None}
        return dict(sorted(found.items(), key=lambda item: item[1]))


def lines(
    viewer: Viewer, now: datetime, *, kind: RecordKind | None = None, belonging: Belonging = None, page: int = 1
) -> Lines:
    """Returns the records of the viewer's archive, newest first; two queries."""
    columns = (
        Record.kind,
        Record.dialogue_id.is_(None).label("is_office"),
        Record.meeting_id,
        Meeting.code.label("meeting_code"),
        Record.session_id,
    )
    groups = db.session.execute(
        select(*columns, func.count().label("number"))
        .outerjoin(Meeting, Meeting.id == Record.meeting_id)
        .where(listed(viewer, now))
        .group_by(*columns)
    ).all()
    wanted = select_lines(viewer, now).where(
        listed(viewer, now), Record.kind == kind if kind else true(), _belongs(belonging)
    )
    return Lines(*newest_first(wanted, _count(groups, kind, belonging), page, PAGE_SIZE), groups)


def _count(groups: Sequence[Any], kind: RecordKind | None, belonging: Belonging) -> int:
    return sum(group.number for group in groups if kind in {None, group.kind} and _is_of(group, belonging))


def _is_of(group: Any, belonging: Belonging) -> bool:
    if belonging is None:
        return True
    if belonging == OF_OFFICE:
        return bool(group.is_office)
    if belonging == OF_DIALOGUE:
        return group.meeting_id is None and not group.is_office
    return belonging in {group.meeting_id, group.session_id}


def _belongs(belonging: Belonging) -> ColumnElement[bool]:
    """Filter: the same as `_is_of` in SQL."""
    if belonging is None:
        return true()
    if belonging == OF_OFFICE:
        return Record.dialogue_id.is_(None)
    if belonging == OF_DIALOGUE:
        return Record.dialogue_id.is_not(None) & Record.meeting_id.is_(None)
    return (Record.meeting_id == belonging) | (Record.session_id == belonging)


def newest_first(
    query: Select[Any, *tuple[Any, ...]], count: int, page: int, size: int
) -> tuple[int, int, Sequence[Any]]:
    """Returns the number of the page, moved into the list, the number of the last page, and the rows of the page."""
    page, last = page_numbers(page, count, size)
    ordered = query.order_by(Record.dated.desc(), Record.reference, Record.id)
    return page, last, db.session.execute(ordered.limit(size).offset((page - 1) * size)).all()


def select_lines(viewer: Viewer, now: datetime) -> Select[Any, *tuple[Any, ...]]:
    """Selects records as a list shows them; for a closed record this is everything that is shown.

    `opens_at` is the end of the embargo, if the record is still closed. Applies no filter: the caller adds `listed` or
    `readable`.
    """
    return select(
        Record.id,
        Record.dialogue_id,
        Record.reference,
        Record.title,
        Record.kind,
        Record.dated,
        Record.rule,
        Record.meeting_id,
        Meeting.code.label("meeting_code"),
        Record.session_id,
        Record.session_code,
        case((Record.release_at > now, Record.release_at)).label("opens_at"),
        func.coalesce(Record.zone, "UTC").label("zone"),
        (Record.listing == Listing.UNLISTED).label("is_unlisted"),
        readable(viewer, now).label("is_readable"),
    ).outerjoin(Meeting, Meeting.id == Record.meeting_id)


def record(viewer: Viewer, record_id: UUID, now: datetime) -> Any:
    """Returns a record that the viewer may read at that time: its line, its text and the facts of its file.

    :raises NotFound: there is none, it is still closed, or the viewer may not read it.
    """
    found = (
        select_lines(viewer, now)
        .add_columns(
            Record.text,
            Record.sha256,
            Record.file_id,
            StoredFile.media_type,
            StoredFile.size,
            StoredFile.sha256.label("file_sha256"),
        )
        .outerjoin(StoredFile, StoredFile.id == Record.file_id)
        .where(readable(viewer, now), Record.id == record_id)
    )
    return or_not_found(db.session.execute(found).one_or_none())


def file_of(viewer: Viewer, record_id: UUID, now: datetime) -> Download:
    """Returns the file of a record that the viewer may read at that time.

    :raises NotFound: there is none, the record is still closed, or the viewer may not read it.
    """
    row = record(viewer, record_id, now)
    return keys.download(or_not_found(row.file_id), dialogue_id=row.dialogue_id)
