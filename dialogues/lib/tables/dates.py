"""Reads the dates of a column; the whole column tells whether the day or the month comes first."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from dialogues.lib.refusal import N_, Refusal

NO_DATE = N_("“%(text)s” is not a date. Write it like 2027-05-25.")
TWO_DATES = N_("“%(text)s” can mean two dates. Write the dates of this column like 2027-05-25.")

_YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年년]\s*(\d{1,2})\s*[-/.月월]\s*(\d{1,2})\s*[.日일]?")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{4})\.?")


def read_dates(texts: Sequence[str]) -> list[date]:
    """The dates. "25.05.2027" begins with the day; "03/04/2027" is clear next to "25/05/2027" only.

    :raises Refusal: a text is no date, or the column does not tell whether day or month comes first.
    """
    readings, refusals = [], []
    for is_month_first in (False, True):
        try:
            readings.append([_read(text, is_month_first) for text in texts])
        except Refusal as refusal:
            refusals.append(refusal)
    if not readings:
        raise refusals[0]
    for text, *dates in zip(texts, *readings, strict=True):
        if len(set(dates)) > 1:
            raise Refusal(TWO_DATES, text=text[:40])
    return readings[0]


def _read(text: str, is_month_first: bool) -> date:
    plain = unicodedata.normalize("NFKC", text).strip()
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = found.groups()
    elif found := _YEAR_LAST.fullmatch(plain):
        day, separator, month, year = found.groups()
        if is_month_first and separator != ".":
            day, month = month, day
    else:
        raise Refusal(NO_DATE, text=text[:40])
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Refusal(NO_DATE, text=text[:40]) from error
