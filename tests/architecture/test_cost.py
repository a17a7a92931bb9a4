"""What a page costs the database: few statements, whoever asks."""

from flask import Flask

from bench.queries import BAR, queries_per_page


def test_no_page_sends_more_than_a_dozen_statements(app: Flask) -> None:
    dearest, pages = queries_per_page(app)

    assert dearest.value <= BAR, dearest.name
    assert pages.value > 50
