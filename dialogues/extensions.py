"""The Flask extensions; the factory binds them to an application."""

import logging

from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import MetaData
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

_log = logging.getLogger("dialogues.database")

CONSTRAINT_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all tables; names every constraint, so that migrations can find them."""

    metadata = MetaData(naming_convention=CONSTRAINT_NAMES)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy, but a connection that is lost after the response was made does not spoil the response."""

    def _teardown_session(self, exc: BaseException | None) -> None:
        try:
            super()._teardown_session(exc)
        except DBAPIError as lost:
            _log.warning("database connection lost at the end of a request: %s", type(lost.orig).__name__)
            self.session().invalidate()
            self.session.registry.clear()


db = Database(model_class=Base)
babel = Babel()
bootstrap = Bootstrap5()
csrf = CSRFProtect()
login = LoginManager()
login.session_protection = None
migrate = Migrate(render_as_batch=True, compare_type=True)
