"""Commands of the draft: add, change, move and publish sessions, on a real database."""

from dataclasses import replace
from datetime import date, time
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select
from tzdata import IANA_VERSION

from dialogues.agenda.planning import commands as planning_commands
from dialogues.agenda.planning.queries import draft as planning_draft
from dialogues.agenda.planning.rules import When
from dialogues.agenda.versions.models import AgendaSession, Release, ReleaseItem
from dialogues.agenda.versions.queries import published as versions_published
from dialogues.agenda.versions.rules import Admits, ChangeKind, Part
from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import NotFound, Refusal
from dialogues.meetings.dialogues.rules.kinds import Rule
from tests.agenda.conftest import EVENING, NOW, plan
from tests.cast import Cast


@pytest.fixture
def coordinator(cast: Cast) -> Viewer:
    return cast.viewer("st-coord", meeting="TRD-1")


def room(viewer: Viewer, name: str) -> UUID:
    rooms = {room.name: room.id for room in planning_draft.rooms_of_venue(planning_draft.planned_meeting(viewer))}
    db.session.rollback()
    return rooms[name]


def saved(viewer: Viewer, session_id: UUID) -> planning_draft.DraftSession:
    session = planning_draft.draft_session(viewer, planning_draft.planned_meeting(viewer), session_id)
    db.session.rollback()
    return session


def changes(viewer: Viewer) -> list[ChangeKind]:
    planned = planning_draft.planned_meeting(viewer)
    found = planning_draft.unreleased(viewer, planned, planning_draft.draft(viewer, planned))
    db.session.rollback()
    return [change.kind for change in found]


def publish(viewer: Viewer, reason: str = "") -> int:
    planned = planning_draft.planned_meeting(viewer)
    seen = planning_commands.preview_digest(
        planning_draft.unreleased(viewer, planned, planning_draft.draft(viewer, planned))
    )
    return planning_commands.release_agenda(viewer, reason=reason, seen=seen, now=NOW)


class TestPlanning:
    def test_a_planned_session_is_in_the_draft_with_all_its_data(self, cast: Cast, coordinator: Viewer) -> None:
        people = ((cast.person("ch1"), Part.CHAIR), (cast.person("us4"), Part.LEAD), (cast.person("kr2"), Part.LEAD))
        willow = room(coordinator, "Willow room")
        session_id = planning_commands.plan_session(coordinator, plan(rooms=(willow,), people=people), now=NOW)
        session = saved(coordinator, session_id)
        assert (session.title, session.people, list(session.rooms)) == ("An evening talk", people, [willow])
        assert session.slot.starts_utc.isoformat() == "2027-05-26T10:00:00+00:00"

    def test_planning_is_in_the_audit_log_in_the_same_transaction(self, coordinator: Viewer) -> None:
        session_id = planning_commands.plan_session(coordinator, plan(), now=NOW)
        actions = db.session.execute(select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(1)).scalar_one()
        assert actions == "session.planned"
        assert session_id

    def test_coordinator_cannot_book_a_room_twice(self, coordinator: Viewer) -> None:
        before = db.session.execute(select(func.count()).select_from(AgendaSession)).scalar_one()
        wanted = plan(when=When(date(2027, 5, 26), time(9, 30), time(10)), rooms=(room(coordinator, "Plenary hall"),))
        with pytest.raises(Refusal, match="room Plenary hall is taken from 09:00 to 10:30 by “Climate resilience"):
            planning_commands.plan_session(coordinator, wanted, now=NOW)
        assert db.session.execute(select(func.count()).select_from(AgendaSession)).scalar_one() == before

    @pytest.mark.parametrize(
        ("name", "part", "words"),
        [
            ("ch1", Part.LEAD, "Anna BEISPIEL is in “Climate resilience"),
            ("jp3", Part.CHAIR, "MIHON Jirō is in “Climate resilience"),
            ("st-rap2", Part.RAPPORTEUR, "Priya UDAHARAN is in “Climate resilience"),
        ],
    )
    def test_a_person_cannot_be_in_two_sessions_at_once(
        self, cast: Cast, coordinator: Viewer, name: str, part: Part, words: str
    ) -> None:
        wanted = plan(when=When(date(2027, 5, 26), time(9), time(10)), people=((cast.person(name), part),))
        with pytest.raises(Refusal, match=words):
            planning_commands.plan_session(coordinator, wanted, now=NOW)

    def test_a_person_outside_the_meeting_cannot_have_a_part(self, cast: Cast, coordinator: Viewer) -> None:
        stranger = cast.person("mn4", "SCD")
        with pytest.raises(Refusal, match="does not belong to this meeting"):
            planning_commands.plan_session(coordinator, plan(people=((stranger, Part.CHAIR),)), now=NOW)

    def test_only_a_person_with_the_rapporteur_role_can_be_rapporteur(self, cast: Cast, coordinator: Viewer) -> None:
        with pytest.raises(Refusal, match="MOCKFORD does not have this role") as refused:
            planning_commands.plan_session(coordinator, plan(people=((cast.person("us4"), Part.RAPPORTEUR),)), now=NOW)
        assert refused.value.field == "rapporteur"

    @pytest.mark.parametrize("rule", [Rule.OFF_THE_RECORD, Rule.CLOSED])
    def test_a_session_without_notes_has_no_rapporteur(self, cast: Cast, coordinator: Viewer, rule: Rule) -> None:
        people = ((cast.person("st-rap1"), Part.RAPPORTEUR),)
        with pytest.raises(Refusal, match="No notes are kept") as refused:
            planning_commands.plan_session(coordinator, plan(rule=rule, people=people), now=NOW)
        assert refused.value.field == "rapporteur"

    def test_a_room_of_another_venue_is_refused(self, cast: Cast, coordinator: Viewer) -> None:
        elsewhere = room(cast.viewer("st-coord", meeting="LVR-1"), "Round table")
        with pytest.raises(Refusal, match="does not belong to the meeting's venue"):
            planning_commands.plan_session(coordinator, plan(rooms=(elsewhere,)), now=NOW)

    def test_a_session_by_invitation_needs_at_least_one_person(self, coordinator: Viewer) -> None:
        with pytest.raises(Refusal, match="nobody is: name them"):
            planning_commands.plan_session(coordinator, plan(admits=Admits.INVITED), now=NOW)

    def test_a_time_outside_the_meeting_is_refused(self, coordinator: Viewer) -> None:
        with pytest.raises(Refusal, match="from 2027-05-24 to 2027-05-28"):
            planning_commands.plan_session(coordinator, plan(when=replace(EVENING, day=date(2027, 6, 1))), now=NOW)

    @pytest.mark.parametrize("name", ["us4", "xo2", "st-rap1", "st-travel", "kr1", "in-ko1", "st-arch"])
    def test_other_roles_cannot_plan_sessions(self, cast: Cast, name: str) -> None:
        with pytest.raises(NotFound):
            planning_commands.plan_session(cast.viewer(name, meeting="TRD-1"), plan(), now=NOW)


