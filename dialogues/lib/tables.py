"""Tables as files for spreadsheets, in which no cell is taken for a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

import xlsxwriter

_STARTS_A_FORMULA = tuple('=+-@|%"\N{MINUS SIGN}')


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV, every cell quoted, with the mark by which spreadsheets know UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [plain(cell) for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


def plain(cell: str) -> str:
    """The cell, marked as text where a spreadsheet would take it for a formula."""
    return f"'{cell}" if _looks_like_formula(cell) else cell


def as_typed(cell: str) -> str:
    """The cell without the mark that `plain` gave it."""
    return cell[1:] if cell.startswith("'") and _looks_like_formula(cell[1:]) else cell


def _looks_like_formula(cell: str) -> bool:
    """Decided on a copy as a spreadsheet may read it: compatibility forms folded, invisible characters gone."""
    folded = unicodedata.normalize("NFKC", cell)
    seen = "".join(character for character in folded if unicodedata.category(character) not in {"Cc", "Cf"}).strip()
    return seen.startswith(_STARTS_A_FORMULA)


#: A cell of a workbook holds no more.
_LONGEST_CELL = 32_767


Table = Sequence[Sequence[str]]


def as_csv(table: Table) -> bytes:
    """The table for other programs, in which a cell that looks like a formula is marked as text."""
    return csv_file(table)


def as_workbook(table: Table) -> bytes:
    """The table as one sheet of text cells, made in memory."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"author": "", "company": "", "comments": ""})
    sheet = book.add_worksheet()
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell[:_LONGEST_CELL])
    sheet.freeze_panes(1, 0)
    book.close()
    return content.getvalue()
