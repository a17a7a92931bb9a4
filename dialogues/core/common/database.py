"""Health checks of the database: present, undamaged, and with the tables of this version."""

import logging
import os
import time
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from dialogues.core.common.state import state
from dialogues.extensions import db
from dialogues.settings import Settings, SettingsError

_log = logging.getLogger("dialogues.database")

#: Older versions can lose changes when two processes reset the write-ahead log at the same time.
OLDEST_SQLITE = (3, 51, 3)
#: Limits the check for damage at start, in seconds, so that a large database does not delay it; upgrades check all.
_CHECK_SECONDS = 0.5
_STEPS_BETWEEN_TIME_CHECKS = 20_000

#: File in the instance folder with the result of the last complete check; web processes read it.
_RESULT = "database.check"
_SECONDS_BETWEEN_CHECKS = 3600.0

UPGRADE = "flask db upgrade"

#: Rows per index that SQLite looks at, so that measuring holds the write lock only briefly.
_ROWS_MEASURED = 1000
_WAIT_FOR_READERS_MS = 200


class DatabaseFault(SettingsError):
    """The database is missing, damaged, of another version or unreachable; the message says what to do."""


def condition() -> str:
    """In one word: `ok`, `silent` (it cannot be read), or `damaged` (the worker found damage)."""
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        _log.error("The database cannot be read: %s", type(error).__name__)
        return "silent"
    return _kept_result() or "ok"


def check_regularly() -> None:
    """Check the SQLite file for damage once an hour, or at each call while it is damaged; keep the result."""
    settings = state().settings
    result = settings.instance / _RESULT
    if not settings.is_sqlite or (
        _kept_result() == "ok" and time.time() - result.stat().st_mtime < _SECONDS_BETWEEN_CHECKS
    ):
        return
    found = "damaged" if _is_damaged() else "ok"
    draft = result.with_suffix(".draft")
    draft.write_text(found)
    draft.replace(result)


def _kept_result() -> str:
    result = state().settings.instance / _RESULT
    return result.read_text() if result.exists() else ""


def _is_damaged() -> bool:
    try:
        with db.engine.connect() as connection:
            # Otherwise pages in the cache of this connection would hide damage in the file.
            connection.exec_driver_sql("PRAGMA shrink_memory")
            refuse_damaged(connection)
    except (DatabaseFault, SQLAlchemyError) as reason:
        _log.error("%s", reason if isinstance(reason, DatabaseFault) else fault(reason))
        return True
    return False


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """:raises DatabaseFault: this version of SQLite can lose changes."""
    if version < OLDEST_SQLITE:
        ours, oldest = (".".join(map(str, numbers)) for numbers in (version, OLDEST_SQLITE))
        raise DatabaseFault(f"SQLite {ours} can lose changes: install pysqlite3 with SQLite {oldest} or newer.")


def refuse_unready(settings: Settings) -> None:
    """:raises DatabaseFault: pages and commands cannot use the database."""
    refuse_missing(settings)
    try:
        with db.engine.connect() as connection:
            refuse_damaged(connection, seconds=_CHECK_SECONDS)
            _refuse_other_version(connection)
    except SQLAlchemyError as error:
        raise fault(error) from None


def refuse_missing(settings: Settings) -> None:
    """:raises DatabaseFault: the SQLite file is missing, empty or not writable."""
    if not settings.is_sqlite:
        return
    file = settings.database_file
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        raise DatabaseFault(f"There is no database yet ({file}): run {UPGRADE}.") from None
    except OSError as error:
        raise DatabaseFault(f"The database {file} cannot be read ({error.strerror}).") from None
    if not os.access(file, os.W_OK):
        raise DatabaseFault(f"The database {file} cannot be written: it must belong to the user that runs Dialogues.")
    if size == 0:
        raise DatabaseFault(f"The database {file} is empty: restore it from a backup, or delete it and run {UPGRADE}.")


def refuse_damaged(connection: Connection, *, seconds: float | None = None) -> None:
    """Run SQLite's `quick_check`, completely or for at most `seconds`. Does nothing on PostgreSQL.

    :raises DatabaseFault: the file is damaged.
    """
    if connection.dialect.name != "sqlite":
        return
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + seconds if seconds is not None else float("inf")
    driver.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_TIME_CHECKS)
    try:
        found = driver.execute("PRAGMA quick_check(1)").fetchone()[0]
    except Exception as error:
        # Our time limit interrupted the check: no damage was found so far.
        found = "ok" if str(error) == "interrupted" else str(error)
    finally:
        driver.set_progress_handler(None, 0)
    if found != "ok":
        raise _damaged()


def refuse_newer(connection: Connection) -> None:
    """:raises DatabaseFault: this code does not know the version of the tables."""
    found, known = _version(connection), {script.revision for script in _scripts().walk_revisions()}
    if found is not None and found not in known:
        raise DatabaseFault(
            f"The database is of a version that this Dialogues does not know ({found}): install the Dialogues that "
            "made it, or restore a backup."
        )


def newest_version() -> str | None:
    return _scripts().get_current_head()


def fault(error: SQLAlchemyError) -> DatabaseFault:
    """Turn a database error into a message for the administrator; does not repeat passwords."""
    said = " ".join(str(error.orig if isinstance(error, DBAPIError) else error).split())
    settings = state().settings
    if not settings.is_sqlite:
        return DatabaseFault(
            f"The database {db.engine.url!r} cannot be reached: start it, or correct its address. ({said})"
        )
    if "malformed" in said or "not a database" in said:
        return _damaged()
    if "disk is full" in said:
        return DatabaseFault(f"The disk of {settings.database_file.parent} is full: free some space, then start again.")
    return DatabaseFault(f"The database {settings.database_file} cannot be opened ({said}).")


def empty_log() -> bool:
    """Move SQLite's write-ahead log into the database file and truncate it; False if readers prevented it.

    Deleted data is overwritten in the file (`secure_delete`), but stays readable in the log until then. PostgreSQL has
    no such setting; there, erasure relies on deleted keys.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        usual = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        # Writers wait as long as this statement waits for readers.
        cursor.execute(f"PRAGMA busy_timeout={_WAIT_FOR_READERS_MS}")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout={int(usual)}")
    finally:
        connection.close()
    return not busy


def measure_tables() -> None:
    """Let the database measure its tables, because it chooses between indexes by their sizes."""
    if db.engine.dialect.name != "sqlite":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as session:
            session.exec_driver_sql("ANALYZE")
        return
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA analysis_limit={_ROWS_MEASURED}")
        # All tables, also those that this connection has not read.
        cursor.execute("PRAGMA optimize(0x10002)")
    finally:
        connection.close()


def _damaged() -> DatabaseFault:
    file = state().settings.database_file
    return DatabaseFault(f"The database {file} is damaged: restore it from a backup.")


def _refuse_other_version(connection: Connection) -> None:
    refuse_newer(connection)
    found, wanted = _version(connection), newest_version()
    if found is None:
        raise DatabaseFault(f"The database has no tables yet: run {UPGRADE}.")
    if found != wanted:
        raise DatabaseFault(f"The database is of an older version ({found}): make a backup, then run {UPGRADE}.")


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(Path(current_app.extensions["migrate"].directory)))
