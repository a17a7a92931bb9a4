"""Headers with free text: the subject and the sender's name."""

from email import message_from_bytes
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.policy import EmailPolicy
from email.utils import parseaddr
from typing import Any, cast


def subject_value(text: str) -> str:
    """A subject to assign to a message, where text that looks encoded stays as typed.

    :raises ValueError: it has a line break.
    """
    if len(text.splitlines()) > 1:
        raise ValueError("A subject is one line")
    return text if _is_plain(text) else Header(text, "utf-8", maxlinelen=0).encode()


def _encoded(text: str, name: str) -> str:
    """The whole text in encoded words, because readers drop a space between two of them (RFC 2047 6.2)."""
    return Header(text, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")


def _is_plain(text: str) -> bool:
    return text.isascii() and "=?" not in text and " ".join(text.split()) == text


class _Writer(EmailPolicy):
    """Writes subject and sender's name so that every reader sees the same text."""

    def fold(self, name: str, value: str) -> str:
        if name == "Subject" and not _is_plain(str(value)):
            return f"Subject: {_encoded(str(value), name)}\r\n"
        if name == "From":
            sender: Address = cast(Any, value).addresses[0]
            if not _is_plain(sender.display_name):
                return f"From: {_encoded(sender.display_name, name)}\r\n <{sender.addr_spec}>\r\n"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


POLICY = _Writer(linesep="\r\n")


def sender_of(content: bytes) -> Address:
    """The sender, read by the older parser, because the newer one adds spaces to long names (Python before 3.12)."""
    name, address = parseaddr(message_from_bytes(content)["From"])
    return Address(str(make_header(decode_header(name))), addr_spec=address)
