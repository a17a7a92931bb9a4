"""Content lines: text cannot break out of its property, and folding never splits a character or an escape."""

import itertools
from dataclasses import replace
from typing import Any

import icalendar
import pytest

from dialogues.lib.ical.calendar_file import calendar_file, mailed_event
from dialogues.lib.ical.content_lines import MAX_LINE_BYTES, Address, clean_line, clean_lines, escaped, folded, quoted
from dialogues.lib.ical.parts import Answer
from dialogues.lib.text import unlinked
from tests.lib.ical.lint import findings, unfolded
from tests.lib.ical.samples import BOLD, DESK, FULL, ZURICH, email_part, feed


def only_event(data: bytes) -> Any:
    [event] = icalendar.Calendar.from_ical(data).walk("VEVENT")
    assert not event.errors
    return event


@pytest.mark.parametrize(
    ("mail", "uri"),
    [
        ("bold@example.mn", "mailto:bold@example.mn"),
        ("Bold@Example.MN", "mailto:Bold@example.mn"),
        ("bold@exämple.mn", "mailto:bold@xn--exmple-cua.mn"),
        ("o'brien+water@example.org", "mailto:o'brien+water@example.org"),
        ("a/b=c&d?e%f#g@example.org", "mailto:a%2Fb%3Dc%26d%3Fe%25f%23g@example.org"),
    ],
)
def test_an_address_becomes_a_plain_uri(mail: str, uri: str) -> None:
    assert Address(mail).uri == uri


@pytest.mark.parametrize(
    "mail",
    [
        *("", "@", "a@", "@b", "a b@c.org", "a@b c.org", "a@-b.org", "a..b@c.org", ".a@c.org", "a@b..org", "ä@c.org"),
        *('"a b"@c.org', "a@c.org ", "a" * 65 + "@c.org", "a@" + "b." * 130 + "org", "a@\u202ec.org", "a@c.org\x00"),
        *("a@[127.0.0.1]", "urn:uuid:1"),
    ],
)
def test_an_invalid_address_is_refused(mail: str) -> None:
    with pytest.raises(ValueError, match="plain address"):
        Address(mail)


NASTY = [
    "line\r\nATTENDEE:mailto:evil@example.org",
    "line\nEND:VEVENT",
    "line\rBEGIN:VALARM",
    "nul\x00bel\x07esc\x1bdel\x7fvt\x0bff\x0c",
    "next\x85line\u2028separator\u2029paragraph",
    'quotes " and ^ and ^n and ;PARTSTAT=ACCEPTED:x,y',
    "C:\\New \\n \\\\ \\; \\,",
    "\u202eright to left\u202c \u2066isolated\u2069",
    "\ud800 lone \udfff",
    "\ufeffmark\uffff",
    "👩‍👩‍👧‍👦" * 30,
    "e\u0301" * 80,
    "水과ж" * 60,
    "\\" * 10_000,
    "^" * 1_000,
    "^\\" * 500,
    "a" * 73 + ",b" * 80,
    "x" * 10_000,
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("where", ["title", "place", "description", "neutral_word", "city"])
def test_no_text_can_break_out_of_its_property(text: str, where: str) -> None:
    whole = FULL if where in {"title", "place", "description"} else replace(ZURICH, short_code="")
    facts = replace(whole, **{where: "A " + text})
    data = email_part(facts)
    assert findings(data) == []
    event = only_event(data)
    assert str(event["ATTENDEE"]) == "mailto:bold@example.mn"
    assert len(unfolded(data)) == len(unfolded(email_part(replace(facts, **{where: "A"}))))
    read = str(
        event[{"title": "SUMMARY", "neutral_word": "SUMMARY", "description": "DESCRIPTION"}.get(where, "LOCATION")]
    )
    assert read == (clean_lines("A " + text) if where == "description" else unlinked(clean_line("A " + text)))


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_name_can_break_out_of_its_parameter(text: str) -> None:
    event = mailed_event(FULL, organizer=DESK, recipient=replace(BOLD, name="B " + text), answer=Answer.NONE)
    data = calendar_file([event], method=event.method)
    assert findings(data) == []
    read = only_event(data)
    assert read["ATTENDEE"].params["CN"] == clean_line("B " + text).replace("\\", "/")
    assert read["ATTENDEE"].params["PARTSTAT"] == "NEEDS-ACTION"


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_no_feed_name_can_break_out_of_its_property(text: str) -> None:
    assert findings(feed(ZURICH, name="N " + text)) == []


def test_a_title_of_invisible_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="can be seen"):
        replace(FULL, title="\u202e")


def test_a_backslash_before_n_stays_a_backslash_before_n() -> None:
    assert escaped("C:\\New\nC:\\new") == "C:\\\\New\\nC:\\\\new"


def test_a_parameter_is_quoted_with_carets() -> None:
    assert quoted('a "b" ^ c') == "\"a ^'b^' ^^ c\""


@pytest.mark.parametrize(
    ("length", "unit"), [*itertools.product(range(60, 160, 3), ["a", "é", "水", "👪", "\\\\", "\\,", "^^"])]
)
def test_folding_splits_neither_characters_nor_escapes(length: int, unit: str) -> None:
    line = "SUMMARY:" + "a" * (length % 7) + unit * (length // len(unit))
    pieces = folded(line).removesuffix(b"\r\n").split(b"\r\n ")
    assert b"".join(pieces).decode() == line
    assert all(piece.decode() for piece in pieces)
    assert max(len(piece) + (piece is not pieces[0]) for piece in pieces) <= MAX_LINE_BYTES
    assert not any((len(piece) - len(piece.rstrip(mark))) % 2 for piece in pieces[:-1] for mark in (b"\\", b"^"))
