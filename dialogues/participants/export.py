"""The participants list as a file: every cell is text, no cell is a formula, and nothing tells who wrote it."""

import io
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import xlsxwriter
from flask_babel import gettext as _

from dialogues.common.csv_file import csv_file
from dialogues.common.presentation import word
from dialogues.participants.queries import ListLine
from dialogues.participants.queries.answers import Given

#: A cell of a workbook holds no more.
_LONGEST_CELL = 32_767

Table = Sequence[Sequence[str]]


def table_of(
    lines: Iterable[ListLine], questions: Mapping[UUID, str], answers: Mapping[UUID, Mapping[UUID, Given]]
) -> Table:
    """The columns of the page, and after them the questions whose answers the reader may have."""
    head = (
        _("Name"),
        _("Native script"),
        _("Party"),
        _("Party name"),
        _("Capacity"),
        _("Affiliation"),
        _("Status"),
        _("Registration"),
        _("From"),
        _("Until"),
        _("Languages"),
    )
    rows = [
        [*_cells(line), *(_answer(answers.get(line.id, {}).get(question)) for question in questions)] for line in lines
    ]
    return [[*head, *questions.values()], *rows]


def _answer(given: Given | None) -> str:
    if given is None:
        return ""
    return _("a file") if given.is_file else given.text or ""


def _cells(line: ListLine) -> Sequence[str]:
    return (
        line.name,
        line.native,
        line.party_code,
        line.party_name,
        word(line.capacity),
        line.affiliation,
        word(line.status) if line.status else "",
        word(line.ready) if line.ready else "",
        line.present_from.isoformat() if line.present_from else "",
        line.present_to.isoformat() if line.present_to else "",
        ", ".join(line.languages or ()),
    )


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
