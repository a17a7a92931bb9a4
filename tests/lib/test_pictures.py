"""Metadata is removed from pictures; the visible picture does not change."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogues.lib.pictures import without_traces
from dialogues.lib.refusal import Refusal

FRAME = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, 2, 3, 1) + b"\x01\x11\x00"
TABLES = b"\xff\xdb\x00\x43" + bytes(65)
SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34\xff\xd0\x56"
JFIF = b"\xff\xe0\x00\x10JFIF\0\x01\x01\x00\x00\x01\x00\x01\x00\x00"


def note(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int, order: str = ">") -> bytes:
    entries = [(0x0112, 3, 1, orientation), (0x8825, 4, 1, 26)]
    tiff = (b"MM" if order == ">" else b"II") + struct.pack(f"{order}HIH", 42, 8, len(entries))
    for tag, kind, number, value in entries:
        tiff += struct.pack(f"{order}HHIHH", tag, kind, number, value, 0)
    return note(0xE1, b"Exif\0\0" + tiff + b"GPS canary")


def jpeg(*notes: bytes) -> bytes:
    return b"\xff\xd8" + b"".join(notes) + TABLES + FRAME + SCAN + b"\xff\xd9"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*more: bytes, width: int = 3, height: int = 2) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    image = chunk(b"IDAT", zlib.compress(bytes((3 * 3 + 1) * 2)))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(more) + image + chunk(b"IEND", b"")


def test_a_photograph_loses_place_device_and_comments() -> None:
    taken = jpeg(JFIF, exif(1), note(0xE1, b"http://ns.adobe.com/xap/1.0/\0canary"), note(0xFE, b"canary"))
    assert without_traces("image/jpeg", taken) == jpeg(JFIF)


def test_a_photograph_keeps_its_colours() -> None:
    taken = jpeg(JFIF, note(0xE2, b"ICC_PROFILE\0\x01\x01profile"), note(0xEE, b"Adobe\0\x64\0\0\0\0\x01"))
    assert without_traces("image/jpeg", taken) == taken


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_photograph_stays_the_right_way_up(order: str) -> None:
    kept = without_traces("image/jpeg", jpeg(exif(6, order)))
    assert b"canary" not in kept
    assert b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06" in kept
    assert without_traces("image/jpeg", kept) == kept


def test_data_after_the_end_of_a_picture_is_removed() -> None:
    assert without_traces("image/jpeg", jpeg() + b"canary") == jpeg()
    assert without_traces("image/png", png() + b"canary") == png()


def test_padding_between_segments_is_accepted() -> None:
    filled = b"\xff\xd8" + TABLES + b"\xff\xff" + FRAME + SCAN + b"\xff\xff\xd9"
    assert without_traces("image/jpeg", filled).endswith(b"\xff\xd9")


def test_every_scan_of_a_progressive_photograph_is_kept() -> None:
    several = b"\xff\xd8" + TABLES + FRAME + SCAN + TABLES + SCAN + b"\xff\xd9"
    assert without_traces("image/jpeg", several) == several


def test_a_drawing_loses_its_texts_and_keeps_its_colours() -> None:
    colours = chunk(b"gAMA", struct.pack(">I", 45455))
    texts = [chunk(kind, b"Author\0canary") for kind in (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME", b"prVt")]
    assert without_traces("image/png", png(colours, *texts)) == png(colours)


@pytest.mark.parametrize("size", [(100_000, 100_000), (8_001, 8_000)])
def test_a_picture_with_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Refusal, match="64 million pixels"):
        without_traces("image/png", png(width=size[0], height=size[1]))


def test_a_damaged_picture_is_refused_in_plain_words() -> None:
    for media_type, whole in (("image/jpeg", jpeg(JFIF)), ("image/png", png())):
        for length in range(3, len(whole) - 1):
            with pytest.raises(Refusal, match="damaged"):
                without_traces(media_type, whole[:length])


def test_a_flipped_bit_in_a_drawing_is_detected() -> None:
    damaged = bytearray(png())
    damaged[20] ^= 1
    with pytest.raises(Refusal, match="damaged"):
        without_traces("image/png", bytes(damaged))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_cause_at_most_a_refusal(content: bytes) -> None:
    for media_type, begin in (("image/jpeg", b"\xff\xd8\xff"), ("image/png", b"\x89PNG\r\n\x1a\n")):
        with suppress(Refusal):
            without_traces(media_type, begin + content)


def test_other_files_are_returned_unchanged() -> None:
    assert without_traces("application/pdf", b"%PDF-1.7") == b"%PDF-1.7"
