"""Statements per page of a long participants list, in every order."""

from flask import Flask
from sqlalchemy import event

from bench.figures import Figure
from bench.proof import PERSONS, Proof
from bench.queries import BAR
from dialogues.core.common import clock
from dialogues.extensions import db
from dialogues.meetings.dialogues.rules.kinds import PartyOrder
from dialogues.sample.generating import generate_meeting
from tests.cast import Cast

PEOPLE = 2000
#: Values of the query parameter `order`; "" is the meeting's own order.
ORDERS = ("", *(order.value for order in PartyOrder), "person")


def queries_of_orders(app: Flask, people: int = PEOPLE) -> Figure:
    """The most expensive order, for the coordinator of a generated meeting, on its first and last page."""
    with app.app_context():
        made = generate_meeting(sessions=1, participants=people, records=0, seed=1, now=clock.now())
        db.session.remove()
        sent = [0]
        event.listen(db.engine, "before_cursor_execute", lambda *_: sent.__setitem__(0, sent[0] + 1))
    client = Cast(app).client(str(made["coordinator"]).partition("@")[0])
    highest, found = 0, ""
    for order in ORDERS:
        for page in (1, 9999):
            sent[0] = 0
            answer = client.get(f"/meetings/{made['meeting']}/participants?order={order}&page={page}")
            if answer.status_code != 200:
                raise RuntimeError(f"{answer.status_code} for the order {order!r}")
            found = Proof(PERSONS, "names on the last page asked for").of(answer.text)
            highest = max(highest, sent[0])
    name = f"queries of the participants list of {people} in its dearest order"
    return Figure(name, highest, "queries", found, BAR, "at most")
