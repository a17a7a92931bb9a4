"""Changes of seating: plans are only ever added, pairs are declared and taken back; one function, one transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Place as Where
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, refuse_stale
from dialogues.onsite.seating.models import KeptApart, SeatingPlan
from dialogues.onsite.seating.queries import apart, plans
from dialogues.onsite.seating.queries import people as people_queries
from dialogues.onsite.seating.rules.events import SeatingPlanned, SeatingPrepared
from dialogues.onsite.seating.rules.kinds import Chair, Place, TableForm
from dialogues.onsite.seating.rules.plans import TableWish, exchanged, together
from dialogues.policy import SEATING_EDIT


def plan_seats(viewer: Viewer, wish: TableWish, *, version: int, now: datetime) -> int:
    """Seat everyone anew and keep that as the next plan; its number. What is planned already stays the newest plan.

    :raises Refusal: there are fewer places than people, two cannot be kept apart, or a newer plan was made meanwhile.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        proposed = plans.proposal(change.viewer, wish, with_page=False)
        if proposed.together:
            raise cannot_part(proposed.together)
        return _keep(change, wish.form, proposed.seated.places, version, now)


def cannot_part(pairs: Sequence[tuple[str, str]]) -> Refusal:
    """What is said to whoever plans when people who are to be kept apart would be neighbours."""
    return Refusal(
        N_(
            "These cannot be kept apart at this table: %(pairs)s. Give it more places or another form, seat the "
            "co-chairs elsewhere, or let them sit together."
        ),
        pairs="; ".join(" – ".join(pair) for pair in pairs),
    )


def exchange_places(viewer: Viewer, one: int, other: int, *, version: int, now: datetime) -> int:
    """Exchange those of two places, counted from 0 in the newest plan, and keep that as the next plan; its number.

    :raises Refusal: a place is an interpreter's, two who are kept apart would be neighbours, or there is a newer plan.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        newest = plans.newest(change.viewer)
        if newest is None:
            raise NotFound
        refuse_stale(newest.number, version)
        places = plans.stored_places(newest)
        if not all(0 <= index < len(places) for index in (one, other)):
            raise NotFound
        _refuse_odd_exchange(places, one, other)
        after = exchanged(places, one, other)
        people = {sitter.guest.id: sitter for sitter in people_queries.sitters(change.viewer)}
        guests = [sitter.guest for sitter in people.values()]
        pairs = list(together(after, newest.form, guests, apart.apart(change.viewer)))
        if pairs:
            raise cannot_part([(people[a.id].name, people[b.id].name) for a, b in pairs])
        return _keep(change, newest.form, after, version, now)


def _refuse_odd_exchange(places: tuple[Place, ...], one: int, other: int) -> None:
    if one == other:
        raise Refusal(N_("Choose two places that differ."), field="other")
    if any(places[index].chair not in {Chair.TABLE, Chair.SECOND_ROW} for index in (one, other)) or any(
        places[index].interpreter for index in (one, other)
    ):
        raise Refusal(N_("An interpreter sits with whom they work for: change that in a new plan."), field="other")


def _keep(change: Change, form: TableForm, places: tuple[Place, ...], version: int, now: datetime) -> int:
    newest, here = plans.newest(change.viewer), _here(change)
    if newest is not None and (newest.form, plans.stored_places(newest)) == (form, places):
        return newest.number
    number = newest.number if newest else 0
    refuse_stale(number, version)
    plan = SeatingPlan(
        dialogue_id=here.dialogue_id,
        meeting_id=here.meeting_id,
        number=number + 1,
        form=form,
        places=[place.as_row() for place in places],
        made_at=now,
    )
    db.session.add(plan)
    db.session.flush()
    change.record(
        SeatingPlanned(
            about=plan.id,
            dialogue_id=here.dialogue_id,
            meeting_id=here.meeting_id,
            number=plan.number,
            at=now,
        )
    )
    return plan.number


def keep_apart(viewer: Viewer, one: UUID, other: UUID, *, now: datetime) -> None:
    """Declare that two parties, or two persons, are not to be neighbours; new plans obey it.

    :raises Refusal: it is one and the same, a party and a person, or declared already.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        known, here = apart.separable(change.viewer), _here(change)
        if not any({one, other} <= set(kind) for kind in (known.parties, known.persons)):
            raise Refusal(N_("Choose two parties, or two persons."), field="other")
        if one == other:
            raise Refusal(N_("Choose two that differ."), field="other")
        if frozenset((one, other)) in apart.apart(change.viewer):
            raise Refusal(N_("These two are kept apart already."), field="other")
        lesser, greater = sorted((one, other))
        db.session.add(KeptApart(dialogue_id=here.dialogue_id, meeting_id=here.meeting_id, one=lesser, other=greater))
        _prepared(change, here, now)


def let_together(viewer: Viewer, pair_id: UUID, *, now: datetime) -> None:
    """Take back that two are kept apart; the plans that were made stay as they are."""
    with transaction(viewer, SEATING_EDIT) as change:
        if apart.pair(change.viewer, pair_id) is None:
            raise NotFound
        db.session.execute(delete(KeptApart).where(KeptApart.id == pair_id))
        _prepared(change, _here(change), now)


def _prepared(change: Change, here: Where, now: datetime) -> None:
    if here.meeting_id is not None:
        change.record(
            SeatingPrepared(about=here.meeting_id, dialogue_id=here.dialogue_id, meeting_id=here.meeting_id, at=now)
        )


def _here(change: Change) -> Where:
    if change.viewer.place is None or change.viewer.place.meeting_id is None:
        raise NotFound
    return change.viewer.place
