"""Change seating. Plans are append-only; each change of seats is a new plan."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from dialogues.core.common.transaction import Change, transaction
from dialogues.core.common.viewer import Place as Where
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.refusal import N_, NotFound, Refusal, or_not_found, refuse_stale
from dialogues.onsite.seating.models import KeptApart, SeatingPlan
from dialogues.onsite.seating.queries import apart, plans
from dialogues.onsite.seating.queries import people as people_queries
from dialogues.onsite.seating.rules.events import SeatingPlanned, SeatingPrepared
from dialogues.onsite.seating.rules.kinds import Chair, Place, TableForm
from dialogues.onsite.seating.rules.plans import SeatingOptions, clashing_neighbours, swapped
from dialogues.policy import SEATING_EDIT


def plan_seats(viewer: Viewer, options: SeatingOptions, *, version: int, now: datetime) -> int:
    """Seat everyone and save the result as the next plan; returns its number.

    If the result equals the newest plan, nothing is saved and the number of that plan is returned.

    :raises Refusal: there are fewer places than people, two persons cannot be kept apart, or there is a newer plan.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        proposed = plans.proposal(change.viewer, options, with_page=False)
        if proposed.clashing_neighbours:
            raise cannot_keep_apart(proposed.clashing_neighbours)
        return _save_plan(change, options.form, proposed.seated.places, version, now)


def cannot_keep_apart(pairs: Sequence[tuple[str, str]]) -> Refusal:
    """Return the refusal for people who must be kept apart but would be neighbours."""
    return Refusal(
        N_(
            "These cannot be kept apart at this table: %(pairs)s. Give it more places or another form, seat the "
            "co-chairs elsewhere, or let them sit together."
        ),
        pairs="; ".join(" – ".join(pair) for pair in pairs),
    )


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
        people = {named_guest.guest.id: named_guest for named_guest in people_queries.named_guests(change.viewer)}
        guests = [named_guest.guest for named_guest in people.values()]
        pairs = list(clashing_neighbours(after, newest.form, guests, apart.apart(change.viewer)))
        if pairs:
            raise cannot_keep_apart([(people[a.id].name, people[b.id].name) for a, b in pairs])
        return _save_plan(change, newest.form, after, version, now)


def _check_exchange(places: tuple[Place, ...], one: int, other: int) -> None:
    if one == other:
        raise Refusal(N_("Choose two places that differ."), field="other")
    if any(places[index].chair not in {Chair.TABLE, Chair.SECOND_ROW} for index in (one, other)) or any(
        places[index].interpreter for index in (one, other)
    ):
        raise Refusal(N_("An interpreter sits with whom they work for: change that in a new plan."), field="other")


def _save_plan(change: Change, form: TableForm, places: tuple[Place, ...], version: int, now: datetime) -> int:
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
    """Declare that two parties, or two persons, must not be neighbours in new plans.

    :raises Refusal: both are the same, one is a party and one a person, or they are already kept apart.
    """
    with transaction(viewer, SEATING_EDIT) as change:
        known, here = apart.apart_candidates(change.viewer), _here(change)
        if not any({one, other} <= set(kind) for kind in (known.parties, known.persons)):
            raise Refusal(N_("Choose two parties, or two persons."), field="other")
        if one == other:
            raise Refusal(N_("Choose two that differ."), field="other")
        if frozenset((one, other)) in apart.apart(change.viewer):
            raise Refusal(N_("These two are kept apart already."), field="other")
        lesser, greater = sorted((one, other))
        db.session.add(KeptApart(dialogue_id=here.dialogue_id, meeting_id=here.meeting_id, one=lesser, other=greater))
        _record_prepared(change, here, now)


def let_together(viewer: Viewer, pair_id: UUID, *, now: datetime) -> None:
    """Remove a pair that is kept apart; existing plans do not change."""
    with transaction(viewer, SEATING_EDIT) as change:
        if apart.pair(change.viewer, pair_id) is None:
            raise NotFound
        db.session.execute(delete(KeptApart).where(KeptApart.id == pair_id))
        _record_prepared(change, _here(change), now)


def _record_prepared(change: Change, here: Where, now: datetime) -> None:
    if here.meeting_id is not None:
        change.record(
            SeatingPrepared(about=here.meeting_id, dialogue_id=here.dialogue_id, meeting_id=here.meeting_id, at=now)
        )


def _here(change: Change) -> Where:
    if change.viewer.place is None or change.viewer.meeting_id is None:
        raise NotFound
    return change.viewer.place
