"""Secrets for addresses and cookies, and the digests they are kept as."""

import hashlib
import secrets


def new_secret() -> str:
    """256 bits, safe in an address and in a cookie."""
    return secrets.token_urlsafe(32)


def sha256(secret: str) -> bytes:
    """Under what a secret is found again, while it is not kept itself."""
    return hashlib.sha256(secret.encode()).digest()
