"""Delivery: no email is lost or overtakes another, and an email that cannot be sent is marked as failed."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.core.outbox import commands as outbox
from dialogues.core.outbox import jobs
from dialogues.core.outbox.operations import enqueue
from dialogues.core.outbox.rules import LEASE, MOST_TRIES, EmailRequest, EmailState
from dialogues.lib.mail import messages, parts
from dialogues.lib.mail.parts import Composed
from tests.core.outbox.conftest import KIND, NOON, Post
from tests.lib.mail.test_messages import EVENT

pytestmark = pytest.mark.engine


FAILED, READY, SENT = EmailState.FAILED, EmailState.READY, EmailState.SENT


def test_a_queued_email_is_sent_once(post: Post) -> None:
    email_id = post.enqueue("a")
    assert post.deliver() == [SENT]
    assert post.deliver() == []
    assert post.ids == [email_id]
    assert post.row(email_id).sent_at is not None


def test_two_emails_with_one_dedup_key_are_one(post: Post) -> None:
    assert post.enqueue("a") == post.enqueue("a")
    assert post.deliver() == [SENT]


def test_each_email_has_one_recipient_and_its_own_message_id(post: Post) -> None:
    emails = [post.enqueue("a"), post.enqueue("b")]
    post.deliver()
    assert [arrived.recipients for arrived in post.server.emails] == [("bold@example.mn",)] * 2
    assert [arrived.message["Message-ID"] for arrived in post.server.emails] == [
        f"<{email_id}@localhost>" for email_id in emails
    ]


def test_a_stored_email_cannot_be_read_without_the_key(post: Post) -> None:
    row = post.row(post.enqueue("a"))
    post.deliver()
    kept = post.row(row.id)
    assert kept.sealed_bytes is not None
    assert b"Good day" not in kept.sealed_bytes
    assert b"bold" not in kept.sealed_bytes
    assert kept.bytes_sha256 == hashlib.sha256(post.server.emails[0].content).hexdigest()


def test_an_email_resent_after_a_crash_is_identical(post: Post) -> None:
    post.enqueue("a")
    post.die_after_data()
    assert post.deliver() == [SENT]
    first, second = post.server.emails
    assert first.content == second.content
    assert len(post.composed) == 1


@pytest.fixture
def secret(post: Post) -> Post:
    """The outbox with emails that hold a sign-in secret."""
    post.words = replace(post.words or Composed(recipient="", subject="", text=""), has_secret=True)
    return post


def test_an_email_with_a_secret_is_identical_after_a_crash_and_deleted_once_sent(secret: Post) -> None:
    email_id = secret.enqueue("a")
    secret.die_after_data()
    assert secret.deliver() == [SENT]
    first, second = secret.server.emails
    assert first.content == second.content
    kept = secret.row(email_id)
    assert kept.sealed_bytes is None
    assert kept.bytes_sha256 == hashlib.sha256(second.content).hexdigest()


def test_an_email_with_a_secret_is_new_after_a_refusal(secret: Post) -> None:
    secret.enqueue("a")
    secret.server.data_answers.append("451 Try again")
    assert secret.deliver() == [READY]
    assert secret.deliver_later() == [SENT]
    assert secret.texts == ["Good day. 2"]


def test_an_email_that_its_recipient_may_no_longer_read_is_not_sent_after_a_refusal(post: Post) -> None:
    email_id = post.enqueue("a")
    post.server.data_answers.append("451 Try again")
    assert post.deliver() == [READY]
    post.words = None
    post.deliver_later()
    assert post.state(email_id) is EmailState.SUPERSEDED
    assert post.ids == []


def test_an_email_with_a_secret_that_may_have_arrived_is_identical_after_later_refusals(secret: Post) -> None:
    secret.enqueue("a")
    secret.die_after_data()
    secret.server.data_answers.append("451 Try again")
    assert secret.deliver() == [READY]
    assert secret.deliver_later() == [SENT]
    assert secret.texts == ["Good day. 1", "Good day. 1"]


def test_the_text_of_a_failed_email_with_a_secret_is_deleted(secret: Post) -> None:
    email_id = secret.enqueue("a")
    secret.server.data_answers.append("554 No")
    assert secret.deliver() == [FAILED]
    assert secret.row(email_id).sealed_bytes is None


def test_a_server_that_is_slow_to_accept_an_email_holds_no_other_up(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_PATIENCE_SECONDS", 0.05)
    slow = post.enqueue("a", facts={"to": "slow@example.mn"})
    others = [post.enqueue(str(number)) for number in range(3)]
    accept = post.server.slow["slow@example.mn"] = threading.Event()
    sent: list[Any] = []

    def on_result(_kind: Any, email_id: UUID, state: EmailState) -> None:
        sent.append((email_id, state))
        if len(sent) == len(others):
            accept.set()

    assert jobs.deliver_due(on_result=on_result)
    assert sent == [(email_id, SENT) for email_id in (*others, slow)]


def test_two_slow_emails_of_one_order_are_not_sent_at_once(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_PATIENCE_SECONDS", 0.05)
    accept = post.server.slow["slow@example.mn"] = threading.Event()
    first = post.enqueue("a", facts={"to": "slow@example.mn"}, order_key="entry", sequence=1)
    second = post.enqueue("b", order_key="entry", sequence=2)
    other = post.enqueue("c")
    sent: list[UUID] = []

    def on_result(_kind: Any, email_id: UUID, _state: EmailState) -> None:
        sent.append(email_id)
        accept.set()

    assert jobs.deliver_due(on_result=on_result)
    assert sent == [other, first, second]


def test_a_lease_lasts_longer_than_a_delivery_can_take() -> None:
    assert timedelta(seconds=parts.DEADLINE + parts.ANSWER_WAIT) < LEASE
    assert parts.ANSWER_WAIT == 600


def test_a_leased_email_is_not_given_to_another_worker(post: Post) -> None:
    post.enqueue("a")
    assert outbox.claim(clock.real_now()) is not None
    assert outbox.claim(clock.real_now()) is None
    post.end_leases()
    assert outbox.claim(clock.real_now()) is not None


def test_a_worker_that_lost_the_lease_cannot_change_the_email(post: Post) -> None:
    email_id = post.enqueue("a")
    late = outbox.claim(clock.real_now())
    post.end_leases()
    assert post.deliver() == [SENT]
    assert late is not None
    assert outbox.render(late, clock.now()) is None
    assert outbox.mark_undelivered(late, parts.Undelivered(parts.FailureKind.PERMANENT, "no"), clock.now(), 0) is None
    assert post.state(email_id) is SENT


def test_two_workers_send_no_email_twice(post: Post) -> None:
    queued = {post.enqueue(str(number)) for number in range(20)}

    def deliver(_worker: int) -> Any:
        with post.app.app_context():
            return post.deliver()

    with ThreadPoolExecutor(2) as workers:
        done = [state for states in workers.map(deliver, range(2)) for state in states]
    assert done == [SENT] * 20
    assert len(post.ids) == 20
    assert set(post.ids) == queued


def test_a_temporarily_refused_email_is_tried_again(post: Post) -> None:
    email_id = post.enqueue("a")
    post.server.data_answers.append("451 Try again")
    assert post.deliver() == [READY]
    assert post.row(email_id).last_error == "451 Try again"
    assert post.deliver() == []
    assert post.deliver_later() == [SENT]
    assert post.row(email_id).last_error == ""


def test_a_permanently_refused_email_fails_and_the_others_are_sent(post: Post) -> None:
    refused = post.enqueue("a")
    post.enqueue("b")
    post.server.data_answers.append("554 No")
    assert post.deliver() == [FAILED, SENT]
    assert post.deliver_later() == []
    assert post.state(refused) is FAILED


def test_an_email_that_keeps_failing_does_not_delay_the_others(post: Post) -> None:
    post.fault = ValueError("the composer stumbles")
    poison = post.enqueue("a", facts={"poison": True})
    others = [post.enqueue(str(number)) for number in range(3)]
    assert post.deliver() == [READY, SENT, SENT, SENT]
    tried = [post.deliver_later() for _again in range(MOST_TRIES)]
    assert tried == [[READY]] * (MOST_TRIES - 2) + [[FAILED], []]
    assert post.ids == others
    assert "stumbles" not in post.row(poison).last_error


def test_an_email_that_kills_its_worker_is_marked_as_failed(post: Post) -> None:
    email_id = post.enqueue("a")
    for _worker in range(MOST_TRIES):
        assert outbox.claim(clock.real_now()) is not None
        post.end_leases()
    assert post.deliver() == []
    assert post.state(email_id) is FAILED


def test_emails_wait_until_the_server_is_back(post: Post) -> None:
    emails = [post.enqueue(str(number)) for number in range(3)]
    settings = post.app.extensions["dialogues"].settings
    post.app.extensions["dialogues"].settings = replace(settings, mail_url="smtp://localhost:1")
    for _day in range(MOST_TRIES + 2):
        # One try shows that the server is down, so the other emails are not tried.
        assert post.deliver_later() == [READY]
    post.app.extensions["dialogues"].settings = settings
    assert post.deliver_later() == [SENT, SENT, SENT]
    assert post.ids == emails


def test_emails_with_one_order_key_are_sent_in_order(post: Post) -> None:
    second = post.enqueue("b", order_key="entry", sequence=2)
    first = post.enqueue("a", order_key="entry", sequence=1)
    third = post.enqueue("c", order_key="entry", sequence=3)
    other = post.enqueue("d", order_key="another", sequence=1)
    post.server.data_answers += ["451 Try again"]
    assert post.deliver() == [READY, SENT]
    assert post.ids == [other]
    assert post.deliver_later() == [SENT, SENT, SENT]
    assert post.ids == [other, first, second, third]


def test_a_failed_email_does_not_block_a_later_one(post: Post) -> None:
    first = post.enqueue("a", order_key="entry", sequence=1)
    second = post.enqueue("b", order_key="entry", sequence=2)
    post.server.data_answers += ["554 No"]
    assert post.deliver() == [FAILED, SENT]
    assert (post.state(first), post.ids) == (FAILED, [second])


def test_a_superseded_email_is_never_sent(post: Post) -> None:
    older = post.enqueue("a", order_key="entry", sequence=1)
    newer = post.enqueue("b", order_key="entry", sequence=2, supersedes=True)
    assert post.deliver() == [SENT]
    assert post.ids == [newer]
    assert post.state(older) is EmailState.SUPERSEDED


def test_an_email_superseded_during_sending_is_not_tried_again(post: Post) -> None:
    older = post.enqueue("a", order_key="entry", sequence=1)
    claimed = outbox.claim(clock.real_now())
    newer = post.enqueue("b", order_key="entry", sequence=2, supersedes=True)
    assert post.deliver() == []
    assert claimed is not None
    post.end_leases()
    assert post.deliver() == [SENT]
    assert post.ids == [newer]
    assert post.state(older) is EmailState.SUPERSEDED


def test_an_older_email_is_not_sent_after_a_newer_one(post: Post) -> None:
    post.enqueue("b", order_key="entry", sequence=2)
    post.deliver()
    older = post.enqueue("a", order_key="entry", sequence=1)
    assert post.deliver() == []
    assert post.state(older) is EmailState.SUPERSEDED


def test_an_email_that_is_no_longer_needed_is_not_sent(post: Post) -> None:
    post.words = None
    email_id = post.enqueue("a")
    assert post.deliver() == [EmailState.SUPERSEDED]
    assert post.state(email_id) is EmailState.SUPERSEDED
    assert post.server.emails == []


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"recipient": "Bob <a@b.example>, c@d.example"}, messages.FAULTY_ADDRESS),
        ({"recipient": "xy.z.@example.org"}, messages.FAULTY_ADDRESS),
        ({"subject": "Hello\r\nBcc: c@d.example"}, messages.FAULTY_HEADER),
        ({"calendar": EVENT.replace(b"UID:0f3a\r\n", b""), "method": "REQUEST"}, messages.FAULTY_CALENDAR),
    ],
)
def test_an_invalid_email_is_marked_as_failed_at_once(post: Post, wrong: dict[str, Any], reason: str) -> None:
    post.words = replace(post.words or Composed(recipient="", subject="", text=""), **wrong)
    email_id = post.enqueue("a")
    assert post.deliver() == [FAILED]
    assert post.row(email_id).last_error == reason
    assert post.server.emails == []


def test_an_email_queued_in_a_failed_transaction_is_not_sent(post: Post) -> None:
    def fail_after_queueing() -> None:
        with upkeep(system(Purpose.FOLLOW_UP)):
            enqueue(EmailRequest(kind=KIND, dedup_key="a", queued_at=NOON))
            raise RuntimeError("what the letter was about did not happen")

    with pytest.raises(RuntimeError):
        fail_after_queueing()
    assert post.deliver() == []


def test_an_address_with_its_own_letters_is_mailed_as_servers_know_it(post: Post) -> None:
    post.words = replace(post.words or Composed(recipient="", subject="", text=""), recipient="info@straße.example")
    post.enqueue("a")
    assert post.deliver() == [SENT]
    assert post.server.emails[0].recipients == ("info@xn--strae-oqa.example",)
