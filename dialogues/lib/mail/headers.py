"""Headers with free text: the subject and the sender's name."""

from email import message_from_bytes
from email.header import Header, decode_header, make_header
from email.headerregistry import Address, HeaderRegistry, UniqueSingleAddressHeader, UniqueUnstructuredHeader
from email.policy import SMTP, Policy
from email.utils import parseaddr


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


class _Subject(UniqueUnstructuredHeader):
    def fold(self, *, policy: Policy) -> str:
        return super().fold(policy=policy) if _is_plain(self) else f"Subject: {_encoded(self, 'Subject')}\r\n"


class _Sender(UniqueSingleAddressHeader):
    def fold(self, *, policy: Policy) -> str:
        if _is_plain(self.address.display_name):
            return super().fold(policy=policy)
        return f"From: {_encoded(self.address.display_name, 'From')}\r\n <{self.address.addr_spec}>\r\n"


_headers = HeaderRegistry()
_headers.map_to_type("subject", _Subject)
_headers.map_to_type("from", _Sender)

#: Writes subject and sender's name so that every reader sees the same text.
POLICY = SMTP.clone(header_factory=_headers)


def sender_of(content: bytes) -> Address:
    """The sender, read by the older parser, because the newer one adds spaces to long names (Python before 3.12)."""
    name, address = parseaddr(message_from_bytes(content)["From"])
    return Address(str(make_header(decode_header(name))), addr_spec=address)
