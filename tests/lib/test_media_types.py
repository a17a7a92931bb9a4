"""File types are detected by content; unknown types and archives that expand too much are refused."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from dialogues.lib.media_types import MOST_MEMBERS, media_type_of
from dialogues.lib.refusal import Refusal

WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
ODT = "application/vnd.oasis.opendocument.text"


def archive(members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\n", "", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "", "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "", "image/jpeg"),
        ("Сэлэнгэ, 셀렝게, 色楞格\n\t1".encode(), "river.txt", "text/plain"),
        (b"one\x0btwo\x0cthree\x1cfour\xc2\x85five", "report.txt", "text/plain"),
        (b"\xef\xbb\xbf# Summary", "summary.MD", "text/markdown"),
        (archive({"mimetype": ODT.encode()}, compression=zipfile.ZIP_STORED), "", ODT),
        (archive(WORD), "", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (
            archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<x/>"}),
            "",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
    ],
)
def test_known_types_are_accepted(content: bytes, name: str, media_type: str) -> None:
    assert media_type_of(content, name) == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00",
        b"\x7fELF",
        b"GIF89a\x00",
        b"text with a NUL \x00",
        b"text with an escape \x1b[31m",
        "Latin-1: é".encode("latin-1"),
        "UTF-16".encode("utf-16"),
        b"  \n ",
        archive({"readme.txt": b"just an archive"}),
        archive({"mimetype": b"application/epub+zip"}),
    ],
)
def test_other_types_are_refused_whatever_their_name(content: bytes) -> None:
    with pytest.raises(Refusal, match="Choose a PDF") as refused:
        media_type_of(content, "report.pdf")
    assert refused.value.field == "file"


def test_the_file_name_does_not_change_the_detected_type() -> None:
    assert media_type_of(b"<script>alert(1)</script>", "page.html") == "text/plain"


def test_a_file_that_expands_more_than_a_hundredfold_is_refused() -> None:
    with pytest.raises(Refusal, match="more than it shows"):
        media_type_of(archive(WORD | {"word/media/bomb": bytes(5_000_000)}))


@pytest.mark.parametrize("many", [MOST_MEMBERS, 5 * MOST_MEMBERS])
def test_an_archive_with_too_many_members_is_refused(many: int) -> None:
    with pytest.raises(Refusal, match="more than it shows"):
        media_type_of(archive(WORD | {f"word/{number}": b"" for number in range(many)}))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "word\\..\\..\\x"])
def test_an_archive_with_paths_outside_itself_is_refused(name: str) -> None:
    with pytest.raises(Refusal, match="more than it shows"):
        media_type_of(archive(WORD | {name: b"x"}))


def test_an_archive_with_a_symbolic_link_is_refused() -> None:
    link = zipfile.ZipInfo("word/link")
    link.external_attr = 0o120777 << 16
    written = io.BytesIO(archive(WORD))
    with zipfile.ZipFile(written, "a") as file:
        file.writestr(link, "/etc/passwd")
    with pytest.raises(Refusal, match="more than it shows"):
        media_type_of(written.getvalue())


def test_macros_are_refused() -> None:
    with pytest.raises(Refusal, match="macros"):
        media_type_of(archive(WORD | {"word/vbaProject.bin": b"x"}))


def test_a_damaged_office_file_is_refused_in_plain_words() -> None:
    whole = archive(WORD)
    for damaged in (whole[:40], whole[: len(whole) // 2], whole[:-4]):
        with pytest.raises(Refusal, match="damaged"):
            media_type_of(damaged)


def test_an_archive_with_overlapping_members_is_refused() -> None:
    """A catalogue with one stored member a hundred times: normal ratios, but huge when unpacked."""
    whole = bytearray(archive(WORD | {"word/big": bytes(range(256)) * 40}, compression=zipfile.ZIP_STORED))
    end = whole.rindex(b"PK\x05\x06")
    begin = int.from_bytes(whole[end + 16 : end + 20], "little")
    catalogue = bytes(whole[begin:end])
    many = bytes(whole[:begin]) + catalogue * 100 + bytes(whole[end:])
    tail = bytearray(many)
    end = tail.rindex(b"PK\x05\x06")
    tail[end + 8 : end + 12] = (300).to_bytes(2, "little") * 2
    tail[end + 12 : end + 16] = (len(catalogue) * 100).to_bytes(4, "little")
    with pytest.raises(Refusal, match="more than it shows"):
        media_type_of(bytes(tail))
