"""Decisions about notes and summaries, on given facts."""

from enum import Enum


class DocumentKind(Enum):
    """What a document is; each prints its own line of responsibility."""

    SUMMARY = "summary"


class DocumentState(Enum):
    """Where a document stands."""

    DRAFT = "draft"
    FINISHED = "finished"
    FILED = "filed"
