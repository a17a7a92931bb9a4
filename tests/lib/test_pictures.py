"""Metadata is removed from pictures; the visible picture does not change."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageChops, PngImagePlugin

from dialogues.lib.pictures import without_traces
from dialogues.lib.refusal import Refusal

CANARY = "heron-at-the-lake"
PROFILE = b"a colour profile" * 10


def drawn(mode: str = "RGB") -> Image.Image:
    """A picture with smooth colours, which JPEG keeps well."""
    return Image.linear_gradient("L").resize((48, 32)).convert(mode)


def written(kind: str, picture: Image.Image | None = None, **options: object) -> bytes:
    content = BytesIO()
    (picture or drawn()).save(content, kind, **options)
    return content.getvalue()


def exif(orientation: int | None = None) -> Image.Exif:
    found = Image.Exif()
    found[ExifTags.Base.Make] = CANARY
    if orientation is not None:
        found[ExifTags.Base.Orientation] = orientation
    found.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (47.0, 55.0, 12.0)
    found.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.UserComment] = CANARY.encode()
    return found


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def empty_png(width: int, height: int) -> bytes:
    """A drawing with few bytes that says it has many pixels."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(99))) + chunk(b"IEND", b"")


def largest_difference(one: bytes, other: bytes) -> int:
    with Image.open(BytesIO(one)) as before, Image.open(BytesIO(other)) as after:
        assert (before.mode, before.size) == (after.mode, after.size)
        extrema = ImageChops.difference(before, after).getextrema()
        return max(high for _low, high in (extrema if isinstance(extrema[0], tuple) else (extrema,)))


def test_a_photograph_loses_place_device_and_comments() -> None:
    taken = written("JPEG", exif=exif(1), comment=CANARY, xmp=CANARY.encode())
    assert taken.count(CANARY.encode()) == 4
    kept = without_traces("image/jpeg", taken)
    assert CANARY.encode() not in kept
    with Image.open(BytesIO(kept)) as picture:
        assert dict(picture.getexif()) == {}
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_picture_stays_the_right_way_up(media_type: str, orientation: int) -> None:
    kind = media_type.removeprefix("image/").upper()
    kept = without_traces(media_type, written(kind, exif=exif(orientation)))
    with Image.open(BytesIO(kept)) as picture:
        assert dict(picture.getexif()) == {ExifTags.Base.Orientation: orientation}
    assert CANARY.encode() not in kept


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("options", [{"quality": 60}, {"quality": 95, "subsampling": 0}, {"progressive": True}])
def test_a_photograph_looks_the_same(mode: str, options: dict[str, object]) -> None:
    taken = written("JPEG", drawn(mode), **options)
    assert largest_difference(taken, without_traces("image/jpeg", taken)) <= 4


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_drawing_keeps_every_pixel(mode: str) -> None:
    taken = written("PNG", drawn("RGB").convert(mode) if mode != "I;16" else Image.new("I;16", (5, 4), 40_000))
    assert without_traces("image/png", taken) == taken


def test_a_drawing_keeps_its_transparency() -> None:
    taken = written("PNG", drawn("P"), transparency=7)
    assert without_traces("image/png", taken) == taken


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_keeps_its_colour_profile(kind: str) -> None:
    kept = without_traces(f"image/{kind.lower()}", written(kind, icc_profile=PROFILE))
    with Image.open(BytesIO(kept)) as picture:
        assert picture.info["icc_profile"] == PROFILE


def test_a_drawing_loses_its_texts() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", CANARY)
    texts.add_itxt("Comment", CANARY)
    texts.add_text("Description", CANARY, zip=True)
    texts.add(b"tIME", bytes(7), after_idat=True)
    texts.add(b"prVt", CANARY.encode())
    assert without_traces("image/png", written("PNG", pnginfo=texts, exif=exif())) == written("PNG")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_data_after_the_end_of_a_picture_is_removed(kind: str) -> None:
    media_type = f"image/{kind.lower()}"
    assert without_traces(media_type, written(kind) + b"canary") == without_traces(media_type, written(kind))


def test_a_photograph_with_a_second_picture_loses_it() -> None:
    second = drawn().rotate(90)
    taken = written("MPO", save_all=True, append_images=[second], exif=exif(6))
    kept = without_traces("image/jpeg", taken)
    assert kept.count(b"\xff\xd8\xff") == 1
    assert CANARY.encode() not in kept


@pytest.mark.parametrize("size", [(100_000, 100_000), (10_001, 10_000)])
def test_a_picture_with_too_many_pixels_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(Refusal, match="100 million pixels"):
        without_traces("image/png", empty_png(*size))
    huge = bytearray(written("JPEG"))
    frame = huge.index(b"\xff\xc0") + 5
    huge[frame : frame + 4] = struct.pack(">HH", 65_000, min(size[0], 65_000))
    with pytest.raises(Refusal, match="100 million pixels"):
        without_traces("image/jpeg", bytes(huge))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_cut_picture_is_refused_in_plain_words(kind: str) -> None:
    whole = written(kind, Image.effect_noise((48, 32), 80))
    for length in range(3, len(whole) * 9 // 10, 7):
        with pytest.raises(Refusal, match="damaged"):
            without_traces(f"image/{kind.lower()}", whole[:length])


def test_a_flipped_bit_in_a_drawing_is_detected() -> None:
    damaged = bytearray(written("PNG"))
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
