"""A plain select returns the same as the select of a session, on both databases."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import bindparam, select

from dialogues.agenda.calendars.queries.plain import PlainSelect
from dialogues.core.accounts.models import SecretLink
from dialogues.core.accounts.rules import LinkPurpose
from dialogues.core.common import clock
from dialogues.extensions import db
from dialogues.meetings.dialogues.models import Person

pytestmark = pytest.mark.engine


def test_values_are_converted_like_those_of_a_session(app: Flask) -> None:
    links = (
        select(SecretLink.id, SecretLink.purpose, SecretLink.expires_at, SecretLink.last_used_on, Person.locale)
        .join(Person, Person.id == SecretLink.subject)
        .where(SecretLink.purpose == LinkPurpose.FEED, SecretLink.expires_at > bindparam("now"))
        .order_by(SecretLink.id)
    )
    now = clock_of(app)
    with app.app_context():
        plain = PlainSelect(links).rows(db.engine, now=now)
        assert [tuple(row) for row in plain] == [tuple(row) for row in db.session.execute(links, {"now": now})]
    assert plain
    assert plain[0].purpose is LinkPurpose.FEED
    assert plain[0].expires_at > now


def clock_of(app: Flask) -> datetime:
    with app.app_context():
        return clock.real_now() - timedelta(days=1)
