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
from tests.people.conftest import Site
from tests.people.question_forms import create_question, meeting, post_answers, post_question, question_id_of


def words_in_order(site: Site, code: str = "SCD-1") -> list[str]:
    db.session.rollback()
    live = select(Question.words).where(Question.meeting_id == site.cast.meeting(code), Question.retired_at.is_(None))
    return list(db.session.scalars(live.order_by(Question.position)))


def row(site: Site, words: str) -> Question:
    return db.session.get_one(Question, question_id_of(site, words))


def edit(site: Site, saved: str, /, **typed: str) -> TestResponse:
    address = f"{meeting(site)}/questions/{question_id_of(site, saved)}/edit"
    return send(site.cast.client("st-coord"), address, **typed)


def test_page_without_questions_says_what_to_ask(site: Site) -> None:
    shown = site.cast.client("st-coord").get(f"{meeting(site)}/questions").text

    assert "Nothing is asked beside the usual" in shown


def test_question_says_who_reads_its_answers_and_until_when(site: Site) -> None:
    create_question(site, "Which excursion?", kind="choice", choices="Lake\nMonastery", audience="liaison_desk")

    shown = site.cast.client("us4").get(f"{meeting(site)}/registration/questions").text
    ends_on = db.session.get_one(Meeting, site.cast.meeting("SCD-1")).ends_on
    assert "Which excursion?" in shown
    assert "Read by the office and the travel desk." in shown
    assert (row(site, "Which excursion?").purge_on - ends_on).days == 30
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
def test_invalid_question_is_refused_and_typed_text_stays(site: Site, typed: dict[str, str], said: str) -> None:
    answer = post_question(site, **{"words": "Which excursion?", "hint": "Bring boots.", **typed})

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert page(answer).select_one("#hint").get_text().strip() == "Bring boots."
    assert words_in_order(site) == []


def test_question_sent_twice_is_asked_once(site: Site) -> None:
    assert post_question(site, "Which excursion?").status_code == 303
    assert post_question(site, "Which excursion?").status_code == 303

    assert words_in_order(site) == ["Which excursion?"]


def test_same_question_with_other_settings_is_refused(site: Site) -> None:
    create_question(site, "Which excursion?")

    answer = post_question(site, "WHICH excursion?", required="y")

    assert "asked already, as question 1" in complaints(answer)


