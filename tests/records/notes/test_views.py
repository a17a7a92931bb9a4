"""Pages of notes, as each persona sees them."""

from html import unescape
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup

from dialogues.core.common.viewer import Viewer
from dialogues.records.notes import commands as notes
from dialogues.records.notes.rules import RAW_NOTES_LONGEST, SUMMARY_LONGEST
from tests.agenda.conftest import counted_queries
from tests.cast import Cast
from tests.records.notes.conftest import CLOSED, NOW, OFF_THE_RECORD, OUTLOOKS, Browser, file_it, newest

RAW, DRAFTED = "ZHANG Shili", "daily river-gauge readings"
EVERYONE = ["st-host", "st-coord", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-rap2", "st-arch", "st-travel"]
WORKS_ON_IT = {"ch1", "st-rap2"}
#: Pages of a session, and who can open each while the summary is a draft.
PAGES = {
    "/raw": {"st-rap2"},
    "/summary": WORKS_ON_IT | {"st-coord"},
    "/summary/edit": WORKS_ON_IT,
    "/summary/versions": WORKS_ON_IT | {"st-coord"},
    "/summary/versions/compare": WORKS_ON_IT | {"st-coord"},
    "/summary/versions/1/restore": WORKS_ON_IT,
    "/summary/finish": WORKS_ON_IT,
    "/summary/reopen": WORKS_ON_IT,
}


def words(answer: Any) -> str:
    return unescape(BeautifulSoup(answer.text, "lxml").main.get_text(" ", strip=True))


def typed(answer: Any) -> str:
    """The content of the text field of a page."""
    return str(BeautifulSoup(answer.text, "lxml").select_one("textarea[name=text]").text).strip()


class TestAccess:
    @pytest.mark.parametrize("name", EVERYONE)
    def test_each_page_opens_only_for_its_writers(self, cast: Cast, floods: UUID, name: str) -> None:
        browser = Browser(cast, name)
        for path, admitted in PAGES.items():
            answer = browser.get(f"/{floods}{path}")
            assert answer.status_code == (200 if name in admitted else 404), path
            if path != "/raw":
                assert RAW not in answer.text
            if name not in admitted:
                assert DRAFTED not in answer.text

    @pytest.mark.parametrize("name", EVERYONE)
    def test_only_readers_of_summaries_can_open_the_list(self, cast: Cast, name: str) -> None:
        answer = Browser(cast, name).get()
        assert answer.status_code == (200 if name in WORKS_ON_IT | {"st-coord", "st-host", "st-rap1"} else 404)
        assert RAW not in answer.text
        assert DRAFTED not in answer.text

    @pytest.mark.parametrize("name", EVERYONE)
    def test_a_filed_summary_opens_only_for_its_readers(
        self, cast: Cast, rapporteur: Viewer, floods: UUID, name: str
    ) -> None:
        notes.finish_summary(rapporteur, floods, version=1, now=NOW)
        file_it(floods)
        answer = Browser(cast, name).get(f"/{floods}/summary")
        readers = WORKS_ON_IT | {"st-coord", "st-host", "st-rap1"}
        assert (DRAFTED in answer.text) is (name in readers)
        assert answer.status_code == (200 if name in readers else 404)

    @pytest.mark.parametrize("code", [OFF_THE_RECORD, CLOSED])
    @pytest.mark.parametrize("name", ["st-rap1", "st-rap2", "ch1", "st-coord"])
    def test_a_session_without_notes_has_no_pages_of_notes(self, cast: Cast, name: str, code: str) -> None:
        browser, session_id = Browser(cast, name), cast.session(code)
        for path in PAGES:
            assert browser.get(f"/{session_id}{path}").status_code == 404

    def test_forbidden_and_unknown_are_the_same_page(self, cast: Cast, floods: UUID) -> None:
        browser = Browser(cast, "st-rap1")
        unknown = "/00000000-0000-4000-8000-000000000000/raw"
        forbidden, missing = browser.get(f"/{floods}/raw"), browser.get(unknown)
        assert words(forbidden) == words(missing)

    def test_a_form_sent_to_a_forbidden_page_changes_nothing(
        self, cast: Cast, rapporteur: Viewer, floods: UUID
    ) -> None:
        browser = Browser(cast, "st-coord")
        answer = browser.send(f"/{floods}/summary/edit", browser.get(f"/{floods}/summary"), text="mine", version="1")
        assert answer.status_code in {400, 404}
        assert newest(rapporteur, floods).number == 1


class TestEveryPage:
    @pytest.mark.parametrize("path", PAGES)
    def test_every_page_shows_the_rule_and_has_a_neutral_title(self, cast: Cast, floods: UUID, path: str) -> None:
        answer = Browser(cast, "st-rap2").get(f"/{floods}{path}")
        page = BeautifulSoup(answer.text, "lxml")
        assert "Chatham House Rule" in page.select_one(".rule-note").get_text()
        assert "Flood" not in page.title.text
        assert page.select_one("h1").text == "Flood early warning in shared river basins"
        assert "no-store" in answer.headers["Cache-Control"]

    @pytest.mark.parametrize("path", [path for path in PAGES if path != "/raw"])
    def test_pages_of_a_summary_state_who_is_responsible(self, cast: Cast, floods: UUID, path: str) -> None:
        assert "The rapporteur alone answers" in words(Browser(cast, "st-rap2").get(f"/{floods}{path}"))


class TestRawNotes:
    def test_the_owner_can_write_and_read_raw_notes(self, cast: Cast) -> None:
        browser, path = Browser(cast, "st-rap2"), f"/{cast.session(OUTLOOKS)}/raw"
        assert "Once begun, they are destroyed on Thursday 26 August 2027" in words(browser.get(path))
        assert browser.fill_in(path, text="who said what").status_code == 303
        page = browser.get(path)
        assert typed(page) == "who said what"
        assert "They are destroyed on Thursday 26 August 2027" in words(page)

    def test_texts_saved_in_two_windows_are_both_shown(self, cast: Cast, floods: UUID) -> None:
        browser, path = Browser(cast, "st-rap2"), f"/{floods}/raw"
        one, other = browser.get(path), browser.get(path)
        assert browser.send(path, one, text="from the first window").status_code == 303
        answer = browser.send(path, other, text="from the second window")
        assert answer.status_code == 422
        assert typed(answer) == "from the second window"
        assert "from the first window" in words(answer)
        assert browser.send(path, answer, text="from both windows").status_code == 303
        assert typed(browser.get(path)) == "from both windows"

    def test_raw_notes_that_are_too_long_are_shown_again_as_typed(self, cast: Cast, floods: UUID) -> None:
        answer = Browser(cast, "st-rap2").fill_in(f"/{floods}/raw", text="x" * 1_000_000)
        assert answer.status_code == 422
        assert f"at most {RAW_NOTES_LONGEST} characters" in words(answer)
        assert len(typed(answer)) == 1_000_000


class TestSummary:
    def test_a_summary_is_previewed_before_it_is_saved(self, cast: Cast, rapporteur: Viewer, floods: UUID) -> None:
        browser, path = Browser(cast, "st-rap2"), f"/{floods}/summary/edit"
        answer = browser.fill_in(path, text="# Gauges\n\n<script>x</script>", preview="1")
        page = BeautifulSoup(answer.text, "lxml")
        assert answer.status_code == 200
        assert page.select_one(".rich-text h2").text == "Gauges"
        assert not page.select(".rich-text script")
        assert typed(answer) == "# Gauges\n\n<script>x</script>"
        assert newest(rapporteur, floods).number == 1
        assert browser.send(path, answer, text="# Gauges").status_code == 303
        assert newest(rapporteur, floods).text == "# Gauges"

    def test_the_second_of_two_concurrent_writers_sees_both_texts(
        self, cast: Cast, rapporteur: Viewer, floods: UUID
    ) -> None:
        path = f"/{floods}/summary/edit"
        second, first = Browser(cast, "st-rap2"), Browser(cast, "ch1")
        opened = second.get(path)
        assert first.fill_in(path, text="what the first wrote").status_code == 303
        answer = second.send(path, opened, text="what the second wrote")
        assert answer.status_code == 422
        assert typed(answer) == "what the second wrote"
        assert BeautifulSoup(answer.text, "lxml").select_one("#saved-text").text.strip() == "what the first wrote"
        assert second.send(path, answer, text="what both wrote").status_code == 303
        assert newest(rapporteur, floods).text == "what both wrote"

    def test_a_summary_finished_meanwhile_keeps_the_typed_text(
        self, cast: Cast, co_chair: Viewer, floods: UUID
    ) -> None:
        browser, path = Browser(cast, "st-rap2"), f"/{floods}/summary/edit"
        opened = browser.get(path)
        notes.finish_summary(co_chair, floods, version=1, now=NOW)
        answer = browser.send(path, opened, text="one more thing")
        assert answer.status_code == 422
        assert typed(answer) == "one more thing"
        assert browser.get(path).status_code == 303

    @pytest.mark.parametrize(("text", "reason"), [("", "fill this in"), ("x" * 1_000_000, str(SUMMARY_LONGEST))])
    def test_an_empty_or_too_long_summary_is_refused_with_the_reason(
        self, cast: Cast, floods: UUID, text: str, reason: str
    ) -> None:
        answer = Browser(cast, "st-rap2").fill_in(f"/{floods}/summary/edit", text=text)
        assert answer.status_code == 422
        assert reason in words(answer)
        assert typed(answer) == text

    def test_invisible_characters_are_removed(self, cast: Cast, rapporteur: Viewer, floods: UUID) -> None:
        Browser(cast, "st-rap2").fill_in(f"/{floods}/summary/edit", text="a\u202eb\x00c\r\nd\u2028")
        assert newest(rapporteur, floods).text == "abc\nd"

    def test_active_content_is_never_shown(self, cast: Cast, floods: UUID) -> None:
        browser = Browser(cast, "st-rap2")
        browser.fill_in(
            f"/{floods}/summary/edit", text="[x](javascript:alert(1)) <img src=x onerror=y> [z](//evil.example)"
        )
        browser.fill_in(f"/{floods}/summary/edit", text="<script>alert(1)</script>")
        for path in ("/summary", "/summary/versions/2/restore", "/summary/versions/compare", "/summary/finish"):
            main = BeautifulSoup(browser.get(f"/{floods}{path}").text, "lxml").main
            assert not main.select("script, img, [onerror], a[href^=javascript], a[href^='//']")

    def test_a_summary_can_be_finished_and_reopened_on_its_pages(self, cast: Cast, floods: UUID) -> None:
        browser = Browser(cast, "ch1")
        assert browser.fill_in(f"/{floods}/summary/finish").status_code == 303
        assert "finished on Wednesday 26 May 2027" in words(browser.get(f"/{floods}/summary"))
        assert browser.fill_in(f"/{floods}/summary/reopen").status_code == 303
        assert "finished on" not in words(browser.get(f"/{floods}/summary"))

    def test_finishing_on_the_page_is_refused_if_the_text_changed(
        self, cast: Cast, rapporteur: Viewer, floods: UUID
    ) -> None:
        browser, path = Browser(cast, "ch1"), f"/{floods}/summary/finish"
        opened = browser.get(path)
        notes.save_summary(rapporteur, floods, "changed meanwhile", based_on=1, now=NOW)
        answer = browser.send(path, opened)
        assert answer.status_code == 422
        assert "changed meanwhile" in words(answer)

    def test_a_version_can_be_restored_on_its_page(self, cast: Cast, rapporteur: Viewer, floods: UUID) -> None:
        notes.save_summary(rapporteur, floods, "other words", based_on=1, now=NOW)
        browser = Browser(cast, "st-rap2")
        compared = words(browser.get(f"/{floods}/summary/versions/compare?left=1&right=2"))
        assert "It was observed" in compared
        assert "other words" in compared
        assert browser.fill_in(f"/{floods}/summary/versions/1/restore").status_code == 303
        assert newest(rapporteur, floods).text.startswith("It was observed")

    @pytest.mark.parametrize("query", ["?left=9", "?right=0", "?left=-1", "?left=99999999999999999999"])
    def test_unknown_versions_have_no_page(self, cast: Cast, floods: UUID, query: str) -> None:
        assert Browser(cast, "st-rap2").get(f"/{floods}/summary/versions/compare{query}").status_code == 404

    def test_many_versions_are_listed_in_pages(self, cast: Cast, rapporteur: Viewer, floods: UUID) -> None:
        for number in range(1, 60):
            notes.save_summary(rapporteur, floods, f"text {number}", based_on=number, now=NOW)
        browser = Browser(cast, "st-rap2")
        first, second = (words(browser.get(f"/{floods}/summary/versions?page={page}")) for page in (1, 2))
        assert "Version 60" in first
        assert "Version 1 " not in first
        assert "Version 1 " in second


def test_the_list_sends_the_same_number_of_queries_for_any_length(cast: Cast, co_chair: Viewer) -> None:
    browser = Browser(cast, "ch1")
    browser.get()
    with counted_queries() as before:
        browser.get()
    for code in ("TRD-1-02", "TRD-1-03", OUTLOOKS, "TRD-1-08"):
        notes.save_summary(co_chair, cast.session(code), "words", based_on=0, now=NOW)
    with counted_queries() as after:
        browser.get()
    assert len(after) == len(before) <= 12
