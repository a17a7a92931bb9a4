"""The coordinator's own questions: unique, ordered, and edited only as far as given answers stay valid."""

from datetime import date

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from dialogues.core.audit.models import AuditEntry
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.people.participants.models import Question
from tests.beds.forms import complaints, page, press, send
from tests.people.conftest import Office
from tests.people.question_forms import create_question, meeting, post_answers, post_question, question_id_of


def words_in_order(office: Office, code: str = "SCD-1") -> list[str]:
    db.session.rollback()
    live = select(Question.words).where(Question.meeting_id == office.cast.meeting(code), Question.retired_at.is_(None))
    return list(db.session.scalars(live.order_by(Question.position)))


def row(office: Office, words: str) -> Question:
    return db.session.get_one(Question, question_id_of(office, words))


def edit(office: Office, saved: str, /, **typed: str) -> TestResponse:
    address = f"{meeting(office)}/questions/{question_id_of(office, saved)}/edit"
    return send(office.cast.client("st-coord"), address, **typed)


def test_page_without_questions_says_what_to_ask(office: Office) -> None:
    shown = office.cast.client("st-coord").get(f"{meeting(office)}/questions").text

    assert "Nothing is asked beside the usual" in shown


def test_question_says_who_reads_its_answers_and_until_when(office: Office) -> None:
    create_question(office, "Which excursion?", kind="choice", choices="Lake\nMonastery", audience="liaison_desk")

    shown = office.cast.client("us4").get(f"{meeting(office)}/registration/questions").text
    ends_on = db.session.get_one(Meeting, office.cast.meeting("SCD-1")).ends_on
    assert "Which excursion?" in shown
    assert "Read by the office and the travel desk." in shown
    assert (row(office, "Which excursion?").purge_on - ends_on).days == 30
    assert "questions.changed" in db.session.scalars(select(AuditEntry.action)).all()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"words": ""}, "fill this in"),
        ({"words": "x" * 301}, "at most 300"),
        ({"kind": "choice", "choices": "only one"}, "two to twenty"),
        ({"kind": "choice", "choices": "\n".join(f"choice {n}" for n in range(21))}, "there are 21"),
        ({"kind": "choice", "choices": "Yes\nyes"}, "the same"),
        ({"kind": "choice", "choices": "a\n" + "b" * 101}, "longer than 100"),
        ({"kind": "telepathy"}, "Not a valid choice"),
        ({"audience": "everyone"}, "Not a valid choice"),
        ({"purge_on": "2027-01-01"}, "at least until then"),
        ({"purge_on": "2031-01-01"}, "two years"),
        ({"purge_on": "31 February"}, "Not a valid date"),
    ],
)
def test_invalid_question_is_refused_and_typed_text_stays(office: Office, typed: dict[str, str], said: str) -> None:
    answer = post_question(office, **{"words": "Which excursion?", "hint": "Bring boots.", **typed})

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert page(answer).select_one("#hint").get_text().strip() == "Bring boots."
    assert words_in_order(office) == []


def test_question_sent_twice_is_asked_once(office: Office) -> None:
    assert post_question(office, "Which excursion?").status_code == 303
    assert post_question(office, "Which excursion?").status_code == 303

    assert words_in_order(office) == ["Which excursion?"]


def test_same_question_with_other_settings_is_refused(office: Office) -> None:
    create_question(office, "Which excursion?")

    answer = post_question(office, "WHICH excursion?", required="y")

    assert "asked already, as question 1" in complaints(answer)


def test_question_is_moved_by_a_button_and_a_second_click_has_no_effect(office: Office) -> None:
    for words in ("First", "Second", "Third"):
        create_question(office, words)
    coordinator, list_ = office.cast.client("st-coord"), f"{meeting(office)}/questions"

    press(coordinator, list_, "Up Third")
    assert words_in_order(office) == ["First", "Third", "Second"]

    buttons = page(coordinator.get(list_)).select("main form[method=post]")
    down = next(form for form in buttons if "Down First" in " ".join(form.get_text(" ").split()))
    sent = {field["name"]: field["value"] for field in down.select("input[name]")}
    for _twice in range(2):
        coordinator.post(down["action"], data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert words_in_order(office) == ["Third", "First", "Second"]


def test_retired_question_is_not_asked_and_its_answers_stay_readable(office: Office) -> None:
    first = create_question(office, "First")
    create_question(office, "Second")
    post_answers(office, "us4", {first: "An answer of us4"})

    assert send(office.cast.client("st-coord"), f"{meeting(office)}/questions/{first}/retire").status_code == 303

    assert words_in_order(office) == ["Second"]
    assert row(office, "Second").position == 1
    assert "First" not in office.cast.client("us4").get(f"{meeting(office)}/registration/questions").text
    assert "An answer of us4" in office.cast.client("st-coord").get(f"{meeting(office)}/questions/{first}/answers").text


def test_question_without_answers_can_be_changed_completely(office: Office) -> None:
    create_question(office, "Which excursion?")

    answer = edit(office, "Which excursion?", words="Which day?", kind="date", audience="liaison_desk")

    assert answer.status_code == 303
    assert row(office, "Which day?").kind.value == "date"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"kind": "text"}, "its kind and its choices stay"),
        ({"choices": "Lake\nMonastery\nMuseum"}, "its kind and its choices stay"),
        ({"words": "Which trip?"}, "its words stay"),
        ({"audience": "liaison_desk"}, "given for those who read them now"),
        ({"purge_on": "2028-12-31"}, "they can go sooner, not later"),
    ],
)
def test_question_with_answers_keeps_its_meaning(office: Office, typed: dict[str, str], said: str) -> None:
    excursion = create_question(office, "Which excursion?", kind="choice", choices="Lake\nMonastery")
    post_answers(office, "us4", {excursion: "Lake"})

    answer = edit(office, "Which excursion?", **typed)

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert row(office, "Which excursion?").version == 1


