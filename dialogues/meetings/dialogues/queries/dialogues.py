"""Reads of what belongs to a whole dialogue: its own words, its parties, the institutions its people come from."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select, true

from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.collation import collation_key
from dialogues.lib.refusal import NotFound
from dialogues.meetings.dialogues.models import Dialogue, Institution, Party
from dialogues.meetings.dialogues.queries.reach import within_reach
from dialogues.meetings.dialogues.rules.kinds import PartyKind, PartyOrder
from dialogues.meetings.dialogues.rules.order import LANGUAGES, stands_as
from dialogues.policy import DIALOGUE_SEE, ROLES_SEE, Action


def visible(viewer: Viewer, action: Action, dialogue_id: Any = Dialogue.id) -> ColumnElement[bool]:
    """The dialogues, or rows of that `dialogue_id`, which an action reaches: those where the viewer stands."""
    return within_reach(viewer, action, _here(viewer, dialogue_id))


def _here(viewer: Viewer, dialogue_id: Any) -> ColumnElement[bool]:
    if viewer.is_system:
        return true()
    here: ColumnElement[bool] = dialogue_id == viewer.place.dialogue_id if viewer.place else false()
    return here


def dialogue(viewer: Viewer, action: Action = DIALOGUE_SEE) -> Any:
    """The dialogue the viewer stands in.

    :raises Unseen: not for this viewer.
    """
    return _only(select(*Dialogue.__table__.columns).where(visible(viewer, action)))


def parties(viewer: Viewer) -> list[Any]:
    """The parties of the dialogue: English alphabetical order, which ranks nobody; observing organisations last."""
    rows = db.session.execute(
        select(*Party.__table__.columns).where(visible(viewer, DIALOGUE_SEE, Party.dialogue_id))
    ).all()
    return sorted(rows, key=lambda row: (row.kind is PartyKind.OBSERVER, in_english(row.names, row.code), row.code))


def in_english(names: Mapping[str, str], code: str) -> str:
    """What a party sorts by around its meetings, each of which has an order of its own."""
    return collation_key(stands_as(PartyOrder.ENGLISH, names, None, code), LANGUAGES[PartyOrder.ENGLISH])


def party(viewer: Viewer, action: Action, party_id: UUID) -> Any:
    """One party.

    :raises Unseen: there is none, or not for this viewer.
    """
    return _only(
        select(*Party.__table__.columns).where(Party.id == party_id, visible(viewer, action, Party.dialogue_id))
    )


def institutions(viewer: Viewer) -> list[Any]:
    """The institutions of the dialogue by name, with the code of the party they stand under.

    They tell where people come from, of parties too that are sealed: for those who run the dialogue.
    """
    rows = (
        select(*Institution.__table__.columns, Party.code.label("party_code"))
        .outerjoin(Party, Party.id == Institution.party_id)
        .where(visible(viewer, ROLES_SEE, Institution.dialogue_id))
        .order_by(Institution.name)
    )
    return list(db.session.execute(rows).all())


def institution(viewer: Viewer, action: Action, institution_id: UUID) -> Any:
    """One institution.

    :raises Unseen: there is none, or not for this viewer.
    """
    return _only(
        select(*Institution.__table__.columns).where(
            Institution.id == institution_id, visible(viewer, action, Institution.dialogue_id)
        )
    )


def _only(rows: Select[Any, *tuple[Any, ...]]) -> Any:
    found = db.session.execute(rows).one_or_none()
    if found is None:
        raise NotFound
    return found
