"""People at work during a storm: they send forms, and remember what was acknowledged."""

import http.client
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Thread
from urllib.parse import urlencode

from bench.visitor import sign_in

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_VERSION = re.compile(r'name="version"[^>]*value="(\d+)"')
_NOTES = re.compile(r"<textarea[^>]*>\s*([^<]*)</textarea>")
_PARTY = re.compile(r'<option value="([0-9a-f-]{36})"')


@dataclass(frozen=True, slots=True)
class Browser:
    """A signed-in browser."""

    port: int
    cookie: str

    @classmethod
    def signed_in(cls, port: int, link: str) -> "Browser":
        return cls(port, sign_in(port, link))

    def request(self, method: str, path: str, **typed: str) -> tuple[int, str]:
        """Status and page.

        :raises OSError: the server was killed.
        :raises http.client.HTTPException: it was killed while it answered.
        """
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin", "Host": f"localhost:{self.port}"}
        if typed:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, urlencode(typed) if typed else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


@dataclass(slots=True)
class Work:
    """What people did: invited addresses, and the number of the last note, as far as they were acknowledged."""

    invited: set[str] = field(default_factory=set)
    last_note: int = 0
    notes: int = 0
    #: Answers of other statuses than 303 and 503, which nobody should see.
    wrong_answers: list[int] = field(default_factory=list)

    @property
    def acknowledged(self) -> int:
        return len(self.invited) + self.notes


def invite_people(browser: Browser, meeting: str, work: Work, name: str, stop: Event) -> None:
    """Invite one person after the other until stopped."""
    path = f"/meetings/{meeting}/participants/invite"
    form = _form(browser, path, stop)
    token, party = _TOKEN.findall(form)[0], _PARTY.findall(form)[0]
    number = 0
    while not stop.is_set():
        number += 1
        address = f"storm-{name}-{number}@example.org"
        typed = {"csrf_token": token, "name": f"Person {number}", "email": address, "party_id": party}
        if _sent(browser, path, work, typed | {"capacity": "observer"}):
            work.invited.add(address)


def write_notes(browser: Browser, path: str, work: Work, stop: Event) -> None:
    """Save longer and longer raw notes until stopped."""
    number = 0
    while not stop.is_set():
        number += 1
        form = _form(browser, path, stop)
        if not form:
            return
        typed = {"csrf_token": _TOKEN.findall(form)[0], "version": _VERSION.findall(form)[0], "text": f"note {number}"}
        if _sent(browser, path, work, typed):
            work.last_note = number
            work.notes += 1


def saved_note(browser: Browser, path: str) -> int:
    """The number of the note that is saved; 0 if there is none."""
    text = _NOTES.findall(browser.request("GET", path)[1])[0].strip()
    return int(text.removeprefix("note ")) if text else 0


def at_work(*people: Callable[[], None]) -> list[Thread]:
    threads = [Thread(target=person, daemon=True) for person in people]
    for thread in threads:
        thread.start()
    return threads


def _form(browser: Browser, path: str, stop: Event) -> str:
    """The page with the form, as soon as the server answers; "" if stopped before."""
    while not stop.is_set():
        try:
            status, page = browser.request("GET", path)
        except (OSError, http.client.HTTPException):
            stop.wait(0.02)
            continue
        if status == 200:
            return page
    return ""


def _sent(browser: Browser, path: str, work: Work, typed: dict[str, str]) -> bool:
    """Whether the server acknowledged the form."""
    try:
        status, _page = browser.request("POST", path, **typed)
    except (OSError, http.client.HTTPException):
        return False
    if status not in {303, 503}:
        work.wrong_answers.append(status)
    return status == 303
