"""Parsing of files of people to invite: any spreadsheet's format; one invalid line does not affect the others."""

import pytest

from dialogues.lib.refusal import Refusal
from dialogues.people.invitations.rules import MOST_BYTES, MOST_LINES, NOT_CLOSED, TOO_MANY_CELLS, read

HEADER = "name,email,party"
LATIN = f"{HEADER}\nRené Müller,rene@example.org,CH\nZoë Brontë,zoe@example.org,CH\n"
CYRILLIC = f"{HEADER}\nИванов Пётр,petr@example.org,RU\nСергеева Анна,anna@example.org,RU\n"
HANGUL = f"{HEADER}\n김지원,kim@example.org,KR\n박서준,park@example.org,KR\n"


def names(content: bytes) -> list[str]:
    return [line.values["name"] for line in read(content).lines]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("text", "first"), [(LATIN, "René Müller"), (CYRILLIC, "Иванов Пётр"), (HANGUL, "김지원")])
def test_unicode_is_read_with_or_without_a_byte_order_mark(text: str, first: str, encoding: str) -> None:
    assert names(text.encode(encoding))[0] == first


def test_windows_1252_is_recognised_and_reported() -> None:
    file = read(LATIN.encode("cp1252"))

    assert file.encoding == "windows-1252"
    assert file.lines[1].values["name"] == "Zoë Brontë"


def test_windows_1251_is_recognised_and_reported() -> None:
    file = read(CYRILLIC.encode("cp1251"))

    assert file.encoding == "windows-1251"
    assert file.lines[0].values["name"] == "Иванов Пётр"


@pytest.mark.parametrize("encoding", ["cp949", "gb18030", "shift_jis", "utf-32"])
def test_ambiguous_encoding_is_refused_with_a_sentence(encoding: str) -> None:
    text = HEADER + "\n金志源,kim@example.org,KR\n朴徐俊,park@example.org,KR\n"

    with pytest.raises(Refusal, match="CSV UTF-8"):
        read(text.encode(encoding))


def test_korean_encoding_is_not_read_as_cyrillic() -> None:
    with pytest.raises(Refusal, match="CSV UTF-8"):
        read(HANGUL.encode("cp949"))


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends_of_any_spreadsheet_are_read(delimiter: str, line_end: str) -> None:
    text = LATIN.replace(",", delimiter).replace("\n", line_end)

    assert names(text.encode()) == ["René Müller", "Zoë Brontë"]


@pytest.mark.parametrize(
    "header", ["Full name;E-Mail;Party", "NAME;e_mail address;side", "имя;почта;сторона", "이름;이메일;PARTY"]
)
def test_columns_have_several_accepted_names(header: str) -> None:
    (line,) = read(f"{header}\nKim;kim@example.org;KR\n".encode()).lines

    assert dict(line.values) == {"name": "Kim", "email": "kim@example.org", "party": "KR"}


def test_family_and_given_name_may_be_separate_columns() -> None:
    (line,) = read(b"Family name,First name,Mail,Party\nKim,Ji-won,kim@example.org,KR\n").lines

    assert (line.values["family"], line.values["given"]) == ("Kim", "Ji-won")


def test_missing_columns_are_named() -> None:
    with pytest.raises(Refusal, match="e-mail, party"):
        read(b"name,telephone\nKim,1\n")


def test_file_without_a_header_is_reported() -> None:
    with pytest.raises(Refusal, match="must name the columns"):
        read(b"Kim,kim@example.org,KR\n")


def test_unknown_columns_are_named_and_ignored() -> None:
    assert read(b"name,email,party,shoe size\nKim,kim@example.org,KR,41\n").unused == ("shoe size",)


@pytest.mark.parametrize("content", [b"", b"\n\n", b" , ,\n", b"\xef\xbb\xbf"])
def test_empty_file_is_reported(content: bytes) -> None:
    with pytest.raises(Refusal, match="empty"):
        read(content)


def test_unclosed_quotation_mark_affects_only_its_own_line() -> None:
    file = read(b'name,email,party\n"Kim,kim@example.org,KR\nPark,park@example.org,KR\n"Lee, A.",lee@example.org,KR\n')

    assert [line.fault for line in file.lines] == [NOT_CLOSED, "", ""]
    assert [line.number for line in file.lines] == [2, 3, 4]
    assert file.lines[2].values["name"] == "Lee, A."


def test_line_with_too_many_cells_affects_only_itself() -> None:
    file = read(b"name,email,party\nKim, Ji-won,kim@example.org,KR\nPark,park@example.org,KR\n")

    assert [line.fault for line in file.lines] == [TOO_MANY_CELLS, ""]


def test_empty_lines_are_skipped_and_line_numbers_stay_those_of_the_file() -> None:
    file = read(b"name,email,party\n\n,,\nKim,kim@example.org,KR\n")

    assert [line.number for line in file.lines] == [4]


def test_control_and_direction_characters_are_removed() -> None:
    (line,) = read("name,email,party\nKim\u202e Ji\x07-won,kim@example.org,KR\n".encode()).lines

    assert line.values["name"] == "Kim Ji-won"


def test_first_line_that_names_the_delimiter_is_understood() -> None:
    assert names(b"sep=;\nname;email;party\nKim;kim@example.org;KR\n") == ["Kim"]


def test_protection_against_formulas_is_removed() -> None:
    assert names(b'name,email,party\n"\'=Kim",kim@example.org,KR\n') == ["=Kim"]


def test_bytes_and_lines_are_limited() -> None:
    with pytest.raises(Refusal, match="too large"):
        read(b"x" * (MOST_BYTES + 1))
    with pytest.raises(Refusal, match="at most 1000"):
        read(b"name,email,party\n" + b"Kim,k@example.org,KR\n" * (MOST_LINES + 1))


@pytest.mark.parametrize("content", [b"\x00", b"\xff", b"\x00\x01\x02", b"\xff\xfe\x00", b"\x89PNG\r\n\x1a\n\x00\x00"])
def test_binary_file_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Refusal):
        read(content)
