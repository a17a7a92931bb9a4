"""The office's work on many: approve, remind, withdraw, each confirmed first and to be undone."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import MeetingParty, Person
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.meetings.roles.models import RoleGrant
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import SAME_ORIGIN, held, page, press, send
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1
from tests.people.conftest import Office
from tests.people.roster.test_views import OYUN

pytestmark = pytest.mark.engine


CODE = "LVR-1"


def row(office: Office, name: str, code: str = CODE) -> Participation:
    """What is written of a persona for a meeting now."""
    db.session.rollback()
    wanted = (
        Participation.meeting_id == office.cast.meeting(code),
        Participation.person_id == office.cast.person(name, code[:3]),
    )
    return db.session.execute(select(Participation).where(*wanted)).scalar_one()


def choose(office: Office, do: str, *names: str, code: str = CODE, **typed: str) -> TestResponse:
    """Tick the rows of these personas on the list, and press the button."""
    client = office.cast.client("st-coord")
    form = page(client.get(office.page(code))).select_one("main form.chosen")
    assert form is not None
    rows = [str(row(office, name, code).id) for name in names]
    data = {**held(form), **typed, "row": rows, "do": do}
    return client.post(str(form["action"]), data=data, headers=SAME_ORIGIN)


def confirm(office: Office, confirmation: TestResponse, **typed: str) -> str:
    """Press the button on the page that asks once more; the address of the page that says what was done."""
    form = page(confirmation).select_one("main form")
    assert form is not None, confirmation.text
    client = office.cast.client("st-coord")
    token = held(page(client.get(office.page(CODE))).select_one("main form.chosen"))["csrf_token"]
    data = {**held(form), **typed, "csrf_token": token}
    answer = client.post(str(form["action"]), data=data, headers=SAME_ORIGIN)
    assert answer.status_code == 303
    return answer.location


def do(office: Office, what: str, *names: str, code: str = CODE, **typed: str) -> str:
    """Do it to these personas, as the coordinator; the address of the page with the way back."""
    return confirm(office, choose(office, what, *names, code=code), **typed)


def undo(office: Office, done: str) -> str:
    """Press Undo; the words of the page that follows."""
    client = office.cast.client("st-coord")
    press(client, done, "Undo")
    return words(client.get(done))


def words(answer: TestResponse) -> str:
    return " ".join(page(answer).select_one("main").get_text(" ").split())


def left_out(answer: TestResponse) -> str:
    heading = page(answer).select_one("#left-out")
    return " ".join(heading.find_next("ul").get_text(" ").split()) if heading else ""


class TestApproving:
    def test_many_are_approved_at_once_and_told_without_substance(self, office: Office) -> None:
        do(office, "approve", "us1", "us2")

        assert row(office, "us1").approved_at is not None
        emails = office.mail()
        told = [letter for letter in emails if letter.message["Subject"] == "Your registration"]
        assert sorted(letter.recipients[0] for letter in told) == ["us1@example.invalid", "us2@example.invalid"]
        for letter in told:
            text = letter.message.get_content()
            assert "approved" in text
            assert not any(
                word in text for word in ("LVR", "Léman", "Vevey", "us2@" if "us1" in letter.recipients[0] else "us1@")
            )

    def test_who_has_not_accepted_is_left_out_and_named(self, office: Office) -> None:
        asked = choose(office, "approve", "us1", "cn1")

        assert "has not accepted" in left_out(asked)
        assert "us1" not in left_out(asked)

    def test_something_missing_needs_a_word_of_the_office(self, office: Office) -> None:
        with upkeep(system(Purpose.SAMPLE)):
            row_ = db.session.get_one(Participation, row(office, "us2").id)
            row_.present_from = row_.present_to = None

        asked = choose(office, "approve", "us1", "us2")
        assert "Something is missing of one registration" in words(asked)
        assert "Marcus PLACEHOLDER US : Days" in words(asked), "the office reads what to ask for"
        confirm(office, asked)
        assert row(office, "us2").approved_at is None

        do(office, "approve", "us2", also="1")
        assert row(office, "us2").approved_at is not None

    def test_undone_before_the_letter_left_it_never_leaves(self, office: Office) -> None:
        done = do(office, "approve", "us1")

        undo(office, done)

        assert row(office, "us1").approved_at is None
        assert [letter for letter in office.mail() if letter.message["Subject"] == "Your registration"] == []

    def test_what_was_undone_once_is_not_undone_twice(self, office: Office) -> None:
        done = do(office, "approve", "us1")
        token = held(page(office.cast.client("st-coord").get(done)).select_one("main form"))
        client = office.cast.client("st-coord")
        token = held(page(client.get(done)).select_one("main form"))
        client.post(f"{done}/undo", data=token, headers=SAME_ORIGIN)
        client.post(f"{done}/undo", data=token, headers=SAME_ORIGIN)

        assert "undone already" in client.get(done).text

    def test_one_approval_is_taken_back(self, office: Office) -> None:
        do(office, "approve", "us1")
        client = office.cast.client("st-coord")
        someone = office.page(CODE, f"/{row(office, 'us1').id}")

        press(client, someone, "Take the approval back")

        assert row(office, "us1").approved_at is None
        assert "Approve…" in client.get(someone).text

    def test_one_person_is_approved_from_their_own_page(self, office: Office) -> None:
        client = office.cast.client("st-coord")

        asked = press(client, office.page(CODE, f"/{row(office, 'us1').id}"), "Approve…")
        confirm(office, asked)

        assert row(office, "us1").approved_at is not None

    def test_who_comes_again_is_approved_anew(self, office: Office) -> None:
        do(office, "approve", "us1")
        do(office, "take-back", "us1")

        press(office.cast.client("st-coord"), office.page(CODE, f"/{row(office, 'us1').id}"), "Invite again")

        assert row(office, "us1").approved_at is None


class TestReminding:
    def test_only_those_who_have_not_answered_get_a_letter_with_a_new_link(self, office: Office) -> None:
        asked = choose(office, "remind", "cn1", "us1")
        assert "has answered already" in left_out(asked)
        confirm(office, asked)

        (letter,) = office.mail()
        assert letter.recipients == ("cn1@example.invalid",)

    def test_who_has_no_address_is_named_as_not_reached(self, office: Office) -> None:
        asked = choose(office, "remind", "cn1", "kp1")

        assert "RI Ka-myong" in left_out(asked)
        assert "no e-mail address" in left_out(asked)

    def test_nobody_is_reminded_twice_in_a_day_unless_asked_for(self, office: Office) -> None:
        do(office, "remind", "cn1")
        office.mail()
        asked = choose(office, "remind", "cn1", "cn2")
        assert "written to within the last 24 hours" in words(asked)
        confirm(office, asked)
        assert [letter.recipients for letter in office.mail()] == [("cn2@example.invalid",)]

        do(office, "remind", "cn1", also="1")
        assert [letter.recipients for letter in office.mail()] == [("cn1@example.invalid",)]

        set_clock(office.cast.app, BEFORE_LVR_1 + timedelta(hours=25))
        assert "24 hours" not in words(choose(office, "remind", "cn1"))

    def test_undone_in_time_nothing_leaves_and_the_link_before_still_works(self, office: Office) -> None:
        do(office, "remind", "cn1")
        office.mail()
        link = office.link_to("cn1@example.invalid")
        set_clock(office.cast.app, BEFORE_LVR_1 + timedelta(days=2))

        undo(office, do(office, "remind", "cn1"))

        assert office.mail() == []
        browser = office.browser()
        browser.get(link)
        assert "You are invited" in browser.get("/registration").text

    def test_letters_that_had_left_are_said_to_have_left(self, office: Office) -> None:
        done = do(office, "remind", "cn1")
        office.mail()

        assert "the letter had left" in undo(office, done)

    def test_a_letter_that_waits_is_not_taken_from_who_waits_for_it(self, office: Office) -> None:
        do(office, "remind", "cn1")

        assert "has not left yet" in left_out(choose(office, "remind", "cn1"))


class TestWithdrawing:
    def test_what_it_does_is_done_to_all_and_undone_for_all(self, office: Office) -> None:
        before = {name: row(office, name).seat for name in ("us1", "us2", "cn1")}
        done = do(office, "take-back", *before)
        assert {row(office, name).status for name in before} == {ParticipationStatus.TAKEN_BACK}
        assert not holds_a_role(office, "us1")
        office.mail()

        undo(office, done)

        assert row(office, "us1").status is ParticipationStatus.CONFIRMED
        assert row(office, "cn1").status is ParticipationStatus.INVITED
        assert {name: row(office, name).seat for name in before} == before
        assert holds_a_role(office, "us1")
        again = [letter for letter in office.mail() if b"METHOD:REQUEST" in bytes(letter.message)]
        assert {letter.recipients[0] for letter in again} <= {"us1@example.invalid", "us2@example.invalid"}

    def test_undone_in_time_no_calendar_is_told_of_it(self, office: Office) -> None:
        undo(office, do(office, "take-back", "us1"))
        assert len(office.mail()) == 1, "the sample writes to nobody: this is the first letter with the entry"

        undo(office, do(office, "take-back", "us1"))
        assert office.mail() == []

        do(office, "take-back", "us1")
        told = [(letter.recipients, str(letter.message["Subject"])) for letter in office.mail()]
        assert told == [(("us1@example.invalid",), "Appointment: cancelled")]

    def test_an_invited_persons_link_works_again_without_another_letter(self, office: Office) -> None:
        do(office, "remind", "cn1")
        office.mail()
        link = office.link_to("cn1@example.invalid")

        done = do(office, "take-back", "cn1")
        undo(office, done)

        assert [letter for letter in office.mail() if letter.recipients == ("cn1@example.invalid",)] == []
        browser = office.browser()
        browser.get(link)
        assert "You are invited" in browser.get("/registration").text

    def test_an_invited_person_whose_letter_was_lost_with_it_gets_it_after_all(self, office: Office) -> None:
        do(office, "remind", "cn1")
        done = do(office, "take-back", "cn1")
        assert office.mail() == []

        undo(office, done)

        (letter,) = office.mail()
        assert letter.recipients == ("cn1@example.invalid",)

    def test_a_seat_that_somebody_else_has_now_is_not_taken_from_them(self, office: Office) -> None:
        seats(office, "US", 5)
        done = do(office, "take-back", "us1")
        seat = give_seat_away(office, "us-new")

        said = undo(office, done)

        assert "first on the waiting list" in said
        assert row(office, "us1").status is ParticipationStatus.WAITING
        assert row(office, "us1").seat is None
        assert seat is not None
        assert not holds_a_role(office, "us1")

    def test_who_was_invited_again_meanwhile_is_left_as_they_are(self, office: Office) -> None:
        done = do(office, "take-back", "us1", "us2")
        press(office.cast.client("st-coord"), office.page(CODE, f"/{row(office, 'us1').id}"), "Invite again")

        said = undo(office, done)

        assert "was changed since" in said
        assert row(office, "us1").status is ParticipationStatus.INVITED
        assert row(office, "us2").status is ParticipationStatus.CONFIRMED


def holds_a_role(office: Office, name: str) -> bool:
    grants = select(RoleGrant.id).where(
        RoleGrant.meeting_id == office.cast.meeting(CODE),
        RoleGrant.person_id == office.cast.person(name, "LVR"),
        RoleGrant.accepted_at.is_not(None),
        RoleGrant.revoked_at.is_(None),
    )
    return db.session.execute(grants).first() is not None


def seats(office: Office, party: str, number: int) -> None:
    meeting_id, party_id = office.cast.meeting(CODE), office.cast.party(party, "LVR")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(MeetingParty, (meeting_id, party_id)).seats = {Capacity.PARTICIPANT.value: number}


def give_seat_away(office: Office, to: str) -> int | None:
    """Someone else of the party is invited, and has the seat that fell free."""

    typed = OYUN | {"party_id": str(office.cast.party("US", "LVR")), "email": f"{to}@example.org"}
    assert send(office.cast.client("st-coord"), office.page(CODE, "/invite"), **typed).status_code == 303
    found = office.participation(f"{to}@example.org", CODE)
    assert found is not None
    return found.seat


class TestChoosing:
    def test_all_who_are_found_are_chosen_however_the_list_is_narrowed(self, office: Office) -> None:
        client = office.cast.client("st-coord")
        form = page(client.get(office.page(CODE) + "?status=invited&capacity=observer")).select_one("main form.chosen")
        data = {**held(form), "all": "1", "do": "remind"}

        asked = client.post(str(form["action"]), data=data, headers=SAME_ORIGIN)

        assert "Send 7 people a letter" in words(asked) or "no e-mail address" in left_out(asked)
        assert "CN" not in page(asked).select_one("main form").get_text()

    def test_nobody_chosen_says_what_to_do(self, office: Office) -> None:
        client = office.cast.client("st-coord")
        form = page(client.get(office.page(CODE))).select_one("main form.chosen")

        answer = client.post(str(form["action"]), data={**held(form), "do": "approve"}, headers=SAME_ORIGIN)

        assert answer.status_code == 303
        assert "Choose at least one person" in client.get(answer.location).text

    def test_people_of_another_meeting_are_not_reached(self, office: Office) -> None:
        foreign = row(office, "us1", "SCD-1").id
        client = office.cast.client("st-coord")
        form = page(client.get(office.page(CODE))).select_one("main form.chosen")

        asked = client.post(
            str(form["action"]), data={**held(form), "row": [str(foreign)], "do": "approve"}, headers=SAME_ORIGIN
        )

        assert "none of those you chose" in words(asked)

    @pytest.mark.parametrize("persona", ["st-host", "ch1", "us4", "st-travel"])
    def test_nobody_else_has_boxes_to_tick(self, office: Office, persona: str) -> None:
        client = office.cast.client(persona)

        assert page(client.get(office.page("TRD-1"))).select_one("form.chosen") is None

    def test_the_list_is_narrowed_by_how_far_the_office_is(self, office: Office) -> None:
        do(office, "approve", "us1")
        client = office.cast.client("st-coord")

        approved = words(client.get(office.page(CODE) + "?ready=approved"))
        waiting = words(
            client.get(office.page(CODE) + "?ready=to_approve&party=" + str(office.cast.party("US", "LVR")))
        )

        assert name_of(office, "us1") in approved
        assert name_of(office, "us2") not in approved
        assert name_of(office, "us2") in waiting
        assert name_of(office, "us1") not in waiting


def name_of(office: Office, name: str) -> str:
    return db.session.get_one(Person, office.cast.person(name, "LVR")).name


def test_home_says_how_many_registrations_wait_for_the_office(office: Office) -> None:
    client = office.cast.client("st-coord")
    home = client.get("/")
    assert "Approve 14 registrations LVR-1" in words(home)
    assert page(home).find("a", string="Approve 14 registrations")["href"].endswith("?ready=to_approve")

    do(office, "approve", "us1", "us2")

    assert "Approve 12 registrations LVR-1" in words(client.get("/"))
    assert "registrations" not in words(office.cast.client("st-host").get("/"))