class TestChanging:
    def test_a_stale_change_is_refused(self, coordinator: Viewer) -> None:
        session_id = planning_commands.plan_session(coordinator, plan(), now=NOW)
        planning_commands.change_session(coordinator, session_id, plan(title="First"), version=1, now=NOW)
        with pytest.raises(Refusal, match="Someone else has changed"):
            planning_commands.change_session(coordinator, session_id, plan(title="Second"), version=1, now=NOW)
        assert saved(coordinator, session_id).title == "First"

    @pytest.mark.parametrize("who", ["st-coord", "ch2"])
    def test_a_session_with_a_rapporteur_cannot_become_closed(self, cast: Cast, who: str) -> None:
        """For the coordinator and for a co-chair who may not know the people yet."""
        editor = cast.viewer(who, meeting="LVR-1")
        session = saved(editor, cast.session("LVR-1-02"))
        people = session.people if who == "st-coord" else None
        closed = plan(when=When(date(2027, 10, 19), time(11), time(12, 30)), rule=Rule.CLOSED, people=people)
        with pytest.raises(Refusal, match="No notes are kept"):
            planning_commands.change_session(editor, session.id, closed, version=session.version, now=NOW)
        assert saved(editor, session.id).rule is Rule.CHATHAM_HOUSE

    def test_a_moved_session_keeps_its_people(self, cast: Cast, coordinator: Viewer) -> None:
        people = ((cast.person("us4"), Part.LEAD),)
        session_id = planning_commands.plan_session(coordinator, plan(people=people), now=NOW)
        to = When(date(2027, 5, 27), time(14), time(15))
        planning_commands.reschedule_session(coordinator, session_id, to=to, rooms=(), version=1, now=NOW)
        session = saved(coordinator, session_id)
        assert (session.slot.starts.local.isoformat(), session.people) == ("2027-05-27T14:00:00", people)

    def test_a_session_cannot_move_to_a_time_when_its_people_are_busy(self, cast: Cast, coordinator: Viewer) -> None:
        session_id = planning_commands.plan_session(
            coordinator, plan(people=((cast.person("ch1"), Part.LEAD),)), now=NOW
        )
        to = When(date(2027, 5, 26), time(9), time(10))
        with pytest.raises(Refusal, match="Anna BEISPIEL is in"):
            planning_commands.reschedule_session(coordinator, session_id, to=to, rooms=(), version=1, now=NOW)

    def test_an_editor_who_may_not_know_the_people_keeps_them_and_sees_no_name(self, cast: Cast) -> None:
        chair = cast.viewer("ch2", meeting="LVR-1")
        session = saved(chair, cast.session("LVR-1-02"))
        onto = When(date(2027, 10, 19), time(9), time(10))
        same = plan(title="Renamed", when=When(date(2027, 10, 19), time(11), time(12, 30)), people=None)
        planning_commands.change_session(chair, session.id, same, version=session.version, now=NOW)
        assert saved(chair, session.id).people == session.people
        with pytest.raises(Refusal, match="Someone named in this session is not available") as refused:
            planning_commands.reschedule_session(
                chair, session.id, to=onto, rooms=(), version=session.version + 1, now=NOW
            )
        assert "FULANO" not in str(refused.value)

    def test_a_session_of_another_meeting_is_not_found(self, cast: Cast, coordinator: Viewer) -> None:
        for session_id in (cast.session("LVR-1-02"), uuid4()):
            with pytest.raises(NotFound):
                planning_commands.remove_session(coordinator, session_id, version=1, now=NOW)


