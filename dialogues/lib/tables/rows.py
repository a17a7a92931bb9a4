"""A row of a table that someone made elsewhere, and how the file of the table is written."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number in a spreadsheet, from 1, and its cells."""

    number: int
    cells: tuple[str, ...]
    #: Error message if the row cannot be read, else empty.
    fault: str = ""


@dataclass(frozen=True, slots=True)
class FileFormat:
    """CSV with a separator and an encoding, or XLSX, which has neither."""

    separator: str = ""
    encoding: str = ""

    @property
    def is_workbook(self) -> bool:
        return not self.separator
