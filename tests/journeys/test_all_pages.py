"""Every persona opens every kind of page that links lead to; each page is valid, accessible and fits its window."""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
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
from tests.beds.forms import page as html_of
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
        kinds = [kind for kind in walk(cast, persona, (meeting, *_BEGINNINGS)) if kind[0] not in examined]
        page = stage.enter(persona).page
        for kind, path in kinds:
            faults += [f"{persona} at {kind}: {fault}" for fault in faults_of(page, path, closely=True)]
            examined.add(kind)
        page.context.close()
    assert not faults, "\n".join(faults)
    unreached = sorted(page_endpoints(stage.app) - examined - _WITHOUT_A_LINK)
    assert not unreached, "\n".join(unreached)


@pytest.mark.journey
def test_every_kind_of_page_is_usable_by_everyone_who_can_open_it(stage: Stage) -> None:
    cast = Cast(stage.app)
    meeting = add_missing_content(cast)
    faults = []
    for persona in PERSONAS:
        page = stage.enter(persona).page
        for kind, path in walk(cast, persona, (meeting, *_BEGINNINGS)):
            faults += [f"{persona} at {kind}: {fault}" for fault in faults_of(page, path, closely=False)]
        page.context.close()
    assert not faults, "\n".join(faults)


@pytest.mark.journey
def test_pages_before_sign_in_are_usable(stage: Stage) -> None:
    page = stage.visitor().page
    for path in ("/sign-in", "/sign-in/link", "/sign-in/new-password", "/registration", "/link", "/left", "/design"):
        assert faults_of(page, path, closely=True) == []


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


def walk(cast: Cast, persona: str, beginnings: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield endpoint and first address of every kind of page that links lead this persona to, breadth first."""
    browser = cast.client(persona)
    coming = deque((kind_of(cast.app, path), path) for path in beginnings)
    known = {kind for kind, _path in coming}
    while coming:
        kind, path = coming.popleft()
        yield kind, path
        for way in html_of(browser.get(path)).select("a[href^='/'], form[method=get][action^='/']"):
            address = str(way.get("href") or way["action"])
            kind = kind_of(cast.app, address)
            if kind not in known and is_page(urlsplit(address).path):
                known.add(kind)
                coming.append((kind, address))


def kind_of(app: Flask, path: str) -> str:
    """The endpoint of an address; the address itself if there is none."""
    try:
        return str(app.url_map.bind("localhost").match(urlsplit(path).path)[0])
    except HTTPException:
        return path


def faults_of(page: Page, path: str, *, closely: bool) -> list[str]:
    """Open a page, and look at it at a desk and on a phone; closely: with axe, too."""
    answer = page.goto(path)
    if answer is None or not answer.ok:
        return [f"answers {answer.status if answer else 'nothing'}"]
    faults = page_faults(answer.text())
    for width, scheme in _VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        if page.evaluate(_WIDER_THAN_ITS_WINDOW):
            faults.append(f"is wider than its window of {width} px")
        if closely:
            # Without motion, because colours that change slowly have no contrast in between.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            faults += accessibility_faults(page)
    return faults
