"""Time-based one-time codes (TOTP, RFC 6238) of authenticator apps."""

import hmac
from datetime import datetime

import pyotp
import segno

SECONDS = 30
#: A code is valid in its own time step, the one before and the one after.
_ACCEPTED_STEPS = (0, -1, 1)


def new_shared_secret() -> str:
    """160 random bits in base32, the format of authenticator apps."""
    return pyotp.random_base32()


def matching_step(shared_secret: str, code: str, now: datetime) -> int | None:
    """The time step in which the code is correct, near `now`; None if it is wrong."""
    totp, present = pyotp.TOTP(shared_secret, interval=SECONDS), int(now.timestamp()) // SECONDS
    digits = "".join(code.split()).encode()
    matches = [
        step
        for offset in _ACCEPTED_STEPS
        if hmac.compare_digest(totp.generate_otp(step := present + offset).encode(), digits)
    ]
    return matches[0] if matches else None


def picture(shared_secret: str, email: str) -> str:
    address = pyotp.TOTP(shared_secret, interval=SECONDS).provisioning_uri(name=email, issuer_name="Dialogues")
    return segno.make(address, error="m").svg_inline(scale=5, border=4, light="#fff", svgclass="qr", lineclass=None)
