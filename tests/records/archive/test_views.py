"""Pages of the archive: lists, reading, printing, downloads, search, and failed uploads."""

import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.meetings.dialogues.models import Dialogue
from dialogues.records.archive.rules import Listing, RecordKind
from dialogues.records.notes.commands import finish_summary
from tests.beds.disk import full_disk
from tests.beds.forms import SAME_ORIGIN, complaints, held, page, send
from tests.beds.web import set_clock
from tests.records.archive.conftest import NOW, Archive

GOLDEN = Path(__file__).parent / "golden"
LATER = NOW + timedelta(days=30)
TYPED = {"title": "A letter", "reference": "L-1", "dated": "2026-01-02", "text": "Dear colleagues"}


def words(answer: TestResponse) -> str:
    return " ".join(page(answer).select_one("main").get_text(" ").split()).replace(" ,", ",")


def test_an_embargo_is_proposed_in_the_time_zone_of_the_meeting_or_the_archive(archive: Archive) -> None:
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.get_one(Dialogue, archive.cast.dialogue()).archive_zone = "Europe/Zurich"
    client = archive.client("st-arch")

    proposed = [
        page(client.get(archive.page("/upload", meeting=meeting))).select_one("#zone")["value"]
        for meeting in ("TRD-1", "")
    ]

    assert proposed == ["Asia/Ulaanbaatar", "Europe/Zurich"]


def upload(archive: Archive, rest: str = "/upload", **typed: Any) -> TestResponse:
    return send(archive.client("st-arch"), archive.page(rest), **TYPED | typed)


def link_of(answer: TestResponse, title: str) -> str:
    return str(next(link for link in page(answer).select("main a") if link.get_text() == title)["href"])


def test_a_participant_sees_the_open_records_and_no_trace_of_the_closed_one(archive: Archive) -> None:
    answer = archive.client("us4").get(archive.page(meeting="TRD-1"))

    assert "Statement of intent" in answer.text
    assert "Draft working plan" not in answer.text
    assert "All kinds 4" in words(answer)


def test_the_archivist_sees_a_closed_record_by_its_line(archive: Archive) -> None:
    answer = archive.client("st-arch").get(archive.page())

    assert "Draft working plan" in words(answer)
    assert "opens Saturday 1 January 2028, 00:00 Asia/Ulaanbaatar, UTC+08:00" in words(answer)
    assert "Working plan for the second meeting" not in answer.text


@pytest.mark.parametrize("persona", ["st-travel", "in-ko1", "xo2"])
@pytest.mark.parametrize("rest", ["", "/search?q=flood", "/upload"])
def test_other_roles_cannot_open_the_archive(archive: Archive, persona: str, rest: str) -> None:
    client = archive.client(persona)

    assert client.get(archive.page(rest)).status_code == 404
    assert client.get(archive.page(rest, meeting="TRD-1")).status_code == 404


def test_a_record_is_shown_with_rule_and_responsibility(archive: Archive) -> None:
    archive.file_floods()
    coordinator = archive.client("st-coord")
    listed = coordinator.get(archive.page(meeting="TRD-1"))

    answer = coordinator.get(link_of(listed, "Flood early warning in shared river basins"))

    assert "river-gauge" in words(answer)
    assert "The rapporteur alone answers for this text" in words(answer)
    assert "who said it, and who was there, may not be revealed" in words(answer)
    assert "SHA-256 of this record" in words(answer)


@pytest.mark.parametrize("ending", ["", "/record.md", "/file"])
@pytest.mark.parametrize("persona", ["st-arch", "us4", "st-travel"])
def test_a_filed_summary_is_not_found_for_others(archive: Archive, persona: str, ending: str) -> None:
    record_id = archive.file_floods()

    assert archive.client(persona).get(archive.page(f"/{record_id}{ending}", meeting="TRD-1")).status_code == 404


