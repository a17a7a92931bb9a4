"""Splits delimited text into rows by its quotes, so that a cell may hold line breaks."""

import csv
import re
from collections.abc import Iterator, Sequence

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.tables.rows import Row

NOT_CLOSED = N_("A quotation mark is not closed. Add or remove one.")
TOO_LONG = N_("This row is too long.")
TOO_MANY_LINES = N_("The file has more than %(most)s lines. Remove the empty ones.")

MOST_LINES = 20_000

SEPARATORS = ",;\t"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
#: Lines that one row may span; a quotation mark that is open for longer is a mistake.
_LONGEST_ROW = 20
_LONGEST_LINE = 10_000


def split_rows(text: str) -> tuple[str, Sequence[Row]]:
    """The separator, and the rows with content; rows are counted as spreadsheets do. A mistake affects only its row.

    :raises Refusal: there are too many lines.
    """
    lines = _LINE.findall(text)
    if len(lines) > MOST_LINES:
        raise Refusal(TOO_MANY_LINES, field="file", most=MOST_LINES)
    if lines and lines[0].casefold().startswith("sep="):
        del lines[0]
    separator = _separator(lines)
    return separator, [row for row in _rows(lines, separator) if row.fault or any(row.cells)]


def _separator(lines: Sequence[str]) -> str:
    """The separator that gives the first row with content the most cells."""
    start = next((number for number, line in enumerate(lines) if line.strip(' "\t\r\n,;')), 0)
    return max(SEPARATORS, key=lambda separator: len(_row(lines, start, separator)[0].cells))


def _rows(lines: Sequence[str], separator: str) -> Iterator[Row]:
    position = number = 0
    while position < len(lines):
        number += 1
        row, used = _row(lines, position, separator, number)
        yield row
        position += used


def _row(lines: Sequence[str], position: int, separator: str, number: int = 0) -> tuple[Row, int]:
    """The row that begins in this line, and the number of lines it spans."""
    line = lines[position] if lines else ""
    if len(line) > _LONGEST_LINE:
        return Row(number, (line[:_LONGEST_LINE],), TOO_LONG), 1
    reader = csv.reader(iter(lines[position : position + _LONGEST_ROW]), delimiter=separator, strict=True)
    try:
        cells = next(reader, [])
    except csv.Error:
        return Row(number, (line.rstrip("\r\n"),), NOT_CLOSED), 1
    return Row(number, tuple(cell.strip() for cell in cells)), reader.line_num
