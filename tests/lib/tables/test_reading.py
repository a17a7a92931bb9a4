"""Reading of tables: any spreadsheet's format; one wrong row does not affect the others."""

import io
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest

from dialogues.lib.refusal import Refusal
from dialogues.lib.tables.delimited import MOST_LINES, NOT_CLOSED, TOO_LONG
from dialogues.lib.tables.reading import MOST_BYTES, MOST_ROWS, TOO_MANY_CELLS, known_columns, read_table
from dialogues.lib.tables.rows import FileFormat
from dialogues.lib.tables.writing import as_workbook

HEADER = "name,email,party"
LATIN = f"{HEADER}\nRené Müller,rene@example.org,CH\nZoë Brontë,zoe@example.org,CH\n"
CYRILLIC = f"{HEADER}\nИванов Пётр,petr@example.org,RU\nСергеева Анна,anna@example.org,RU\n"
HANGUL = f"{HEADER}\n김지원,kim@example.org,KR\n박서준,park@example.org,KR\n"


def names(content: bytes, encoding: str = "") -> list[str]:
    return [row.cells[0] for row in read_table(content, encoding).rows]


def workbook(*rows: list[object], title: str = "People") -> bytes:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(content)
    return content.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("text", "first"), [(LATIN, "René Müller"), (CYRILLIC, "Иванов Пётр"), (HANGUL, "김지원")])
def test_unicode_is_read_with_or_without_a_byte_order_mark(text: str, first: str, encoding: str) -> None:
    assert names(text.encode(encoding))[0] == first


@pytest.mark.parametrize(("text", "encoding"), [(LATIN, "windows-1252"), (CYRILLIC, "windows-1251"), (HANGUL, "cp949")])
def test_a_code_page_is_recognised_and_reported(text: str, encoding: str) -> None:
    table = read_table(text.encode(encoding))

    assert table.format == FileFormat(",", encoding)
    assert table == read_table(text.encode(encoding), encoding)


def test_an_encoding_that_does_not_fit_is_refused() -> None:
    with pytest.raises(Refusal, match="cannot be read"):
        read_table(LATIN.encode("cp1252"), "utf-8")


