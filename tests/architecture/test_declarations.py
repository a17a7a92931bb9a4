"""Every route declares its action; the application does not start otherwise."""

import pytest
from flask import Flask

from dialogues.core.common.access import PUBLIC_ENDPOINTS, UndeclaredRoute, allows, refuse_undeclared_routes
from dialogues.policy import ACCOUNT_KINDS, HOME_SEE, MATRIX, SIGN_IN, Action, Role, Scope
from tests.architecture.routes import AROUND, WITHIN


def test_the_application_does_not_start_with_a_route_without_an_action() -> None:
    app = Flask("house", static_folder=None)
    app.add_url_rule("/secret", "secret", lambda: "")
    with pytest.raises(UndeclaredRoute, match="secret"):
        refuse_undeclared_routes(app)


def test_a_public_route_must_be_in_the_list() -> None:
    app = Flask("house", static_folder=None)
    app.add_url_rule("/open", "open", allows(SIGN_IN)(lambda: ""))
    with pytest.raises(UndeclaredRoute, match="open"):
        refuse_undeclared_routes(app)


def test_a_route_with_an_action_starts() -> None:
    app = Flask("house", static_folder=None)
    app.add_url_rule("/home", "home", allows(HOME_SEE)(lambda: ""))
    refuse_undeclared_routes(app)


def test_every_route_is_in_the_oracle_or_public(app: Flask) -> None:
    routes = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert routes - PUBLIC_ENDPOINTS - set(AROUND) - set(WITHIN) == set()


def test_every_public_endpoint_exists(app: Flask) -> None:
    assert PUBLIC_ENDPOINTS - set(app.view_functions) == set()


def test_every_action_of_a_route_is_in_the_policy(app: Flask) -> None:
    declared = {getattr(view, "__action__", None) for view in app.view_functions.values()}
    unknown = {action for action in declared if isinstance(action, Action) and action not in MATRIX | ACCOUNT_KINDS}
    assert unknown == set()


def test_every_row_of_the_policy_has_a_cell_for_every_role() -> None:
    assert {len(row) for row in MATRIX.values()} == {len(Role)}


def test_only_their_owner_reaches_raw_notes() -> None:
    from dialogues.policy import RAW_NOTES_WRITE

    cells = [cell for cell in MATRIX[RAW_NOTES_WRITE] if cell is not None]
    assert [cell.scope for cell in cells] == [Scope.OWN]
