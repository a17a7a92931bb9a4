"""Dates as spreadsheets of different countries write them."""

from datetime import date

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.lib.tables.dates import read_dates

DAY = date(2027, 5, 25)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2027-05-25",
            "2027/5/25",
            "2027.05.25.",
            "2027. 5. 25.",
            "2027年5月25日",
            "2027년 5월 25일",
            "２０２７－０５－２５",
        ),
        *("25.05.2027", "25. 5. 2027", "25/05/2027", "25-5-2027", "05/25/2027", " 2027-05-25 "),
    ],
)
def test_a_date_is_read(text: str) -> None:
    assert read_dates([text]) == [DAY]


def test_the_column_tells_whether_the_day_comes_first() -> None:
    assert read_dates(["03/04/2027", "25/05/2027"]) == [date(2027, 4, 3), DAY]
    assert read_dates(["03/04/2027", "05/25/2027"]) == [date(2027, 3, 4), DAY]
    assert read_dates(["03.04.2027", "04/04/2027"]) == [date(2027, 4, 3), date(2027, 4, 4)]


def test_a_column_that_does_not_tell_is_refused() -> None:
    with pytest.raises(Refusal, match="“03/04/2027” can mean two dates"):
        read_dates(["04/04/2027", "03/04/2027"])


@pytest.mark.parametrize(
    "text", ["", "25 May", "25.05.27", "31.02.2027", "2027-13-01", "13/13/2027", "27-05-2027-1", "12027-05-25"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="is not a date"):
        read_dates([text])


def test_columns_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(Refusal, match="is not a date"):
        read_dates(["25/05/2027", "05/25/2027"])
