"""Letters on their way: nothing owed is lost, nothing overtakes, and what cannot leave is set aside."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from dialogues.common import clock
from dialogues.common.transaction import upkeep
from dialogues.common.viewer import Purpose, system
from dialogues.outbox import delivery
from dialogues.outbox.posting import owe
from dialogues.outbox.rules import MOST_TRIES, Composed, Debt, LetterState
from tests.outbox.conftest import KIND, NOON, Post
from tests.outbox.test_letter_file import EVENT

pytestmark = pytest.mark.engine

SET_ASIDE, READY, OWED, SENT = LetterState.SET_ASIDE, LetterState.READY, LetterState.OWED, LetterState.SENT


def test_a_letter_owed_is_sent_once(post: Post) -> None:
    letter = post.owe("a")
    assert post.deliver() == [SENT]
    assert post.deliver() == []
    assert post.ids == [letter]
    assert post.letter(letter).sent_at is not None


def test_letters_owed_twice_under_one_key_are_one(post: Post) -> None:
    assert post.owe("a") == post.owe("a")
    assert post.deliver() == [SENT]


def test_each_letter_has_one_recipient_and_its_own_number(post: Post) -> None:
    letters = [post.owe("a"), post.owe("b")]
    post.deliver()
    assert [arrived.recipients for arrived in post.server.letters] == [("bold@example.mn",)] * 2
    assert [arrived.message["Message-ID"] for arrived in post.server.letters] == [
        f"<{letter}@localhost>" for letter in letters
    ]


def test_what_is_kept_of_a_letter_cannot_be_read_without_the_key(post: Post) -> None:
    letter = post.letter(post.owe("a"))
    post.deliver()
    kept = post.letter(letter.id)
    assert kept.sealed_bytes is not None
    assert b"Good day" not in kept.sealed_bytes
    assert b"bold" not in kept.sealed_bytes
    assert kept.bytes_sha256 == hashlib.sha256(post.server.letters[0].content).hexdigest()


def test_a_letter_repeated_after_a_crash_is_the_same_byte_for_byte(post: Post) -> None:
    post.owe("a")
    post.die_after_data()
    assert post.deliver() == [SENT]
    first, second = post.server.letters
    assert first.content == second.content
    assert len(post.composed) == 1


def test_a_letter_with_a_secret_is_new_after_a_crash_and_never_kept(post: Post) -> None:
    post.words = replace(post.words or Composed(recipient="", subject="", text=""), has_secret=True)
    letter = post.owe("a")
    post.die_after_data()
    assert post.letter(letter).sealed_bytes is None
    assert post.deliver() == [SENT]
    assert post.texts == ["Good day. 1", "Good day. 2"]
    kept = post.letter(letter)
    assert kept.sealed_bytes is None
    assert kept.bytes_sha256 == hashlib.sha256(post.server.letters[1].content).hexdigest()


def test_a_letter_that_is_leased_is_nobody_elses(post: Post) -> None:
    post.owe("a")
    assert delivery.claim(clock.real_now()) is not None
    assert delivery.claim(clock.real_now()) is None
    post.end_leases()
    assert delivery.claim(clock.real_now()) is not None


def test_who_lost_the_lease_has_no_more_say(post: Post) -> None:
    letter = post.owe("a")
    late = delivery.claim(clock.real_now())
    post.end_leases()
    assert post.deliver() == [SENT]
    assert late is not None
    assert delivery.pack(late, clock.now()) is None
    assert delivery.mark_undelivered(late, delivery.Undelivered(delivery.Trouble.FINAL, "no"), clock.now(), 0) is None
    assert post.state(letter) is SENT


def test_two_workers_send_no_letter_twice(post: Post) -> None:
    owed = {post.owe(str(number)) for number in range(20)}

    def deliver(_worker: int) -> Any:
        with post.app.app_context():
            return post.deliver()

    with ThreadPoolExecutor(2) as workers:
        done = [state for states in workers.map(deliver, range(2)) for state in states]
    assert done == [SENT] * 20
    assert len(post.ids) == 20
    assert set(post.ids) == owed


def test_a_letter_that_is_refused_for_now_is_tried_again(post: Post) -> None:
    letter = post.owe("a")
    post.server.data_answers.append("451 Try again")
    assert post.deliver() == [READY]
    assert post.letter(letter).last_error == "451 Try again"
    assert post.deliver() == []
    assert post.deliver_later() == [SENT]
    assert post.letter(letter).last_error == ""


def test_a_letter_that_is_refused_for_good_is_set_aside_and_the_others_leave(post: Post) -> None:
    refused = post.owe("a")
    post.owe("b")
    post.server.data_answers.append("554 No")
    assert post.deliver() == [SET_ASIDE, SENT]
    assert post.deliver_later() == []
    assert post.state(refused) is SET_ASIDE


def test_a_letter_that_keeps_failing_is_set_aside_and_holds_up_nobody(post: Post) -> None:
    post.fault = ValueError("the composer stumbles")
    poison = post.owe("a", facts={"poison": True})
    others = [post.owe(str(number)) for number in range(3)]
    assert post.deliver() == [OWED, SENT, SENT, SENT]
    tried = [post.deliver_later() for _again in range(MOST_TRIES)]
    assert tried == [[OWED]] * (MOST_TRIES - 2) + [[SET_ASIDE], []]
    assert post.ids == others
    assert "stumbles" not in post.letter(poison).last_error


def test_a_letter_that_kills_its_worker_is_set_aside(post: Post) -> None:
    letter = post.owe("a")
    for _worker in range(MOST_TRIES):
        assert delivery.claim(clock.real_now()) is not None
        post.end_leases()
    assert post.deliver() == []
    assert post.state(letter) is SET_ASIDE


def test_letters_wait_for_a_server_that_is_away_as_long_as_it_takes(post: Post) -> None:
    letters = [post.owe(str(number)) for number in range(3)]
    settings = post.app.extensions["dialogues"].settings
    post.app.extensions["dialogues"].settings = settings.but(mail_url="smtp://localhost:1")
    for _day in range(MOST_TRIES + 2):
        # One try shows that the server is away: the others are spared it.
        assert post.deliver_later() == [READY]
    post.app.extensions["dialogues"].settings = settings
    assert post.deliver_later() == [SENT, SENT, SENT]
    assert post.ids == letters


def test_letters_of_one_order_never_overtake(post: Post) -> None:
    second = post.owe("b", order_key="entry", sequence=2)
    first = post.owe("a", order_key="entry", sequence=1)
    third = post.owe("c", order_key="entry", sequence=3)
    other = post.owe("d", order_key="another", sequence=1)
    post.server.data_answers += ["451 Try again"]
    assert post.deliver() == [READY, SENT]
    assert post.ids == [other]
    assert post.deliver_later() == [SENT, SENT, SENT]
    assert post.ids == [other, first, second, third]


def test_a_letter_set_aside_keeps_no_later_one(post: Post) -> None:
    first = post.owe("a", order_key="entry", sequence=1)
    second = post.owe("b", order_key="entry", sequence=2)
    post.server.data_answers += ["554 No"]
    assert post.deliver() == [SET_ASIDE, SENT]
    assert (post.state(first), post.ids) == (SET_ASIDE, [second])


def test_a_letter_that_was_superseded_never_leaves(post: Post) -> None:
    older = post.owe("a", order_key="entry", sequence=1)
    newer = post.owe("b", order_key="entry", sequence=2, supersedes=True)
    assert post.deliver() == [SENT]
    assert post.ids == [newer]
    assert post.state(older) is LetterState.SUPERSEDED


def test_a_letter_superseded_while_it_was_being_sent_is_not_tried_again(post: Post) -> None:
    older = post.owe("a", order_key="entry", sequence=1)
    claimed = delivery.claim(clock.real_now())
    newer = post.owe("b", order_key="entry", sequence=2, supersedes=True)
    assert post.deliver() == []
    assert claimed is not None
    post.end_leases()
    assert post.deliver() == [SENT]
    assert post.ids == [newer]
    assert post.state(older) is LetterState.SUPERSEDED


def test_an_older_letter_owed_after_a_newer_one_has_left_stays(post: Post) -> None:
    post.owe("b", order_key="entry", sequence=2)
    post.deliver()
    older = post.owe("a", order_key="entry", sequence=1)
    assert post.deliver() == []
    assert post.state(older) is LetterState.SUPERSEDED


def test_a_letter_that_is_owed_no_more_when_its_turn_comes_does_not_leave(post: Post) -> None:
    post.words = None
    letter = post.owe("a")
    assert post.deliver() == [LetterState.SUPERSEDED]
    assert post.state(letter) is LetterState.SUPERSEDED
    assert post.server.letters == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": "Bob <a@b.example>, c@d.example"},
        {"subject": "Hello\r\nBcc: c@d.example"},
        {"calendar": EVENT.replace(b"UID:0f3a\r\n", b""), "method": "REQUEST"},
    ],
)
def test_a_letter_that_would_be_faulty_is_set_aside_at_once(post: Post, wrong: dict[str, Any]) -> None:
    post.words = replace(post.words or Composed(recipient="", subject="", text=""), **wrong)
    letter = post.owe("a")
    assert post.deliver() == [SET_ASIDE]
    assert post.letter(letter).last_error == delivery.UNWRITTEN
    assert post.server.letters == []


def test_what_is_owed_in_a_transaction_that_fails_is_not_owed(post: Post) -> None:
    def fail_after_owing() -> None:
        with upkeep(system(Purpose.FOLLOW_UP)):
            owe(Debt(kind=KIND, debt_key="a", owed_at=NOON))
            raise RuntimeError("what the letter was about did not happen")

    with pytest.raises(RuntimeError):
        fail_after_owing()
    assert post.deliver() == []
