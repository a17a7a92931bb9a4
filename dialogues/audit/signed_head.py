"""A head with an Ed25519 signature: kept off the host, it shows later that the chain's end was cut or rewritten."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from dialogues.audit.rules import Head, canonical_json

#: Keeps a signature over a head from ever passing for one over something else.
_DOMAIN = b"dialogues audit head 1\n"


class HeadUnreadable(Exception):
    """The text is no head as `flask audit head` prints it."""


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A head and its signature."""

    head: Head
    signature: bytes

    @classmethod
    def sign(cls, head: Head, seed: bytes) -> Self:
        """Sign with the installation's key, given as its 32 bytes."""
        return cls(head, Ed25519PrivateKey.from_private_bytes(seed).sign(_signed(head)))

    def is_by(self, public_key: bytes) -> bool:
        """Whether that key signed exactly this head."""
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, _signed(self.head))
        except (InvalidSignature, ValueError):
            return False
        return True

    def printed(self, public_key: bytes) -> str:
        """One line of JSON, to be kept by someone outside the host."""
        facts = {**self.head.written(), "public_key": public_key.hex(), "signature": self.signature.hex()}
        return canonical_json(facts).decode()

    @classmethod
    def read(cls, text: str) -> Self:
        """The head as it was printed.

        :raises HeadUnreadable: it is something else.
        """
        try:
            facts: dict[str, Any] = json.loads(text)
            head = Head(int(facts["size"]), str(facts["root"]), datetime.fromisoformat(facts["at"]))
            return cls(head, bytes.fromhex(facts["signature"]))
        except (ValueError, KeyError, TypeError):
            raise HeadUnreadable("This is no signed head: give the line that flask audit head printed.") from None


def public_key_of(seed: bytes) -> bytes:
    """What others need to check a signature."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


def _signed(head: Head) -> bytes:
    return _DOMAIN + canonical_json(head.written())
