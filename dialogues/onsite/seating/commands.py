"""Change seating. Plans are append-only; each change of seats is a new plan."""

from datetime import datetime
from uuid import UUID

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found, refuse_stale
from dialogues.onsite.seating.models import KeptApart, SeatingPlan
from dialogues.onsite.seating.queries import apart, plans
from dialogues.onsite.seating.queries.people import guests_to_seat
from dialogues.onsite.seating.rules.events import SeatingPlanned, SeatingPrepared
from dialogues.onsite.seating.rules.kinds import Chair, Place, TableForm
from dialogues.onsite.seating.rules.plans import SeatingOptions, clashing_neighbours, refuse_clashing, swapped
from dialogues.policy import SEATING_EDIT


def plan_seats(viewer: Viewer, options: SeatingOptions, *, version: int, now: datetime) -> int:
    """Seat everyone and save the result as the next plan; returns its number.

    If the result equals the newest plan, nothing is saved and the number of that plan is returned.

    :raises Refusal: there are fewer places than people, two persons cannot be kept apart, or there is a newer plan.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        _guests, computed = plans.computed(change.viewer, options)
        return _save_plan(change, options.form, computed.places, version, now)


def exchange_places(viewer: Viewer, one: int, other: int, *, version: int, now: datetime) -> int:
    """Swap the people of two places and save the result as the next plan; returns its number.

    Places are counted from 0 in the newest plan.

    :raises Refusal: a place is an interpreter's, two people who are kept apart would be neighbours, or there is a newer
        plan.
    :raises NotFound: there is no plan, or no such place.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        newest = or_not_found(plans.newest(change.viewer))
        refuse_stale(newest.number, version)
        places = plans.stored_places(newest)
        if not all(0 <= index < len(places) for index in (one, other)):
            raise NotFound
        _check_exchange(places, one, other)
        after = swapped(places, one, other)
        guests = guests_to_seat(change.viewer)
        refuse_clashing(clashing_neighbours(after, newest.form, guests, apart.apart(change.viewer)))
        return _save_plan(change, newest.form, after, version, now)


def _check_exchange(places: tuple[Place, ...], one: int, other: int) -> None:
    if one == other:
        raise Refusal(N_("Choose two places that differ."), field="other")
    if any(
        places[index].chair not in {Chair.TABLE, Chair.SECOND_ROW} or places[index].interpreter
        for index in (one, other)
    ):
        raise Refusal(N_("An interpreter sits with whom they work for: change that in a new plan."), field="other")


def _save_plan(change: Change, form: TableForm, places: tuple[Place, ...], version: int, now: datetime) -> int:
    newest = plans.newest(change.viewer)
    if newest is not None and (newest.form, plans.stored_places(newest)) == (form, places):
        return newest.number
    number = newest.number if newest else 0
    refuse_stale(number, version)
    stored = [place.as_row() for place in places]
    plan = SeatingPlan(**_here(change), number=number + 1, form=form, places=stored, made_at=now)
    db.session.add(plan)
    db.session.flush()
    change.record(SeatingPlanned(about=plan.id, **_here(change), number=plan.number, at=now))
    return plan.number


def keep_apart(viewer: Viewer, one: UUID, other: UUID, *, now: datetime) -> None:
    """Declare that two parties, or two persons, must not be neighbours in new plans.

    :raises Refusal: both are the same, one is a party and one a person, or they are already kept apart.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        parties, persons = apart.apart_candidates(change.viewer)
        if not ({one, other} <= parties.keys() or {one, other} <= persons.keys()):
            raise Refusal(N_("Choose two parties, or two persons."), field="other")
        if one == other:
            raise Refusal(N_("Choose two that differ."), field="other")
        if frozenset((one, other)) in apart.apart(change.viewer):
            raise Refusal(N_("These two are kept apart already."), field="other")
        lesser, greater = sorted((one, other))
        db.session.add(KeptApart(**_here(change), one=lesser, other=greater))
        _record_prepared(change, now)


def let_together(viewer: Viewer, pair_id: UUID, *, now: datetime) -> None:
    """Remove a pair that is kept apart; existing plans do not change."""
    with transaction(viewer, SEATING_EDIT) as change:
        db.session.delete(or_not_found(apart.pair(change.viewer, pair_id)))
        _record_prepared(change, now)


def _record_prepared(change: Change, now: datetime) -> None:
    change.record(SeatingPrepared(about=change.viewer.here, **_here(change), at=now))


def _here(change: Change) -> dict[str, UUID]:
    return {"dialogue_id": or_not_found(change.viewer.dialogue_id), "meeting_id": change.viewer.here}
