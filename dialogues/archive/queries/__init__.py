"""Reads of the archive, always for a viewer and an instant."""

from dialogues.archive.queries.records import (
    OF_DIALOGUE,
    OF_OFFICE,
    Belonging,
    Line,
    Lines,
    Sheet,
    file_of,
    lines,
    record,
)
from dialogues.archive.queries.searching import Found, Hit, search
from dialogues.archive.queries.shelves import (
    archive_zone,
    embargo_zone,
    meeting_code,
    shelf,
    shelves,
    taken_references,
    waiting,
    waiting_line,
)
from dialogues.archive.queries.visibility import listed, readable, visible

__all__ = [
    "OF_DIALOGUE",
    "OF_OFFICE",
    "Belonging",
    "Found",
    "Hit",
    "Line",
    "Lines",
    "Sheet",
    "archive_zone",
    "embargo_zone",
    "file_of",
    "lines",
    "listed",
    "meeting_code",
    "readable",
    "record",
    "search",
    "shelf",
    "shelves",
    "taken_references",
    "visible",
    "waiting",
    "waiting_line",
]
