"""One meeting, from the creation of its dialogue to the end of the embargo on one of its records."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Event

from tests.journeys.keyboard import SomeoneWithKeyboard
from tests.journeys.stage import Someone, Stage, entry, fetch_calendar, text_of

SARAN = "saran@example.org"
OPENING, WELLS, EVENING = "Opening words", "Rivers and wells", "Talk by the fire"
CSV = """name;e-mail;party;capacity
Бат-Эрдэнэ;bat@example.org;MN;participant
Noémie Exemplaire;noemie@example.org;Atlantis;participant
Reto Muster;reto@example.org;CH;observer
"""
SUMMARY = "# Wells\n\nThe participants compared how **groundwater** is measured, and agreed to share 水位 tables."
SECRET_WORD, LEGACY_WORD = "groundwater", "протокол"
OPENS_AT = datetime(2027, 6, 20, 4, 0, tzinfo=UTC)


@pytest.mark.journey
def test_whole_meeting_by_mouse(stage: Stage, tmp_path: Path) -> None:
    the_story(stage, tmp_path)


@pytest.mark.journey
def test_whole_meeting_by_keyboard_without_javascript(stage: Stage, tmp_path: Path) -> None:
    stage.people, stage.browsers = SomeoneWithKeyboard, {"javascript": False}
    the_story(stage, tmp_path)


def the_story(stage: Stage, folder: Path) -> None:
    coordinator = stage.enter("st-coord")
    a_dialogue_is_opened_with_its_parties(coordinator)
    rapporteur, archivist = roles_are_offered_and_accepted(stage, coordinator)
    meeting = a_meeting_is_planned(coordinator)
    sessions_are_planned_and_a_clash_is_refused(coordinator, meeting)
    agenda_is_published(coordinator, meeting)

    people_are_invited_by_hand_and_from_a_file(coordinator, meeting, folder)
    mail_scanner_opens_the_link_first(stage)
    participant = participant_accepts_and_registers(stage)
    before, feed = participant_downloads_the_agenda(participant)
    the_days_of_the_meeting_are_mailed(stage)

    session_is_moved_and_published(coordinator, meeting)
    everyone_learns_what_changed(stage, participant, meeting, feed, before)

    stage.set_clock(datetime(2027, 6, 15, 9, 0, tzinfo=UTC))
    a_summary_is_written_and_finished(rapporteur, meeting)
    summary_and_old_record_are_filed(archivist, meeting)
    search_finds_only_permitted_records(coordinator, archivist, participant, meeting)
    old_record_opens_at_the_end_of_its_embargo(stage, participant, meeting)


def a_dialogue_is_opened_with_its_parties(coordinator: Someone) -> None:
    coordinator.follow("Dialogues")
    coordinator.follow("Open a dialogue")
    coordinator.fill_in({"Title": "Steppe Waters", "Code": "STW", "Your name": "Ines MUSTERMANN"})
    coordinator.press("Open the dialogue")
    coordinator.sees("Steppe Waters", "No party yet")
    for code, name in [("MN", "Mongolia"), ("CH", "Switzerland")]:
        coordinator.follow("Add a party")
        coordinator.fill_in({"Code": code, "English": name})
        coordinator.press("Save")
    coordinator.sees("Mongolia", "Switzerland", "No meeting yet")


def roles_are_offered_and_accepted(stage: Stage, coordinator: Someone) -> tuple[Someone, Someone]:
    offers = [("Rapporteur", "Tomás FULANO", "st-rap1"), ("Archivist", "Odile SPÉCIMEN", "st-arch")]
    dialogue = coordinator.path
    for role, name, persona in offers:
        coordinator.open(dialogue)
        coordinator.follow("Roles")
        coordinator.follow("Offer a role")
        if coordinator.path.startswith("/account/confirm"):
            coordinator.press("Confirm")
        coordinator.choose("Role", role.lower())
        coordinator.fill_in({"Name": name, "E-mail": f"{persona}@example.invalid"})
        coordinator.press("Offer the role")
        coordinator.sees("offered, no answer yet")
    coordinator.open(dialogue)
    rapporteur, archivist = (stage.enter(persona) for _role, _name, persona in offers)
    for invited, (role, _name, _persona) in zip((rapporteur, archivist), offers, strict=True):
        invited.follow("Answer the role that you are offered")
        invited.press(f"Accept {role.lower()}")
    return rapporteur, archivist


def a_meeting_is_planned(coordinator: Someone) -> str:
    coordinator.follow("Plan a meeting")
    coordinator.choose("Venue", "Ulaanbaatar")
    coordinator.fill_in({"Title": "First meeting", "Code": "STW-1"})
    coordinator.fill_in({"First day": "2027-06-14", "Last day": "2027-06-16"})
    coordinator.fill_in({"Registration closes": "2027-06-10T18:00"})
    coordinator.tick("Mongolia", "Switzerland", "Full:")
    coordinator.press("Plan the meeting")
    coordinator.sees("First meeting", "Tuul Riverside Conference House", "Asia/Ulaanbaatar")
    return coordinator.path


def sessions_are_planned_and_a_clash_is_refused(coordinator: Someone, meeting: str) -> None:
    coordinator.open(f"{meeting}/agenda")
    coordinator.follow("Open the draft")
    plan_session(coordinator, OPENING, "09:00", "10:00")
    plan_session(coordinator, WELLS, "10:30", "12:00", rapporteur="Tomás FULANO")

    plan_session(coordinator, EVENING, "11:30", "13:00")
    coordinator.sees("Nothing was saved yet", "Plenary hall")
    assert coordinator.field("Title").input_value() == EVENING
    assert coordinator.field("From").input_value() == "11:30"

    coordinator.fill_in({"From": "19:00", "To": "20:30"})
    coordinator.press("Save in the draft")
    coordinator.sees(OPENING, WELLS, EVENING, "3 sessions differ from what others see")


def plan_session(coordinator: Someone, title: str, starts: str, ends: str, rapporteur: str = "") -> None:
    coordinator.follow("Add a session")
    coordinator.fill_in({"Title": title, "Day": "2027-06-14", "From": starts, "To": ends})
    coordinator.tick("Plenary hall")
    if rapporteur:
        coordinator.choose("Rapporteur", rapporteur)
    coordinator.press("Save in the draft")


def agenda_is_published(coordinator: Someone, meeting: str) -> None:
    coordinator.open(f"{meeting}/agenda/draft")
    coordinator.follow("Release …")
    coordinator.sees(OPENING, WELLS, EVENING)
    coordinator.press("Release")
    coordinator.open(f"{meeting}/agenda")
    coordinator.sees(OPENING, WELLS, EVENING, "Release 1")


def people_are_invited_by_hand_and_from_a_file(coordinator: Someone, meeting: str, folder: Path) -> None:
    coordinator.follow("Participants")
    coordinator.sees("Nobody is invited yet")
    coordinator.follow("Invite a person")
    coordinator.fill_in({"Name": "Saran Jishee", "E-mail": SARAN})
    coordinator.choose("Party", "Mongolia")
    coordinator.press("Invite")

    file = folder / "people.csv"
    file.write_text(CSV, encoding="utf-8-sig")
    coordinator.open(f"{meeting}/participants/import")
    coordinator.attach("File", file)
    coordinator.press("Check the names")
    coordinator.sees("Nothing is saved or sent yet", "Reto Muster", "1 row to fix", "Atlantis")
    coordinator.press("Invite 2 people")
    coordinator.sees("2 people are invited", "1 row to fix", "Atlantis")

    coordinator.open(f"{meeting}/participants")
    coordinator.sees("Saran Jishee", "Бат-Эрдэнэ", "Reto Muster")
    coordinator.does_not_see("Noémie")


def mail_scanner_opens_the_link_first(stage: Stage) -> None:
    stage.deliver()
    scanner = stage.app.test_client()
    for _time in range(2):
        scanner.head(stage.link_to(SARAN), follow_redirects=True)
        assert scanner.get(stage.link_to(SARAN), follow_redirects=True).status_code == 200


def participant_accepts_and_registers(stage: Stage) -> Someone:
    participant = stage.visitor()
    participant.open(stage.link_to(SARAN))
    participant.sees("You are invited", "Ulaanbaatar")
    participant.press("Accept")
    participant.follow("Go on: Your name")
    participant.fill_in({"Name in its own script": "Саран Жишээ"})
    participant.press("Save and go on")
    participant.fill_in({"Affiliation": "Herders' Water Circle"})
    participant.press("Save and go on")
    participant.tick("Mongolian", "English")
    participant.press("Save and go on")
    participant.fill_in({"From": "2027-06-14", "Until": "2027-06-16"})
    participant.press("Save and go on")
    participant.sees("Travel and needs")
    participant.press("Save and go on")
    participant.sees("Who sees what", "What they will see")
    participant.press("Save and go on")
    participant.sees("Nothing is missing")

    latecomer = stage.visitor()
    latecomer.open(stage.link_to(SARAN))
    latecomer.sees("This link cannot be used any more", "Email me a new link")

    participant.sees("Your link opens your registration only")
    participant.press("Email me a link to sign in")
    stage.deliver()
    participant.open(stage.sign_in_link_to(SARAN))
    participant.press("Sign in")
    return participant


def participant_downloads_the_agenda(participant: Someone) -> tuple[Event, str]:
    """Returns the calendar entry of the session that will be moved, and the address of the feed."""
    participant.open("/")
    participant.follow("STW-1 · First meeting")
    participant.follow("Agenda")
    participant.sees(OPENING, WELLS, EVENING)
    whole = participant.download("Calendar file")
    assert {str(event["SUMMARY"]) for event in whole.walk("VEVENT")} >= {OPENING, WELLS, EVENING}
    single = participant.download(f"Calendar file {WELLS}")
    assert entry(single, WELLS)["UID"] == entry(whole, WELLS)["UID"]

    participant.follow("My calendar")
    participant.fill_in({"For which device or program": "telephone"})
    participant.press("Make an address")
    feed = participant.field("Address").input_value()
    calendar = fetch_calendar(feed)
    event = entry(calendar, WELLS)
    assert event["UID"] == entry(whole, WELLS)["UID"]
    assert b"FULANO" not in calendar.to_ical()
    assert event.start == datetime(2027, 6, 14, 2, 30, tzinfo=UTC)
    return event, feed


def the_days_of_the_meeting_are_mailed(stage: Stage) -> None:
    stage.deliver()
    attachments = [(email, part) for email in stage.emails_to(SARAN) for part in email.walk()]
    ((invite, attached),) = [found for found in attachments if found[1].get_content_type() == "text/calendar"]
    assert attached.get_param("method") == "REQUEST"
    (days,) = Calendar.from_ical(attached.get_content()).walk("VEVENT")
    assert (days.start, days.end) == (date(2027, 6, 14), date(2027, 6, 17))
    assert "Steppe Waters" not in str(invite["Subject"])


def session_is_moved_and_published(coordinator: Someone, meeting: str) -> None:
    coordinator.open(f"{meeting}/agenda/draft")
    coordinator.follow(f"Move {WELLS}")
    coordinator.fill_in({"From": "14:00", "To": "15:30"})
    coordinator.press("Move in the draft")
    coordinator.sees("One session differs from what others see")
    coordinator.follow("Release …")
    coordinator.sees("Moved", WELLS)
    coordinator.press("Release")


def everyone_learns_what_changed(stage: Stage, participant: Someone, meeting: str, feed: str, before: Event) -> None:
    before_delivery = len(stage.emails_to(SARAN))
    stage.deliver()
    (email,) = stage.emails_to(SARAN)[before_delivery:]
    words = text_of(email)
    assert "10:30–12:00" in words
    assert "14:00–15:30 Asia/Ulaanbaatar" in words
    assert OPENING not in words

    after = entry(fetch_calendar(feed), WELLS)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after.start == datetime(2027, 6, 14, 6, 0, tzinfo=UTC)

    participant.open(f"{meeting}/agenda")
    participant.sees("14:00")


def a_summary_is_written_and_finished(rapporteur: Someone, meeting: str) -> None:
    rapporteur.open(f"{meeting}/notes")
    rapporteur.does_not_see(OPENING)
    rapporteur.follow("Raw notes")
    rapporteur.fill_in({"Raw notes": "S. asked who measures at night."})
    rapporteur.press("Save")

    rapporteur.open(f"{meeting}/notes")
    rapporteur.follow(WELLS)
    rapporteur.follow("Begin the summary")
    rapporteur.fill_in({"Summary": SUMMARY})
    rapporteur.press("Preview")
    rapporteur.sees("Nothing is saved yet", SECRET_WORD)
    rapporteur.press("Save")
    rapporteur.sees("Version 1")
    rapporteur.follow("Mark as finished")
    rapporteur.press("Mark as finished")
    rapporteur.sees("finished on")


def summary_and_old_record_are_filed(archivist: Someone, meeting: str) -> None:
    archivist.open(f"{meeting}/archive")
    archivist.sees("Waiting to be filed", WELLS)
    archivist.does_not_see(SECRET_WORD)
    archivist.follow(f"File it {WELLS}")
    archivist.fill_in({"Reference code": "STW-1/S2"})
    archivist.press("File the summary")

    archivist.follow("Bring in a record")
    archivist.fill_in(
        {
            "Title": "Older papers on wells",
            "Reference code": "STW-L-001",
            "Date it bears": str(date(1994, 3, 2)),
            "Text": f"Первый {LEGACY_WORD} о колодцах.",
            "Closed until": "2027-06-20",
            "Time": "12:00",
            "Time zone": "Asia/Ulaanbaatar",
        }
    )
    archivist.choose("Belongs to", "First meeting")
    archivist.press("File the record")
    archivist.sees("The record is filed", "Older papers on wells", "Closed")


def search_finds_only_permitted_records(
    coordinator: Someone, archivist: Someone, participant: Someone, meeting: str
) -> None:
    assert found(coordinator, meeting, SECRET_WORD) == 1
    assert found(coordinator, meeting, "水位") == 1
    assert found(coordinator, meeting, LEGACY_WORD) == 0
    assert found(archivist, meeting, SECRET_WORD) == 0
    assert found(participant, meeting, SECRET_WORD) == 0
    assert found(participant, meeting, LEGACY_WORD) == 0
    participant.open(f"{meeting}/archive")
    participant.does_not_see(WELLS)


def found(someone: Someone, meeting: str, word: str) -> int:
    """How many records the search page lists."""
    someone.open(f"{meeting}/archive/search?q={word}")
    return someone.page.locator("ol.found > li").count()


def old_record_opens_at_the_end_of_its_embargo(stage: Stage, participant: Someone, meeting: str) -> None:
    stage.set_clock(OPENS_AT - timedelta(minutes=1))
    assert found(participant, meeting, LEGACY_WORD) == 0
    stage.set_clock(OPENS_AT)
    assert found(participant, meeting, LEGACY_WORD) == 1
    participant.follow("Older papers on wells")
    participant.sees(LEGACY_WORD, "STW-L-001")
