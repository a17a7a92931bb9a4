"""Rules of invitations: how long a link lasts, and what a line of an imported file names."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.meetings.dialogues.rules.kinds import Capacity
from dialogues.people.invitations.rules import DEFAULT_LINK_LIFETIME, find_party, link_expires, parse_capacity

NOON = datetime(2027, 6, 1, 12, tzinfo=UTC)


def test_link_expires_when_registration_closes_or_after_sixty_days() -> None:
    assert link_expires(NOON, NOON - timedelta(days=300)) == NOON
    assert link_expires(None, NOON) == NOON + DEFAULT_LINK_LIFETIME == NOON + timedelta(days=60)


@pytest.mark.parametrize(
    ("called", "capacity"),
    [
        ("", Capacity.PARTICIPANT),
        ("Full", Capacity.PARTICIPANT),
        ("OBSERVER", Capacity.OBSERVER),
        ("special_observer", Capacity.SPECIAL_OBSERVER),
        ("Resource-Person", Capacity.RESOURCE_PERSON),
    ],
)
def test_capacities_are_found_by_their_labels(called: str, capacity: Capacity) -> None:
    assert parse_capacity(called) is capacity


def test_unknown_capacity_lists_the_known_ones() -> None:
    with pytest.raises(Refusal, match="special observer, resource person"):
        parse_capacity("king")


def test_parties_are_found_by_code_or_any_name() -> None:
    mongolia, korea = uuid4(), uuid4()
    parties = {mongolia: ("MN", "Mongolia", "Монгол"), korea: ("KR", "Republic of Korea", "대한민국")}

    assert [find_party(called, parties) for called in ("mn", "МОНГОЛ", "대한민국")] == [mongolia, mongolia, korea]
    with pytest.raises(Refusal, match="write one of MN, KR"):
        find_party("XX", parties)
    with pytest.raises(Refusal, match="The party is missing"):
        find_party(" ", parties)
