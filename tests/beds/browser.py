"""Debian's Chromium. A page that breaks a rule of `Watch` fails the test that opened it."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, Response, sync_playwright

from tests.beds.network import is_here
from tests.beds.web import Server

#: Without these, Chromium contacts Google's hosts at every start.
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
WCAG_22_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


DESK, PHONE = 1280, 390


class Watch:
    """Collects everything a page did that our pages must not do."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def over(self, page: Page) -> None:
        """Listen to a page and its popups."""
        page.on("console", self._console)
        page.on("pageerror", self._error)
        page.on("request", self._request)
        page.on("response", self._response)
        page.on("popup", self.over)

    def _console(self, message: ConsoleMessage) -> None:
        # Chromium reports every 4xx here, including expected refusals of a form; `_response` checks the responses.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _error(self, error: Error) -> None:
        self.faults.append(f"script: {error}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and not is_here(address.hostname):
            self.faults.append(f"request to another machine: {request.url}")

    def _response(self, response: Response) -> None:
        broken_part = response.status >= 400 and not response.request.is_navigation_request()
        if broken_part or response.status >= 500:
            self.faults.append(f"{response.status} for {response.url}")


@contextmanager
def open_watched_page(
    browser: Browser,
    base_url: str,
    *,
    width: int = DESK,
    scheme: Literal["light", "dark"] = "light",
    javascript: bool = True,
    zone: str = "Asia/Ulaanbaatar",
) -> Iterator[Page]:
    """A page in its own browser context, so that cookies are not shared.

    :raises AssertionError: on leaving, if the page did something forbidden.
    """
    context = browser.new_context(
        base_url=base_url,
        viewport={"width": width, "height": 844 if width < 800 else 900},
        color_scheme=scheme,
        java_script_enabled=javascript,
        timezone_id=zone,
        locale="en-GB",
    )
    context.set_default_timeout(10_000)
    watch = Watch()
    page = context.new_page()
    watch.over(page)
    try:
        yield page
    finally:
        context.close()
    assert not watch.faults, "\n".join(watch.faults)


def accessibility_faults(page: Page) -> list[str]:
    """Violations of WCAG 2.2 AA that axe finds, one line per element."""
    # Without the list of what passes, because collecting it takes as long as the checks.
    options = {"runOnly": {"type": "tag", "values": WCAG_22_AA}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=options).response["violations"]
    return [f"{rule['id']}: {place['html']}  ({rule['help']})" for rule in found for place in rule["nodes"]]


def assert_accessible(page: Page) -> None:
    """Check the page with axe against WCAG 2.2 AA."""
    faults = accessibility_faults(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def assert_fits(page: Page) -> None:
    """The page needs no horizontal scrolling."""
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen, f"{page.url} is {wide} px wide in a window of {seen} px"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole test run."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium is missing: make test installs it, or names it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, server: Server) -> Iterator[OpenPage]:
    """Opens pages, each in its own browser context: `open_page(width=PHONE, scheme="dark", javascript=False)`."""
    with ExitStack() as pages:
        yield lambda **how: pages.enter_context(open_watched_page(chromium, server.url, **how))


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page at desktop width in the light colour scheme."""
    return open_page()
