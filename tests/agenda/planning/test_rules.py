"""Rules of planning: valid times, admission, clashes, and differences between versions."""

from datetime import date, time
from uuid import UUID, uuid4

import pytest

from dialogues.agenda.planning.rules import (
    Booking,
    TimeSlot,
    When,
    all_clashes,
    clashes,
    refuse_clashes,
    still_fits,
    time_slot,
    when_of,
)
from dialogues.agenda.versions.rules import (
    Admits,
    ChangeKind,
    Fact,
    Part,
    Snapshot,
    admitted,
    changed_facts,
    differences,
    expected,
    in_order,
)
from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.facts import Days
from dialogues.policy import Role

ULAANBAATAR = (Days(starts_on=date(2027, 5, 24), ends_on=date(2027, 5, 28)), "Asia/Ulaanbaatar")
ZURICH_IN_MARCH = (Days(starts_on=date(2027, 3, 26), ends_on=date(2027, 3, 30)), "Europe/Zurich")
ZURICH_IN_OCTOBER = (Days(starts_on=date(2027, 10, 29), ends_on=date(2027, 11, 1)), "Europe/Zurich")


def slot(starts: str, ends: str, *, days: tuple[Days, str] = ULAANBAATAR, day: date | None = None) -> TimeSlot:
    return time_slot(When(day or days[0].first, time.fromisoformat(starts), time.fromisoformat(ends)), *days)


class TestSessionTimes:
    def test_a_session_is_in_the_time_zone_of_the_meeting(self) -> None:
        assert slot("09:00", "10:30").starts_utc.isoformat() == "2027-05-24T01:00:00+00:00"

    @pytest.mark.parametrize("day", [date(2027, 5, 23), date(2027, 5, 29), date.max, date.min])
    def test_a_session_is_within_the_days_of_the_meeting(self, day: date) -> None:
        with pytest.raises(Refusal, match="from 2027-05-24 to 2027-05-28") as refused:
            slot("09:00", "10:30", day=day)
        assert refused.value.field == "day"

    @pytest.mark.parametrize("ends", ["09:00", "08:59"])
    def test_a_session_ends_after_it_starts(self, ends: str) -> None:
        with pytest.raises(Refusal, match="Ends on the next day") as refused:
            slot("09:00", ends)
        assert refused.value.field == "ends"

    def test_a_session_may_end_after_midnight_if_this_is_stated(self) -> None:
        reception = time_slot(When(date(2027, 5, 24), time(22), time(1), next_day=True), *ULAANBAATAR)
        assert (reception.ends_utc - reception.starts_utc).total_seconds() == 3 * 3600

    def test_a_session_is_shorter_than_a_day(self) -> None:
        with pytest.raises(Refusal, match="less than a day"):
            time_slot(When(date(2027, 5, 24), time(9), time(9), next_day=True), *ULAANBAATAR)

    def test_a_session_does_not_end_after_midnight_of_the_last_day(self) -> None:
        with pytest.raises(Refusal, match="on these days"):
            time_slot(When(date(2027, 5, 28), time(22), time(1), next_day=True), *ULAANBAATAR)

    def test_a_session_may_end_at_midnight_of_the_last_day(self) -> None:
        assert time_slot(When(date(2027, 5, 28), time(22), time(0), next_day=True), *ULAANBAATAR)

    @pytest.mark.parametrize(("starts", "ends", "field"), [("02:30", "04:00", "starts"), ("01:00", "02:30", "ends")])
    def test_a_skipped_time_is_refused_at_its_field(self, starts: str, ends: str, field: str) -> None:
        with pytest.raises(Refusal, match="does not exist in Europe/Zurich") as refused:
            slot(starts, ends, days=ZURICH_IN_MARCH, day=date(2027, 3, 28))
        assert refused.value.field == field

    @pytest.mark.parametrize(
        ("starts", "ends", "field"), [("02:30", "04:00", "fold_start"), ("01:00", "02:30", "fold_end")]
    )
    def test_an_ambiguous_time_needs_a_choice(self, starts: str, ends: str, field: str) -> None:
        with pytest.raises(Refusal, match="comes twice in Europe/Zurich") as refused:
            slot(starts, ends, days=ZURICH_IN_OCTOBER, day=date(2027, 10, 31))
        assert refused.value.field == field

    def test_the_chosen_fold_decides_the_length_of_the_session(self) -> None:
        long, short = (
            time_slot(When(date(2027, 10, 31), time(2, 30), time(4), fold_start=fold), *ZURICH_IN_OCTOBER)
            for fold in (0, 1)
        )
        assert (long.ends_utc - long.starts_utc).total_seconds() == 2.5 * 3600
        assert (short.ends_utc - short.starts_utc).total_seconds() == 1.5 * 3600

    def test_a_session_across_a_fold_may_end_at_an_earlier_local_time(self) -> None:
        night = time_slot(
            When(date(2027, 10, 31), time(2, 45), time(2, 15), fold_start=0, fold_end=1), *ZURICH_IN_OCTOBER
        )
        assert (night.ends_utc - night.starts_utc).total_seconds() == 1800

    def test_ulaanbaatar_has_no_clock_change(self) -> None:
        days = (Days(starts_on=date(2027, 3, 26), ends_on=date(2027, 3, 28)), "Asia/Ulaanbaatar")
        assert slot("02:30", "04:00", days=days, day=date(2027, 3, 27))

    def test_a_saved_slot_can_be_entered_again_in_the_form(self) -> None:
        night = time_slot(When(date(2027, 10, 31), time(2, 30), time(4), fold_start=1), *ZURICH_IN_OCTOBER)
        assert time_slot(when_of(night), *ZURICH_IN_OCTOBER) == night

    def test_a_slot_no_longer_fits_when_the_meeting_moves_to_other_days(self) -> None:
        assert still_fits(slot("09:00", "10:30"), *ULAANBAATAR)
        assert not still_fits(slot("09:00", "10:30"), *ZURICH_IN_MARCH)


