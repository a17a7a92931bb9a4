"""Tests reach only this machine: a connection to another one is an error."""

import ipaddress
import socket
import sys
from collections.abc import Sequence

NAMES_OF_THIS_MACHINE = frozenset({"", "localhost", "localhost.localdomain", "ip6-localhost", socket.gethostname()})


class ForeignNetworkError(AssertionError):
    """A test tried to reach another machine."""


def is_here(host: object) -> bool:
    """Whether a host name or address belongs to this machine."""
    name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host if host is not None else "")
    if name in NAMES_OF_THIS_MACHINE:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback or name in {"0.0.0.0", "::"}  # noqa: S104 (listening addresses)
    except ValueError:
        return False


def _refuse_foreign_hosts(event: str, arguments: Sequence[object]) -> None:
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) and address else None
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if not is_here(host):
        raise ForeignNetworkError(f"{event} asked for {host!r}: tests speak to this machine only.")


def close_the_network() -> None:
    """Block connections to other machines for the rest of this process."""
    sys.addaudithook(_refuse_foreign_hosts)
