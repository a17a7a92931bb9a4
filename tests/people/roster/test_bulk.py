"""Bulk actions of the coordinator: approve, remind, withdraw; each with confirmation and undo."""

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
from tests.people.conftest import Site
from tests.people.roster.test_views import OYUN

pytestmark = pytest.mark.engine


CODE = "LVR-1"


def row(site: Site, name: str, code: str = CODE) -> Participation:
    """The current participation of a persona."""
    db.session.rollback()
    wanted = (
        Participation.meeting_id == site.cast.meeting(code),
        Participation.person_id == site.cast.person(name, code[:3]),
    )
    return db.session.execute(select(Participation).where(*wanted)).scalar_one()


def choose(site: Site, do: str, *names: str, code: str = CODE, **typed: str) -> TestResponse:
    """Tick the rows of these personas on the list and press the button."""
    client = site.cast.client("st-coord")
    form = page(client.get(site.page(code))).select_one("main form.chosen")
    assert form is not None
    rows = [str(row(site, name, code).id) for name in names]
    data = {**held(form), **typed, "row": rows, "do": do}
    return client.post(str(form["action"]), data=data, headers=SAME_ORIGIN)


def confirm(site: Site, confirmation: TestResponse, **typed: str) -> str:
    """Press the button of the confirmation page and return the address of the result page."""
    form = page(confirmation).select_one("main form")
    assert form is not None, confirmation.text
    client = site.cast.client("st-coord")
    token = held(page(client.get(site.page(CODE))).select_one("main form.chosen"))["csrf_token"]
    data = {**held(form), **typed, "csrf_token": token}
    answer = client.post(str(form["action"]), data=data, headers=SAME_ORIGIN)
    assert answer.status_code == 303
    return answer.location


def apply(site: Site, what: str, *names: str, code: str = CODE, **typed: str) -> str:
    """Apply the action to these personas as the coordinator and return the address of the result page."""
    return confirm(site, choose(site, what, *names, code=code), **typed)


def undo(site: Site, done: str) -> str:
    """Press Undo and return the text of the next page."""
    client = site.cast.client("st-coord")
    press(client, done, "Undo")
    return words(client.get(done))


def words(answer: TestResponse) -> str:
    return " ".join(page(answer).select_one("main").get_text(" ").split())


def left_out(answer: TestResponse) -> str:
    heading = page(answer).select_one("#left-out")
    return " ".join(heading.find_next("ul").get_text(" ").split()) if heading else ""


class TestApproving:
    def test_many_are_approved_at_once_and_the_email_has_no_details(self, site: Site) -> None:
        apply(site, "approve", "us1", "us2")

        assert row(site, "us1").approved_at is not None
        emails = site.mail()
        approvals = [email for email in emails if email.message["Subject"] == "Your registration"]
        assert sorted(email.recipients[0] for email in approvals) == ["us1@example.invalid", "us2@example.invalid"]
        for email in approvals:
            text = email.message.get_content()
            assert "approved" in text
            assert not any(
                word in text for word in ("LVR", "Léman", "Vevey", "us2@" if "us1" in email.recipients[0] else "us1@")
            )

    def test_person_who_has_not_accepted_is_left_out_and_named(self, site: Site) -> None:
        asked = choose(site, "approve", "us1", "cn1")

        assert "has not accepted" in left_out(asked)
        assert "us1" not in left_out(asked)

    def test_approving_incomplete_registrations_needs_explicit_inclusion(self, site: Site) -> None:
        with upkeep(system(Purpose.SAMPLE)):
            row_ = db.session.get_one(Participation, row(site, "us2").id)
            row_.present_from = row_.present_to = None

        asked = choose(site, "approve", "us1", "us2")
        assert "Something is missing of one registration" in words(asked)
        assert "Marcus PLACEHOLDER US : Days" in words(asked), "the coordinator reads what to ask for"
        confirm(site, asked)
        assert row(site, "us2").approved_at is None

        apply(site, "approve", "us2", also="1")
        assert row(site, "us2").approved_at is not None

    def test_email_undone_before_delivery_is_never_sent(self, site: Site) -> None:
        done = apply(site, "approve", "us1")

        undo(site, done)

        assert row(site, "us1").approved_at is None
        assert [email for email in site.mail() if email.message["Subject"] == "Your registration"] == []

    def test_action_is_undone_only_once(self, site: Site) -> None:
        done = apply(site, "approve", "us1")
        token = held(page(site.cast.client("st-coord").get(done)).select_one("main form"))
        client = site.cast.client("st-coord")
        token = held(page(client.get(done)).select_one("main form"))
        client.post(f"{done}/undo", data=token, headers=SAME_ORIGIN)
        client.post(f"{done}/undo", data=token, headers=SAME_ORIGIN)

        assert "undone already" in client.get(done).text

    def test_single_approval_can_be_undone(self, site: Site) -> None:
        apply(site, "approve", "us1")
        client = site.cast.client("st-coord")
        someone = site.page(CODE, f"/{row(site, 'us1').id}")

        press(client, someone, "Take the approval back")

        assert row(site, "us1").approved_at is None
        assert "Approve…" in client.get(someone).text

    def test_one_person_is_approved_from_their_own_page(self, site: Site) -> None:
        client = site.cast.client("st-coord")

        asked = press(client, site.page(CODE, f"/{row(site, 'us1').id}"), "Approve…")
        confirm(site, asked)

        assert row(site, "us1").approved_at is not None

    def test_participant_who_rejoins_needs_a_new_approval(self, site: Site) -> None:
        apply(site, "approve", "us1")
        apply(site, "take-back", "us1")

        press(site.cast.client("st-coord"), site.page(CODE, f"/{row(site, 'us1').id}"), "Invite again")

        assert row(site, "us1").approved_at is None


