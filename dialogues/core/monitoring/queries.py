"""Whether the service can work."""

from sqlalchemy import literal, select

from dialogues.extensions import db


def database_answers() -> bool:
    return bool(db.session.execute(select(literal(1))).scalar_one() == 1)