def test_question_is_moved_by_a_button_and_a_second_click_has_no_effect(site: Site) -> None:
    for words in ("First", "Second", "Third"):
        create_question(site, words)
    coordinator, list_ = site.cast.client("st-coord"), f"{meeting(site)}/questions"

    press(coordinator, list_, "Up Third")
    assert words_in_order(site) == ["First", "Third", "Second"]

    buttons = page(coordinator.get(list_)).select("main form[method=post]")
    down = next(form for form in buttons if "Down First" in " ".join(form.get_text(" ").split()))
    sent = {field["name"]: field["value"] for field in down.select("input[name]")}
    for _twice in range(2):
        coordinator.post(down["action"], data=sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert words_in_order(site) == ["Third", "First", "Second"]


def test_retired_question_is_not_asked_and_its_answers_stay_readable(site: Site) -> None:
    first = create_question(site, "First")
    create_question(site, "Second")
    post_answers(site, "us4", {first: "An answer of us4"})

    assert send(site.cast.client("st-coord"), f"{meeting(site)}/questions/{first}/retire").status_code == 303

    assert words_in_order(site) == ["Second"]
    assert row(site, "Second").position == 1
    assert "First" not in site.cast.client("us4").get(f"{meeting(site)}/registration/questions").text
    assert "An answer of us4" in site.cast.client("st-coord").get(f"{meeting(site)}/questions/{first}/answers").text


def test_question_without_answers_can_be_changed_completely(site: Site) -> None:
    create_question(site, "Which excursion?")

    answer = edit(site, "Which excursion?", words="Which day?", kind="date", audience="liaison_desk")

    assert answer.status_code == 303
    assert row(site, "Which day?").kind.value == "date"


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
def test_question_with_answers_keeps_its_meaning(site: Site, typed: dict[str, str], said: str) -> None:
    excursion = create_question(site, "Which excursion?", kind="choice", choices="Lake\nMonastery")
    post_answers(site, "us4", {excursion: "Lake"})

    answer = edit(site, "Which excursion?", **typed)

    assert answer.status_code == 422
    assert said in complaints(answer)
    assert row(site, "Which excursion?").version == 1


def test_question_with_answers_can_change_its_hint_and_shorten_retention(site: Site) -> None:
    excursion = create_question(site, "Which excursion?", kind="choice", choices="Lake\nMonastery")
    post_answers(site, "us4", {excursion: "Lake"})
    ends_on = db.session.get_one(Meeting, site.cast.meeting("SCD-1")).ends_on

    answer = edit(site, "Which excursion?", hint="Boots!", required="y", purge_on=ends_on.isoformat())

    assert answer.status_code == 303
    assert (row(site, "Which excursion?").hint, row(site, "Which excursion?").required) == ("Boots!", True)


def test_two_devices_of_the_coordinator_do_not_overwrite_each_other(site: Site) -> None:
    create_question(site, "Which excursion?")
    address = f"{meeting(site)}/questions/{question_id_of(site, 'Which excursion?')}/edit"
    shown = page(site.cast.client("st-coord").get(address)).select_one("#version")["value"]
    edit(site, "Which excursion?", hint="Saved first")

    late = edit(site, "Which excursion?", hint="Typed later", version=shown)

    assert late.status_code == 422
    assert "Saved first" in late.text
    assert page(late).select_one("#hint").get_text().strip() == "Typed later"


def test_new_question_reopens_the_questions_step(site: Site) -> None:
    excursion = create_question(site, "Which excursion?")
    post_answers(site, "us4", {excursion: "Lake"})
    assert "questions" in site.participation("us4@example.invalid").steps

    create_question(site, "Which day?")

    assert "questions" not in site.participation("us4@example.invalid").steps


def test_copied_meeting_has_the_same_questions_and_retention(site: Site) -> None:
    first = create_question(site, "Which excursion?", kind="choice", choices="Lake\nMonastery", audience="liaison_desk")
    retired = create_question(site, "Old question")
    post_answers(site, "us4", {first: "Lake"})
    coordinator = site.cast.client("st-coord")
    send(coordinator, f"{meeting(site)}/questions/{retired}/retire")

    copied = send(coordinator, f"{meeting(site)}/copy", code="SCD-2", title="Again", starts_on="2028-02-01")

    assert copied.status_code == 303
    assert words_in_order(site, "SCD-2") == ["Which excursion?"]
    copy = db.session.get_one(Question, question_id_of(site, "Which excursion?", code="SCD-2"))
    ends_on = db.session.get_one(Meeting, site.cast.meeting("SCD-2")).ends_on
    assert (copy.choices, copy.audience.value, (copy.purge_on - ends_on).days) == (
        ["Lake", "Monastery"],
        "liaison_desk",
        30,
    )
    assert (
        "Lake" not in coordinator.get(f"/meetings/{copy.meeting_id}/questions/{copy.id}/answers").text.split("<h1")[1]
    )


def test_moving_a_meeting_moves_the_deletion_date(site: Site) -> None:
    create_question(site, "Which excursion?", code="LVR-1")
    before = question_id_of(site, "Which excursion?", code="LVR-1")
    was = db.session.get_one(Question, before).purge_on

    moved = send(
        site.cast.client("st-coord"),
        f"{meeting(site, 'LVR-1')}/settings",
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
def test_only_the_coordinator_manages_questions(site: Site, persona: str) -> None:
    excursion = create_question(site, "Which excursion?")
    client = site.cast.client(persona)

    for rest in ("", "/new", f"/{excursion}/edit", f"/{excursion}/retire"):
        assert client.get(f"{meeting(site)}/questions{rest}").status_code == 404
