"""Every persona opens every kind of page that links lead to; each page is valid, accessible and fits its window."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from dialogues.core.common import clock
from dialogues.core.common.access import PUBLIC_ENDPOINTS
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Meeting
from dialogues.people.messages.commands import Draft
from dialogues.people.messages.commands import send as send_message
from dialogues.people.participants.models import Participation
from dialogues.people.participants.rules.kinds import BulkKind
from dialogues.people.roster.commands import apply_bulk_action
from dialogues.people.roster.queries.listing import ListFilter, all_found
from dialogues.sample.reading import PERSONAS
from tests.architecture.page_checks import page_faults
from tests.beds.browser import DESK, PHONE, accessibility_faults
from tests.beds.forms import send
from tests.cast import Cast
from tests.journeys.stage import Stage

#: Addresses that are files or feeds, not pages.
_FILES = (".ics", ".md", "/file")
#: Further starting points after the main meeting; a link to the second exists only while a role is offered.
_BEGINNINGS = ("/", "/offers")
#: Endpoints without a link in this test.
_WITHOUT_A_LINK = {
    "accounts.step_up",  # Reached from an action that needs a fresh proof.
    "attendance.open_code",  # Reached by scanning a code.
    "attendance.open_kept_code",  # Reached by scanning a code before sign-in.
    "registration.own_rules",  # Only for meetings with rules of their own, as the next one.
    "registration.rules_for",
    "nominations.submit_list",  # All parties of this meeting have submitted.
    "invitations.correct",  # Reached from the page of a person who has not answered.
    "accounts.change_password",  # The personas have no password, because they sign in by link.
}
#: Desktop and phone, each in another colour scheme.
_VIEWS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((DESK, "light"), (PHONE, "dark"))
_WIDER_THAN_ITS_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.journey
def test_every_kind_of_page_is_accessible(stage: Stage) -> None:
    cast = Cast(stage.app)
    meeting = add_missing_content(cast)
    examined: set[str] = set()
    faults = []
    for persona in PERSONAS:
        found = walk(stage.app, (meeting, *_BEGINNINGS), partial(html_for, cast.client(persona)))
        kinds = [(kind, path) for kind, path, _html in found if kind not in examined]
        page = stage.enter(persona).page
        for kind, path in kinds:
            page.goto(path)
            faults += [f"{persona} at {kind}: {fault}" for fault in accessibility_faults_at_both_widths(page)]
            examined.add(kind)
        page.context.close()
    assert not faults, "\n".join(faults)
    unreached = sorted(page_endpoints(stage.app) - examined - _WITHOUT_A_LINK)
    assert not unreached, "\n".join(unreached)


# Between the two long tests, because a worker gets the first two tests at once.
@pytest.mark.journey
def test_pages_before_sign_in_are_usable(stage: Stage) -> None:
    page = stage.visitor().page
    for path in ("/sign-in", "/sign-in/link", "/sign-in/new-password", "/registration", "/link", "/left", "/design"):
        assert page_faults(html_at(page, path)) + faults_of_width(page) == []
        assert accessibility_faults_at_both_widths(page) == []


@pytest.mark.journey
def test_every_kind_of_page_is_usable_by_everyone_who_can_open_it(stage: Stage) -> None:
    cast = Cast(stage.app)
    meeting = add_missing_content(cast)
    faults = []
    for persona in PERSONAS:
        page = stage.enter(persona).page
        for kind, _path, html in walk(stage.app, (meeting, *_BEGINNINGS), partial(html_at, page)):
            faults += [f"{persona} at {kind}: {fault}" for fault in page_faults(html) + faults_of_width(page)]
        page.context.close()
    assert not faults, "\n".join(faults)


def add_missing_content(cast: Cast) -> str:
    """Add what the sample lacks: an unpublished change, summaries, two seating plans, a question and its answers.

    Returns the address of the meeting.
    """
    with cast.app.app_context():
        meeting = f"/meetings/{cast.meeting('TRD-1')}"
        first, second = (f"{meeting}/notes/{cast.session(code)}/summary" for code in ("TRD-1-01", "TRD-1-02"))
        seats = f"{meeting}/seating/plan"
        changed = f"{meeting}/agenda/draft/{cast.session('TRD-1-04')}/edit"
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Meeting, cast.meeting("TRD-1")).registration_closes_at = None
        korea = f"{meeting}/nominations/{cast.party('KR')}/new"
        without_address = f"{meeting}/participants/{participation_of(cast, 'kp1')}/registration"
    question = {"words": "Which paper do you bring?", "kind": "text", "audience": "office_and_focal_point"}
    named = {"name": "HONG Gil-dong", "email": "us4@example.invalid"}
    steps = [
        ("st-coord", changed, {"title": "Flood early warning"}),
        ("st-rap1", f"{second}/edit", {"text": "Two lines\n\nof the first version."}),
        ("st-rap1", f"{second}/edit", {"text": "One line of the second version."}),
        ("ch1", f"{first}/edit", {"text": "Opening remarks were made."}),
        ("ch1", f"{first}/finish", {}),
        ("st-coord", seats, {"places": "34"}),
        ("st-coord", seats, {"form": "round"}),
        ("st-coord", f"{meeting}/questions/new", question),
        ("kr1", korea, named),
    ]
    for persona, address, typed in steps:
        assert send(cast.client(persona), address, **{"preview": None, **typed}).status_code == 303, address
    add_bulk_action_and_message(cast)
    for persona, address in (("us4", f"{meeting}/registration"), ("kp2", without_address)):
        answer = send(cast.client(persona), f"{address}/affiliation", affiliation="An institute of another name")
        assert answer.status_code == 303, address
    return meeting


def participation_of(cast: Cast, name: str) -> UUID:
    """The id of a persona's participation in TRD-1."""
    parts = select(Participation.id).where(
        Participation.meeting_id == cast.meeting("TRD-1"), Participation.person_id == cast.person(name)
    )
    return db.session.execute(parts).scalar_one()