def test_the_archivist_files_a_summary_without_seeing_its_text(archive: Archive) -> None:
    finish_summary(archive.cast.viewer("ch1", meeting="TRD-1"), archive.cast.session("TRD-1-04"), version=1, now=NOW)
    archivist = archive.client("st-arch")
    waiting = archivist.get(archive.page(meeting="TRD-1"))
    address = str(page(waiting).select_one("td.actions a")["href"])

    form = archivist.get(address)
    done = send(archivist, address)
    listed = archivist.get(done.location)

    assert "Flood early warning" in words(waiting)
    assert "Flood early warning" in words(form)
    assert "Filed, not open to you" in words(listed)
    assert "TRD-1-04/S" in words(listed)
    for answer in (waiting, form, listed):
        assert "river-gauge" not in answer.text


def test_the_markdown_of_a_record_is_its_golden_copy(archive: Archive) -> None:
    record_id = archive.file_floods()

    answer = archive.client("st-coord").get(archive.page(f"/{record_id}/record.md", meeting="TRD-1"))

    assert answer.mimetype == "text/markdown"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="record.md"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.text == (GOLDEN / "summary.md").read_text("utf-8")


def test_the_page_of_a_record_is_its_golden_copy(archive: Archive) -> None:
    record_id = archive.file_floods()

    answer = archive.client("st-coord").get(archive.page(f"/{record_id}", meeting="TRD-1"))

    assert words(answer) + "\n" == (GOLDEN / "summary-page.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("flood", "Letter on the first soundings"),
        ("диалог", "Statement of intent"),
        ("홍수", "Note on terminology"),
        ("水位", "Reply on terminology"),
        ("答", "Reply on terminology"),
        ("TRD-L-002", "Statement of intent"),
    ],
)
def test_words_are_found_in_four_scripts_and_highlighted(archive: Archive, query: str, title: str) -> None:
    answer = archive.client("us4").get(archive.page("/search"), query_string={"q": query})

    assert "1 record found" in words(answer)
    assert page(answer).select_one(".found-title").get_text() == title
    if not query.startswith("TRD"):
        assert page(answer).select_one("mark").get_text() == query


@pytest.mark.parametrize("query", ["", "   ", "…", "zebra", '"', "flood*", "' OR 1=1 --", "NEAR(flood)", "\u202e\x00"])
def test_a_search_without_results_or_with_odd_input_says_so(archive: Archive, query: str) -> None:
    answer = archive.client("us4").get(archive.page("/search"), query_string={"q": query})

    assert answer.status_code == 200
    assert page(answer).select_one(".empty-title, .found")


def test_a_query_is_shown_as_text(archive: Archive) -> None:
    archive.place("M-1", "heron <script>alert(1)</script>", title="<b>heron</b>")

    answer = archive.client("us4").get(archive.page("/search"), query_string={"q": 'heron "><script>'})
    found = archive.client("us4").get(archive.page("/search"), query_string={"q": "heron"})

    assert "<script>alert" not in answer.text + found.text
    assert "&lt;b&gt;<mark>heron</mark>&lt;/b&gt;" in found.text


def test_search_covers_the_current_meeting(archive: Archive) -> None:
    archive.place("O-1", "heron", shelf=None)

    assert "1 record found" in words(archive.client("us4").get(archive.page("/search?q=heron", meeting="TRD-1")))
    assert "Nothing found" in words(archive.client("kr1").get(archive.page("/search?q=heron", dialogue="SCD")))


