"""Everyone walks to every kind of page that links lead to. Each is complete, accessible and fits its window."""

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
from tests.beds.forms import send
from tests.cast import Cast
from tests.journeys.stage import Stage

#: Files and feeds are no pages.
_FILES = (".ics", ".md", "/file")
#: Where the walk goes on, after the meeting of which something of everything is there; the second is led to from the
#: first only while something is offered.
_BEGINNINGS = ("/", "/offers")
#: Pages that no link leads to here.
_WITHOUT_A_LINK = {
    "accounts.step_up",  # An action that needs a fresh proof leads there.
    "attendance.open_code",  # A code that is scanned leads there.
    "attendance.open_kept_code",  # A code that is scanned before sign-in leads there.
    "registration.own_rules",  # Asked only where a meeting has rules of its own; so is the next.
    "registration.rules_for",
    "nominations.submit_list",  # All parties have lodged in this meeting.
    "invitations.correct",  # The page of someone who has not answered leads there.
    "accounts.change_password",  # The personas have no password: they sign in by link.
}
#: At a desk and on a phone, each in another colour scheme.
_VIEWS: tuple[tuple[int, Literal["light", "dark"]], ...] = ((DESK, "light"), (PHONE, "dark"))
_WAYS_ON = "ways => ways.map(way => way.getAttribute('href') || way.getAttribute('action'))"
_WIDER_THAN_ITS_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.journey
def test_every_kind_of_page_is_usable_by_everyone_who_sees_it(stage: Stage) -> None:
    meeting = something_of_everything_is_there(Cast(stage.app))
    examined: set[str] = set()
    faults = []
    for persona in PERSONAS:
        page = stage.enter(persona).page
        for kind, path in walk(stage.app, page, (meeting, *_BEGINNINGS)):
            found = faults_of(page, path, closely=kind not in examined)
            faults += [f"{persona} at {kind}: {fault}" for fault in found]
            examined.add(kind)
        page.context.close()
    assert not faults, "\n".join(faults)
    unreached = sorted(pages(stage.app) - examined - _WITHOUT_A_LINK)
    assert not unreached, "\n".join(unreached)


@pytest.mark.journey
def test_the_pages_before_signing_in_are_usable(stage: Stage) -> None:
    page = stage.visitor().page
    for path in ("/sign-in", "/sign-in/link", "/sign-in/new-password", "/registration", "/link", "/left", "/design"):
        assert faults_of(page, path, closely=True) == []


def something_of_everything_is_there(cast: Cast) -> str:
    """What the sample lacks: an unreleased change, summaries, two seating plans, a question and its answers.

    The address of the meeting where all that is.
    """
    with cast.app.app_context():
        meeting = f"/meetings/{cast.meeting('TRD-1')}"
        first, second = (f"{meeting}/notes/{cast.session(code)}/summary" for code in ("TRD-1-01", "TRD-1-02"))
        seats = f"{meeting}/seating/plan"
        changed = f"{meeting}/agenda/draft/{cast.session('TRD-1-04')}/edit"
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.get_one(Meeting, cast.meeting("TRD-1")).registration_closes_at = None
        korea = f"{meeting}/nominations/{cast.party('KR')}/new"
        without_address = f"{meeting}/participants/{part_of(cast, 'kp1')}/registration"
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
    work_on_many(cast)
    for persona, address in (("us4", f"{meeting}/registration"), ("kp2", without_address)):
        answer = send(cast.client(persona), f"{address}/affiliation", affiliation="An institute of another name")
        assert answer.status_code == 303, address
    return meeting


def part_of(cast: Cast, name: str) -> UUID:
    """The id of someone's part in TRD-1."""
    parts = select(Participation.id).where(
        Participation.meeting_id == cast.meeting("TRD-1"), Participation.person_id == cast.person(name)
    )
    return db.session.execute(parts).scalar_one()


def work_on_many(cast: Cast) -> None:
    """Something that the office did to many, and a message that it wrote."""
    with cast.app.app_context():
        coordinator, person = cast.viewer("st-coord", meeting="TRD-1"), cast.person("us4")
        chosen = [line.id for line in all_found(coordinator, ListFilter())]
        apply_bulk_action(coordinator, BulkKind.APPROVE, chosen, also=True, now=clock.now())
        draft = Draft(id=uuid4(), subject="Papers", text="Good morning.", people=[person], chosen={"picked": 1})
        send_message(coordinator, draft, now=clock.now())


def pages(app: Flask) -> set[str]:
    """Every kind of page for those who are signed in."""
    gets = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and is_page(rule.rule)}
    return gets - PUBLIC_ENDPOINTS


def is_page(path: str) -> bool:
    return not path.endswith(_FILES)


def walk(app: Flask, page: Page, beginnings: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Kind and first address of every kind of page, found from link to link; the caller goes there."""
    coming = deque((kind_of(app, path), path) for path in beginnings)
    known = {kind for kind, _path in coming}
    while coming:
        yield coming.popleft()
        for path in page.eval_on_selector_all("a[href^='/'], form[method=get][action^='/']", _WAYS_ON):
            kind = kind_of(app, path)
            if kind not in known and is_page(urlsplit(path).path):
                known.add(kind)
                coming.append((kind, path))


def kind_of(app: Flask, path: str) -> str:
    """The endpoint that answers an address; the address itself where none does."""
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
        page.emulate_media(color_scheme=scheme)
        if page.evaluate(_WIDER_THAN_ITS_WINDOW):
            faults.append(f"is wider than its window of {width} px")
        if closely:
            faults += accessibility_faults(page)
    return faults