_P, _O, _I = Admits.PARTICIPANTS, Admits.OBSERVERS_TOO, Admits.INVITED


class TestAdmission:
    @pytest.mark.parametrize(
        ("roles", "into"),
        [
            ({Role.PARTICIPANT}, {_P, _O}),
            ({Role.CO_CHAIR}, {_P, _O}),
            ({Role.FOCAL_POINT, Role.PARTICIPANT}, {_P, _O}),
            ({Role.COORDINATOR}, {_P, _O}),
            ({Role.HOST_LEAD}, {_P, _O}),
            ({Role.OBSERVER}, {_O}),
            ({Role.OBSERVER, Role.FOCAL_POINT}, {_O}),
            ({Role.INTERPRETER}, set()),
            ({Role.RAPPORTEUR}, set()),
            ({Role.ARCHIVIST}, set()),
            ({Role.LIAISON_DESK}, set()),
            (set(), set()),
        ],
    )
    def test_each_role_is_admitted_to_its_sessions(self, roles: set[Role], into: set[Admits]) -> None:
        assert {admits for admits in Admits if admitted(admits, roles, named=False)} == into

    @pytest.mark.parametrize("admits", list(Admits))
    @pytest.mark.parametrize("role", list(Role))
    def test_a_named_person_is_admitted(self, admits: Admits, role: Role) -> None:
        assert admitted(admits, {role}, named=True)

    def test_the_expected_number_counts_admitted_and_named_people(self) -> None:
        participant, observer, rapporteur, archivist = (uuid4() for _ in range(4))
        roles = {
            participant: frozenset({Role.PARTICIPANT}),
            observer: frozenset({Role.OBSERVER}),
            rapporteur: frozenset({Role.RAPPORTEUR}),
            archivist: frozenset({Role.ARCHIVIST}),
        }
        assert [expected(admits, {rapporteur}, roles) for admits in (_P, _O, _I)] == [2, 3, 1]


TUUL, ORKHON = uuid4(), uuid4()
ANNA, BAT = uuid4(), uuid4()


def booking(
    starts: str, ends: str, *, rooms: dict[UUID, str] | None = None, people: dict[UUID, Part] | None = None
) -> Booking:
    return Booking(uuid4(), "Opening", slot(starts, ends), rooms or {}, people or {})


