"""Every page sends few database statements, for every persona."""

import pytest
from flask import Flask

from bench.orders import queries_of_orders
from bench.queries import BAR, queries_of_pages
from tests.architecture.oracle import PERSONAS

pytestmark = pytest.mark.engine


@pytest.mark.parametrize("persona", PERSONAS)
def test_no_page_sends_more_than_a_dozen_statements(app: Flask, persona: str) -> None:
    counted = queries_of_pages(app, persona)

    assert {endpoint: queries for endpoint, queries in counted.items() if queries > BAR} == {}
    assert len(counted) > 10


def test_a_list_of_two_thousand_sends_few_queries_in_every_order(app: Flask) -> None:
    dearest = queries_of_orders(app)

    assert dearest.value <= BAR, dearest
