"""Full-text search. Access, embargo and words are conditions of one query, so that no count or page reveals other
records.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.textsearch import search_index
from dialogues.lib.textsearch.passages import Piece, marked, passage
from dialogues.lib.textsearch.tokens import Term, terms
from dialogues.policy import RECORD_FILE
from dialogues.records.archive.models import Record
from dialogues.records.archive.queries.records import newest_first, select_lines
from dialogues.records.archive.queries.visibility import readable, visible
from dialogues.records.archive.rules import Listing

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, with the number of all hits."""

    #: The record, and its title and a passage with the words of the query marked.
    hits: list[tuple[Any, tuple[Piece, ...], tuple[Piece, ...]]]
    count: int
    page: int
    last: int
    terms: tuple[Term, ...]


def search(viewer: Viewer, query: str, now: datetime, page: int = 1) -> Found:
    """Returns the records that contain every word of the query, newest first.

    Two queries; none if the query has no words.
    """
    query_terms = terms(query)
    if not query_terms:
        return Found([], 0, 1, 1, ())
    may_be_found = or_(Record.listing != Listing.UNLISTED, visible(viewer, RECORD_FILE, now))
    has_words = Record.id.in_(search_index.matching(db.engine.dialect.name, query_terms))
    matching = and_(has_words, readable(viewer, now), may_be_found)
    count = db.session.execute(select(func.count()).select_from(Record).where(matching)).scalar_one()
    wanted = select_lines(viewer, now).add_columns(Record.text).where(matching)
    page, last, rows = newest_first(wanted, count, page, PAGE_SIZE)
    hits = [(row, marked(row.title, query_terms), passage(row.text, query_terms)) for row in rows]
    return Found(hits, count, page, last, query_terms)
