"""A name or title contains no address, because emails repeat it and mail programs turn addresses into links."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

import dialogues
from dialogues.agenda.planning.models import DraftItem
from dialogues.core.common.fields import Form, LineField, NameField
from dialogues.lib.refusal import Refusal
from dialogues.lib.text import IN_TITLES, refuse_link, unlinked
from dialogues.meetings.dialogues.models import Dialogue, Institution, Meeting, Party, Person
from dialogues.meetings.venues.models import Room, Venue

LINKS = [
    "http://evil.example",
    "https：／／evil.example",
    "Kim www.evil.example",
    "WWW.evil.example",
    "ｗｗｗ．evil.example",
    "www。evil.example",
    "w\u200dww.evil.example",
    "kim@evil.example",
    "kim＠evil.example",
    "kim﹫evil.example",
]
SLASHES = ["evil.example/a", "evil.example／a", "evil.example∕a", "℀"]
#: Form fields, by name, and columns that emails repeat.
FIELDS_IN_EMAILS = {"name", "native", "family", "given", "affiliation", "sort_key", "title", "city", "acronym", "code"}
PERSON = ("name", "native", "family", "given", "affiliation", "sort_key")
TITLES = [
    (Dialogue, "code"),
    (Dialogue, "title"),
    (Institution, "name"),
    (Institution, "acronym"),
    (Meeting, "code"),
    (Meeting, "title"),
    (Meeting, "city"),
    (Venue, "name"),
    (Venue, "city"),
    (Room, "name"),
    (DraftItem, "title"),
    (DraftItem, "code"),
]
#: Fields of those names that no email repeats: titles of archive records and names of feeds.
FIELDS_NOT_IN_EMAILS = {("dialogues.records.archive.forms", "title"), ("dialogues.agenda.calendars.forms", "name")}


@pytest.mark.parametrize("text", [*LINKS, *SLASHES])
def test_the_refusal_of_a_name_with_an_address_says_what_to_remove(text: str) -> None:
    with pytest.raises(Refusal, match=r"Remove “(://|www\.|@|/)”"):
        refuse_link(text)


@pytest.mark.parametrize(
    "name", ["J.R. Smith", "J.R.Smith", "D. ZAGVAR", "St.Gallen", "O'Neill", "山田・太郎", "Dr. A-B"]
)
def test_a_full_stop_between_letters_is_allowed(name: str) -> None:
    assert refuse_link(name) == name


@pytest.mark.parametrize("title", ["Water/energy", "2026/27", "Round 2: food", "No. 3"])
def test_a_title_may_contain_a_slash(title: str) -> None:
    assert refuse_link(title, IN_TITLES) == title


@pytest.mark.parametrize("text", LINKS)
def test_a_title_with_an_address_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        refuse_link(text, IN_TITLES)


@pytest.mark.parametrize("column", PERSON)
@pytest.mark.parametrize("text", [LINKS[0], SLASHES[1]])
def test_no_model_accepts_an_address_in_a_persons_name(column: str, text: str) -> None:
    """Forms, files, nominations, corrections and the sample all write this row."""
    with pytest.raises(Refusal) as refused:
        Person(**{column: text})
    assert refused.value.field == column


@pytest.mark.parametrize(("model", "column"), TITLES)
def test_no_model_accepts_an_address_in_a_title(model: Any, column: str) -> None:
    with pytest.raises(Refusal):
        model(**{column: LINKS[0]})


def test_no_model_accepts_an_address_in_the_name_of_a_party() -> None:
    with pytest.raises(Refusal):
        Party(id=uuid4(), names={"en": "Plain", "ko": LINKS[1]})


def forms() -> Iterator[type[Form]]:
    for module in pkgutil.walk_packages(dialogues.__path__, "dialogues."):
        if ".forms" in module.name:
            importlib.import_module(module.name)
    waiting = [Form]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        yield form


def test_every_form_field_for_a_name_or_title_refuses_addresses() -> None:
    checked = []
    for form in forms():
        for name in dir(form):
            field = getattr(form, name)
            kind = getattr(field, "field_class", None)
            is_in_emails = name in FIELDS_IN_EMAILS or name.startswith("name_")
            if (
                not is_in_emails
                or kind is None
                or not issubclass(kind, LineField)
                or (form.__module__, name) in FIELDS_NOT_IN_EMAILS
            ):
                continue
            assert issubclass(kind, NameField), (form.__name__, name)
            checked.append((form, name))
    assert len(checked) >= 30


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("J.R. Smith", "J.R. Smith"),
        ("10.5 km at 9.30", "10.5 km at 9.30"),
        ("evil.example", "evil. example"),
        ("http://www.evil.example/a", "http: //www. evil. example/a"),
        ("a@evil.example", "a@ evil. example"),
        ("злой．рф", "злой． рф"),
        ("ｈttp：／／evil", "ｈttp： ／／evil"),
    ],
)
def test_text_that_others_typed_is_no_link_in_an_email(typed: str, sent: str) -> None:
    assert unlinked(typed) == sent
