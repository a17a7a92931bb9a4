"""Which scopes reach rows of a whole dialogue or meeting; narrower scopes reach only rows within it."""

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
    """Return the filter `here` if one of the viewer's scopes reaches these rows, else a filter without rows."""
    return or_(false(), *(here for scope in viewer.scopes(action) if _REACHES.get(scope, False)))
