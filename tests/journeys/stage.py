"""The people of a journey at their browsers, and the emails they receive."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from flask import Flask
from icalendar import Calendar, Event
from playwright.sync_api import Download, Locator, Page, expect

from tests.beds.browser import OpenPage
from tests.beds.database import shell
from tests.beds.mail import MailServer
from tests.beds.web import set_clock

_LINK = re.compile(r"https?://\S+/r/[\w-]+")
_SIGN_IN_LINK = re.compile(r"https?://\S+/links/[\w-]+")


@dataclass(slots=True)
class Someone:
    """A person at a browser who knows only labels, links and buttons."""

    page: Page

    def open(self, path: str) -> None:
        self.page.goto(path)

    def follow(self, words: str) -> None:
        """Follow the link with this text; links in the page come before those in the navigation."""
        self.click(self._link(words))

    def press(self, words: str) -> None:
        self.click(self.page.get_by_role("main").get_by_role("button", name=words, exact=True))

    def fill_in(self, fields: dict[str, str]) -> None:
        for label, value in fields.items():
            self.write(self.field(label), value)

    def choose(self, label: str, words: str) -> None:
        """Choose the option that contains this text."""
        self.pick(self.field(label), words)

    def tick(self, *labels: str) -> None:
        """Tick the checkboxes whose labels begin with these texts."""
        for label in labels:
            self.check(self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")))

    def download(self, words: str) -> Calendar:
        """Follow a link to a calendar file and parse the file."""
        return Calendar.from_ical(Path(self.take(self._link(words)).path()).read_bytes())

    def field(self, label: str) -> Locator:
        """The field with that label, with or without its sign for required or optional."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\*|optional)?\s*$"))

    def _link(self, words: str) -> Locator:
        places = self.page.get_by_role("main").or_(self.page.get_by_role("navigation"))
        return places.get_by_role("link", name=words, exact=True).last

    def sees(self, *words: str) -> None:
        for word in words:
            expect(self.page.get_by_role("main")).to_contain_text(word)

    def does_not_see(self, *words: str) -> None:
        for word in words:
            expect(self.page.get_by_role("main")).not_to_contain_text(word)

    # Actions with a mouse; replaced in `keyboard.py`.

    def click(self, target: Locator) -> None:
        """Click a link or a button and wait for the next page."""
        with self.page.expect_navigation():
            target.click()

    def write(self, field: Locator, value: str) -> None:
        field.fill(value)

    def pick(self, field: Locator, words: str) -> None:
        field.select_option(field.locator("option", has_text=words).first.get_attribute("value"))

    def check(self, box: Locator) -> None:
        box.check()

    def attach(self, label: str, file: Path) -> None:
        self.field(label).set_input_files(file)

    def take(self, link: Locator) -> Download:
        with self.page.expect_download() as coming:
            link.click()
        return coming.value

    @property
    def path(self) -> str:
        """The path of the current page."""
        return str(urlsplit(self.page.url).path)


@dataclass(slots=True)
class Stage:
    """The application, its mail, and ways to sign in."""

    app: Flask
    smtp: MailServer
    open_page: OpenPage
    sign_in_links: dict[str, str]
    #: How people act, and options of their browsers.
    people: type[Someone] = Someone
    browsers: dict[str, Any] = field(default_factory=dict)

    def enter(self, persona: str, **browser: Any) -> Someone:
        """Sign a persona in by link in a new browser."""
        someone = self.visitor(**browser)
        link = self.sign_in_links.pop(persona, None) or self._new_link(persona)
        someone.open(urlsplit(link).path)
        someone.press("Sign in")
        someone.sees("What needs you today")
        return someone

    def _new_link(self, name: str) -> str:
        return shell(self.app, "accounts", "sign-in-link", f"{name}@example.invalid").split()[-1]

    def visitor(self, **browser: Any) -> Someone:
        """A person who is not signed in, in a new browser."""
        return self.people(self.open_page(**{**self.browsers, **browser}))

    def deliver(self) -> str:
        """Send the due emails with the shell command and return its output."""
        return shell(self.app, "outbox", "deliver")

    def emails_to(self, address: str) -> list[EmailMessage]:
        return [email.message for email in self.smtp.to(address)]

    def link_to(self, address: str) -> str:
        """The path of the personal link in the newest email to that address."""
        return self._newest(_LINK, address)

    def sign_in_link_to(self, address: str) -> str:
        """The path of the sign-in link in the newest email to that address."""
        return self._newest(_SIGN_IN_LINK, address)

    def _newest(self, link: re.Pattern[str], address: str) -> str:
        found = [one for email in self.emails_to(address) for one in link.findall(text_of(email))]
        return str(urlsplit(found[-1]).path)

    def set_clock(self, moment: datetime) -> None:
        set_clock(self.app, moment)


def text_of(email: EmailMessage) -> str:
    """The plain text of an email."""
    body = email.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def fetch_calendar(address: str) -> Calendar:
    """The calendar at the address of a feed."""
    with urlopen(address) as answer:  # noqa: S310 (an address of this house)
        assert answer.headers.get_content_type() == "text/calendar"
        return Calendar.from_ical(answer.read())


def entry(calendar: Calendar, title: str) -> Event:
    """The only entry of a calendar with that title."""
    (found,) = [event for event in calendar.events if event["SUMMARY"] == title]
    return found
