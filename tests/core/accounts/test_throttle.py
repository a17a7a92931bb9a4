"""Rate limits: what they count, and what they do not store."""

from datetime import UTC, datetime, timedelta

import pytest

from dialogues.core.accounts import operations as accounts
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.lib.auth.throttle import PASSWORD_OF_ACCOUNT, Bucket, Caller
from tests.core.accounts.desk import Desk

pytestmark = pytest.mark.engine


NOW = datetime(2026, 11, 23, 9, 2, tzinfo=UTC)
CALLER = Caller(b"a key of the tests", "192.0.2.7")


def names(buckets: tuple[Bucket, ...]) -> list[str]:
    return [bucket.name for bucket in buckets]


def test_counter_names_do_not_reveal_what_they_count() -> None:
    named = " ".join(names(CALLER.for_password("desk@example.org", NOW)))
    assert "desk" not in named
    assert "192.0.2.7" not in named


def test_the_counter_name_of_an_ip_address_changes_daily() -> None:
    today, tomorrow = (names(CALLER.for_email_request(NOW + timedelta(days=days)))[0] for days in (0, 1))
    assert today != tomorrow


def test_an_account_has_one_counter_for_all_ip_addresses() -> None:
    elsewhere = Caller(CALLER.key, "198.51.100.9")
    here, there = (names(caller.for_password("a@example.org", NOW)) for caller in (CALLER, elsewhere))
    assert here[0] == there[0]
    assert here[1] != there[1]


def test_every_name_fits_its_column() -> None:
    assert all(len(name) <= 80 for name in names(CALLER.for_password("a@example.org", NOW)))


def test_a_window_starts_at_a_fixed_time() -> None:
    assert Bucket(PASSWORD_OF_ACCOUNT, "x").window_start(NOW) == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_limit_is_reached_and_reset_in_the_next_window(desk: Desk) -> None:  # noqa: ARG001  the tables
    bucket = Bucket(PASSWORD_OF_ACCOUNT, "x")
    with upkeep(system(Purpose.SIGN_IN)):
        assert all(not accounts.count([bucket], NOW) for _try in range(10))
        assert accounts.count([bucket], NOW) == [bucket]
        assert not accounts.count([bucket], NOW + timedelta(minutes=5))