def add_bulk_action_and_message(cast: Cast) -> None:
    """Approve all participants in bulk and send a message."""
    with cast.app.app_context():
        coordinator, person = cast.viewer("st-coord", meeting="TRD-1"), cast.person("us4")
        chosen = [line.id for line in all_found(coordinator, ListFilter())]
        apply_bulk_action(coordinator, BulkKind.APPROVE, chosen, also=True, now=clock.now())
        draft = Draft(id=uuid4(), subject="Papers", text="Good morning.", people=[person], chosen={"picked": 1})
        send_message(coordinator, draft, now=clock.now())


def page_endpoints(app: Flask) -> set[str]:
    """The endpoints of all pages behind sign-in."""
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and is_page(rule.rule)}
    return gets - PUBLIC_ENDPOINTS


def is_page(path: str) -> bool:
    return not path.endswith(_FILES)


def walk(app: Flask, beginnings: Iterable[str], read: Callable[[str], str]) -> Iterator[tuple[str, str, str]]:
    """Yield endpoint, first address and HTML of every kind of page that links lead to, breadth first.

    :param read: returns the HTML at an address.
    """
    coming = deque((kind_of(app, path), path) for path in beginnings)
    known = {kind for kind, _path in coming}
    while coming:
        kind, path = coming.popleft()
        html = read(path)
        yield kind, path, html
        for way in BeautifulSoup(html, "lxml").select("a[href^='/'], form[method=get][action^='/']"):
            address = str(way.get("href") or way["action"])
            kind = kind_of(app, address)
            if kind not in known and is_page(urlsplit(address).path):
                known.add(kind)
                coming.append((kind, address))


def kind_of(app: Flask, path: str) -> str:
    """The endpoint of an address; the address itself if there is none."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path)[0])
    except HTTPException:
        return path


def html_for(client: FlaskClient, path: str) -> str:
    return client.get(path).text


def html_at(page: Page, path: str) -> str:
    """Open a page; returns its HTML as the server sent it."""
    answer = page.goto(path)
    assert answer is not None, path
    assert answer.ok, f"{path} answers {answer.status}"
    return answer.text()


def faults_of_width(page: Page) -> list[str]:
    """Whether the page is wider than the window of a desk or of a phone."""
    faults = []
    for width, _scheme in _VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate(_WIDER_THAN_ITS_WINDOW):
            faults.append(f"is wider than its window of {width} px")
    return faults


def accessibility_faults_at_both_widths(page: Page) -> list[str]:
    faults = []
    for width, scheme in _VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        # Without motion, because colours that change slowly have no contrast in between.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        faults += accessibility_faults(page)
    return faults
