"""CSV and XLSX files in which no cell can be a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

import xlsxwriter

from dialogues.lib.tables.rows import FileFormat

_FORMULA_SIGNS = tuple('=+-@|%"\N{MINUS SIGN}')


def csv_file(rows: Iterable[Sequence[str]]) -> bytes:
    """The rows as CSV: every cell quoted, with the byte order mark that spreadsheets need to detect UTF-8."""
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(
        [plain(cell) for cell in row] for row in rows
    )
    return text.getvalue().encode("utf-8-sig")


def plain(cell: str) -> str:
    """The cell, with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{cell}" if _looks_like_formula(cell) else cell


def as_typed(cell: str) -> str:
    """The cell without the apostrophe that `plain` added."""
    return cell[1:] if cell.startswith("'") and _looks_like_formula(cell[1:]) else cell


def _looks_like_formula(cell: str) -> bool:
    """Checked on a copy as spreadsheets may read it: NFKC, without invisible characters."""
    folded = unicodedata.normalize("NFKC", cell)
    visible = "".join(character for character in folded if unicodedata.category(character) not in {"Cc", "Cf"}).strip()
    return visible.startswith(_FORMULA_SIGNS)


WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Maximum length of a cell in XLSX.
_LONGEST_CELL = 32_767

Table = Sequence[Sequence[str]]


def like_original(file_format: FileFormat, table: Table) -> bytes:
    """The table in the format of the file that it comes from. CSV in Unicode has a byte order mark, which spreadsheets
    need; characters that the code page lacks become "?".
    """
    if file_format.is_workbook:
        return as_workbook(table)
    text = io.StringIO(newline="")
    rows = ([plain(cell) for cell in row] for row in table)
    csv.writer(text, delimiter=file_format.separator, lineterminator="\r\n").writerows(rows)
    mark = "\ufeff" if file_format.encoding in {"utf-8", "utf-16-le", "utf-16-be"} else ""
    return (mark + text.getvalue()).encode(file_format.encoding, errors="replace")


def as_workbook(table: Table) -> bytes:
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
