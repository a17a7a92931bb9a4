"""The day on which sealed data is deleted, and what moves that day."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from dialogues.core.common import clock
from dialogues.core.common.stores import key_store
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.lib.encryption.names import KeyErased
from dialogues.meetings.dialogues.models import Meeting
from dialogues.meetings.roles.commands import end_role
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.documents import operations as documents_operations
from dialogues.people.documents.handlers import keep_with_people, purge_people
from dialogues.people.documents.queries import due_fields, key_name
from dialogues.people.documents.rules import departure_date, purge_date
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.events import ParticipationWithdrawn
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.participants.rules.standing import ParticipationStatus
from dialogues.people.registration.rules import PresenceChanged
from dialogues.people.roster import commands as roster
from dialogues.policy import Role
from tests.beds.forms import send
from tests.beds.web import set_clock
from tests.cast import Cast
from tests.people.documents.purge import DAY_OF_PURGE, certificates, enter_documents, stored_fields

pytestmark = pytest.mark.engine

LAST_DAY = datetime.fromisoformat("2027-06-26T20:00+08:00")


def purge_days(app: Flask) -> set[date]:
    return {field.purge_on for field in stored_fields(app)}


def test_data_is_deleted_thirty_days_after_departure() -> None:
    assert purge_date(date(2027, 5, 28)) == date(2027, 6, 27)


@pytest.mark.parametrize(
    ("present_to", "leaves"),
    [
        (None, date(2027, 5, 28)),
        (date(2027, 5, 26), date(2027, 5, 26)),
        (date(2027, 4, 1), date(2027, 5, 28)),
    ],
)
def test_own_departure_day_counts_if_it_is_a_day_of_the_meeting(present_to: date | None, leaves: date) -> None:
    assert departure_date(present_to, date(2027, 5, 24), date(2027, 5, 28)) == leaves


def test_nothing_is_deleted_before_its_day_in_the_meetings_time_zone(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    enter_documents(cast, trd, "in-ko1")
    set_clock(app, LAST_DAY)
    assert sweep() == 0

    set_clock(app, DAY_OF_PURGE)

    assert sweep() == 5
    assert stored_fields(app) == []


def test_deletion_date_follows_the_date_of_the_meeting(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd, "in-ko1")

    answer = send(
        cast.client("st-coord"), f"{trd}/settings", ends_on="2027-05-30", depart_on="2027-06-01", registration_closes=""
    )

    assert answer.status_code == 303
    assert purge_days(app) == {date(2027, 7, 1)}


def test_deletion_date_follows_the_persons_own_days(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    with app.app_context():
        meeting_id, us4 = cast.meeting(), cast.person("us4")
        with upkeep(system(Purpose.SAMPLE)) as session:
            of_us4 = select(Participation).where(Participation.person_id == us4, Participation.meeting_id == meeting_id)
            participation = session.scalars(of_us4).one()
            participation.present_from, participation.present_to = date(2027, 5, 24), date(2027, 5, 26)
            session.flush()
            documents_operations.recalculate_purge_dates(session.get_one(Meeting, meeting_id), {us4})

    assert purge_days(app) == {date(2027, 6, 25)}


def test_data_of_a_cancelled_meeting_is_deleted_thirty_days_after_cancellation(
    app: Flask, cast: Cast, trd: str
) -> None:
    enter_documents(cast, trd)

    assert send(cast.client("st-coord"), f"{trd}/cancel").status_code == 303

    assert purge_days(app) == {date(2027, 6, 25)}


def test_data_of_a_withdrawn_person_is_hidden_at_once_and_deleted_at_the_next_sweep(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    enter_documents(cast, trd)
    (key_id,) = {field.key_id for field in stored_fields(app)}

    assert send(cast.client("us4"), f"{trd}/registration/withdraw").status_code == 303

    with app.app_context():
        assert len(due_fields(clock.now())[cast.meeting()]) == 5
    assert sweep() == 5
    with app.app_context(), pytest.raises(KeyErased):
        key_store().current(key_name(key_id))


def test_moving_a_meeting_keeps_no_data_of_a_withdrawn_person(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    enter_documents(cast, trd, "in-ko1")
    assert send(cast.client("us4"), f"{trd}/registration/withdraw").status_code == 303

    later = {"ends_on": "2027-05-30", "depart_on": "2027-06-01", "registration_closes": ""}
    assert send(cast.client("st-coord"), f"{trd}/settings", **later).status_code == 303

    assert purge_days(app) == {date(2027, 5, 26), date(2027, 7, 1)}


def test_change_accepted_after_cancellation_does_not_extend_retention(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    assert send(cast.client("st-coord"), f"{trd}/cancel").status_code == 303

    with app.app_context():
        meeting_id, us4 = cast.meeting(), cast.person("us4")
        changed = PresenceChanged(about=us4, meeting_id=meeting_id, person_id=us4, at=clock.now())
        with upkeep(system(Purpose.SAMPLE)):
            keep_with_people([changed])

    assert purge_days(app) == {date(2027, 6, 25)}


def test_participant_who_rejoins_is_asked_again_for_deleted_data(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    enter_documents(cast, trd)
    with app.app_context():
        ids = {"person_id": cast.person("us4"), "meeting_id": cast.meeting()}
        viewer = cast.viewer("st-coord", meeting="TRD-1")
        taking_part = db.session.execute(select(Participation.id).filter_by(**ids)).scalar_one()
        action = roster.apply_bulk_action(viewer, BulkKind.TAKE_BACK, [taking_part], now=clock.now())
    assert sweep() == 5

    with app.app_context():
        roster.undo(cast.viewer("st-coord", meeting="TRD-1"), action, now=clock.now())
        steps = db.session.execute(select(Participation.steps).filter_by(**ids)).scalar_one()

    assert "needs" not in steps


def test_withdrawal_undone_before_the_sweep_keeps_the_data(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    with app.app_context():
        ids = {"person_id": cast.person("us4"), "meeting_id": cast.meeting()}
        viewer = cast.viewer("st-coord", meeting="TRD-1")
        taking_part = db.session.execute(select(Participation.id).filter_by(**ids)).scalar_one()
        action = roster.apply_bulk_action(viewer, BulkKind.TAKE_BACK, [taking_part], now=clock.now())
        roster.undo(viewer, action, now=clock.now())
        steps = db.session.execute(select(Participation.steps).filter_by(**ids)).scalar_one()

    assert "needs" in steps
    assert purge_days(app) == {date(2027, 6, 27)}


def test_data_of_an_interpreter_whose_role_ends_is_deleted(
    app: Flask, cast: Cast, trd: str, sweep: Callable[[], int]
) -> None:
    enter_documents(cast, trd, "in-ko1")
    with app.app_context():
        grant = select(RoleGrant.id).where(
            RoleGrant.person_id == cast.person("in-ko1"),
            RoleGrant.meeting_id == cast.meeting(),
            RoleGrant.role == Role.INTERPRETER,
        )
        grant_id = db.session.execute(grant).scalar_one()
        end_role(cast.viewer("st-coord", meeting="TRD-1"), grant_id, now=clock.now())

    assert sweep() == 5


def test_deleted_data_can_be_entered_again_under_a_new_key(app: Flask, cast: Cast, trd: str) -> None:
    enter_documents(cast, trd)
    before = {field.key_id for field in stored_fields(app)}
    with app.app_context():
        meeting_id, us4 = cast.meeting(), cast.person("us4")
    with app.app_context(), upkeep(system(Purpose.SAMPLE)):
        documents_operations.purge_no_later_than(meeting_id, date(2027, 5, 1), {us4})

    enter_documents(cast, trd, diet_text="new words")

    after = {field.key_id for field in stored_fields(app)}
    assert len(after) == 1
    assert after.isdisjoint(before)
    assert "new words" in cast.client("us4").get(f"{trd}/registration/needs").text
    assert [certificate.counts for certificate in certificates(app)] == [
        {"visa": 1, "flights": 1, "diet": 1, "access": 1, "medical": 1}
    ]


def test_purging_many_people_takes_as_many_queries_as_one(
    app: Flask, cast: Cast, trd: str, queries_of: Callable[[Callable[[], Any]], int]
) -> None:
    names = ("us4", "kr2", "ru1")
    for name in names:
        enter_documents(cast, trd, name)

    def queries_to_purge(*whose: str) -> int:
        with app.app_context():
            meeting_id, people = cast.meeting(), [cast.person(name) for name in whose]
            said = [
                ParticipationWithdrawn(about=one, meeting_id=meeting_id, person_id=one, at=clock.now())
                for one in people
            ]
            with upkeep(system(Purpose.SAMPLE)) as session:
                left = update(Participation).where(Participation.person_id.in_(people))
                session.execute(left.values(status=ParticipationStatus.WITHDRAWN))
                return queries_of(lambda: purge_people(said))

    assert queries_to_purge("us4") == queries_to_purge("kr2", "ru1")
    assert purge_days(app) == {date(2027, 5, 26)}


def test_nothing_can_be_entered_after_the_meeting(app: Flask, cast: Cast, trd: str) -> None:
    set_clock(app, datetime.fromisoformat("2027-05-29T09:00+08:00"))

    answer = send(cast.client("us4"), f"{trd}/registration/needs", diet_text="too late")

    assert answer.status_code == 422
    assert stored_fields(app) == []
