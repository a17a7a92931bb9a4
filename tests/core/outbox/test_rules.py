"""Pauses, leases and states of emails."""

from datetime import timedelta

import pytest

from dialogues.core.outbox.rules import LEASE, MOST_TRIES, EmailState, pause_after, state_after
from dialogues.lib.mail.parts import DEADLINE, FailureKind


def test_pauses_double_up_to_four_hours() -> None:
    assert [pause_after(tries, 1) for tries in (1, 2, 3)] == [timedelta(minutes=minutes) for minutes in (2, 4, 8)]
    assert pause_after(1000, 1) == timedelta(hours=4)


def test_random_delays_spread_emails_that_failed_together() -> None:
    assert pause_after(3, 0) == timedelta(minutes=4)
    assert pause_after(3, 0) < pause_after(3, 0.5) < pause_after(3, 1)


def test_an_email_is_tried_for_hours_before_it_fails() -> None:
    assert sum((pause_after(tries, 0) for tries in range(1, MOST_TRIES)), timedelta()) > timedelta(hours=2)


def test_a_lease_outlasts_the_longest_delivery() -> None:
    assert timedelta(seconds=3 * DEADLINE) < LEASE


@pytest.mark.parametrize(
    ("trouble", "tries", "overtaken", "state"),
    [
        (FailureKind.TEMPORARY, 1, False, EmailState.READY),
        (FailureKind.TEMPORARY, MOST_TRIES, False, EmailState.FAILED),
        (FailureKind.PERMANENT, 1, False, EmailState.FAILED),
        (FailureKind.UNREACHABLE, MOST_TRIES, False, EmailState.READY),
        (FailureKind.TEMPORARY, 1, True, EmailState.SUPERSEDED),
        (FailureKind.PERMANENT, 1, True, EmailState.SUPERSEDED),
    ],
)
def test_the_state_of_an_email_that_was_not_sent(
    trouble: FailureKind, tries: int, overtaken: bool, state: EmailState
) -> None:
    assert state_after(trouble, tries, overtaken=overtaken) is state
