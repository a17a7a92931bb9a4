"""Reads a table from a CSV, TSV or XLSX file: the one reader for every import."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.tables.delimited import split_rows
from dialogues.lib.tables.encodings import CodePage, decode, likely_code_pages, unicode_encoding
from dialogues.lib.tables.rows import FileFormat, Row
from dialogues.lib.tables.workbooks import is_workbook, read_workbook

MOST_BYTES = 1_000_000
MOST_ROWS = 1_000
_SAMPLE_BYTES = 50_000

TOO_LARGE = N_("The file is too large. Choose a file of at most 1 MB.")
EMPTY = N_("The file is empty. Write the column names in the first row, then one row for each entry.")
TOO_MANY_ROWS = N_("The file has %(rows)s rows. Choose a file with at most %(most)s.")
TOO_MANY_CELLS = N_("This row has more cells than there are columns. Put quotation marks around a cell with a comma.")


@dataclass(frozen=True, slots=True)
class TableFile:
    """The heading row, the other rows with content, and how the file is written."""

    format: FileFormat
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_table(content: bytes, encoding: str = "") -> TableFile:
    """The table in the file.

    :param encoding: for CSV; "" for Unicode, or the likeliest code page.
    :raises Refusal: the file is too large, empty or unreadable, has too many rows, or does not fit the encoding.
    """
    if len(content) > MOST_BYTES:
        raise Refusal(TOO_LARGE, field="file")
    if is_workbook(content):
        return _table(FileFormat(), read_workbook(content))
    encoding = encoding or _likeliest(content)
    separator, rows = split_rows(decode(content, encoding))
    return _table(FileFormat(separator, encoding), rows)


def _likeliest(content: bytes) -> str:
    """The encoding of Unicode, else the likeliest code page; UTF-8, which refuses the file, if none fits."""
    return unicode_encoding(content) or next((page.encoding for page in likely_code_pages(content)), "utf-8")


def code_pages(content: bytes) -> Sequence[CodePage]:
    """The code pages in which the file may be written, likeliest first; none for XLSX and Unicode.

    :raises Refusal: the file is binary.
    """
    return () if is_workbook(content) or unicode_encoding(content) else likely_code_pages(content)


def sample_cells(content: bytes, encoding: str, most: int = 3) -> Sequence[str]:
    """The first cells that another encoding would change."""
    _separator, rows = split_rows(content[:_SAMPLE_BYTES].decode(encoding, errors="ignore"))
    cells = dict.fromkeys(" ".join(cell.split()) for row in rows for cell in row.cells if not cell.isascii())
    return list(cells)[:most]


def _table(file_format: FileFormat, rows: Sequence[Row]) -> TableFile:
    if not rows:
        raise Refusal(EMPTY, field="file")
    if rows[0].fault:
        raise Refusal(rows[0].fault, field="file")
    if len(rows) - 1 > MOST_ROWS:
        raise Refusal(TOO_MANY_ROWS, field="file", rows=len(rows) - 1, most=MOST_ROWS)
    header = rows[0].cells
    while len(header) > 1 and not header[-1]:
        header = header[:-1]
    return TableFile(file_format, header, tuple(_fitted(row, len(header)) for row in rows[1:]))


def _fitted(row: Row, columns: int) -> Row:
    """The row with as many cells as there are columns."""
    if row.fault:
        return row
    cells = (*row.cells[:columns], *[""] * (columns - len(row.cells)))
    return Row(row.number, row.cells, TOO_MANY_CELLS) if any(row.cells[columns:]) else Row(row.number, cells)


def known_columns(header: Sequence[str], names: Mapping[str, str]) -> list[str]:
    """The field of each column, "" for unknown ones. Case, width, spaces and punctuation of headings do not matter.

    :param names: the headings of each field, in lower case, without spaces inside and punctuation, separated by spaces.
    """
    fields = {heading: field for field, headings in names.items() for heading in headings.split()}
    return [fields.get(_plain(cell), "") for cell in header]


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", heading).casefold())
