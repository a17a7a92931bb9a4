"""What a page costs the database: few statements, whoever asks."""

import pytest
from flask import Flask

from bench.orders import queries_of_orders
from bench.queries import BAR, queries_per_page

pytestmark = pytest.mark.engine


def test_no_page_sends_more_than_a_dozen_statements(app: Flask) -> None:
    dearest, pages = queries_per_page(app)

    assert dearest.value <= BAR, dearest.name
    assert pages.value > 50


def test_a_list_of_two_thousand_costs_as_little_in_whatever_order(app: Flask) -> None:
    dearest = queries_of_orders(app)

    assert dearest.value <= BAR, dearest
