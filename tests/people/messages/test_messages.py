"""Free messages: one email to each person of a group; no email names another recipient."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Party, Person
from dialogues.meetings.dialogues.rules.kinds import PartyKind
from dialogues.people.invitations.commands import inviting as invitations
from dialogues.people.messages.models import Message
from dialogues.people.nominations.commands.submitting import take_submission_back
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import Audience, Shown
from dialogues.people.participants.rules.standing import ParticipationStatus
from tests.beds.forms import SAME_ORIGIN, complaints, held, page
from tests.people.conftest import Site
from tests.people.nominations.exchange import confirm, open_lists
from tests.people.roster.test_bulk import choose, row, words

WORDS = {"subject": "Papers", "text": "Dear {name},\nplease look at the papers of {meeting}."}


def new(site: Site, code: str = "SCD-1") -> str:
    return f"/meetings/{site.cast.meeting(code)}/messages/new"


def write(client: FlaskClient, address: str, **typed: Any) -> TestResponse:
    """Fill in the form and open the preview."""
    form = page(client.get(address)).select_one("main form[method=post]")
    assert form is not None
    return client.post(str(form["action"]), data={**held(form), **WORDS, **typed}, headers=SAME_ORIGIN)


def send_on(client: FlaskClient, preview: TestResponse, button: str = "Send") -> TestResponse:
    """Press a button below the preview."""
    form = page(preview).select_one("main form")
    assert form is not None, preview.text
    pressed = next(one for one in form.select("button") if button in one.get_text())
    action = str(pressed.get("formaction") or form["action"])
    values: dict[str, Any] = {}
    for control in form.select("input[name], textarea[name]"):
        values.setdefault(str(control["name"]), []).append(
            control.get("value", "") if control.name == "input" else control.get_text().removeprefix("\n")
        )
    return client.post(action, data=values, headers=SAME_ORIGIN)


def to(site: Site, code: str = "SCD-1", **typed: Any) -> TestResponse:
    """Write and send a message as the coordinator."""
    client = site.cast.client("st-coord")
    return send_on(client, write(client, new(site, code), **typed))


class TestSending:
    def test_each_person_gets_an_email_that_names_nobody_else(self, site: Site) -> None:
        answer = to(site, parties=[str(site.cast.party("JP", "SCD"))])

        assert answer.status_code == 303
        emails = site.mail()
        assert sorted(email.recipients[0] for email in emails) == [f"jp{n}@example.invalid" for n in (1, 2, 4)]
        for email in emails:
            text = email.message.as_string()
            others = {f"jp{n}@example.invalid" for n in (1, 2, 4)} - set(email.recipients)
            assert email.message["Subject"] == "Papers"
            assert not any(other in text for other in others)

    def test_name_of_the_reader_replaces_the_placeholder(self, site: Site) -> None:
        to(site, parties=[str(site.cast.party("JP", "SCD"))], text="Dear {name}.")

        names = {email.message.get_content().strip() for email in site.mail()}
        assert len(names) == 3
        assert all(name.startswith("Dear ") and "{" not in name for name in names)

    def test_message_describes_the_meeting_no_more_than_its_invitations_do(self, site: Site) -> None:
        to(site, parties=[str(site.cast.party("JP", "SCD"))])

        for email in site.mail():
            assert "SCD" not in email.message.get_content()

    def test_pressing_send_twice_sends_once(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        preview = write(client, new(site), parties=[str(site.cast.party("JP", "SCD"))])

        first, second = send_on(client, preview), send_on(client, preview)

        assert first.location == second.location
        assert len(site.mail()) == 3

    def test_other_text_from_the_same_page_is_another_message(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        party = [str(site.cast.party("JP", "SCD"))]
        preview = write(client, new(site), parties=party)
        first = send_on(client, preview)
        again = page(send_on(client, preview, "Change")).select_one("main form[method=post]")
        assert again is not None
        other = client.post(
            str(again["action"]), data={**held(again), **WORDS, "text": "Other words."}, headers=SAME_ORIGIN
        )

        second = send_on(client, other)

        assert second.location != first.location
        assert len(site.mail()) == 6

    def test_person_who_leaves_before_the_email_is_sent_gets_none(self, site: Site) -> None:
        to(site, parties=[str(site.cast.party("JP", "SCD"))])
        coordinator = site.cast.viewer("st-coord", meeting="SCD-1", now=clock.now())
        invitations.take_back(coordinator, site.participation_of("jp2", "SCD-1"), now=clock.now())

        papers = [email for email in site.mail() if email.message["Subject"] == "Papers"]

        assert sorted(email.recipients[0] for email in papers) == [f"jp{n}@example.invalid" for n in (1, 4)]

    def test_people_who_have_left_can_be_written_to(self, site: Site) -> None:
        coordinator = site.cast.viewer("st-coord", meeting="SCD-1", now=clock.now())
        invitations.take_back(coordinator, site.participation_of("jp2", "SCD-1"), now=clock.now())
        to(site, parties=[str(site.cast.party("JP", "SCD"))], statuses=[ParticipationStatus.TAKEN_BACK.value])

        papers = [email for email in site.mail() if email.message["Subject"] == "Papers"]

        assert [email.recipients for email in papers] == [("jp2@example.invalid",)]

    def test_person_who_left_the_group_after_the_preview_gets_no_email(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        preview = write(client, new(site), parties=[str(site.cast.party("JP", "SCD"))])
        left = site.participation_of("jp2", "SCD-1")
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Participation, left).status = ParticipationStatus.WITHDRAWN

        send_on(client, preview)

        assert sorted(email.recipients[0] for email in site.mail()) == [f"jp{n}@example.invalid" for n in (1, 4)]

    def test_person_without_an_address_is_listed_as_not_reached(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        preview = write(client, new(site), parties=[str(site.cast.party("KP", "SCD"))])
        assert "RO Kyon-bon" in words(preview)

        sent = send_on(client, preview)

        assert "RO Kyon-bon" in words(client.get(sent.location))
        assert len(site.mail()) == 1

    def test_page_says_how_many_emails_were_sent(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        sent = to(site, parties=[str(site.cast.party("JP", "SCD"))]).location
        assert "Have left 0" in words(client.get(sent))

        site.mail()

        assert "Have left 3" in words(client.get(sent))
        assert "Papers" in words(client.get(f"/meetings/{site.cast.meeting('SCD-1')}/messages"))

    def test_focal_points_are_a_group(self, site: Site) -> None:
        to(site, "LVR-1", recipients="focal_points", parties=[str(site.cast.party("RU", "LVR"))])

        assert [email.recipients for email in site.mail()] == [("ru1@example.invalid",)]

    def test_people_ticked_on_the_list_are_a_group(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        chosen = choose(site, "message", "us1", "jp1", code="SCD-1")
        form = page(chosen).select_one("main form")
        token = held(page(client.get(new(site))).select_one("main form[method=post]"))["csrf_token"]
        preview = client.post(
            str(form["action"]), data={**held(form), **WORDS, "csrf_token": token}, headers=SAME_ORIGIN
        )

        send_on(client, preview)

        assert {email.recipients[0] for email in site.mail()} == {"us1@example.invalid", "jp1@example.invalid"}

    def test_confidential_meeting_uses_a_neutral_subject(self, site: Site) -> None:
        preview = write(site.cast.client("st-coord"), new(site, "LVR-1"), parties=[str(site.cast.party("RU", "LVR"))])
        assert "A message from the office" in words(preview)

        to(site, "LVR-1", parties=[str(site.cast.party("RU", "LVR"))])

        assert {email.message["Subject"] for email in site.mail()} == {"A message from the office"}


class TestWriting:
    @pytest.mark.parametrize("text", ["{email}", "Dear {name.__class__}", "{}", "{0}"])
    def test_unknown_placeholder_is_refused(self, site: Site, text: str) -> None:
        answer = write(site.cast.client("st-coord"), new(site), text=text)

        assert answer.status_code == 422
        assert "is no placeholder" in complaints(answer)
        assert page(answer).select_one("#text").get_text().strip() == text

    def test_typed_text_comes_back_for_editing(self, site: Site) -> None:
        client = site.cast.client("st-coord")
        party = str(site.cast.party("JP", "SCD"))
        preview = write(client, new(site), parties=[party], text="<b>One</b>\n\nTwo & three")

        back = send_on(client, preview, "Change it")

        assert page(back).select_one("#text").get_text().replace("\r", "").strip() == "<b>One</b>\n\nTwo & three"
        assert [box["value"] for box in page(back).select("input[name=parties][checked]")] == [party]
        assert site.mail() == []

    def test_empty_group_is_refused(self, site: Site) -> None:
        answer = write(site.cast.client("st-coord"), new(site), statuses=["declined"])

        assert "choose another group" in complaints(answer)

    def test_markup_and_links_are_shown_as_text(self, site: Site) -> None:
        text = "<a href='http://evil.example'>x</a> http://evil.example/y"
        to(site, parties=[str(site.cast.party("JP", "SCD"))], text=text)

        for email in site.mail():
            assert email.message.get_content_type() == "text/plain"
            assert text in email.message.get_content()

    def test_subject_cannot_add_a_header(self, site: Site) -> None:
        to(site, parties=[str(site.cast.party("JP", "SCD"))], subject="Words\r\nBcc: x@example.org")

        for email in site.mail():
            assert email.message["Bcc"] is None
            assert email.recipients[0].startswith("jp")


class TestNamesInTheText:
    def test_before_the_exchange_a_name_of_another_party_causes_a_warning(self, site: Site) -> None:
        name = person(site, "us1", "LVR")
        ours, theirs = site.cast.party("US", "LVR"), site.cast.party("RU", "LVR")

        both = write(
            site.cast.client("st-coord"), new(site, "LVR-1"), text=f"{name} asks.", parties=[str(ours), str(theirs)]
        )

        assert "The text names people whom not every reader may know of" in words(both)

    def test_name_causes_a_warning_if_a_focal_point_in_the_group_observes(self, site: Site) -> None:
        name, japan = person(site, "us1", "SCD"), site.cast.party("JP", "SCD")
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.execute(update(Party).filter_by(id=japan).values(kind=PartyKind.OBSERVER))

        preview = write(
            site.cast.client("st-coord"),
            new(site),
            text=f"{name} asks.",
            recipients="focal_points",
            statuses=[],
            parties=[str(japan)],
        )

        assert "The text names people whom not every reader may know of" in words(preview)

    def test_after_the_exchange_participants_may_be_named_to_participants(self, site: Site) -> None:
        name = person(site, "us1", "SCD")

        preview = write(site.cast.client("st-coord"), new(site), text=f"{name} asks.", capacities=["participant"])

        assert "not every reader" not in words(preview)

    def test_name_hidden_from_interpreters_causes_a_warning(self, site: Site) -> None:
        name = person(site, "us4", "TRD")
        with upkeep(system(Purpose.SAMPLE)) as session:
            part = session.get_one(Participation, row(site, "us4", "TRD-1").id)
            part.visibility = {Audience.INTERPRETERS.value: Shown.NOTHING.value}

        preview = write(
            site.cast.client("st-coord"), new(site, "TRD-1"), text=f"{name} asks.", recipients="interpreters"
        )

        assert "not every reader" in words(preview)

    def test_name_sent_to_a_party_that_has_not_submitted_its_list_causes_a_warning(self, site: Site) -> None:
        name = person(site, "ru2", "LVR")
        us2, us = site.cast.viewer("us2", meeting="LVR-1", now=clock.now()), site.cast.party("US", "LVR")
        take_submission_back(us2, us, now=clock.now())
        open_lists(site.cast)

        assert "not every reader" in words(preview_to_focal_point(site, "US", f"{name} asks."))
        assert "not every reader" not in words(preview_to_focal_point(site, "MN", f"{name} asks."))

    def test_name_on_a_list_that_is_not_submitted_causes_a_warning(self, site: Site) -> None:
        name = db.session.get_one(Person, confirm(site.cast, "KR").person_id).name
        open_lists(site.cast)

        assert "not every reader" in words(preview_to_focal_point(site, "US", f"{name} asks."))


def preview_to_focal_point(site: Site, party: str, text: str) -> TestResponse:
    """Preview a message of LVR-1 to the focal point of a party."""
    chosen = {"recipients": "focal_points", "parties": [str(site.cast.party(party, "LVR"))]}
    return write(site.cast.client("st-coord"), new(site, "LVR-1"), text=text, **chosen)


def person(site: Site, name: str, dialogue: str) -> str:
    return db.session.get_one(Person, site.cast.person(name, dialogue)).name


@pytest.mark.parametrize("persona", ["st-host", "ch1", "kr1", "us4", "st-travel", "st-arch"])
def test_only_the_coordinator_writes_and_reads_messages(site: Site, persona: str) -> None:
    to(site, "TRD-1", parties=[str(site.cast.party("US"))])
    message = db.session.query(Message.id).scalar()
    client = site.cast.client(persona)

    for address in (new(site, "TRD-1"), f"/meetings/{site.cast.meeting()}/messages/{message}"):
        assert client.get(address).status_code == 404


def test_message_of_one_meeting_cannot_be_read_in_another(site: Site) -> None:
    to(site, parties=[str(site.cast.party("JP", "SCD"))])
    message = db.session.query(Message.id).scalar()

    there = site.cast.client("st-coord").get(f"/meetings/{site.cast.meeting('TRD-1')}/messages/{message}")

    assert there.status_code == 404
