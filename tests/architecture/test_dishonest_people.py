"""Dishonest focal points, a co-chair, observers and a link holder never read more than they may.

The game is in tests/architecture/dishonest: `game` has the moves, `readings` the requests, `oracle` the rights, written
by hand. Each test after the first removes one protection, and the game must find the leak.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import literal

from dialogues.core.accounts import operations as accounts
from dialogues.core.common.viewer import Viewer
from dialogues.meetings.dialogues.rules.kinds import Capacity, PartyKind
from dialogues.meetings.roles import queries as roles
from dialogues.people.nominations.commands import nominating, submitting
from dialogues.people.nominations.queries.exchange import Moment
from dialogues.people.participants import operations as participants_operations
from tests.architecture.dishonest.game import Outside, People
from tests.architecture.dishonest.stage import prepare
from tests.beds.database import Installation, Sample, in_its_place, new_installation, opened
from tests.cast import Cast

#: Number of games; `make test-all` plays more.
EXAMPLES = int(os.environ.get("TEST_GAMES", "3"))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, loaded: Sample) -> Iterator[Installation]:
    """The sample prepared for the games; each game uses a copy."""
    with ExitStack() as kept:
        with in_its_place(tmp_path_factory, "sample", loaded.installation) as installation:
            with opened(installation.settings()) as app:
                app.test_client_class = Outside
                prepare(Cast(app))
            name, folder = f"dialogues_{uuid4().hex}", tmp_path_factory.mktemp("prepared") / "instance"
            copy = kept.enter_context(new_installation(folder, installation, name))
        yield copy


@pytest.fixture
def game(prepared: Installation, tmp_path_factory: pytest.TempPathFactory) -> type[People]:
    People.prepared, People.factory, People.played = prepared, tmp_path_factory, 0
    return People


def test_dishonest_people_never_read_more_than_they_may(game: type[People]) -> None:
    run_state_machine_as_test(
        game,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            database=None,
            # No shrinking, because it plays a hundred more games and a failing game is short enough to read.
            phases=[Phase.generate],
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


# Without the protections

Moves = Callable[[People], None]


def play(game: type[People], moves: Moves, key: str) -> None:
    """Play these moves and check everything that this person reads."""
    one = game()
    try:
        moves(one)
        one.compare([reader for reader in one.readers if reader.key == key], everywhere=True)
    finally:
        one.stack.close()


def without_kinds_of_party(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(PartyKind, "capacities", property(lambda _kind: tuple(Capacity)))
    patch.setattr(participants_operations, "_seats", lambda *_list: 9)


def name_a_participant_who_observes(one: People) -> None:
    one.nominate("xo1", "accomplice", Capacity.PARTICIPANT)
    one.submit("XO")
    one.answer_link("xo2", accepts=True, old=False)


def without_approval(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(nominating, "needs_approval", lambda *_facts: False)


def name_an_observer_again_as_participant(one: People) -> None:
    one.withdraw_nominee("kr3", accomplice=True)
    one.nominate("kr3", "accomplice", Capacity.PARTICIPANT)
    one.submit("KR")
    one.answer_link("kr1", accepts=True, old=False)


def without_limits_of_a_sign_in(patch: pytest.MonkeyPatch) -> None:
    real = accounts.open_sign_in

    def full(*arguments: Any, participation_id: object = None, **options: Any) -> str:  # noqa: ARG001  on purpose
        return real(*arguments, **options)

    patch.setattr(accounts, "open_sign_in", full)


def without_closed_pages(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Viewer, "is_limited", property(lambda _viewer: False))


def open_a_link(one: People) -> None:
    one.answer_link("ru4", accepts=True, old=False)


def without_restriction_from_the_offer(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(roles, "observes_in", lambda *_place: literal(False))


def leave_the_offer_unanswered(one: People) -> None:
    one.withdraw_invitation("us2")
    one.invite("us2", Capacity.OBSERVER)


def without_waiting_for_the_own_list(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(roles, "awaits_own_list", lambda *_person: literal(False))


def withdraw_the_own_list(one: People) -> None:
    one.withdraw_list("MN")
    one.time_passes("the set time")


def without_a_second_person(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(submitting, "may_set_together", lambda *_people: True)
    patch.setattr(submitting, "refuse_early", lambda *_times: None)


def move_the_time(one: People) -> None:
    one.propose("mn1", 0)
    one.confirm("mn1")
    one.time_passes("an hour")


def without_the_last_day(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Moment, "may_be_withdrawn", lambda *_time: True)


def withdraw_the_list_at_the_last_moment(one: People) -> None:
    one.time_passes("a day before")
    one.withdraw_list("MN")
    one.time_passes("the set time")


@pytest.mark.parametrize(
    ("moves", "take_out", "key", "found"),
    [
        (name_a_participant_who_observes, without_kinds_of_party, "xo2", "reads the closed session"),
        (name_an_observer_again_as_participant, without_approval, "kr1", "reads the closed session"),
        (open_a_link, without_limits_of_a_sign_in, "ru4", r"by link reads (.|\n)*Zqelsewherex"),
        (open_a_link, without_closed_pages, "ru4", r"by link reads (.|\n)*Zqsealedx"),
        (leave_the_offer_unanswered, without_restriction_from_the_offer, "us2", "reads the closed session"),
        (withdraw_the_own_list, without_waiting_for_the_own_list, "mn1", "reads .*Zqru1x"),
        (move_the_time, without_a_second_person, "us2", "reads .*Zqru1x"),
        (withdraw_the_list_at_the_last_moment, without_the_last_day, "us2", "does not read .*Zqmn1x"),
    ],
)
def test_the_game_finds_a_leak_when_a_protection_is_removed(
    game: type[People],
    monkeypatch: pytest.MonkeyPatch,
    moves: Moves,
    take_out: Callable[[pytest.MonkeyPatch], None],
    key: str,
    found: str,
) -> None:
    play(game, moves, key)
    with monkeypatch.context() as patch:
        roles._grants_statement.cache_clear()
        take_out(patch)
        with pytest.raises(AssertionError, match=f"^{key} {found}"):
            play(game, moves, key)
    roles._grants_statement.cache_clear()


def test_readers_find_everything_they_may_read(game: type[People]) -> None:
    """Readers find what they may read, so that an empty page does not pass as a safe one."""
    one = game()
    try:
        one.submit("XO")
        one.time_passes("the set time")
        one.compare(one.readers, everywhere=True)
        seen = {reader.key: reader.seen for reader in one.readers}
    finally:
        one.stack.close()
    assert {"closed session", "Zqru1x", "Zqch2x"} <= seen["us2"]
    assert {"Zqru1x", "Zqch2x"} <= seen["xo1"]
    assert "Zqru2x" not in seen["xo1"]
