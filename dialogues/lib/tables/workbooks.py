"""Reads the first visible sheet of an XLSX file within limits."""

import io
import warnings
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.tables.rows import Row

NO_WORKBOOK = N_("This file cannot be read as a spreadsheet. Save it as XLSX or “CSV UTF-8”, then choose that file.")
TOO_MANY_ROWS = N_("The sheet reaches beyond row %(most)s. Copy the rows you need to a new sheet.")

MOST_ROWS = 20_000
MOST_COLUMNS = 100
#: Zip readers stop at the size that the file states, so the stated sizes limit what is unpacked.
_MOST_UNPACKED = 30_000_000
_MOST_PARTS = 500


def is_workbook(content: bytes) -> bool:
    """Whether the content is a zip file, as XLSX is, or an Office file before XLSX or with a password."""
    return content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def read_workbook(content: bytes) -> Sequence[Row]:
    """The rows with content of the first visible sheet that has any. A formula counts as its last result.

    :raises Refusal: the file is no XLSX file, too large, or has too many rows.
    """
    _refuse_large(content)
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of styles and checks that it drops.
        try:
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheets = (_rows(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible")
            return next((rows for rows in sheets if rows), [])
        except Refusal:
            raise
        except Exception as error:  # Damaged files end in errors of any kind inside openpyxl.
            raise Refusal(NO_WORKBOOK, field="file") from error


def _refuse_large(content: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except zipfile.BadZipFile as error:
        raise Refusal(NO_WORKBOOK, field="file") from error
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise Refusal(NO_WORKBOOK, field="file")


def _rows(sheet: Any) -> Sequence[Row]:
    sheet.reset_dimensions()  # Some programs state a wrong size.
    found: Iterable[Sequence[Any]] = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
    rows = [
        Row(number, tuple(_text(value) for value in values))
        for number, values in enumerate(islice(found, MOST_ROWS), 1)
    ]
    if next(iter(found), None) is not None:
        raise Refusal(TOO_MANY_ROWS, field="file", most=MOST_ROWS)
    return [row for row in rows if any(row.cells)]


def _text(value: Any) -> str:
    """The value as a person would type it into CSV; dates and times in ISO form."""
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ", timespec="minutes")
        case time():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
    return str(value).strip()
