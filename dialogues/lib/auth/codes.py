"""Time-based one-time codes (TOTP) of an authenticator app, and their sealed secrets."""

import hmac
from datetime import datetime

import pyotp
import segno

SECONDS = 30
#: A code counts in its own time step, the one before and the one after.
_NEAR = (0, -1, 1)


def new_shared_secret() -> str:
    """160 random bits in base32, as authenticator apps take them."""
    return pyotp.random_base32()


def step_of(shared_secret: str, code: str, now: datetime) -> int | None:
    """The time step in which the code is right, near this moment; None if it is wrong."""
    totp, present = pyotp.TOTP(shared_secret, interval=SECONDS), int(now.timestamp()) // SECONDS
    typed = "".join(code.split()).encode()
    right = [step for near in _NEAR if hmac.compare_digest(totp.generate_otp(step := present + near).encode(), typed)]
    return right[0] if right else None


def picture(shared_secret: str, email: str) -> str:
    """The QR code that an authenticator app scans, as SVG without styles."""
    address = pyotp.TOTP(shared_secret, interval=SECONDS).provisioning_uri(name=email, issuer_name="Dialogues")
    return segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", svgclass="qr", lineclass=None)
