"""How often one client may ask: an address goes in; leave to go on, or the seconds to wait, come out. No address is kept."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

ROTATION_S = 3600.0
MAX_CLIENTS = 50_000
IPV6_SITE_BITS = 64
"""A home or an office holds a whole /64 network: its addresses are one client."""


@dataclass(slots=True)
class _Bucket:
    tokens: float
    seen_s: float


class RateLimit:
    """A bucket of `per_minute` tokens a client, filled evenly. Clients are known by an HMAC of their address, whose secret lives
    in memory alone and is replaced every hour, together with all that was counted. Safe to share between threads.

    With `spares_own_machine`, clients on this machine are not counted.
    """

    def __init__(
        self, per_minute: float, clock: Callable[[], float] = time.monotonic, *, spares_own_machine: bool = False
    ) -> None:
        self._capacity = per_minute
        self._clock = clock
        self._spares_own_machine = spares_own_machine
        self._lock = threading.Lock()
        self._forget(clock())

    def wait_s(self, address: str) -> float:
        """Take a token; 0.0, or the seconds after which one will be there."""
        if self._spares_own_machine and is_own_machine(address):
            return 0.0
        now = self._clock()
        with self._lock:
            if now - self._secret_since_s >= ROTATION_S or len(self._buckets) >= MAX_CLIENTS:
                self._forget(now)
            key = hmac.digest(self._secret, client_of(address).encode(), hashlib.sha256)[:16]
            bucket = self._buckets.setdefault(key, _Bucket(self._capacity, now))
            per_s = self._capacity / 60
            bucket.tokens = min(self._capacity, bucket.tokens + (now - bucket.seen_s) * per_s)
            bucket.seen_s = now
            if bucket.tokens >= 1:
                bucket.tokens -= 1
                return 0.0
            return (1 - bucket.tokens) / per_s

    def _forget(self, now: float) -> None:
        self._secret = secrets.token_bytes(32)
        self._secret_since_s = now
        self._buckets: dict[bytes, _Bucket] = {}


def is_own_machine(address: str) -> bool:
    """Whether a client is on this very machine: a loopback address, or none at all (a Unix socket)."""
    try:
        parsed = ipaddress.ip_address(client_of(address).partition("/")[0])
    except ValueError:
        return True
    return parsed.is_loopback or address == "::1"


def client_of(address: str) -> str:
    """What counts as one client: an IPv4 address, the /64 network of an IPv6 address, or the text where it is neither."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))
    return str(parsed)
