"""A host whose address was checked in, a connection to that very address out; and the check."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl


def is_public(address: str) -> bool:
    """Whether an IP address is one of the internet: not loopback, private, link-local, shared, reserved or multicast.

    An IPv4 address inside an IPv6 one (mapped, translated, 6to4) is judged by itself.
    """
    plain = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(plain, ipaddress.IPv6Address):
        inner = plain.ipv4_mapped or plain.sixtofour
        if inner is None and plain in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(plain) & 0xFFFFFFFF)
        return is_public(str(inner)) if inner is not None else plain.is_global and not plain.is_multicast
    return plain.is_global and not plain.is_multicast


class Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, whatever the name means a moment later."""

    def __init__(self, host: str, port: int, address: str, timeout_s: float) -> None:
        super().__init__(host, port, timeout=timeout_s)
        self._address, self._timeout_s = address, timeout_s

    def connect(self) -> None:
        """Connect to the checked address."""
        self.sock = socket.create_connection((self._address, self.port), self._timeout_s)


class PinnedTls(Pinned):
    """The same, with the certificate checked for the name."""

    default_port = 443

    def connect(self) -> None:
        """Connect to the checked address, and have the host prove its name."""
        super().connect()
        self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


class Memory:
    """A small body in memory, opened like a file; at most `limit` bytes are meant for it."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._blocks: list[bytes] = []

    def open(self, mode: str) -> Memory:
        """Itself, emptied."""
        self._blocks.clear()
        return self

    def __enter__(self) -> Memory:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def write(self, block: bytes) -> int:
        """Add a block; its length."""
        self._blocks.append(block)
        return len(block)

    def text(self) -> str:
        """What was written, as UTF-8."""
        return b"".join(self._blocks).decode("utf-8", "replace")
