"""The sample's assertions about who can and cannot do what: each is tested, or its feature does not exist yet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange
from dialogues.records.archive.models import Record
from dialogues.sample.reading import sample
from tests.architecture.objects import of_nowhere, own
from tests.architecture.test_matrix import address as address_of
from tests.architecture.test_matrix import private_rules
from tests.beds.forms import SAME_ORIGIN, page, send
from tests.cast import Cast

NUMBER, OWN_NUMBER, DIET = "M9917364", "K1234567", "no walnuts whatsoever"


@dataclass(slots=True)
class World:
    """The sample in the middle of TRD-1, with documents of two people of KR and one of US."""

    app: Flask
    cast: Cast

    def client(self, name: str) -> FlaskClient:
        return self.cast.client(name)

    def at(self, path: str = "", code: str = "TRD-1") -> str:
        """An address within a meeting."""
        with self.app.app_context():
            return f"/meetings/{self.cast.meeting(code)}{path}"

    def papers(self, name: str) -> str:
        with self.app.app_context():
            return self.at(f"/papers/{self.cast.person(name)}")

    def notes(self, session: str, kind: str = "raw") -> str:
        with self.app.app_context():
            return self.at(f"/notes/{self.cast.session(session)}/{kind}")

    def shown(self, name: str, address: str) -> str:
        """The page at that address as the persona sees it; it must be open to them."""
        answer = self.client(name).get(address)
        assert answer.status_code == 200, address
        return answer.text

    def closed(self, name: str, *addresses: str) -> None:
        client = self.client(name)
        assert [client.get(path).status_code for path in addresses] == [404] * len(addresses), addresses

    def look(self, name: str, whose: str, kind: str) -> Any:
        """Ask to see one sealed kind of data of a person, with a reason."""
        client = self.client(name)
        token = page(client.get("/")).select_one("input[name=csrf_token]")["value"]
        typed = {"reason": "Visa letter for the consulate", "csrf_token": token}
        return client.post(f"{self.papers(whose)}/{kind}/show", data=typed, headers=SAME_ORIGIN)

    def close_the_lists(self) -> None:
        """Set TRD-1 to a time before its exchange."""
        with self.app.app_context():
            meeting = self.cast.meeting("TRD-1")
            with upkeep(system(Purpose.SAMPLE)) as session:
                session.execute(update(Exchange).where(Exchange.meeting_id == meeting).values(opened_at=None))


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    there = World(app, cast)
    for name, number in (("us4", NUMBER), ("kr2", NUMBER), ("kr1", OWN_NUMBER)):
        typed = {
            "passport_nationality": "Exampleland",
            "passport_number": number,
            "passport_valid_until": "2031-01-31",
            "flights_arrives_at": "2027-05-24T14:05",
            "flights_arrival": "OM 302",
            "diet_text": DIET,
        }
        assert send(cast.client(name), there.at("/registration/needs"), **typed).status_code == 303
    return there


# What a focal point can and cannot do


def own_nominees(world: World) -> None:
    world.close_the_lists()
    for address in (world.at("/nominations"), world.at("/participants")):
        assert "PARK Ga-jeong" in world.shown("kr1", address)


def released_documents(world: World) -> None:
    with world.app.app_context():
        record = db.session.execute(select(Record).where(Record.reference == "TRD-L-001")).scalar_one().id
    assert "soundings on flood bulletins" in world.shown("kr1", world.at(f"/archive/{record}"))


def own_visa_status(world: World) -> None:
    assert "PARK Ga-jeong" in world.shown("kr1", world.at("/papers"))
    assert "not known" in world.shown("kr1", world.papers("kr2"))


def nominees_of_others(world: World) -> None:
    world.close_the_lists()
    for address in (world.at("/nominations"), world.at("/participants"), world.at("/participants?q=Ri"), world.at()):
        text = world.shown("kr1", address)
        assert "RI Ka-myong" not in text
        assert "PAK Ka-sang" not in text


def passport_numbers_of_others(world: World) -> None:
    assert OWN_NUMBER in world.shown("kr1", world.at("/registration/needs"))
    for address in (world.at("/papers"), world.papers("kr2"), f"{world.papers('kr2')}/passport"):
        assert NUMBER not in world.shown("kr1", address)
    assert world.look("kr1", "kr2", "passport").status_code == 404
    assert world.look("kr1", "us4", "passport").status_code == 404
    world.closed("kr1", world.papers("us4"))


def raw_notes_of_anyone(world: World) -> None:
    world.closed("kr1", world.notes("TRD-1-03"), world.notes("TRD-1-04"))


def a_meeting_not_accepted(world: World) -> None:
    world.closed("kr1", world.at(code="LVR-1"), world.at("/agenda", "LVR-1"), world.at("/nominations", "LVR-1"))
    for address in ("/", "/dialogues", "/offers", "/held-about-me"):
        text = world.shown("kr1", address)
        assert not [word for word in ("Lavaux", "LVR", "Vevey", "Cyber") if word in text], address


# What the liaison desk can and cannot do


def flights(world: World) -> None:
    assert "OM 302" in world.look("st-travel", "us4", "flights").text


def visas(world: World) -> None:
    assert "Renee MOCKFORD" in world.shown("st-travel", world.at("/papers"))
    assert NUMBER in world.look("st-travel", "us4", "passport").text


def diet(world: World) -> None:
    assert DIET in world.look("st-travel", "us4", "diet").text


def arrival_times(world: World) -> None:
    assert "14:05" in world.look("st-travel", "us4", "flights").text


def session_notes(world: World) -> None:
    world.closed(
        "st-travel",
        world.at("/notes"),
        world.notes("TRD-1-03"),
        world.notes("TRD-1-03", "summary"),
        world.notes("TRD-1-03", "summary/versions"),
        world.at("/archive"),
    )


# What a rapporteur and an archivist can and cannot do


def raw_notes_of_own_sessions(world: World) -> None:
    assert page(world.client("st-rap1").get(world.notes("TRD-1-03"))).select_one("main textarea")


def passports(world: World) -> None:
    world.closed("st-rap1", world.at("/papers"), world.papers("us4"), f"{world.papers('us4')}/passport")
    assert world.look("st-rap1", "us4", "passport").status_code == 404


def raw_notes_of_another(world: World) -> None:
    world.closed("st-rap1", world.notes("TRD-1-04"))


def metadata_of_sealed_items(world: World) -> None:
    with world.app.app_context():
        sealed = db.session.execute(select(Record).where(Record.reference == "AR-1")).scalar_one().id
        dialogue = world.cast.dialogue()
    text = world.shown("st-arch", f"/dialogues/{dialogue}/archive")
    assert "Legacy meeting, Ulaanbaatar, June 2002" in text
    assert "15 June 2027" in text
    assert "how they observe the river" not in text
    world.closed("st-arch", f"/dialogues/{dialogue}/archive/{sealed}")


# What everyone can and cannot do


def the_login_page(world: World) -> None:
    assert world.app.test_client().get("/sign-in").status_code == 200


def without(words: Callable[[], Iterable[str]]) -> Callable[[World], None]:
    """Check that a visitor without sign-in never sees any of the words."""

    def check(world: World) -> None:
        told, client = {*words()}, world.app.test_client()
        for path in everywhere(world):
            answer = client.get(path)
            said = f"{answer.text} {sorted((name, text) for name, text in answer.headers if name != 'Location')}"
            assert not [word for word in told if word in said], path

    return check


def everywhere(world: World) -> list[str]:
    """All addresses in TRD, public pages, and unknown addresses."""
    objects = own(world.app, world.cast)
    private = {address_of(world.app, rule, objects) for rule in private_rules(world.app)}
    public = {"/sign-in", "/sign-in/link", "/sign-in/new-password", "/registration", "/link", "/left", "/robots.txt"}
    return sorted(private | public | {"/no-such-page", "/meetings/1", "/feed/x.ics", "/r/x", "/link/x"})


def titles() -> Iterable[str]:
    for dialogue in sample()["dialogues"]:
        (meeting,) = dialogue["meetings"]
        yield from (dialogue["title"], meeting["id"], *(session["title"] for session in meeting["sessions"]))


def names() -> Iterable[str]:
    for person in [*sample()["persons"], *sample()["staff"]]:
        yield from (one for one in (person["name"], person.get("native")) if one)


def dates_and_cities() -> Iterable[str]:
    for dialogue in sample()["dialogues"]:
        (meeting,) = dialogue["meetings"]
        first = meeting["dates"]["start"]
        yield from (first.isoformat(), f"{first.day} {first:%B %Y}", *([meeting["city"]] if meeting["city"] else []))


def no_count(world: World) -> None:
    """Existing and unknown paths redirect to sign-in in the same way, so that nothing can be counted."""
    client, nothing = world.app.test_client(), of_nowhere(own(world.app, world.cast))
    there = {
        rule.endpoint: address_of(world.app, rule, own(world.app, world.cast)) for rule in private_rules(world.app)
    }
    for rule in private_rules(world.app):
        answers = [client.get(path) for path in (there[rule.endpoint], address_of(world.app, rule, nothing))]
        assert {(answer.status_code, answer.location.split("?")[0]) for answer in answers} == {(303, "/sign-in")}


Assertion = tuple[str, str, str]


TRIED: dict[Assertion, Callable[[World], None]] = {
    ("kr1", "can", "own delegation nominees"): own_nominees,
    ("kr1", "can", "TRD-1 released documents"): released_documents,
    ("kr1", "can", "own delegation visa status"): own_visa_status,
    ("kr1", "cannot", "KP nominees before exchange"): nominees_of_others,
    ("kr1", "cannot", "any passport number but own"): passport_numbers_of_others,
    ("kr1", "cannot", "raw notes"): raw_notes_of_anyone,
    ("kr1", "cannot", "LVR-1 existence before invitation accepted"): a_meeting_not_accepted,
    ("st-travel", "can", "flights"): flights,
    ("st-travel", "can", "visas"): visas,
    ("st-travel", "can", "diet"): diet,
    ("st-travel", "can", "arrival times"): arrival_times,
    ("st-travel", "cannot", "session notes"): session_notes,
    ("st-rap1", "can", "raw notes of own sessions"): raw_notes_of_own_sessions,
    ("st-rap1", "cannot", "passports"): passports,
    ("st-rap1", "cannot", "raw notes of st-rap2"): raw_notes_of_another,
    ("st-arch", "can", "metadata of sealed items"): metadata_of_sealed_items,
    ("anonymous", "can", "login page"): the_login_page,
    ("anonymous", "cannot", "any title"): without(titles),
    ("anonymous", "cannot", "name"): without(names),
    ("anonymous", "cannot", "count"): no_count,
    ("anonymous", "cannot", "date or city of TRD LVR SCD"): without(dates_and_cities),
}


#: Features that do not exist yet, with a word that the address of their first page will contain.
WAITING: dict[Assertion, tuple[str, str]] = {
    ("st-travel", "cannot", "statements"): ("no statement is drafted or put under silence yet", "statement"),
    ("st-travel", "cannot", "CBM text"): ("there is no ledger of confidence-building measures yet", "measure"),
    ("st-arch", "cannot", "early release without the listed consents"): ("nothing is released early yet", "consent"),
}


def asserted() -> set[Assertion]:
    """All assertions of the sample."""
    return {
        (one["actor"], side, words)
        for one in sample()["fixtures"]["access_assertions"]
        for side in ("can", "cannot")
        for words in one[side]
    }


def test_every_assertion_of_the_sample_is_tested_or_pending() -> None:
    assert asserted() == set(TRIED) | set(WAITING)
    assert not set(TRIED) & set(WAITING)


def test_pending_features_do_not_exist_yet(app: Flask) -> None:
    rules = [rule.rule for rule in app.url_map.iter_rules()]
    come = {words: reason for words, (reason, sign) in WAITING.items() if any(sign in rule for rule in rules)}
    assert come == {}, "These can be tried now."


@pytest.mark.parametrize("assertion", TRIED, ids=lambda assertion: " ".join(assertion))
def test_the_assertion_holds(world: World, assertion: Assertion) -> None:
    TRIED[assertion](world)
