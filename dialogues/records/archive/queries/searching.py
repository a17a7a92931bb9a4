"""Full-text search. Access, embargo and words are conditions of one query, so that no count or page reveals other
records.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.textsearch import search_index
from dialogues.lib.textsearch.passages import Piece, marked, passage
from dialogues.lib.textsearch.tokens import Term, terms
from dialogues.policy import RECORD_FILE
from dialogues.records.archive.models import Record
from dialogues.records.archive.queries.records import Line, as_line, select_lines
from dialogues.records.archive.queries.visibility import readable, visible
from dialogues.records.archive.rules import Listing

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that was found, with the words of the query marked."""

    line: Line
    title: tuple[Piece, ...]
    passage: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits, with the number of all hits."""

    hits: tuple[Hit, ...]
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
        return Found((), 0, 1, 1, ())
    matching = _matching(viewer, query_terms, now)
    count = db.session.execute(select(func.count()).select_from(Record).where(matching)).scalar_one()
    last = max(1, -(-count // PAGE_SIZE))
    page = min(max(page, 1), last)
    rows = db.session.execute(
        select_lines(viewer, now)
        .add_columns(Record.text)
        .where(matching)
        .order_by(Record.dated.desc(), Record.reference, Record.id)
        .limit(PAGE_SIZE)
        .offset((page - 1) * PAGE_SIZE)
    )
    hits = (Hit(as_line(row, now), marked(row.title, query_terms), passage(row.text, query_terms)) for row in rows)
    return Found(tuple(hits), count, page, last, query_terms)


def _matching(viewer: Viewer, query_terms: tuple[Term, ...], now: datetime) -> ColumnElement[bool]:
    may_be_found = or_(Record.listing != Listing.UNLISTED, visible(viewer, RECORD_FILE, now))
    found = Record.id.in_(search_index.matching(db.engine.dialect.name, query_terms))
    return and_(found, readable(viewer, now), may_be_found)
