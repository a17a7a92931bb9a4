"""How a refusal is shown to the user."""

from datetime import date

import pytest
from flask import Flask
from flask_babel import force_locale

from dialogues.core.common.pages import words
from dialogues.lib.refusal import Refusal


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "not before Thursday 27 May 2027, for 3 people of x"),
        ("fr", "not before jeudi 27 mai 2027, for 3 people of x"),
    ],
)
def test_a_date_in_a_refusal_is_in_the_users_language(app: Flask, locale: str, said: str) -> None:
    refusal = Refusal(
        "not before %(day)s, for %(number)s people of %(whom)s", day=date(2027, 5, 27), number=3, whom="x"
    )

    with app.test_request_context(), force_locale(locale):
        assert words(refusal) == said
