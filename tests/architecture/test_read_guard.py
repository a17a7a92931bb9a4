"""The read guard: forgetting who may see people, notes or records is an error in every test."""

import ast
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Select, and_, exists, func, not_, or_, select, union_all
from sqlalchemy.orm import Session

from dialogues.core.common.read_guard import UnguardedRead, limited_to_viewer, reading
from dialogues.core.common.transaction import upkeep
from dialogues.core.common.viewer import Purpose, Viewer, system
from dialogues.extensions import Base, db
from dialogues.factory import build_app
from dialogues.meetings.dialogues.models import Dialogue, Person
from dialogues.people.participants.models import Participation
from dialogues.people.participants.queries.visibility import visible
from dialogues.policy import PARTICIPANTS_SEE
from dialogues.settings import ROOT, Settings

pytestmark = pytest.mark.usefixtures("inside")

_NO_ONE = Viewer()


def _as_product(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as if it was in one of our modules, because statements that tests send are not checked."""
    return FunctionType(function.__code__, {"__name__": "dialogues.made_up.queries"})


def _execute(session: Session, statement: Any) -> Any:
    return session.execute(statement).all()


def _get(session: Session, model: Any, key: Any) -> Any:
    return session.get(model, key)


def _read_attribute(row: Any) -> Any:
    return row.name


def send(statement: Any) -> None:
    _as_product(_execute)(db.session, statement)


def _seen() -> Any:
    return visible(_NO_ONE, PARTICIPANTS_SEE)


def _people() -> Select[Any]:
    return select(Person.id)


_cte = select(Person.id).cte("everyone")
UNGUARDED = {
    "plain": select(Person),
    "count": select(func.count()).select_from(Person),
    "join": select(Dialogue.id).join(Person, Person.dialogue_id == Dialogue.id),
    "outer join": select(Dialogue.id, Person.name).outerjoin(Person, Person.dialogue_id == Dialogue.id),
    "exists": select(Dialogue.id).where(exists().where(Person.dialogue_id == Dialogue.id)),
    "in": select(Dialogue.id).where(Dialogue.id.in_(select(Person.dialogue_id))),
    "scalar subquery": select(Dialogue.id, select(func.count(Person.id)).scalar_subquery()),
    "union": union_all(select(Person.id), select(Dialogue.id)),
    "union with one marked half": union_all(select(Person.id), select(Participation.id).where(_seen())),
    "common table expression": select(_cte.c.id),
    "subquery": select(_people().subquery().c.id),
    "marked select from an unmarked subquery": select(Participation.id)
    .join(everyone := _people().subquery(), everyone.c.id == Participation.person_id)
    .where(_seen()),
    "mark among the columns only": select(Participation.id, _seen().label("seen")),
    "table without a model": select(Participation.__table__.c.id),
}


@pytest.mark.parametrize("kind", UNGUARDED)
def test_read_without_viewer_raises(kind: str) -> None:
    with pytest.raises(UnguardedRead, match=r"dialogues\.made_up\.queries\._execute reads p"):
        send(UNGUARDED[kind])


GUARDED = {
    "plain": select(Participation).where(_seen()),
    "and_": select(Participation).where(and_(_seen(), Participation.id == uuid4())),
    "&": select(Participation).where(_seen() & (Participation.id == uuid4())),
    "or_": select(Participation).where(or_(_seen(), visible(system(Purpose.UPKEEP), PARTICIPANTS_SEE))),
    "nested and_": select(Participation).where(and_(and_(_seen(), Participation.remote), Participation.id == uuid4())),
    "not_": select(Participation).where(not_(_seen())),
    "join": select(Person.name).join(Participation, Participation.person_id == Person.id).where(_seen()),
    "join condition": select(Dialogue.id, Person.name).outerjoin(
        Person, limited_to_viewer((Person.dialogue_id == Dialogue.id) & (Person.account_id == uuid4()))
    ),
    "exists": select(Dialogue.id).where(exists().where(Participation.dialogue_id == Dialogue.id, _seen())),
    "exists in a marked select": select(Participation.id).where(
        _seen(), exists().where(Person.id == Participation.person_id)
    ),
    "union": union_all(select(Participation.id).where(_seen()), select(Dialogue.id)),
    "common table expression": select(select(Participation.id).where(_seen()).cte("known").c.id),
    "nothing guarded": select(Dialogue.id),
}


@pytest.mark.parametrize("kind", GUARDED)
def test_read_for_a_viewer_passes(kind: str) -> None:
    send(GUARDED[kind])


@pytest.mark.parametrize("kind", UNGUARDED)
def test_read_with_a_purpose_passes(kind: str) -> None:
    with reading(Purpose.UPKEEP):
        send(UNGUARDED[kind])
    with pytest.raises(UnguardedRead):
        send(UNGUARDED[kind])


def test_mark_adds_only_parentheses() -> None:
    condition = Participation.remote & (Participation.seat == 1)
    plain, marked = (str(select(Participation.id).where(one)) for one in (condition, limited_to_viewer(condition)))
    assert marked.replace("(", "").replace(")", "") == plain


def test_loading_by_key_raises() -> None:
    with pytest.raises(UnguardedRead):
        _as_product(_get)(db.session, Person, uuid4())


def test_loading_an_expired_person_raises() -> None:
    person = db.session.scalars(select(Person).limit(1)).one()
    db.session.expire(person)
    with pytest.raises(UnguardedRead):
        _as_product(_read_attribute)(person)


def test_commands_are_not_checked() -> None:
    with upkeep(system(Purpose.UPKEEP)):
        send(select(Person))


def test_tests_read_for_themselves() -> None:
    db.session.execute(select(Person)).all()


def test_production_has_no_guard(tmp_path: Path) -> None:
    app = build_app(Settings(instance=tmp_path, secret_key="k" * 64))
    with app.app_context():
        assert not db.engine.dispatch.before_execute


def test_people_notes_and_records_are_guarded() -> None:
    """By columns too: a table that names a person, and is not listed here as harmless, is guarded."""
    guarded = {name for name, table in Base.metadata.tables.items() if "guarded" in table.info}
    assert {"person", "participation", "raw_notes", "document", "document_version", "record", "email"} <= guarded
    names_people = {
        name for name, table in Base.metadata.tables.items() if {"person_id", "participation_id"} & set(table.c.keys())
    }
    assert names_people - guarded == {"role_grant", "sign_in", "feed_state"}


def test_only_queries_use_the_connection() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "dialogues").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "connection" and ast.unparse(node.value).endswith("session")
    }
    # Transactions begin on the connection, and read nothing there.
    assert {path for path in found if "queries" not in path} == {"dialogues/core/common/transaction.py"}