def test_question_with_answers_can_change_its_hint_and_shorten_retention(office: Office) -> None:
    excursion = create_question(office, "Which excursion?", kind="choice", choices="Lake\nMonastery")
    post_answers(office, "us4", {excursion: "Lake"})
    ends_on = db.session.get_one(Meeting, office.cast.meeting("SCD-1")).ends_on

    answer = edit(office, "Which excursion?", hint="Boots!", required="y", purge_on=ends_on.isoformat())

    assert answer.status_code == 303
    assert (row(office, "Which excursion?").hint, row(office, "Which excursion?").required) == ("Boots!", True)


def test_two_devices_of_the_coordinator_do_not_overwrite_each_other(office: Office) -> None:
    create_question(office, "Which excursion?")
    address = f"{meeting(office)}/questions/{question_id_of(office, 'Which excursion?')}/edit"
    shown = page(office.cast.client("st-coord").get(address)).select_one("#version")["value"]
    edit(office, "Which excursion?", hint="Saved first")

    late = edit(office, "Which excursion?", hint="Typed later", version=shown)

    assert late.status_code == 422
    assert "Saved first" in late.text
    assert page(late).select_one("#hint").get_text().strip() == "Typed later"


def test_new_question_reopens_the_questions_step(office: Office) -> None:
    excursion = create_question(office, "Which excursion?")
    post_answers(office, "us4", {excursion: "Lake"})
    assert "questions" in office.participation("us4@example.invalid").steps

    create_question(office, "Which day?")

    assert "questions" not in office.participation("us4@example.invalid").steps


def test_copied_meeting_has_the_same_questions_and_retention(office: Office) -> None:
    first = create_question(
        office, "Which excursion?", kind="choice", choices="Lake\nMonastery", audience="liaison_desk"
    )
    retired = create_question(office, "Old question")
    post_answers(office, "us4", {first: "Lake"})
    coordinator = office.cast.client("st-coord")
    send(coordinator, f"{meeting(office)}/questions/{retired}/retire")

    copied = send(coordinator, f"{meeting(office)}/copy", code="SCD-2", title="Again", starts_on="2028-02-01")

    assert copied.status_code == 303
    assert words_in_order(office, "SCD-2") == ["Which excursion?"]
    copy = db.session.get_one(Question, question_id_of(office, "Which excursion?", code="SCD-2"))
    ends_on = db.session.get_one(Meeting, office.cast.meeting("SCD-2")).ends_on
    assert (copy.choices, copy.audience.value, (copy.purge_on - ends_on).days) == (
        ["Lake", "Monastery"],
        "liaison_desk",
        30,
    )
    assert (
        "Lake" not in coordinator.get(f"/meetings/{copy.meeting_id}/questions/{copy.id}/answers").text.split("<h1")[1]
    )


def test_moving_a_meeting_moves_the_deletion_date(office: Office) -> None:
    create_question(office, "Which excursion?", code="LVR-1")
    before = question_id_of(office, "Which excursion?", code="LVR-1")
    was = db.session.get_one(Question, before).purge_on

    moved = send(
        office.cast.client("st-coord"),
        f"{meeting(office, 'LVR-1')}/settings",
        arrive_on="2027-11-17",
        starts_on="2027-11-19",
        ends_on="2027-11-21",
        depart_on="2027-11-22",
    )

    assert moved.status_code == 303, complaints(moved)
    db.session.rollback()
    kept = db.session.get_one(Question, before).purge_on
    assert kept > was
    assert kept > date(2027, 11, 21)


@pytest.mark.parametrize("persona", ["st-host", "ch2", "us3", "us4", "st-travel", "st-rap1", "st-arch"])
def test_only_the_coordinator_manages_questions(office: Office, persona: str) -> None:
    excursion = create_question(office, "Which excursion?")
    client = office.cast.client(persona)

    for rest in ("", "/new", f"/{excursion}/edit", f"/{excursion}/retire"):
        assert client.get(f"{meeting(office)}/questions{rest}").status_code == 404
