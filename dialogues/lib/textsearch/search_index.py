"""The search index of records: FTS5 on SQLite, tsvector on PostgreSQL, with our own tokens in both."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, Select, TextClause, Uuid, column, select, text
from sqlalchemy.orm import Session

from dialogues.lib.textsearch.tokens import Term

_SQLITE = (
    # Our tokens are folded and have no ASCII punctuation, so this tokenizer splits at spaces only.
    "CREATE VIRTUAL TABLE record_index USING fts5(record_id UNINDEXED, tokens, tokenize = 'ascii')",
    "INSERT INTO record_index(record_index, rank) VALUES ('secure-delete', 1)",
)
_POSTGRESQL = (
    "CREATE TABLE record_index (record_id uuid PRIMARY KEY REFERENCES record (id),"
    " tokens text NOT NULL, lexemes tsvector NOT NULL)",
    "CREATE INDEX ix_record_index_lexemes ON record_index USING gin (lexemes)",
)
_WRITE = {
    "sqlite": "INSERT INTO record_index (record_id, tokens) VALUES (:record_id, :tokens)",
    "postgresql": "INSERT INTO record_index (record_id, tokens, lexemes) VALUES"
    " (CAST(:record_id AS uuid), :tokens, array_to_tsvector(string_to_array(:tokens, ' ')))",
}


def create(connection: Connection) -> None:
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    connection.exec_driver_sql("DROP TABLE record_index")


def is_index_table(name: str | None) -> bool:
    """Whether a table belongs to the index; migrations create those by hand."""
    return name is not None and name.startswith("record_index")


def write(session: Session, rows: Sequence[tuple[UUID, str]]) -> None:
    """Add records with their tokens, separated by spaces, in the open transaction."""
    if rows:
        statement = text(_WRITE[session.get_bind().dialect.name])
        session.execute(statement, [{"record_id": record_id.hex, "tokens": tokens} for record_id, tokens in rows])


def matching(engine: str, terms: Sequence[Term]) -> Select[UUID]:
    """Select the ids of records that contain every term."""
    statement = _in_fts5(terms) if engine == "sqlite" else _in_tsvector(terms)
    found = statement.columns(column("record_id", Uuid)).subquery("found")
    return select(found.c.record_id)


def _in_fts5(terms: Sequence[Term]) -> TextClause:
    words = " AND ".join(_fts5_term(term) for term in terms)
    return text("SELECT record_id FROM record_index WHERE record_index MATCH :words").bindparams(words=words)


def _fts5_term(term: Term) -> str:
    phrase = f'"{" ".join(term.tokens)}"{" *" if term.is_prefix else ""}'
    return f'({phrase} OR "{term.compound}")' if term.compound else phrase


def _in_tsvector(terms: Sequence[Term]) -> TextClause:
    """Phrases are searched in the token text, because tsvector positions end at 16,383, and at 256 per word."""
    phrases = [(" ".join(term.tokens), term.compound) for term in terms if len(term.tokens) > 1]
    adjacent = "".join(
        f" AND (strpos(' ' || tokens || ' ', :phrase_{n}) > 0 OR strpos(' ' || tokens || ' ', :compound_{n}) > 0)"
        for n in range(len(phrases))
    )
    bound = {f"phrase_{n}": f" {phrase} " for n, (phrase, _word) in enumerate(phrases)}
    bound |= {f"compound_{n}": f" {word or phrase} " for n, (phrase, word) in enumerate(phrases)}
    return text(
        f"SELECT record_id FROM record_index WHERE lexemes @@ CAST(:words AS tsquery){adjacent}"  # noqa: S608  numbers only
    ).bindparams(words=" & ".join(map(_tsquery_term, terms)), **bound)


def _tsquery_term(term: Term) -> str:
    words = " & ".join(f"'{token}'{':*' if term.is_prefix else ''}" for token in term.tokens)
    return f"({words} | '{term.compound}')" if term.compound else words