def test_utf_32_is_refused() -> None:
    with pytest.raises(Refusal, match="CSV UTF-8"):
        read_table(LATIN.encode("utf-32"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_of_any_spreadsheet_are_read(delimiter: str, line_end: str) -> None:
    text = LATIN.replace(",", delimiter).replace("\n", line_end)

    assert names(text.encode()) == ["René Müller", "Zoë Brontë"]


@pytest.mark.parametrize("content", [b"", b"\n\n", b" , ,\n", b"\xef\xbb\xbf", workbook(), workbook([None, ""])])
def test_empty_file_is_reported(content: bytes) -> None:
    with pytest.raises(Refusal, match="empty"):
        read_table(content)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_quoted_line_break_is_inside_the_cell(line_end: str) -> None:
    table = read_table('"full\nname",note\n"Ana\nPereira","a ""b"",\n\nc"\nLuis,d\n'.replace("\n", line_end).encode())

    assert table.header == (f"full{line_end}name", "note")
    assert [row.cells[0] for row in table.rows] == [f"Ana{line_end}Pereira", "Luis"]
    assert table.rows[0].cells[1] == f'a "b",{line_end}{line_end}c'
    assert [row.number for row in table.rows] == [2, 3]


def test_unclosed_quotation_mark_affects_only_its_own_row() -> None:
    table = read_table(b'name,email,party\n"Kim,kim@x.org,KR\nPark,park@x.org,KR\n"Lee, A.",lee@x.org,KR\n')

    assert [row.fault for row in table.rows] == [NOT_CLOSED, "", ""]
    assert [row.number for row in table.rows] == [2, 3, 4]
    assert table.rows[2].cells[0] == "Lee, A."


def test_a_mark_that_is_never_closed_takes_no_other_row_with_it() -> None:
    text = 'name,email\n"Kim,kim@x.org\n' + "Park,park@x.org\n" * 40

    assert [row.fault for row in read_table(text.encode()).rows] == [NOT_CLOSED, *[""] * 40]


def test_rows_with_too_many_cells_or_too_long_affect_only_themselves() -> None:
    long = "x" * 20_000
    table = read_table(f"name,email\nKim, Ji-won,kim@x.org\n{long}\nPark,park@x.org,,\n".encode())

    assert [row.fault for row in table.rows] == [TOO_MANY_CELLS, TOO_LONG, ""]


def test_empty_rows_are_skipped_and_counted() -> None:
    assert [row.number for row in read_table(b"name,email,party\n\n,,\nKim,kim@x.org,KR\n").rows] == [4]


def test_first_line_that_names_the_delimiter_is_understood() -> None:
    assert names(b"sep=;\nname;email;party\nKim;kim@x.org;KR\n") == ["Kim"]


def test_a_separator_inside_quotes_does_not_count() -> None:
    assert read_table(b'"name, title, rank";email\nKim;k@x.org\n').header == ("name, title, rank", "email")


def test_bytes_and_rows_are_limited() -> None:
    with pytest.raises(Refusal, match="too large"):
        read_table(b"x" * (MOST_BYTES + 1))
    with pytest.raises(Refusal, match="at most 1000"):
        read_table(b"name,email,party\n" + b"Kim,k@x.org,KR\n" * (MOST_ROWS + 1))
    with pytest.raises(Refusal, match="more than 20000 lines"):
        read_table(b"name\n" * (MOST_LINES + 1))
    with pytest.raises(Refusal, match="at most 1000"):
        read_table(as_workbook([["name"]] + [["Kim"]] * (MOST_ROWS + 1)))


def test_values_of_a_workbook_are_read_as_a_person_would_type_them() -> None:
    moment = datetime(2027, 5, 25, 9, 30)  # noqa: DTZ001  spreadsheets have no time zones
    content = workbook(
        ["name", "day", "at", "from", "room", "share", "sure", "empty"],
        [" Бат ", date(2027, 5, 25), moment, time(14, 5), 12.0, 0.5, True, None],
        [],
        ["周\n明", moment.replace(hour=0, minute=0), None, None, 7, None, None, None],
    )

    first, second = read_table(content).rows

    assert first.cells == ("Бат", "2027-05-25", "2027-05-25 09:30", "14:05", "12", "0.5", "True", "")
    assert (second.number, second.cells[:2], second.cells[4]) == (4, ("周\n明", "2027-05-25"), "7")


def test_the_first_visible_sheet_with_content_is_read() -> None:
    book, content = openpyxl.load_workbook(io.BytesIO(workbook(["hidden"], ["x"]))), io.BytesIO()
    book.active.sheet_state = "hidden"
    book.create_sheet("Empty")
    book.create_sheet("People").append(["name"])
    book.save(content)

    assert read_table(content.getvalue()).header == ("name",)


@pytest.mark.parametrize(
    "content",
    [b"\x89PNG\r\n\x1a\n\x00\x00", b"PK\x03\x04broken", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Excel", b"\xff\xfe\x00"],
)
def test_binary_file_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Refusal, match=r"Save it as|empty"):
        read_table(content)


def zipped(**parts: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


@pytest.mark.parametrize(
    "parts", [{"a.xml": b"x"}, {"xl/workbook.xml": b" " * 31_000_000}, {str(n): b"" for n in range(600)}]
)
def test_a_zip_file_that_is_no_workbook_or_unpacks_to_too_much_is_refused(parts: dict[str, bytes]) -> None:
    with pytest.raises(Refusal, match="Save it as XLSX"):
        read_table(zipped(**parts))


def test_a_cell_far_below_the_others_is_refused_and_not_dropped() -> None:
    book, content = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"], book.active["A1000000"] = "name", "Kim"
    book.save(content)

    with pytest.raises(Refusal, match="beyond row"):
        read_table(content.getvalue())


def test_headings_are_found_without_case_width_spaces_and_punctuation() -> None:
    names = {"email": "email почта", "name": "fullname 이름"}

    assert known_columns(["Ｅ－Mail", "FULL_name", "ПОЧТА:", "이름", "shoe size", ""], names) == [
        *("email", "name", "email", "name", "", "")
    ]
