"""Objects of another party look unknown: all of them while lists are sealed; afterwards all except the list."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from dialogues.core.common import clock
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, system
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Exchange, MeetingParty
from dialogues.people.participants.models import Participation
from tests.architecture.objects import Objects, of_meeting, of_nowhere
from tests.architecture.test_matrix import address, ask, difference, is_closed, methods, private_rules
from tests.cast import Cast

#: Personas who look after at most their own party's list, in LVR-1 (lists sealed), with a person of another party.
SEALED = {
    "ru1": "us1",
    "mn1": "ru2",
    "us4": "ru1",
    "ch2": "us2",
    "st-travel": "us1",
    "st-rap1": "ru1",
    "st-arch": "us1",
}
#: The same in TRD-1, where lists are open.
OPENED = {"kr1": "us4", "us4": "kr1", "ch1": "cn1", "xo2": "us4", "xo1": "us4", "in-ko1": "us4"}
#: Arguments that identify a person or a party at a meeting.
_OF_OTHERS = {"participation_id", "person_id", "party_id"}
#: Routes that show readers of an opened list one person on it.
_ON_THE_LIST = {"roster.person"}


def of_someone(app: Flask, cast: Cast, meeting: str, name: str) -> Objects:
    """The objects of a person's participation in a meeting."""
    dialogue, party = meeting.split("-")[0], name[:2].upper()
    with app.app_context():
        found = of_meeting(app, cast.meeting(meeting))
        person = cast.person(name, dialogue)
        part = db.session.execute(
            select(Participation.id).where(
                Participation.meeting_id == found.ids["meeting_id"], Participation.person_id == person
            )
        ).scalar_one()
        db.session.rollback()
        return found.but(participation_id=part, person_id=person, party_id=cast.party(party, dialogue))


def distinguishable_routes(
    app: Flask, persona: str, theirs: Objects, closed: Callable[[str], bool]
) -> list[tuple[object, ...]]:
    """Routes whose response for an object of another party differs from that for an unknown object."""
    client = Cast(app).client(persona)
    here = {"meeting_id": theirs.ids["meeting_id"]}
    wrong: list[tuple[object, ...]] = []
    for rule in private_rules(app):
        if "meeting_id" not in rule.arguments or not _OF_OTHERS & set(rule.arguments) or not closed(rule.endpoint):
            continue
        for method in methods(rule):
            there = ask(client, method, address(app, rule, theirs))
            nothing = ask(client, method, address(app, rule, of_nowhere(theirs).but(**here)))
            if not (is_closed(there) and there == nothing):
                wrong.append((rule.endpoint, method, there[0], nothing[0], difference(there, nothing)))
    return wrong


@pytest.mark.parametrize(("persona", "other"), SEALED.items())
def test_while_lists_are_sealed_people_of_another_party_look_unknown(
    app: Flask, cast: Cast, persona: str, other: str
) -> None:
    theirs = of_someone(app, cast, "LVR-1", other)

    assert distinguishable_routes(app, persona, theirs, lambda _endpoint: True) == []


@pytest.mark.parametrize(("persona", "other"), OPENED.items())
def test_after_the_exchange_only_the_list_shows_people_of_another_party(
    app: Flask, cast: Cast, persona: str, other: str
) -> None:
    theirs = of_someone(app, cast, "TRD-1", other)

    assert distinguishable_routes(app, persona, theirs, lambda endpoint: endpoint not in _ON_THE_LIST) == []


@pytest.mark.parametrize("other", ["us2", "ru1"])
def test_a_party_that_has_not_submitted_does_not_see_opened_lists(app: Flask, cast: Cast, other: str) -> None:
    theirs = of_someone(app, cast, "LVR-1", other)
    with app.app_context():
        row = MeetingParty.meeting_id == theirs.ids["meeting_id"], MeetingParty.party_id == cast.party("MN", "LVR")
        opened = Exchange.meeting_id == theirs.ids["meeting_id"]
        with upkeep(system(Purpose.SAMPLE)) as session:
            session.execute(update(MeetingParty).where(*row).values(submitted_at=None))
            session.execute(update(Exchange).where(opened).values(opened_at=clock.now() - timedelta(days=1)))

    for persona in ("mn1", "mn3"):
        assert distinguishable_routes(app, persona, theirs, lambda _endpoint: True) == []