class TestReminding:
    def test_only_people_who_have_not_answered_get_a_reminder_with_a_new_link(self, site: Site) -> None:
        asked = choose(site, "remind", "cn1", "us1")
        assert "has answered already" in left_out(asked)
        confirm(site, asked)

        (email,) = site.mail()
        assert email.recipients == ("cn1@example.invalid",)

    def test_person_without_an_address_is_named_as_not_reached(self, site: Site) -> None:
        asked = choose(site, "remind", "cn1", "kp1")

        assert "RI Ka-myong" in left_out(asked)
        assert "no e-mail address" in left_out(asked)

    def test_nobody_is_reminded_twice_in_a_day_unless_chosen(self, site: Site) -> None:
        apply(site, "remind", "cn1")
        site.mail()
        asked = choose(site, "remind", "cn1", "cn2")
        assert "written to within the last 24 hours" in words(asked)
        confirm(site, asked)
        assert [email.recipients for email in site.mail()] == [("cn2@example.invalid",)]

        apply(site, "remind", "cn1", also="1")
        assert [email.recipients for email in site.mail()] == [("cn1@example.invalid",)]

        set_clock(site.cast.app, BEFORE_LVR_1 + timedelta(hours=25))
        assert "24 hours" not in words(choose(site, "remind", "cn1"))

    def test_reminder_undone_in_time_is_not_sent_and_the_old_link_works(self, site: Site) -> None:
        apply(site, "remind", "cn1")
        site.mail()
        link = site.link_to("cn1@example.invalid")
        set_clock(site.cast.app, BEFORE_LVR_1 + timedelta(days=2))

        undo(site, apply(site, "remind", "cn1"))

        assert site.mail() == []
        browser = site.browser()
        browser.get(link)
        assert "You are invited" in browser.get("/registration").text

    def test_page_says_which_emails_were_already_sent(self, site: Site) -> None:
        done = apply(site, "remind", "cn1")
        site.mail()

        assert "the letter had left" in undo(site, done)

    def test_person_whose_email_is_still_queued_is_not_reminded(self, site: Site) -> None:
        apply(site, "remind", "cn1")

        assert "has not left yet" in left_out(choose(site, "remind", "cn1"))


class TestWithdrawing:
    def test_withdrawal_of_many_applies_to_all_and_is_undone_for_all(self, site: Site) -> None:
        before = {name: row(site, name).seat for name in ("us1", "us2", "cn1")}
        done = apply(site, "take-back", *before)
        assert {row(site, name).status for name in before} == {ParticipationStatus.TAKEN_BACK}
        assert not holds_a_role(site, "us1")
        site.mail()

        undo(site, done)

        assert row(site, "us1").status is ParticipationStatus.CONFIRMED
        assert row(site, "cn1").status is ParticipationStatus.INVITED
        assert {name: row(site, name).seat for name in before} == before
        assert holds_a_role(site, "us1")
        again = [email for email in site.mail() if b"METHOD:REQUEST" in bytes(email.message)]
        assert {email.recipients[0] for email in again} <= {"us1@example.invalid", "us2@example.invalid"}

    def test_withdrawal_undone_in_time_sends_no_calendar_update(self, site: Site) -> None:
        undo(site, apply(site, "take-back", "us1"))
        assert len(site.mail()) == 1, "the sample sends no emails, so this is the first email with the entry"

        undo(site, apply(site, "take-back", "us1"))
        assert site.mail() == []

        apply(site, "take-back", "us1")
        cancellations = [(email.recipients, str(email.message["Subject"])) for email in site.mail()]
        assert cancellations == [(("us1@example.invalid",), "Appointment: cancelled")]

    def test_link_of_an_invited_person_works_again_without_another_email(self, site: Site) -> None:
        apply(site, "remind", "cn1")
        site.mail()
        link = site.link_to("cn1@example.invalid")

        done = apply(site, "take-back", "cn1")
        undo(site, done)

        assert [email for email in site.mail() if email.recipients == ("cn1@example.invalid",)] == []
        browser = site.browser()
        browser.get(link)
        assert "You are invited" in browser.get("/registration").text

    def test_invitation_email_lost_by_the_withdrawal_is_sent_after_undo(self, site: Site) -> None:
        apply(site, "remind", "cn1")
        done = apply(site, "take-back", "cn1")
        assert site.mail() == []

        undo(site, done)

        (email,) = site.mail()
        assert email.recipients == ("cn1@example.invalid",)

    def test_undo_does_not_take_a_seat_given_to_somebody_else(self, site: Site) -> None:
        set_seats(site, "US", 5)
        done = apply(site, "take-back", "us1")
        seat = give_seat_away(site, "us-new")

        said = undo(site, done)

        assert "first on the waiting list" in said
        assert row(site, "us1").status is ParticipationStatus.WAITING
        assert row(site, "us1").seat is None
        assert seat is not None
        assert not holds_a_role(site, "us1")

    def test_undo_leaves_people_who_were_invited_again(self, site: Site) -> None:
        done = apply(site, "take-back", "us1", "us2")
        press(site.cast.client("st-coord"), site.page(CODE, f"/{row(site, 'us1').id}"), "Invite again")

        said = undo(site, done)

        assert "was changed since" in said
        assert row(site, "us1").status is ParticipationStatus.INVITED
        assert row(site, "us2").status is ParticipationStatus.CONFIRMED


