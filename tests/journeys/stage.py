"""The people of a story at their browsers, and the letters that reach them."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from flask import Flask
from icalendar import Calendar, Event
from playwright.sync_api import Locator, Page, expect

from tests.beds.browser import OpenPage
from tests.beds.database import shell
from tests.beds.mail import MailServer
from tests.beds.web import set_clock

_LINK = re.compile(r"https?://\S+/r/[\w-]+")


@dataclass(slots=True)
class Someone:
    """A person at a browser of their own, who reads labels and buttons and knows nothing of the house."""

    page: Page

    def open(self, path: str) -> None:
        self.page.goto(path)

    def follow(self, words: str) -> None:
        """Follow the link with these words, in the page itself if it stands there, else in the navigation."""
        places = self.page.get_by_role("main").or_(self.page.get_by_role("navigation"))
        places.get_by_role("link", name=words, exact=True).last.click()

    def press(self, words: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=words, exact=True).click()

    def field(self, label: str) -> Locator:
        """The field with that label, with or without the signs for needed and optional."""
        return self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}\s*(\*|optional)?\s*$"))

    def fill_in(self, fields: dict[str, str]) -> None:
        for label, value in fields.items():
            self.field(label).fill(value)

    def choose(self, label: str, words: str) -> None:
        """Choose the option that holds these words."""
        option = self.field(label).locator("option", has_text=words).first
        self.field(label).select_option(option.get_attribute("value"))

    def tick(self, *labels: str) -> None:
        for label in labels:
            self.page.get_by_label(re.compile(rf"^\s*{re.escape(label)}")).check()

    def sees(self, *words: str) -> None:
        for word in words:
            expect(self.page.get_by_role("main")).to_contain_text(word)

    def does_not_see(self, *words: str) -> None:
        for word in words:
            expect(self.page.get_by_role("main")).not_to_contain_text(word)

    def download(self, words: str) -> Calendar:
        """Follow a link that gives a calendar file, and read the file."""
        link = self.page.get_by_role("main").get_by_role("link", name=words, exact=True).first
        with self.page.expect_download() as coming:
            link.click()
        return Calendar.from_ical(Path(coming.value.path()).read_bytes())

    @property
    def path(self) -> str:
        """Where the browser stands now."""
        return urlsplit(self.page.url).path


@dataclass(slots=True)
class Stage:
    """The house, its mail, and the way in for everyone."""

    app: Flask
    smtp: MailServer
    open_page: OpenPage
    sign_in_links: dict[str, str]

    def enter(self, persona: str, **browser: Any) -> Someone:
        """A persona of the sample opens a sign-in link in a new browser, and uses it."""
        someone = self.visitor(**browser)
        someone.open(urlsplit(self.sign_in_links[persona]).path)
        someone.press("Sign in")
        someone.sees("What needs you today")
        return someone

    def visitor(self, **browser: Any) -> Someone:
        """Anyone, in a new browser."""
        return Someone(self.open_page(**browser))

    def deliver(self) -> str:
        """What the command of the shell prints that sends the letters that are due."""
        return shell(self.app, "outbox", "deliver")

    def letters_to(self, address: str) -> list[EmailMessage]:
        return [letter.message for letter in self.smtp.to(address)]

    def link_to(self, address: str) -> str:
        """The path of the personal link in the newest letter to that address."""
        found = [link for letter in self.letters_to(address) for link in _LINK.findall(words_of(letter))]
        return urlsplit(found[-1]).path

    def set_clock(self, moment: datetime) -> None:
        set_clock(self.app, moment)


def words_of(letter: EmailMessage) -> str:
    """The plain text of a letter."""
    body = letter.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def fetch_calendar(address: str) -> Calendar:
    """What a calendar program finds at a feed's address."""
    with urlopen(address) as answer:  # noqa: S310 (an address of this house)
        assert answer.headers.get_content_type() == "text/calendar"
        return Calendar.from_ical(answer.read())


def entry(calendar: Calendar, title: str) -> Event:
    """The one entry of a calendar with that title."""
    (found,) = [event for event in calendar.walk("VEVENT") if event["SUMMARY"] == title]
    return found
