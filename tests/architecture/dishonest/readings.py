"""What a person reads at LVR-1: the canaries found in the bytes of pages, files, feeds and searches."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from flask.testing import FlaskClient

from tests.architecture.dishonest.oracle import Oracle, Place, canary
from tests.beds.client import likeness

#: The title and the address of the session that is closed to observers.
CLOSED_TITLE = b"Risk reduction and notification"
#: In the passport of the link holder, and in the title of another meeting of theirs.
SEALED, ELSEWHERE = "Zqsealedx", "Zqelsewherex"


_CANARY = re.compile(rb"\bZq((?:[a-z]{2}[0-9]+|new[0-9]+|sealed|elsewhere)x)\b", re.IGNORECASE)
#: The clock of the demonstration, shown on every page.
_CLOCK = re.compile(r"<span>Shown at .*")
_BY_SEARCH = ("/participants?q=Zq", "/participants?order=ru&q=x")
LISTS = (
    *_BY_SEARCH,
    "",
    "/participants",
    "/participants/export",
    "/nominations",
    "/seating",
    "/seating/plates",
    "/order",
    "/order/speaking",
    "/balance",
    "/practical",
    "/registration",
    "/archive",
    "/archive/search?q=Zq",
)
AGENDAS = ("/agenda", "/agenda/draft", "/agenda/releases", "/calendar", "/calendar.ics")
IN_A_LIMITED_SIGN_IN = ("/registration", "/registration/needs", "/registration/visibility", "/participants", "/agenda")
#: Pages that could show a count of another party's people.
COUNTS = ("/participants", "/nominations")


def found_in(body: bytes) -> set[str]:
    """The canaries in a page or file; calendar lines are unfolded first because they are folded after 75 bytes."""
    return {f"Zq{one.decode().lower()}" for one in _CANARY.findall(body.replace(b"\r\n ", b""))}


@dataclass
class Reader:
    """A signed-in browser, and the addresses of meetings to try."""

    key: str
    client: FlaskClient
    meeting: UUID
    session: UUID
    elsewhere: UUID
    is_limited: bool = False
    feed: str = ""
    seen: set[str] = field(default_factory=set)

    def look(self, oracle: Oracle, *, everywhere: bool = False) -> list[str]:
        """What the person reads but may not, and what they should read but do not."""
        base = f"/meetings/{self.meeting}"
        if self.is_limited:
            return self._look_by_link(oracle, base)
        wrong: list[str] = []
        for path in LISTS if everywhere else ("/participants",):
            wrong += self._compare(oracle, base + path, Place.LIST)
        for path in AGENDAS if everywhere else ("/agenda",):
            wrong += self._compare(oracle, base + path, Place.AGENDA)
        if everywhere:
            wrong += self._compare(oracle, f"{base}/exchange", Place.EXCHANGE)
            wrong += self._compare(oracle, "/", Place.LIST)
            wrong += self._compare(oracle, f"{base}/agenda/sessions/{self.session}", Place.AGENDA)
            if self.feed:
                wrong += self._compare(oracle, self.feed, Place.AGENDA)
        return wrong + self._missed(oracle, base)

    def counts(self) -> dict[str, str]:
        """The pages with counts, without the parts that differ in each request."""
        pages = ["/", *(f"/meetings/{self.meeting}{path}" for path in COUNTS)]
        return {path: _CLOCK.sub("", likeness(self.client.get(path).text)) for path in pages}

    def _look_by_link(self, oracle: Oracle, base: str) -> list[str]:
        wrong: list[str] = []
        for path in (*(base + one for one in IN_A_LIMITED_SIGN_IN), "/"):
            wrong += self._compare(oracle, path, Place.LIMITED)
        for path in ("", "/registration", "/registration/needs"):
            wrong += self._compare(oracle, f"/meetings/{self.elsewhere}{path}", Place.LIMITED, closed=True)
        return wrong

    def _compare(self, oracle: Oracle, path: str, place: Place, *, closed: bool = False) -> list[str]:
        answer = self.client.get(path)
        who = f"{self.key} by link" if self.is_limited else self.key
        if answer.status_code == 200 and closed:
            return [f"{who} opens {path}"]
        body, wrong = answer.data, []
        # Most pages belong to that other meeting and need a full sign-in.
        found = found_in(body) - (set() if self.is_limited else {ELSEWHERE})
        self.seen |= found
        more = found - oracle.canaries(oracle.may_know(self.key, place))
        if more:
            wrong.append(f"{who} reads {sorted(more)} at {path}")
        if CLOSED_TITLE in body.replace(b"\r\n ", b""):
            self.seen.add("closed session")
            if self.is_limited or not oracle.reads_substance(self.key):
                wrong.append(f"{who} reads the closed session at {path}")
        return wrong

    def _missed(self, oracle: Oracle, base: str) -> list[str]:
        wanted = {canary(one) for one in oracle.must_know(self.key)}
        if not wanted:
            return []
        missed = wanted - found_in(self.client.get(f"{base}/participants").data)
        return [f"{self.key} does not read {sorted(missed)} on the list"] if missed else []
