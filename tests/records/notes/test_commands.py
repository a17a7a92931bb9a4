"""Raw notes and summaries on a real database; concurrent changes lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Event
from uuid import UUID

import pytest
from sqlalchemy import func, select

from dialogues.agenda.planning import commands as planning
from dialogues.core.audit.models import AuditDetail, AuditEntry
from dialogues.core.common.stores import key_store
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.encryption.envelope import unseal_text
from dialogues.lib.encryption.names import KeyErased
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.meetings.dialogues.rules.kinds import Rule
from dialogues.records.notes import commands as notes_commands
from dialogues.records.notes import jobs as notes_jobs
from dialogues.records.notes import queries as notes_queries
from dialogues.records.notes.models import Document, DocumentVersion, RawNotes
from tests.cast import Cast
from tests.records.notes.conftest import (
    CLOSED,
    NOW,
    OFF_THE_RECORD,
    OUTLOOKS,
    file_it,
    newest,
    notes_of,
    publish,
    publish_with,
)


def raw_text(viewer: Viewer, session_id: UUID) -> str:
    found = notes_queries.raw_notes(viewer, session_id)
    db.session.rollback()
    assert found is not None
    return found.text


class TestRawNotes:
    def test_raw_notes_are_saved_for_their_owner(self, cast: Cast, rapporteur: Viewer) -> None:
        session_id = cast.session(OUTLOOKS)
        notes_commands.save_raw_notes(rapporteur, session_id, "who said what", version=0, now=NOW)
        notes_commands.save_raw_notes(rapporteur, session_id, "who said what, and why", version=1, now=NOW)
        assert raw_text(rapporteur, session_id) == "who said what, and why"

    def test_raw_notes_expire_on_a_day_fixed_at_the_first_save(self, cast: Cast, rapporteur: Viewer) -> None:
        session_id = cast.session(OUTLOOKS)
        notes_commands.save_raw_notes(rapporteur, session_id, "first", version=0, now=NOW)
        later = NOW + timedelta(days=60)
        notes_commands.save_raw_notes(rapporteur, session_id, "later", version=1, now=later)
        row = db.session.execute(select(RawNotes).where(RawNotes.session_id == session_id)).scalar_one()
        assert (row.destroy_by, row.changed_on) == (date(2027, 8, 26), date(2027, 7, 25))

    def test_raw_notes_saved_in_another_window_are_not_overwritten(self, rapporteur: Viewer, floods: UUID) -> None:
        notes_commands.save_raw_notes(rapporteur, floods, "from one window", version=1, now=NOW)
        with pytest.raises(Refusal):
            notes_commands.save_raw_notes(rapporteur, floods, "from the other", version=1, now=NOW)
        assert raw_text(rapporteur, floods) == "from one window"

    @pytest.mark.parametrize("name", ["st-rap1", "ch1", "st-coord", "st-host", "us4", "st-arch"])
    def test_other_people_cannot_read_or_write_raw_notes(self, cast: Cast, floods: UUID, name: str) -> None:
        viewer = cast.viewer(name, meeting="TRD-1")
        assert notes_queries.raw_notes(viewer, floods) is None
        with pytest.raises(NotFound):
            notes_commands.save_raw_notes(viewer, floods, "mine now", version=0, now=NOW)

    @pytest.mark.parametrize("code", [OFF_THE_RECORD, CLOSED])
    def test_a_session_without_notes_accepts_no_raw_notes(self, cast: Cast, rapporteur: Viewer, code: str) -> None:
        with pytest.raises(NotFound):
            notes_commands.save_raw_notes(rapporteur, cast.session(code), "x", version=0, now=NOW)

    def test_a_former_rapporteur_cannot_read_or_write_raw_notes(
        self, cast: Cast, rapporteur: Viewer, floods: UUID
    ) -> None:
        publish_with(cast, floods, rapporteur="st-rap1")
        with pytest.raises(NotFound):
            notes_commands.save_raw_notes(rapporteur, floods, "still here", version=1, now=NOW)
        assert notes_queries.raw_notes(rapporteur, floods) is None
        assert notes_queries.raw_notes(cast.viewer("st-rap1", meeting="TRD-1"), floods) is None

    def test_raw_notes_cannot_be_written_after_the_session_becomes_closed(
        self, cast: Cast, rapporteur: Viewer, floods: UUID
    ) -> None:
        publish_with(cast, floods, rule=Rule.CLOSED)
        with pytest.raises(NotFound):
            notes_commands.save_raw_notes(rapporteur, floods, "still here", version=1, now=NOW)

    def test_raw_notes_are_deleted_with_their_key_on_their_day(self, rapporteur: Viewer, floods: UUID) -> None:
        row = db.session.execute(select(RawNotes)).scalar_one()
        last, sealed, name, place = row.destroy_by, row.text_sealed, row.key, row.place
        day_before = datetime(last.year, last.month, last.day, tzinfo=UTC) - timedelta(hours=1)
        assert notes_commands.destroy_due_raw_notes(day_before) == 0
        assert notes_commands.destroy_due_raw_notes(day_before + timedelta(hours=2)) == 1
        assert notes_commands.destroy_due_raw_notes(day_before + timedelta(hours=2)) == 0
        assert notes_queries.raw_notes(rapporteur, floods) is None
        with pytest.raises(KeyErased):
            unseal_text(key_store(), name, place, sealed)

    def test_raw_notes_without_a_key_are_not_found(self, rapporteur: Viewer, floods: UUID) -> None:
        row = db.session.execute(select(RawNotes)).scalar_one()
        key_store().erase(row.key, now=NOW)
        with pytest.raises(NotFound):
            notes_queries.raw_notes(rapporteur, floods)

    @pytest.mark.usefixtures("cast")
    def test_the_worker_deletes_expired_raw_notes(self) -> None:
        assert notes_jobs.SWEEPS["raw notes"](Event()) == 0


class TestSummary:
    def test_each_save_is_a_version_dated_to_the_day_of_the_meeting(self, rapporteur: Viewer, floods: UUID) -> None:
        late = datetime(2027, 5, 26, 17, 30, tzinfo=UTC)
        notes_commands.save_summary(rapporteur, floods, "better words", based_on=1, now=late)
        version = newest(rapporteur, floods)
        assert (version.number, version.based_on, version.day) == (2, 1, date(2027, 5, 27))

    def test_saving_the_same_text_creates_no_version(self, rapporteur: Viewer, floods: UUID) -> None:
        notes_commands.save_summary(rapporteur, floods, newest(rapporteur, floods).text, based_on=1, now=NOW)
        assert newest(rapporteur, floods).number == 1

    def test_concurrent_saves_lose_nothing(self, rapporteur: Viewer, co_chair: Viewer, floods: UUID) -> None:
        notes_commands.save_summary(co_chair, floods, "the first", based_on=1, now=NOW)
        with pytest.raises(Refusal) as refused:
            notes_commands.save_summary(rapporteur, floods, "the second", based_on=1, now=NOW)
        assert refused.value.field == "version"
        assert newest(rapporteur, floods).text == "the first"
        notes_commands.save_summary(rapporteur, floods, "the first and the second", based_on=2, now=NOW)
        assert newest(co_chair, floods).text == "the first and the second"

    def test_one_of_two_simultaneous_saves_is_refused(
        self, cast: Cast, rapporteur: Viewer, co_chair: Viewer, floods: UUID
    ) -> None:
        together = Barrier(2)

        def save(viewer: Viewer, text: str) -> str:
            with cast.app.app_context():
                together.wait(10)
                try:
                    notes_commands.save_summary(viewer, floods, text, based_on=1, now=NOW)
                except Refusal:
                    return "refused"
                return text

        with ThreadPoolExecutor(2) as hands:
            outcomes = sorted(hands.map(save, (rapporteur, co_chair), ("one", "other")))
        assert outcomes.count("refused") == 1
        assert newest(rapporteur, floods).text in outcomes

    def test_restoring_an_old_version_creates_a_new_one(self, rapporteur: Viewer, floods: UUID) -> None:
        first = newest(rapporteur, floods).text
        notes_commands.save_summary(rapporteur, floods, "other words", based_on=1, now=NOW)
        notes_commands.restore_version(rapporteur, floods, 1, version=2, now=NOW)
        version = newest(rapporteur, floods)
        assert (version.number, version.based_on, version.text) == (3, 1, first)

    def test_restoring_is_refused_if_the_text_changed_meanwhile(self, rapporteur: Viewer, floods: UUID) -> None:
        notes_commands.save_summary(rapporteur, floods, "other words", based_on=1, now=NOW)
        with pytest.raises(Refusal):
            notes_commands.restore_version(rapporteur, floods, 1, version=1, now=NOW)

    def test_an_unknown_version_cannot_be_restored(self, rapporteur: Viewer, floods: UUID) -> None:
        with pytest.raises(NotFound):
            notes_commands.restore_version(rapporteur, floods, 7, version=1, now=NOW)

    @pytest.mark.parametrize("name", ["st-rap1", "st-coord", "st-host", "us4", "kr1", "xo2", "in-ko1", "st-arch"])
    def test_other_roles_cannot_write_restore_finish_or_reopen_a_summary(
        self, cast: Cast, floods: UUID, name: str
    ) -> None:
        viewer = cast.viewer(name, meeting="TRD-1")
        for attempt in (
            lambda: notes_commands.save_summary(viewer, floods, "mine", based_on=1, now=NOW),
            lambda: notes_commands.restore_version(viewer, floods, 1, version=1, now=NOW),
            lambda: notes_commands.finish_summary(viewer, floods, version=1, now=NOW),
            lambda: notes_commands.reopen_summary(viewer, floods, now=NOW),
        ):
            with pytest.raises(NotFound):
                attempt()

    def test_a_finished_summary_is_locked_until_it_is_reopened(
        self, rapporteur: Viewer, co_chair: Viewer, floods: UUID
    ) -> None:
        notes_commands.finish_summary(rapporteur, floods, version=1, now=NOW)
        assert notes_of(co_chair, floods).finished_on == date(2027, 5, 26)
        with pytest.raises(Refusal):
            notes_commands.save_summary(rapporteur, floods, "one more thing", based_on=1, now=NOW)
        notes_commands.reopen_summary(co_chair, floods, now=NOW)
        notes_commands.save_summary(rapporteur, floods, "one more thing", based_on=1, now=NOW)
        assert notes_of(co_chair, floods).finished_on is None

    def test_finishing_is_refused_if_the_text_changed_meanwhile(
        self, rapporteur: Viewer, co_chair: Viewer, floods: UUID
    ) -> None:
        notes_commands.save_summary(co_chair, floods, "changed meanwhile", based_on=1, now=NOW)
        with pytest.raises(Refusal):
            notes_commands.finish_summary(rapporteur, floods, version=1, now=NOW)

    def test_a_summary_without_text_cannot_be_finished(self, cast: Cast, rapporteur: Viewer) -> None:
        with pytest.raises(Refusal):
            notes_commands.finish_summary(rapporteur, cast.session(OUTLOOKS), version=0, now=NOW)

    def test_a_summary_cannot_be_finished_before_its_session_starts(self, cast: Cast, rapporteur: Viewer) -> None:
        """At eight; the session begins at nine."""
        outlooks = cast.session(OUTLOOKS)
        notes_commands.save_summary(rapporteur, outlooks, "What is hoped to be said.", based_on=0, now=NOW)

        with pytest.raises(Refusal, match="has not begun"):
            notes_commands.finish_summary(rapporteur, outlooks, version=1, now=NOW)
        notes_commands.finish_summary(rapporteur, outlooks, version=1, now=NOW + timedelta(hours=1))

    def test_a_filed_summary_can_never_be_changed(self, rapporteur: Viewer, floods: UUID) -> None:
        notes_commands.finish_summary(rapporteur, floods, version=1, now=NOW)
        file_it(floods)
        for attempt in (
            lambda: notes_commands.save_summary(rapporteur, floods, "too late", based_on=1, now=NOW),
            lambda: notes_commands.restore_version(rapporteur, floods, 1, version=1, now=NOW),
            lambda: notes_commands.finish_summary(rapporteur, floods, version=1, now=NOW),
            lambda: notes_commands.reopen_summary(rapporteur, floods, now=NOW),
            lambda: file_it(floods),
        ):
            with pytest.raises(Refusal):
                attempt()

    def test_a_draft_cannot_be_filed(self, floods: UUID) -> None:
        with pytest.raises(Refusal):
            file_it(floods)

    def test_a_session_that_is_closed_later_hides_its_summary(self, cast: Cast, co_chair: Viewer, floods: UUID) -> None:
        publish_with(cast, floods, rule=Rule.CLOSED)
        with pytest.raises(NotFound):
            notes_of(co_chair, floods)

    def test_a_removed_session_keeps_its_summary(self, cast: Cast, co_chair: Viewer, floods: UUID) -> None:
        coordinator = cast.viewer("st-coord", meeting="TRD-1")
        planning.remove_session(coordinator, floods, version=1, now=NOW)
        publish(coordinator)
        assert newest(co_chair, floods).text.startswith("It was observed")

    def test_no_column_contains_an_author_or_a_time_of_day(self) -> None:
        columns = {column.name for table in (Document, DocumentVersion) for column in table.__table__.columns}
        assert not {name for name in columns if name.endswith(("_by", "_at", "owner_id", "person_id", "account_id"))}


class TestAudit:
    def entries(self, since: int) -> list[AuditEntry]:
        found = db.session.execute(select(AuditEntry).where(AuditEntry.seq > since).order_by(AuditEntry.seq))
        return list(found.scalars())

    def length(self) -> int:
        size = db.session.execute(select(func.count()).select_from(AuditEntry)).scalar_one()
        db.session.rollback()
        return size

    def test_notes_of_a_session_make_one_audit_entry_a_day_without_time_or_details(
        self, rapporteur: Viewer, co_chair: Viewer, floods: UUID
    ) -> None:
        before = self.length()
        notes_commands.save_summary(rapporteur, floods, "a", based_on=1, now=NOW)
        notes_commands.save_summary(co_chair, floods, "b", based_on=2, now=NOW + timedelta(hours=3))
        notes_commands.save_raw_notes(rapporteur, floods, "c", version=1, now=NOW + timedelta(hours=4))
        [entry] = self.entries(before)
        assert (entry.action, entry.object, entry.at) == (
            "notes.changed",
            str(floods),
            datetime(2027, 5, 26, tzinfo=UTC),
        )
        assert db.session.get(AuditDetail, entry.seq) is None

    def test_the_pseudonym_changes_daily(self, rapporteur: Viewer, floods: UUID) -> None:
        before = self.length()
        notes_commands.save_summary(rapporteur, floods, "a", based_on=1, now=NOW)
        notes_commands.save_summary(rapporteur, floods, "b", based_on=2, now=NOW + timedelta(days=1))
        one, other = self.entries(before)
        assert one.actor != other.actor
