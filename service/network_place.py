"""A web address in; the host that it leads to out, or nothing where that is this machine."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def host_elsewhere(url: str) -> str:
    """The host of an address, with its port where one is given; empty where the host is this machine (loopback)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("localhost", "ip6-localhost") or host.endswith(".localhost"):
        return ""
    try:
        if ip_address(host).is_loopback:
            return ""
    except ValueError:
        pass
    return parts.netloc.rpartition("@")[2]