def holds_a_role(site: Site, name: str) -> bool:
    grants = select(RoleGrant.id).where(
        RoleGrant.meeting_id == site.cast.meeting(CODE),
        RoleGrant.person_id == site.cast.person(name, "LVR"),
        RoleGrant.accepted_at.is_not(None),
        RoleGrant.revoked_at.is_(None),
    )
    return db.session.execute(grants).first() is not None


def set_seats(site: Site, party: str, number: int) -> None:
    meeting_id, party_id = site.cast.meeting(CODE), site.cast.party(party, "LVR")
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(MeetingParty, (meeting_id, party_id)).seats = {Capacity.PARTICIPANT.value: number}


def give_seat_away(site: Site, to: str) -> int | None:
    """Invite another person of the party, who gets the freed seat."""

    typed = OYUN | {"party_id": str(site.cast.party("US", "LVR")), "email": f"{to}@example.org"}
    assert send(site.cast.client("st-coord"), site.page(CODE, "/invite"), **typed).status_code == 303
    found = site.participation(f"{to}@example.org", CODE)
    assert found is not None
    return found.seat


class TestChoosing:
    def test_select_all_includes_everyone_found_by_the_filter(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        form = page(client.get(site.page(CODE) + "?status=invited&capacity=observer")).select_one("main form.chosen")
        data = {**held(form), "all": "1", "do": "remind"}

        asked = client.post(str(form["action"]), data=data, headers=SAME_ORIGIN)

        assert "Send 7 people a letter" in words(asked) or "no e-mail address" in left_out(asked)
        assert "CN" not in page(asked).select_one("main form").get_text()

    def test_empty_selection_says_what_to_do(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        form = page(client.get(site.page(CODE))).select_one("main form.chosen")

        answer = client.post(str(form["action"]), data={**held(form), "do": "approve"}, headers=SAME_ORIGIN)

        assert answer.status_code == 303
        assert "Choose at least one person" in client.get(answer.location).text

    def test_people_of_another_meeting_cannot_be_selected(self, site: Site) -> None:
        foreign = row(site, "us1", "SCD-1").id
        client = site.cast.client("st-coord")
        form = page(client.get(site.page(CODE))).select_one("main form.chosen")

        asked = client.post(
            str(form["action"]), data={**held(form), "row": [str(foreign)], "do": "approve"}, headers=SAME_ORIGIN
        )

        assert "none of those you chose" in words(asked)

    @pytest.mark.parametrize("persona", ["st-host", "ch1", "us4", "st-travel"])
    def test_only_the_coordinator_has_checkboxes(self, site: Site, persona: str) -> None:
        client = site.cast.client(persona)

        assert page(client.get(site.page("TRD-1"))).select_one("form.chosen") is None

    def test_list_is_filtered_by_processing_state(self, site: Site) -> None:
        apply(site, "approve", "us1")
        client = site.cast.client("st-coord")

        approved = words(client.get(site.page(CODE) + "?ready=approved"))
        waiting = words(client.get(site.page(CODE) + "?ready=to_approve&party=" + str(site.cast.party("US", "LVR"))))

        assert name_of(site, "us1") in approved
        assert name_of(site, "us2") not in approved
        assert name_of(site, "us2") in waiting
        assert name_of(site, "us1") not in waiting


def name_of(site: Site, name: str) -> str:
    return db.session.get_one(Person, site.cast.person(name, "LVR")).name


def test_home_shows_the_number_of_registrations_to_approve(site: Site) -> None:
    client = site.cast.client("st-coord")
    home = client.get("/")
    assert "Approve 14 registrations LVR-1" in words(home)
    assert page(home).find("a", string="Approve 14 registrations")["href"].endswith("?ready=to_approve")

    apply(site, "approve", "us1", "us2")

    assert "Approve 12 registrations LVR-1" in words(client.get("/"))
    assert "registrations" not in words(site.cast.client("st-host").get("/"))
