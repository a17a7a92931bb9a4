"""The viewer's dialogue, its parties and institutions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, select, true

from dialogues.core.common.read_guard import limits_rows
from dialogues.core.common.viewer import Viewer
from dialogues.extensions import db
from dialogues.lib.collation import collation_key
from dialogues.lib.refusal import or_not_found
from dialogues.meetings.dialogues.models import Dialogue, Institution, Party
from dialogues.meetings.dialogues.rules.kinds import PartyKind, PartyOrder
from dialogues.meetings.dialogues.rules.order import LANGUAGES, stands_as
from dialogues.policy import DIALOGUE_SEE, ROLES_SEE, Action, Scope


@limits_rows
def visible(viewer: Viewer, action: Action, dialogue_id: Any = Dialogue.id) -> ColumnElement[bool]:
    """Filter of the dialogues, or of rows with that `dialogue_id`, which an action reaches: the viewer's dialogue."""
    if Scope.ALL not in viewer.scopes(action):
        return false()
    if viewer.is_system:
        return true()
    here: ColumnElement[bool] = dialogue_id == viewer.place.dialogue_id if viewer.place else false()
    return here


def dialogue(viewer: Viewer, action: Action = DIALOGUE_SEE) -> Any:
    """:raises NotFound: not permitted."""
    return _one_or_not_found(select(*Dialogue.__table__.columns).where(visible(viewer, action)))


def parties(viewer: Viewer) -> list[Any]:
    """Return the parties of the dialogue in English alphabetical order, observing organisations last."""
    rows = db.session.execute(
        select(*Party.__table__.columns).where(visible(viewer, DIALOGUE_SEE, Party.dialogue_id))
    ).all()
    return sorted(
        rows, key=lambda row: (row.kind is PartyKind.OBSERVER, english_sort_key(row.names, row.code), row.code)
    )


def english_sort_key(names: Mapping[str, str], code: str) -> str:
    """Return the sort key of a party outside a meeting, where no order of parties is chosen."""
    return collation_key(stands_as(PartyOrder.ENGLISH, names, None, code), LANGUAGES[PartyOrder.ENGLISH])


def party(viewer: Viewer, action: Action, party_id: UUID) -> Any:
    """:raises NotFound: missing or not permitted."""
    return _one_or_not_found(
        select(*Party.__table__.columns).where(Party.id == party_id, visible(viewer, action, Party.dialogue_id))
    )


def institutions(viewer: Viewer) -> list[Any]:
    """Return the institutions of the dialogue by name, each with the code of its party.

    Only for viewers who run the dialogue, because institutions reveal people of parties whose lists are still sealed.
    """
    rows = (
        select(*Institution.__table__.columns, Party.code.label("party_code"))
        .outerjoin(Party, Party.id == Institution.party_id)
        .where(visible(viewer, ROLES_SEE, Institution.dialogue_id))
        .order_by(Institution.name)
    )
    return list(db.session.execute(rows).all())


def institution(viewer: Viewer, action: Action, institution_id: UUID) -> Any:
    """:raises NotFound: missing or not permitted."""
    return _one_or_not_found(
        select(*Institution.__table__.columns).where(
            Institution.id == institution_id, visible(viewer, action, Institution.dialogue_id)
        )
    )


def _one_or_not_found(rows: Select[Any, *tuple[Any, ...]]) -> Any:
    return or_not_found(db.session.execute(rows).one_or_none())
