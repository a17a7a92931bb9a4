"""Which scopes reach what belongs to a dialogue or a meeting as a whole; the narrower ones reach things within."""

from sqlalchemy import ColumnElement, false, or_

from dialogues.core.common.viewer import Viewer
from dialogues.policy import Action, Scope

_REACHES = {
    Scope.ALL: True,
    Scope.OWN_PARTY: False,
    Scope.OWN: False,
    Scope.ADMITTED: False,
    Scope.INVITED: False,
    Scope.PLACES: False,
    Scope.STATUS: False,
    Scope.AGGREGATE: False,
    Scope.SEALED: False,
}


def within_reach(viewer: Viewer, action: Action, here: ColumnElement[bool]) -> ColumnElement[bool]:
    """The rows of this place if one of the viewer's scopes reaches them, else none."""
    return or_(false(), *(here for scope in viewer.scopes(action) if _REACHES.get(scope, False)))