def test_too_many_searches_must_wait(archive: Archive) -> None:
    settings = archive.cast.app.extensions["dialogues"].settings
    archive.cast.app.extensions["dialogues"].settings = replace(settings, searches_an_hour=2)
    client = archive.client("us4")

    answers = [client.get(archive.page("/search?q=flood")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert client.get(archive.page()).status_code == 200


def test_an_added_record_is_listed_and_can_be_read(archive: Archive) -> None:
    answer = upload(archive)

    assert answer.status_code == 303
    listed = archive.client("us4").get(archive.page())
    assert "A letter" in words(listed)
    assert "Dear colleagues" in words(archive.client("us4").get(link_of(listed, "A letter")))


def test_an_added_record_under_embargo_opens_on_time(archive: Archive) -> None:
    upload(archive, release_day="2027-06-10", release_time="09:00", zone="Asia/Ulaanbaatar")
    before = archive.client("us4").get(archive.page())
    set_clock(archive.cast.app, LATER)
    after = archive.client("us4").get(archive.page())

    assert "opens Thursday 10 June 2027, 09:00" in words(before)
    assert not [link for link in page(before).select("main a") if link.get_text() == "A letter"]
    assert link_of(after, "A letter")


def test_an_upload_to_a_full_disk_keeps_what_was_typed_and_no_file(archive: Archive) -> None:
    client, files = archive.client("st-arch"), Path(archive.cast.app.extensions["dialogues"].settings.files)
    before = sorted(path for path in files.rglob("*") if path.is_file())
    typed = TYPED | {"text": "", "file": (io.BytesIO(b"%PDF-1.7 scan"), "letter.pdf")}
    with full_disk():
        answer = send(client, archive.page("/upload"), **typed)
    assert answer.status_code == 503
    assert held(page(answer).select_one("main form[method=post]"))["title"] == TYPED["title"]
    assert sorted(path for path in files.rglob("*") if path.is_file()) == before


def test_a_file_is_downloaded_under_a_neutral_name(archive: Archive) -> None:
    upload(archive, text="", file=(io.BytesIO(b"%PDF-1.7 scan"), "kim_letter.pdf"))
    reader = archive.client("us4")
    record = link_of(reader.get(archive.page()), "A letter")

    answer = reader.get(f"{record}/file")

    assert (answer.data, answer.mimetype) == (b"%PDF-1.7 scan", "application/pdf")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="record.pdf"'
    assert "kim_letter" not in reader.get(record).text


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ({"title": "x" * 10_000}, "Write at most 300 characters"),
        ({"title": " \u202e\u200b"}, "Title"),
        ({"reference": "TRD-L-001"}, "Another record has the reference code TRD-L-001"),
        ({"text": ""}, "Type the text or choose a file"),
        ({"text": "x" * 100_001}, "Write at most 100000 characters"),
        *(({"text": sign * 25_000}, "Remove some") for sign in ("![", "[", "**", "_a", "~~")),
        ({"dated": "2027-05-27"}, "This day is still to come"),
        ({"dated": "yesterday"}, "Date it bears"),
        ({"dated": ""}, "Date it bears"),
        ({"dated": "0199-05-01"}, "Look at the year: Wednesday 1 May 0199."),
        ({"dated": "1027-05-01"}, "Look at the year: Tuesday 1 May 1027."),
        ({"release_day": "2727-05-01"}, "Look at the year: 2727."),
        ({"release_day": "2027-05-01"}, "This moment is past"),
        ({"release_day": "9999-12-31"}, "Look at the year: 9999."),
        ({"release_day": "2190-12-31"}, "more than 150 years away"),
        ({"release_time": "10:00"}, "Write the day as well"),
        ({"release_day": "2027-06-10", "zone": "Mars/Olympus"}, "is no time zone"),
        *(({"release_day": "2027-06-10", "zone": zone}, "is no time zone") for zone in ("Etc/GMT-8", "EST", "Factory")),
        ({"release_day": "2028-03-26", "release_time": "02:30", "zone": "Europe/Zurich"}, "does not exist"),
        ({"release_day": "2027-10-31", "release_time": "02:30", "zone": "Europe/Zurich"}, "comes twice"),
        ({"kind": "summary"}, "Kind"),
        ({"listing": "secret"}, "While it is closed"),
    ],
)
def test_an_invalid_form_is_shown_again_as_typed(archive: Archive, typed: dict[str, str], complaint: str) -> None:
    answer = upload(archive, **typed)

    assert answer.status_code == 422
    assert complaint in complaints(answer)
    kept = held(page(answer).select_one("main form[method=post]"))
    assert kept["text"].strip() == typed.get("text", TYPED["text"])
    assert kept["reference"] == typed.get("reference", TYPED["reference"])