class TestPublishing:
    def test_changes_of_the_draft_are_not_visible_to_others(self, cast: Cast, coordinator: Viewer) -> None:
        planning_commands.plan_session(coordinator, plan(admits=Admits.OBSERVERS_TOO), now=NOW)
        assert len(versions_published.sessions_for(cast.viewer("us4", meeting="TRD-1"))) == 12
        assert changes(coordinator) == [ChangeKind.NEW]

    def test_a_published_version_is_numbered_and_visible(self, cast: Cast, coordinator: Viewer) -> None:
        session_id = planning_commands.plan_session(coordinator, plan(), now=NOW)
        assert publish(coordinator, "A talk more") == 2
        seen = versions_published.sessions_for(cast.viewer("us4", meeting="TRD-1"))
        assert session_id in {session.session_id for session in seen}
        assert [head.reason for head in versions_published.release_history(coordinator)] == ["A talk more", ""]

    def test_the_previous_version_does_not_change(self, cast: Cast, coordinator: Viewer) -> None:
        def first() -> tuple[Any, ...]:
            head, sessions = versions_published.earlier_version(coordinator, 1)
            return head, sessions, versions_published.people_in(coordinator, head.id)

        before = first()
        session = saved(coordinator, cast.session("TRD-1-12"))
        later = When(date(2027, 5, 27), time(13), time(13, 30))
        planning_commands.reschedule_session(
            coordinator, session.id, to=later, rooms=tuple(session.rooms), version=session.version, now=NOW
        )
        assert changes(coordinator) == [ChangeKind.MOVED]
        publish(coordinator)
        assert first() == before

    def test_a_removed_session_is_cancelled_in_the_next_version(self, cast: Cast, coordinator: Viewer) -> None:
        session = saved(coordinator, cast.session("TRD-1-12"))
        planning_commands.remove_session(coordinator, session.id, version=session.version, now=NOW)
        assert changes(coordinator) == [ChangeKind.CANCELLED]
        publish(coordinator)
        with pytest.raises(NotFound):
            versions_published.released_session(coordinator, session.id)

    def test_publishing_without_a_change_is_refused(self, coordinator: Viewer) -> None:
        with pytest.raises(Refusal, match="Nothing has changed"):
            publish(coordinator)

    def test_publishing_an_empty_agenda_is_refused(self, coordinator: Viewer) -> None:
        planned = planning_draft.planned_meeting(coordinator)
        for session in planning_draft.draft(coordinator, planned):
            planning_commands.remove_session(coordinator, session.id, version=session.version, now=NOW)
        with pytest.raises(Refusal, match="no session to release"):
            publish(coordinator)

    def test_publishing_is_refused_if_the_draft_changed_since_the_preview(self, coordinator: Viewer) -> None:
        seen = planning_commands.preview_digest([])
        planning_commands.plan_session(coordinator, plan(), now=NOW)
        with pytest.raises(Refusal, match="changed since this page was shown"):
            planning_commands.release_agenda(coordinator, reason="", seen=seen, now=NOW)
        assert db.session.execute(select(func.max(Release.number))).scalar_one() == 1

    def test_only_the_coordinator_can_publish(self, cast: Cast) -> None:
        for name in ("ch1", "st-host", "us4"):
            with pytest.raises(NotFound):
                planning_commands.release_agenda(cast.viewer(name, meeting="TRD-1"), reason="", seen="", now=NOW)

    def test_a_version_stores_the_version_of_its_tz_database(self, coordinator: Viewer) -> None:
        planning_commands.plan_session(coordinator, plan(), now=NOW)
        publish(coordinator)
        versions = set(db.session.execute(select(ReleaseItem.tz_version)).scalars())
        assert versions == {IANA_VERSION}
