"""A code as a picture: PNG for a letter, SVG for a page."""

from io import BytesIO

import segno


def png(address: str) -> bytes:
    """The code as it is attached to a letter."""
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=6, border=4)
    return picture.getvalue()


def svg(address: str) -> str:
    """The code as it stands on a card, without styles."""
    return str(
        segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff", svgclass="qr", lineclass=None)
    )
