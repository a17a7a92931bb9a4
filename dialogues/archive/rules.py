"""Decisions about records, on given facts."""

from enum import Enum


class RecordKind(Enum):
    """What a record is."""

    SUMMARY = "summary"
    STATEMENT = "statement"
    CORRESPONDENCE = "correspondence"
    SCAN = "scan"


class Listing(Enum):
    """What may be listed of an embargoed record to those who may read it once open."""

    TITLE_VISIBLE = "title_visible"
    UNLISTED_UNTIL_RELEASE = "unlisted_until_release"
    UNLISTED = "unlisted"
