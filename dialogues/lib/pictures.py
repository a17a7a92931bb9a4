"""Removes metadata from PNG and JPEG: place, time, device, author, comments, thumbnails."""

import re
import struct
import zlib
from collections.abc import Iterator

from dialogues.lib.refusal import N_, Refusal

MOST_PIXELS = 64_000_000


_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Chunks that are needed to show the picture; all others are text, time or private.
_PNG_KEPT = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split())


_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD})
_SCAN, _END, _EXIF = 0xDA, 0xD9, 0xE1
#: Segments that colours need: JFIF, the colour profile, Adobe's transform.
_JPEG_KEPT_SEGMENTS = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
#: In a scan, 0xFF is followed by 0, a restart marker or another 0xFF; anything else ends the scan.
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ORIENTATION = 0x0112


def without_traces(media_type: str, content: bytes) -> bytes:
    """The same picture without metadata except its orientation; other files are returned unchanged.

    :raises Refusal: the picture is damaged, or has too many pixels.
    """
    try:
        if media_type == "image/png":
            return _PNG_SIGNATURE + b"".join(_png_chunks(content))
        if media_type == "image/jpeg":
            return b"".join(_jpeg_parts(content))
    except (struct.error, IndexError):
        raise _damaged() from None
    return content


def _png_chunks(content: bytes) -> Iterator[bytes]:
    position, kind = len(_PNG_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        (checksum,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[position + 4 : end - 4]) != checksum or (position == 8) != (kind == b"IHDR"):
            raise _damaged()
        if kind == b"IHDR":
            _refuse_too_large(*struct.unpack_from(">II", content, position + 8))
        if kind in _PNG_KEPT:
            yield content[position:end]
        position = end


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    """The parts to keep. Data after the end of the picture, which some phones add, is dropped."""
    yield b"\xff\xd8"
    position, framed = 2, False
    while True:
        while content[position : position + 2] == b"\xff\xff":
            position += 1
        marker = _marker(content, position)
        if marker == _END:
            break
        (length,) = struct.unpack_from(">H", content, position + 2)
        end = position + 2 + length
        if length < 2 or end > len(content):
            raise _damaged()
        if marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", content, position + 5)
            _refuse_too_large(width, height)
            framed = True
        if marker == _SCAN:
            end = _end_of_scan(content, end)
        yield _kept(marker, content[position:end])
        position = end
    if not framed:
        raise _damaged()
    yield b"\xff\xd9"


def _marker(content: bytes, position: int) -> int:
    if content[position] != 0xFF:
        raise _damaged()
    return content[position + 1]


def _end_of_scan(content: bytes, begin: int) -> int:
    following = _END_OF_SCAN.search(content, begin)
    if following is None:
        raise _damaged()
    return following.start()


def _kept(marker: int, part: bytes) -> bytes:
    """The part, if the picture needs it; of Exif only the orientation."""
    if marker in _JPEG_FRAMES | _JPEG_TABLES or marker == _SCAN:
        return part
    if marker == _EXIF and part[4:10] == b"Exif\0\0":
        return _exif_with(_orientation(part[10:]))
    beginning = _JPEG_KEPT_SEGMENTS.get(marker)
    return part if beginning and part[4:].startswith(beginning) else b""


def _orientation(tiff: bytes) -> int:
    """The Exif orientation, 1 to 8; 1 (unchanged) if it cannot be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for number in range(count):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, directory + 2 + 12 * number)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except struct.error:
        return 1
    return 1


def _exif_with(orientation: int) -> bytes:
    if orientation == 1:
        return b""
    directory = struct.pack(">HHHIHHI", 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + b"MM\0*" + struct.pack(">I", 8) + directory
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _refuse_too_large(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > MOST_PIXELS:
        raise Refusal(
            N_("This picture has more than %(most)s million pixels; save it smaller and try again."),
            field="file",
            most=MOST_PIXELS // 1_000_000,
        )


def _damaged() -> Refusal:
    return Refusal(N_("This picture is damaged; save it anew and try again."), field="file")
