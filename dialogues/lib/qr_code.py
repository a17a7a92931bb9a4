"""QR codes: PNG for an email, SVG for a page."""

from io import BytesIO

import segno


def png(address: str) -> bytes:
    picture = BytesIO()
    segno.make(address, error="m").save(picture, kind="png", scale=6, border=4)
    return picture.getvalue()


def svg(address: str) -> str:
    return str(
        segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff", svgclass="qr", lineclass=None)
    )
