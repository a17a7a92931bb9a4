"""The archive of TRD, and records that tests add."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from dialogues.core.common.transaction import transaction
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.policy import RECORD_FILE
from dialogues.records.archive import operations as archive_operations
from dialogues.records.archive.commands import file_summary
from dialogues.records.archive.queries.shelves import waiting
from dialogues.records.archive.rules import Embargo, Listing, NewRecord, RecordKind, Shelf
from dialogues.records.notes.commands import finish_summary
from tests.beds.client import Outside
from tests.cast import MIDDLE_OF_TRD_1, Cast

NOW = MIDDLE_OF_TRD_1
#: A session whose summary is a draft in the sample.
FLOODS = "TRD-1-04"
#: A session by invitation: kr1 is admitted, us4 is not.
RESTRICTED = "TRD-1-06"


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """The personas of the sample; commands and queries can be called at once."""
    app.test_client_class = Outside
    with app.app_context():
        yield Cast(app)
        db.session.remove()


@dataclass(slots=True)
class Archive:
    """Methods to fill and read the archive."""

    cast: Cast

    def page(self, rest: str = "", *, meeting: str = "", dialogue: str = "TRD") -> str:
        """The address of an archive page, of a meeting if one is given."""
        place = f"meetings/{self.cast.meeting(meeting)}" if meeting else f"dialogues/{self.cast.dialogue(dialogue)}"
        return f"/{place}/archive{rest}"

    def client(self, name: str) -> FlaskClient:
        return self.cast.client(name)

    def shelf(self, *, meeting: str = "", session: str = "") -> Shelf:
        """Where a record is filed: TRD, or one of its meetings or sessions."""
        return Shelf(
            dialogue_id=self.cast.dialogue(),
            meeting_id=self.cast.meeting(meeting or "TRD-1") if meeting or session else None,
            session_id=self.cast.session(session) if session else None,
            session_code=session,
        )

    def place(self, reference: str, text: str = "", *, shelf: Shelf | None = None, **more: Any) -> UUID:
        """File a record; its title is its reference code."""
        record = NewRecord(
            reference=reference,
            title=more.pop("title", reference),
            text=text,
            dated=more.pop("dated", date(2027, 1, 11)),
            kind=more.pop("kind", RecordKind.STATEMENT),
            **more,
        )
        with transaction(system(Purpose.SAMPLE), RECORD_FILE) as change:
            [filed] = archive_operations.place_records(shelf or self.shelf(), [record], NOW)
            change.record(filed)
        return filed.about

    def closed_until(self, at: datetime, listing: Listing = Listing.TITLE_VISIBLE) -> dict[str, Any]:
        """An embargo for `place`."""
        return {"embargo": Embargo(at, at.replace(tzinfo=None), "UTC"), "listing": listing}

    def file_floods(self) -> UUID:
        """Finish and file the summary of the session on floods."""
        finish_summary(self.cast.viewer("ch1", meeting="TRD-1"), self.cast.session(FLOODS), version=1, now=NOW)
        archivist = self.cast.viewer("st-arch", meeting="TRD-1")
        (line,) = waiting(archivist)
        return file_summary(archivist, line.document_id, reference="TRD-1-04/S", now=NOW)


@pytest.fixture
def archive(cast: Cast) -> Archive:
    """The archive of the sample."""
    return Archive(cast)


@pytest.fixture
def statements(cast: Cast) -> Callable[[Callable[[], Any]], int]:  # noqa: ARG001  its context contains the engine
    """Count the statements that a call sends to the database, without BEGIN."""
    sent: list[str] = []

    @event.listens_for(db.engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            sent.append(statement)

    def count(call: Callable[[], Any]) -> int:
        sent.clear()
        call()
        return len(sent)

    return count
