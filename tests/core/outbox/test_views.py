"""The list of emails of a meeting: who sees it, what it shows, and resending."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, select

from dialogues.core.audit.models import AuditEntry
from dialogues.core.common.viewer import Viewer
from dialogues.core.outbox import queries as outbox
from dialogues.core.outbox.rules import EmailState
from dialogues.extensions import db
from dialogues.meetings.dialogues.queries.names import names_of
from dialogues.policy import EMAILS_SEE, Scope
from tests.beds.database import Installation, opened
from tests.beds.mail import MailServer
from tests.cast import Cast
from tests.core.outbox.conftest import Post, composing


@pytest.fixture
def cast(installation: Installation, smtp: MailServer) -> Iterator[Cast]:
    """The sample, with a mail server."""
    with opened(installation.settings(mail_url=smtp.url)) as app, app.app_context():
        yield Cast(app)


@pytest.fixture
def post(cast: Cast, smtp: MailServer) -> Iterator[Post]:
    """An outbox with only the emails of the test, all of TRD-1."""
    post = Post(cast.app, smtp)
    with composing(post):
        post.change(state=EmailState.SUPERSEDED, listed_under=None)
        yield post


def queue_for_kr1(post: Post, cast: Cast, key: str = "a", **about: Any) -> UUID:
    return post.enqueue(
        key,
        dialogue_id=cast.dialogue(),
        listed_under=cast.meeting(),
        person_id=cast.person("kr1"),
        **about,
    )


def address(cast: Cast, rest: str = "") -> str:
    return f"/meetings/{cast.meeting()}/letters{rest}"


def resend(cast: Cast, letter: UUID, who: str = "st-coord") -> int:
    """The status code after the button is pressed."""
    client = cast.client(who)
    page = BeautifulSoup(client.get(address(cast, "?state=set-aside")).text, "lxml")
    token = page.select_one("input[name=csrf_token]")
    fields = {"csrf_token": token["value"]} if token else {}
    return client.post(
        address(cast, f"/{letter}/resend"), data=fields, headers={"Sec-Fetch-Site": "same-origin"}
    ).status_code


def test_coordinator_sees_recipients_and_states_of_emails(post: Post, cast: Cast) -> None:
    queue_for_kr1(post, cast)
    post.server.data_answers.append("554 5.1.1 <bold@example.mn> unknown")
    post.deliver()
    page = BeautifulSoup(cast.client("st-coord").get(address(cast)).text, "lxml")
    (row,) = page.select("tbody tr")
    words = " ".join(row.get_text(" ").split())
    assert names_of({cast.person("kr1")})[cast.person("kr1")] in words
    assert "Change of the agenda" in words
    assert "set aside" in words
    assert "554 5.1.1 … unknown" in words


def test_bodies_and_addresses_are_never_shown(post: Post, cast: Cast) -> None:
    queue_for_kr1(post, cast)
    post.deliver()
    page = cast.client("st-coord").get(address(cast)).text
    assert "Good day" not in page
    assert "bold@example.mn" not in page
    assert "A change" not in page


@pytest.mark.parametrize("who", ["st-host", "ch1", "kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch", "st-travel"])
def test_only_the_coordinator_sees_emails(cast: Cast, who: str) -> None:
    assert cast.client(who).get(address(cast)).status_code == 404


def test_filters_narrow_the_list(post: Post, cast: Cast) -> None:
    for key in ("a", "b", "c"):
        queue_for_kr1(post, cast, key)
    post.server.data_answers += ["250 Taken", "451 Later", "554 No"]
    post.deliver()
    client = cast.client("st-coord")
    shown = {}
    for state in ("", "unsent", "sent", "set-aside", "nonsense"):
        page = BeautifulSoup(client.get(address(cast, f"?state={state}")).text, "lxml")
        shown[state] = len(page.select("tbody tr"))
    assert shown == {"": 3, "unsent": 1, "sent": 1, "set-aside": 1, "nonsense": 3}


def test_coordinator_sees_an_email_that_was_not_tried_yet(post: Post, cast: Cast) -> None:
    queue_for_kr1(post, cast)
    page = BeautifulSoup(cast.client("st-coord").get(address(cast)).text, "lxml")
    assert len(page.select("tbody tr .status-waiting")) == 1


@pytest.mark.usefixtures("post")
def test_an_empty_list_says_what_to_do(cast: Cast) -> None:
    client = cast.client("st-coord")
    assert "No letters yet" in client.get(address(cast)).text
    assert "No letter was set aside" in client.get(address(cast, "?state=set-aside")).text


def test_emails_of_another_meeting_are_not_listed(post: Post, cast: Cast) -> None:
    post.enqueue("a", dialogue_id=cast.dialogue(), listed_under=UUID(int=1), person_id=cast.person("kr1"))
    post.enqueue("b", account_id=cast.account("kr1"))
    assert "No letters yet" in cast.client("st-coord").get(address(cast)).text


def test_a_failed_email_is_resent_to_the_current_address(post: Post, cast: Cast) -> None:
    letter = queue_for_kr1(post, cast)
    post.server.recipient_answers["bold@example.mn"] = "550 No such person"
    post.deliver()
    assert post.words is not None
    post.words = type(post.words)(recipient="right@example.mn", subject="A change", text="Good day.")
    assert resend(cast, letter) == 303
    assert post.deliver() == [EmailState.SENT]
    assert post.server.emails[0].recipients == ("right@example.mn",)


def test_resending_is_written_to_the_audit_log(post: Post, cast: Cast) -> None:
    letter = queue_for_kr1(post, cast)
    post.change(state=EmailState.FAILED)
    resend(cast, letter)
    actions = db.session.scalars(select(AuditEntry.action)).all()
    assert actions.count("email.resent") == 1


def test_a_sent_email_cannot_be_resent(post: Post, cast: Cast) -> None:
    letter = queue_for_kr1(post, cast)
    aside = queue_for_kr1(post, cast, "b")
    post.server.data_answers += ["250 Taken", "554 No"]
    post.deliver()
    assert post.state(aside) is EmailState.FAILED
    resend(cast, letter)
    assert post.deliver() == []


def test_an_older_email_cannot_be_resent_after_a_newer_one(post: Post, cast: Cast) -> None:
    older = queue_for_kr1(post, cast, "a", order_key="entry", sequence=1)
    queue_for_kr1(post, cast, "b", order_key="entry", sequence=2)
    post.server.data_answers.append("554 No")
    post.deliver()
    resend(cast, older)
    assert post.deliver() == []
    assert post.state(older) is EmailState.FAILED


def test_only_the_coordinator_can_resend_emails(post: Post, cast: Cast) -> None:
    letter = queue_for_kr1(post, cast)
    post.change(state=EmailState.FAILED)
    assert resend(cast, letter, "ch1") in {400, 404}
    assert post.state(letter) is EmailState.FAILED


def test_a_list_of_fifty_sends_no_more_queries_than_a_list_of_one(post: Post, cast: Cast) -> None:
    coordinator = cast.viewer("st-coord", meeting="TRD-1")
    queue_for_kr1(post, cast)
    asked_for_one = _queries(coordinator)
    for number in range(50):
        queue_for_kr1(post, cast, str(number))
    assert _queries(coordinator) == asked_for_one
    assert len(outbox.emails(coordinator, page=2).lines) == 1


def _queries(viewer: Viewer) -> int:
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        outbox.emails(viewer)
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(statements)


def test_an_unknown_scope_reaches_nothing(cast: Cast) -> None:
    coordinator = cast.viewer("st-coord", meeting="TRD-1")
    reaches = {scope: str(outbox._reach(coordinator, scope)) for scope in Scope}
    assert "listed_under" in reaches.pop(Scope.ALL)
    assert set(reaches.values()) == {"false"}
    assert str(outbox.visible(cast.viewer("us4", meeting="TRD-1"), EMAILS_SEE)) == "(false)"
