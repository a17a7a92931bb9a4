"""Removes metadata from PNG and JPEG: place, time, device, author, comments, thumbnails."""

import io
from typing import Any

from PIL import ExifTags, Image, JpegImagePlugin

from dialogues.lib.refusal import N_, Refusal
from dialogues.lib.text import text_file

MOST_PIXELS = 100_000_000
_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG"}

# Our own limit is checked instead, because Pillow only warns at this limit.
Image.MAX_IMAGE_PIXELS = None


def without_traces(media_type: str, content: bytes) -> bytes:
    """The same picture, encoded again without metadata except orientation and colours, or the same text with known
    line breaks; other files stay unchanged.

    Equal files give equal bytes.

    :raises Refusal: the picture is damaged, or has too many pixels.
    """
    if media_type.startswith("text/"):
        return text_file(content)
    if media_type not in _FORMATS:
        return content
    try:
        return _encoded_again(_FORMATS[media_type], content)
    except Refusal:
        raise
    except Exception:  # Pillow raises many kinds of errors for damaged files.
        raise Refusal(N_("This picture is damaged; save it anew and try again."), field="file") from None


def _encoded_again(kind: str, content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=[kind]) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            raise Refusal(
                N_("This picture has more than %(most)s million pixels; save it smaller and try again."),
                field="file",
                most=MOST_PIXELS // 1_000_000,
            )
        picture.load()
        options: dict[str, Any] = {"exif": _orientation(picture), "icc_profile": picture.info.get("icc_profile")}
        if isinstance(picture, JpegImagePlugin.JpegImageFile):
            # The tables of the original, so that it loses as little as possible.
            options |= {"qtables": picture.quantization, "subsampling": JpegImagePlugin.get_sampling(picture)}
        # Pillow writes some of these facts by default, for example comments.
        picture.info = {name: fact for name, fact in picture.info.items() if name == "transparency"}
        encoded = io.BytesIO()
        picture.save(encoded, kind, **options)
    return encoded.getvalue()


def _orientation(picture: Image.Image) -> bytes:
    """Exif data with only the orientation; empty if the picture is upright."""
    exif, orientation = Image.Exif(), picture.getexif().get(ExifTags.Base.Orientation)
    if orientation not in range(2, 9):
        return b""
    exif[ExifTags.Base.Orientation] = orientation
    return exif.tobytes()
