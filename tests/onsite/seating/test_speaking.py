"""The speaking list follows the current order from any start, and has no names before the exchange."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.meetings.dialogues.rules.kinds import PartyOrder
from dialogues.meetings.precedence.models import Lot
from dialogues.sample.reading import sample
from tests.beds.client import Outside
from tests.beds.forms import page
from tests.beds.web import set_clock
from tests.cast import BEFORE_LVR_1, Cast

pytestmark = pytest.mark.usefixtures("inside")

EXPECTED = sample()["fixtures"]["order"]
OBSERVATORY = "International Relief Observatory (fictional)"


@pytest.fixture
def cast(app: Flask) -> Iterator[Cast]:
    """The personas a week after TRD-1, while LVR-1 is sealed; commands can be called at once."""
    with app.app_context():
        app.test_client_class = Outside
        set_clock(app, BEFORE_LVR_1)
        yield Cast(app)


def address(cast: Cast, code: str = "TRD-1", **parameters: str) -> str:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"/meetings/{cast.meeting(code)}/order/speaking?{query}"


def turns(client: FlaskClient, parameters: str) -> list[str]:
    """Return the first column of names of all tables, without the codes."""
    cells = page(client.get(parameters)).select("tbody th")
    return [
        cell.get_text(" ", strip=True).removeprefix(cell.span.get_text() if cell.span else "").strip() for cell in cells
    ]


def draw_mongolia(cast: Cast) -> None:
    ids = {"meeting_id": cast.meeting("TRD-1"), "dialogue_id": cast.dialogue("TRD"), "party_id": cast.party("MN")}
    at = datetime(2027, 5, 20, tzinfo=UTC)
    with upkeep(system(Purpose.SAMPLE)) as session:
        session.add(Lot(**ids, order=PartyOrder.ENGLISH, drawn_at=at, witnesses="the co-chairs"))


def test_parties_speak_in_the_current_order_and_observers_on_invitation(cast: Cast) -> None:
    assert turns(cast.client("st-coord"), address(cast)) == [*EXPECTED["en"], OBSERVATORY]


def test_the_list_starts_at_the_drawn_or_the_chosen_party(cast: Cast) -> None:
    draw_mongolia(cast)
    coordinator = cast.client("st-coord")

    assert turns(coordinator, address(cast)) == [*EXPECTED["lot_example"]["result"], OBSERVATORY]
    japan = EXPECTED["en"].index("Japan")
    assert turns(coordinator, address(cast, start=str(cast.party("JP")))) == [
        *EXPECTED["en"][japan:],
        *EXPECTED["en"][:japan],
        OBSERVATORY,
    ]


@pytest.mark.parametrize("start", ["nonsense", str(UUID(int=7))])
def test_an_unknown_start_is_ignored(cast: Cast, start: str) -> None:
    assert turns(cast.client("st-coord"), address(cast, start=start)) == [*EXPECTED["en"], OBSERVATORY]


def test_people_speak_by_party_and_listed_name(cast: Cast) -> None:
    named = turns(cast.client("ch1"), address(cast, by="person", start=str(cast.party("MN"))))

    assert named[:4] == ["B. JISHEE", "Ts. TUURSHILT", "D. ZAGVAR", "CHOI Si-heom"]
    assert named[-3:] == ["Chiara ESEMPIO", "Noor FICTIVA", "Amara SAMPLESON"]
    assert len(named) == 34


@pytest.mark.parametrize("who", ["st-host", "ch1", "st-travel"])
def test_before_the_exchange_only_the_coordinator_has_the_list(cast: Cast, who: str) -> None:
    assert cast.client("st-coord").get(address(cast, "LVR-1", by="person")).status_code == 200
    assert cast.client(who).get(address(cast, "LVR-1")).status_code == 404
    assert cast.client(who).get(address(cast, "TRD-1", by="person")).status_code == 200


@pytest.mark.parametrize("who", ["kr1", "us4", "xo2", "in-ko1", "st-rap1", "st-arch"])
def test_other_roles_cannot_open_the_list(cast: Cast, who: str) -> None:
    assert cast.client(who).get(address(cast)).status_code == 404


def test_the_list_sends_the_same_number_of_queries_for_any_people(cast: Cast, queries_of) -> None:
    coordinator = cast.client("st-coord")
    coordinator.get(address(cast))

    parameters = [address(cast, code, by="person") for code in ("TRD-1", "LVR-1")]
    assert len({queries_of(lambda one=one: coordinator.get(one)) for one in parameters}) == 1
