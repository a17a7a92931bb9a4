"""Tables are written in the format of the file that they come from, and no cell is a formula."""

import pytest

from dialogues.lib.tables.reading import read_table
from dialogues.lib.tables.rows import FileFormat
from dialogues.lib.tables.writing import like_original

TABLE = [["name", "note"], ["Łukasz", 'a;b,c\td "e"'], ["Ana\nPereira", ""]]


@pytest.mark.parametrize(
    "file_format",
    [FileFormat(), *(FileFormat(sign, page) for sign in ",;\t" for page in ("utf-8", "utf-16", "utf-16-le", "cp1250"))],
)
def test_a_written_table_is_read_back_the_same(file_format: FileFormat) -> None:
    read = read_table(like_original(file_format, TABLE), "" if "utf" in file_format.encoding else file_format.encoding)

    assert [list(read.header), *(list(row.cells) for row in read.rows)] == TABLE
    assert read.format.separator == file_format.separator


def test_a_letter_that_the_code_page_lacks_becomes_a_question_mark() -> None:
    assert like_original(FileFormat(";", "cp1250"), [["윤", "é"]]) == b"?;\xe9\r\n"


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@a", "\t=1", "＝1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    written = like_original(FileFormat(",", "utf-8"), [[cell]]).decode("utf-8-sig")

    assert written.strip('\r\n"').startswith("'")
