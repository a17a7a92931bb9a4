"""The search index of records: FTS5 on SQLite, tsvector on PostgreSQL, the same tokens of ours in both."""

from sqlalchemy import Connection

_SQLITE = (
    # The tokens are already folded; ascii with extra token characters splits at spaces only.
    "CREATE VIRTUAL TABLE record_index USING fts5(record_id UNINDEXED, tokens, tokenize = \"unicode61 remove_diacritics 0\")",
    "INSERT INTO record_index(record_index, rank) VALUES ('secure-delete', 1)",
)
_POSTGRESQL = (
    "CREATE TABLE record_index (record_id uuid PRIMARY KEY REFERENCES record (id), tokens tsvector NOT NULL)",
    "CREATE INDEX ix_record_index_tokens ON record_index USING gin (tokens)",
)


def create(connection: Connection) -> None:
    """Create the index; called by the migration that creates the records."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def drop(connection: Connection) -> None:
    """Drop the index."""
    connection.exec_driver_sql("DROP TABLE record_index")


def is_index_table(name: str | None) -> bool:
    """Whether a table of the database belongs to the index, which migrations write by hand."""
    return name is not None and name.startswith("record_index")