def test_an_old_date_is_filed_once_it_is_confirmed(archive: Archive) -> None:
    assert upload(archive, dated="1858-05-28").status_code == 422
    assert upload(archive, dated="1858-05-28", is_old="y").status_code == 303


def test_line_breaks_of_other_programs_become_line_breaks(archive: Archive) -> None:
    upload(archive, text="Alpha1\u2028Beta1\x0bBeta2\x1c")
    reader = archive.client("us4")
    shown = reader.get(link_of(reader.get(archive.page()), "A letter"))
    assert "Alpha1\nBeta1\nBeta2" in page(shown).select_one("main").get_text()


def test_line_breaks_of_an_uploaded_text_become_line_breaks(archive: Archive) -> None:
    upload(archive, text="", file=(io.BytesIO("Alpha1\u2028Beta1\x0bBeta2\x1c".encode()), "a.txt"))
    reader = archive.client("us4")
    assert reader.get(f"{link_of(reader.get(archive.page()), 'A letter')}/file").data == b"Alpha1\nBeta1\nBeta2"


def test_an_ambiguous_embargo_time_can_be_chosen(archive: Archive) -> None:
    twofold = {"release_day": "2027-10-31", "release_time": "02:30", "zone": "Europe/Zurich"}

    assert page(upload(archive, **twofold)).select_one("input[name=fold]")
    assert upload(archive, **twofold, fold="1").status_code == 303


def test_a_disguised_file_is_refused_with_the_reason(archive: Archive) -> None:
    answer = upload(archive, file=(io.BytesIO(b"MZ\x90\x00" * 40), "email.pdf"))

    assert answer.status_code == 422
    assert "no other kind is taken in" in complaints(answer)
    assert "choose it again" in words(answer)


def test_control_and_direction_characters_are_removed_from_a_title(archive: Archive) -> None:
    upload(archive, title="A\u202e le\x07tter")

    assert "A letter" in words(archive.client("us4").get(archive.page()))


def test_an_upload_over_the_limit_is_refused_with_the_limit(archive: Archive) -> None:
    client = archive.client("st-arch")
    address = archive.page("/upload")
    values = held(page(client.get(address)).select_one("main form[method=post]")) | TYPED

    boundary, body = encode_multipart(
        values | {"file": FileStorage(io.BytesIO(b"%PDF-" + b"x" * 17 * 2**20), "big.pdf")}
    )
    answer = client.post(
        address, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers=SAME_ORIGIN
    )

    assert answer.status_code == 413
    assert "Files of up to 16 MB are taken in" in words(answer)


def test_a_record_cannot_be_changed(archive: Archive) -> None:
    writing = {
        rule.endpoint
        for rule in archive.cast.app.url_map.iter_rules()
        if rule.endpoint.startswith("archive.") and rule.methods and rule.methods & {"POST", "PUT", "PATCH", "DELETE"}
    }

    assert writing == {"archive.upload", "archive.file_summary"}


def test_only_the_archivist_sees_an_unlisted_line(archive: Archive) -> None:
    archive.place("M-1", "heron", kind=RecordKind.SCAN, **archive.closed_until(LATER, Listing.UNLISTED))

    assert "unlisted: only you see this line" in words(archive.client("st-arch").get(archive.page()))
    coordinator = archive.client("st-coord").get(archive.page())
    assert "M-1" not in coordinator.text
    assert "All kinds 6" in words(coordinator)


def test_a_list_can_be_filtered_by_kind_and_place(archive: Archive) -> None:
    archive.place("M-1", title="Of the meeting", shelf=archive.shelf(meeting="TRD-1"))
    client = archive.client("us4")

    assert "Of the meeting" not in words(client.get(archive.page("?kind=correspondence")))
    assert "Statement of intent" not in words(client.get(archive.page(f"?of={archive.cast.meeting()}")))
    assert "No such records" in words(client.get(archive.page("?kind=scan")))
    assert client.get(archive.page("?kind=nonsense&of=nonsense&page=nonsense")).status_code == 200
