"""Lists of records, one record, and its file."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true

from dialogues.core.common.viewer import Viewer
from dialogues.core.keys import queries as keys
from dialogues.core.keys.models import StoredFile
from dialogues.core.keys.queries import Download
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, or_not_found
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.archive.models import Record
from dialogues.records.archive.queries.visibility import listed, readable
from dialogues.records.archive.rules import Listing, RecordKind

PAGE_SIZE = 50


#: Filter of a list: None for all, `OF_DIALOGUE`, `OF_OFFICE`, or the id of a meeting or session.
Belonging = UUID | str | None
OF_DIALOGUE, OF_OFFICE = "dialogue", "office"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A record as a list shows it. For a closed record this is everything that is shown."""

    id: UUID
    reference: str
    title: str
    kind: RecordKind
    dated: date
    rule: Rule | None
    meeting_id: UUID | None
    meeting_code: str
    session_id: UUID | None
    session_code: str
    is_office: bool
    is_readable: bool
    is_unlisted: bool
    #: The end of the embargo, if the record is still closed.
    opens_at: datetime | None
    zone: str


@dataclass(frozen=True, slots=True)
class Group:
    """The number of listed records with the same kind and owner."""

    kind: RecordKind
    is_office: bool
    meeting_id: UUID | None
    meeting_code: str
    session_id: UUID | None
    count: int

    def is_of(self, belonging: Belonging) -> bool:
        """Returns whether the filter includes these records."""
        if belonging is None:
            return True
        if belonging == OF_OFFICE:
            return self.is_office
        if belonging == OF_DIALOGUE:
            return self.meeting_id is None and not self.is_office
        return belonging in {self.meeting_id, self.session_id}


@dataclass(frozen=True, slots=True)
class Lines:
    """One page of a list, with the counts of the whole list."""

    lines: tuple[Line, ...]
    groups: tuple[Group, ...]
    page: int
    last: int

    def count(self, kind: RecordKind | None, belonging: Belonging) -> int:
        return sum(group.count for group in self.groups if kind in {None, group.kind} and group.is_of(belonging))

    @property
    def meetings(self) -> dict[UUID, str]:
        """The meetings that have records, id to code, sorted by code."""
        found = {group.meeting_id: group.meeting_code for group in self.groups if group.meeting_id is not None}
        return dict(sorted(found.items(), key=lambda item: item[1]))


def lines(
    viewer: Viewer, now: datetime, *, kind: RecordKind | None = None, belonging: Belonging = None, page: int = 1
) -> Lines:
    """Returns the records of the viewer's archive, newest first; two queries."""
    groups = _groups(viewer, now)
    here = Lines((), groups, 1, 1)
    last = max(1, -(-here.count(kind, belonging) // PAGE_SIZE))
    page = min(max(page, 1), last)
    rows = db.session.execute(
        select_lines(viewer, now)
        .where(listed(viewer, now), Record.kind == kind if kind else true(), _belongs(belonging))
        .order_by(Record.dated.desc(), Record.reference, Record.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    return Lines(tuple(as_line(row, now) for row in rows), groups, page, last)


def _groups(viewer: Viewer, now: datetime) -> tuple[Group, ...]:
    of_office = Record.dialogue_id.is_(None)
    columns = (Record.kind, of_office.label("is_office"), Record.meeting_id, Meeting.code, Record.session_id)
    rows = db.session.execute(
        select(*columns, func.count().label("number"))
        .outerjoin(Meeting, Meeting.id == Record.meeting_id)
        .where(listed(viewer, now))
        .group_by(*columns)
    )
    return tuple(
        Group(row.kind, bool(row.is_office), row.meeting_id, row.code or "", row.session_id, row.number) for row in rows
    )


def _belongs(belonging: Belonging) -> ColumnElement[bool]:
    if belonging is None:
        return true()
    if belonging == OF_OFFICE:
        return Record.dialogue_id.is_(None)
    if belonging == OF_DIALOGUE:
        return Record.dialogue_id.is_not(None) & Record.meeting_id.is_(None)
    return (Record.meeting_id == belonging) | (Record.session_id == belonging)


def select_lines(viewer: Viewer, now: datetime) -> Select[Any, *tuple[Any, ...]]:
    """Selects the columns of a line. Applies no filter: the caller adds `listed` or `readable`."""
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
        Record.release_at,
        Record.zone,
        Record.listing,
        readable(viewer, now).label("is_readable"),
    ).outerjoin(Meeting, Meeting.id == Record.meeting_id)


def as_line(row: Any, now: datetime) -> Line:
    """Builds a line from a row of `select_lines`."""
    return Line(
        id=row.id,
        reference=row.reference,
        title=row.title,
        kind=row.kind,
        dated=row.dated,
        rule=row.rule,
        meeting_id=row.meeting_id,
        meeting_code=row.meeting_code or "",
        session_id=row.session_id,
        session_code=row.session_code,
        is_office=row.dialogue_id is None,
        is_readable=bool(row.is_readable),
        is_unlisted=row.listing is Listing.UNLISTED,
        opens_at=row.release_at if row.release_at is not None and row.release_at > now else None,
        zone=row.zone or "UTC",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordDetails:
    """A record for reading: its line, its text and the facts of its file."""

    line: Line
    text: str
    sha256: str
    filed_at: datetime
    media_type: str | None
    size: int
    file_sha256: str


def record(viewer: Viewer, record_id: UUID, now: datetime) -> RecordDetails:
    """Returns a record that the viewer may read at that time.

    :raises NotFound: there is none, it is still closed, or the viewer may not read it.
    """
    row = _readable(viewer, record_id, now)
    return RecordDetails(
        line=as_line(row, now),
        text=row.text,
        sha256=row.sha256,
        filed_at=row.filed_at,
        media_type=row.media_type,
        size=row.size or 0,
        file_sha256=row.file_sha256 or "",
    )


def file_of(viewer: Viewer, record_id: UUID, now: datetime) -> Download:
    """Returns the file of a record that the viewer may read at that time.

    :raises NotFound: there is none, the record is still closed, or the viewer may not read it.
    """
    row = _readable(viewer, record_id, now)
    if row.file_id is None:
        raise NotFound
    return keys.download(row.file_id, dialogue_id=row.dialogue_id)


def _readable(viewer: Viewer, record_id: UUID, now: datetime) -> Any:
    return or_not_found(
        db.session.execute(
            select_lines(viewer, now)
            .add_columns(
                Record.text,
                Record.sha256,
                Record.filed_at,
                Record.file_id,
                StoredFile.media_type,
                StoredFile.size,
                StoredFile.sha256.label("file_sha256"),
            )
            .outerjoin(StoredFile, StoredFile.id == Record.file_id)
            .where(readable(viewer, now), Record.id == record_id)
        ).one_or_none()
    )