class TestClashes:
    @pytest.mark.parametrize(
        ("starts", "ends", "clash"),
        [
            ("09:00", "10:00", False),
            ("09:00", "10:01", True),
            ("10:00", "11:00", True),
            ("10:15", "10:30", True),
            ("10:59", "12:00", True),
            ("11:00", "12:00", False),
        ],
    )
    def test_adjacent_sessions_do_not_clash(self, starts: str, ends: str, clash: bool) -> None:
        there = booking("10:00", "11:00", rooms={TUUL: "Tuul"})
        assert bool(clashes(booking(starts, ends, rooms={TUUL: "Tuul"}), [there])) is clash

    def test_sessions_in_two_rooms_do_not_clash(self) -> None:
        there = booking("10:00", "11:00", rooms={TUUL: "Tuul"})
        assert not clashes(booking("10:00", "11:00", rooms={ORKHON: "Orkhon"}), [there])

    def test_a_session_does_not_clash_with_itself(self) -> None:
        there = booking("10:00", "11:00", rooms={TUUL: "Tuul"}, people={ANNA: Part.CHAIR})
        assert not clashes(there, [there])

    def test_a_room_clash_names_the_other_session_and_its_times(self) -> None:
        there = booking("10:00", "11:00", rooms={TUUL: "Tuul"})
        with pytest.raises(Refusal, match="room Tuul is taken from 10:00 to 11:00 by “Opening”") as refused:
            refuse_clashes(booking("10:30", "11:30", rooms={TUUL: "Tuul"}), [there], {})
        assert refused.value.field == "rooms"

    @pytest.mark.parametrize(
        ("part", "field"),
        [
            (Part.CHAIR, "chair"),
            (Part.LEAD, "leads"),
            (Part.RAPPORTEUR, "rapporteur"),
            (Part.INTERPRETER, "interpreters"),
            (Part.INVITED, "invited"),
        ],
    )
    def test_a_person_clash_names_the_person_and_the_reason(self, part: Part, field: str) -> None:
        there = booking("10:00", "11:00", people={ANNA: Part.RAPPORTEUR})
        with pytest.raises(Refusal, match="Anna is in “Opening” from 10:00 to 11:00, as rapporteur") as refused:
            refuse_clashes(booking("10:30", "11:30", people={ANNA: part}), [there], {ANNA: "Anna"})
        assert refused.value.field == field

    def test_a_clash_does_not_name_a_person_the_user_may_not_know(self) -> None:
        there = booking("10:00", "11:00", people={ANNA: Part.LEAD})
        with pytest.raises(Refusal, match="not available from 10:00 to 11:00") as refused:
            refuse_clashes(booking("10:30", "11:30", people={ANNA: Part.LEAD}), [there], {BAT: "Bat"})
        assert "Anna" not in str(refused.value)
        assert "Opening" not in str(refused.value)

    def test_all_clashes_are_shown_at_once_each_at_its_field(self) -> None:
        there = booking("10:00", "11:00", rooms={TUUL: "Tuul"}, people={ANNA: Part.LEAD, BAT: Part.CHAIR})
        wanted = booking("10:30", "11:30", rooms={TUUL: "Tuul"}, people={ANNA: Part.CHAIR, BAT: Part.LEAD})
        with pytest.raises(Refusal, match="room Tuul is taken") as refused:
            refuse_clashes(wanted, [there], {ANNA: "Anna", BAT: "Bat"})
        assert [one.field for one in refused.value.each] == ["rooms", "chair", "leads"]

    def test_a_clash_of_unknown_people_shows_neither_their_parts_nor_their_number(self) -> None:
        people = {ANNA: Part.LEAD, BAT: Part.CHAIR}
        with pytest.raises(Refusal, match="Someone named in this session") as refused:
            refuse_clashes(booking("10:30", "11:30", people=people), [booking("10:00", "11:00", people=people)], {})
        assert [one.field for one in refused.value.each] == [None]

    def test_each_pair_of_a_draft_is_found_once(self) -> None:
        rooms = {TUUL: "Tuul"}
        three = [booking("10:00", "11:00", rooms=rooms) for _ in range(3)]
        assert len(all_clashes(three)) == 3


def snapshot(session_id: UUID, *people: tuple[UUID, Part], **facts: object) -> Snapshot:
    frozen = {"title": "Opening", "starts": "2027-05-24T01:00+00:00", "rooms": ["Tuul"], "tz_version": "2026f"}
    return Snapshot(session_id, frozen | facts, people)


class TestDifferences:
    def test_equal_content_has_equal_digests_whatever_the_order_of_keys(self) -> None:
        one = uuid4()
        turned = Snapshot(one, dict(reversed(list(snapshot(one).frozen.items()))), ())
        assert snapshot(one).digest == turned.digest

    def test_another_version_of_the_tz_database_alone_changes_nothing(self) -> None:
        one = uuid4()
        assert not differences({one: snapshot(one)}, {one: snapshot(one, tz_version="2027a")})

    @pytest.mark.parametrize(
        ("facts", "kind", "fact"),
        [
            ({"starts": "2027-05-24T02:00+00:00"}, ChangeKind.MOVED, Fact.TIME),
            ({"rooms": ["Orkhon"]}, ChangeKind.MOVED, Fact.ROOM),
            ({"title": "Closing"}, ChangeKind.CHANGED, Fact.TITLE),
            ({"rule": "closed"}, ChangeKind.CHANGED, Fact.RULE),
        ],
    )
    def test_a_different_session_is_moved_or_changed(
        self, facts: dict[str, object], kind: ChangeKind, fact: Fact
    ) -> None:
        one = uuid4()
        was, now = snapshot(one), snapshot(one, **facts)
        assert [change.kind for change in differences({one: was}, {one: now})] == [kind]
        assert changed_facts(was, now) == {fact}

    def test_a_different_person_changes_a_session(self) -> None:
        one = uuid4()
        was, now = snapshot(one, (ANNA, Part.CHAIR)), snapshot(one, (BAT, Part.CHAIR))
        assert changed_facts(was, now) == {Fact.PEOPLE}
        assert was.digest != now.digest

    def test_added_and_removed_sessions_are_found(self) -> None:
        gone, new = uuid4(), uuid4()
        found = differences({gone: snapshot(gone)}, {new: snapshot(new)})
        assert {change.session_id: change.kind for change in found} == {
            gone: ChangeKind.CANCELLED,
            new: ChangeKind.NEW,
        }

    def test_the_order_of_people_is_no_difference(self) -> None:
        assert in_order([(BAT, Part.LEAD, 1), (ANNA, Part.LEAD, 0), (BAT, Part.CHAIR, 5)]) == (
            (BAT, Part.CHAIR),
            (ANNA, Part.LEAD),
            (BAT, Part.LEAD),
        )
