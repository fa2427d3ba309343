"""An address in, the bytes behind it in a file out: politely, within limits, and never from a private address by accident.

The address is resolved once, checked, and connected to as checked; so is that of every redirect. One request at a time,
a pause between two to the same host, robots.txt before the first.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
import urllib.request
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import SplitResult, urljoin, urlsplit

from corpus.errors import KnownError
from ingest.robots import EVERYTHING, MAX_BYTES, NOTHING, Robots, parse_robots
from ingest.web_connection import Memory, Pinned, PinnedTls, is_public

_BLOCK_BYTES = 1 << 16
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LATER = frozenset({429, 503})


class FetchError(KnownError):
    """An address that was not fetched: refused by a rule, failed, or past a limit.

    `retry_after_s` is how long its publisher asks to wait, where it says so.
    """

    def __init__(self, code: str, message: str, hint: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(code, message, hint)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class WebRules:
    """What is allowed. `hosts` are hosts that a redirect may lead to beside its own; `pause_s` is between two requests to one."""

    user_agent: str = "Sourcier/0.1 (indexes public documents for question answering)"
    timeout_s: float = 20.0
    total_s: float = 180.0
    max_bytes: int = 64 << 20
    max_redirects: int = 5
    pause_s: float = 5.0
    max_pause_s: float = 60.0
    max_wait_s: float = 120.0
    allow_private: bool = False
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Response:
    """What came: `url` is the last one, headers in lower case; the body went into the file, unpacked. 304: nothing came."""

    status: int
    url: str
    headers: Mapping[str, str]
    retry_after_s: float | None = None


@dataclass(slots=True)
class Web:
    """Requests one after the other; `rest` waits that many seconds, `permits` says of an IP address whether it may be asked."""

    rules: WebRules = field(default_factory=WebRules)
    rest: Callable[[float], None] = time.sleep
    permits: Callable[[str], bool] = is_public
    _robots: dict[str, Robots] = field(default_factory=dict)
    _last: dict[str, float] = field(default_factory=dict)

    def get(self, url: str, into: Path, headers: Mapping[str, str] | None = None) -> Response:
        """Fetch an address into a file, redirects followed; a status of 200 or 304.

        Raises: FetchError `fetch_refused`, `fetch_failed`, `fetch_limit`, `fetch_later` (with Retry-After in its message).
        """
        waited = False
        for _ in range(self.rules.max_redirects + 2):
            parts = self._checked(url)
            robots = self._robots_of(parts)
            path = parts.path or "/"
            if not robots.allows(path + (f"?{parts.query}" if parts.query else "")):
                raise FetchError("fetch_refused", f"{url}: robots.txt does not allow it.", "Ask its publisher.")
            answer = self._request(parts, into, headers or {}, robots.delay_s)
            if answer.status in _REDIRECTS and answer.headers.get("location"):
                url = self._next(url, answer.headers["location"])
            elif answer.status in _LATER and not waited and (answer.retry_after_s or 0) <= self.rules.max_wait_s:
                self.rest(answer.retry_after_s if answer.retry_after_s is not None else self.rules.pause_s)
                waited = True
            else:
                return _good(answer)
        raise FetchError(
            "fetch_refused", f"{url}: more than {self.rules.max_redirects} redirects.", "Mend the address."
        )

    def _next(self, url: str, location: str) -> str:
        """The address that a redirect leads to, if it may be followed."""
        target = urljoin(url, location)
        here, there = urlsplit(url).hostname or "", urlsplit(target).hostname or ""
        if there.removeprefix("www.") != here.removeprefix("www.") and there not in self.rules.hosts:
            what = f"{url} leads to another host, {there or target!r}."
            raise FetchError("fetch_refused", what, "If that is right, put the new address into the catalogue.")
        return target

    def _checked(self, url: str) -> SplitResult:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as bad:
            raise FetchError("fetch_refused", f"{url!r} is no address: {bad}", "Mend the address.") from bad
        plain = parts.scheme == "http" and self.rules.allow_private
        if not parts.hostname or parts.username or port == 0 or not (parts.scheme == "https" or plain):
            raise FetchError("fetch_refused", f"{url}: only https addresses are fetched.", "Mend the address.")
        if any(ord(character) < 33 for character in url):
            raise FetchError("fetch_refused", f"{url!r} holds a space or a control character.", "Mend the address.")
        return parts

    def _robots_of(self, parts: SplitResult) -> Robots:
        """The site's rules: all is allowed where it has none, nothing where it cannot say (RFC 9309, 2.3.1)."""
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            held = Memory(MAX_BYTES)
            address = urlsplit(f"{site}/robots.txt")
            for _ in range(self.rules.max_redirects + 1):
                answer = self._request(address, held, {}, 0.0)
                if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                    break
                address = self._checked(self._next(address.geturl(), answer.headers["location"]))
            if answer.status == 200:
                self._robots[site] = parse_robots(held.text())
            else:
                self._robots[site] = EVERYTHING if 300 <= answer.status < 500 and answer.status != 429 else NOTHING
        return self._robots[site]

    def _request(self, parts: SplitResult, into: Path | Memory, headers: Mapping[str, str], delay_s: float) -> Response:
        host = parts.netloc
        pause = min(max(self.rules.pause_s, delay_s), self.rules.max_pause_s)
        if host in self._last and (left := self._last[host] + pause - time.monotonic()) > 0:
            self.rest(left)
        try:
            return self._exchange(parts, into, headers)
        except (OSError, http.client.HTTPException, zlib.error, ValueError) as fault:
            raise FetchError("fetch_failed", f"{parts.geturl()}: {_said(fault)}.", "Try again later.") from fault
        finally:
            self._last[host] = time.monotonic()

    def _exchange(self, parts: SplitResult, into: Path | Memory, headers: Mapping[str, str]) -> Response:
        """One request; a clock that ends it whatever the other side does."""
        connection = self._connection(parts)
        late = threading.Event()

        held: list[socket.socket] = []  # the response takes the socket from the connection

        def stop() -> None:
            late.set()
            with contextlib.suppress(OSError):
                held[0].shutdown(socket.SHUT_RDWR)

        clock = threading.Timer(self.rules.total_s, stop)
        clock.daemon = True
        try:
            connection.connect()
            held.append(connection.sock)
            clock.start()
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            own = {"User-Agent": self.rules.user_agent, "Accept-Encoding": "gzip", "Connection": "close"}
            connection.request("GET", path, headers={**own, **headers})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            if answer.status == 200:
                self._receive(answer, told, into, parts.geturl())
            if late.is_set():
                raise self._too_slow(parts)
            return Response(answer.status, parts.geturl(), told, _retry_after(told.get("retry-after")))
        except (OSError, http.client.HTTPException, ValueError) as fault:
            if late.is_set():
                raise self._too_slow(parts) from fault
            raise
        finally:
            clock.cancel()
            connection.close()

    def _too_slow(self, parts: SplitResult) -> FetchError:
        what = f"{parts.geturl()}: not here within {self.rules.total_s:g} s."
        return FetchError("fetch_limit", what, "Try again later.")

    def _receive(
        self, answer: http.client.HTTPResponse, told: Mapping[str, str], into: Path | Memory, url: str
    ) -> None:
        """The body, unpacked, into its file; whole or a fault."""
        coding = told.get("content-encoding", "identity").strip().lower()
        if coding not in ("identity", "gzip", "x-gzip", ""):
            raise FetchError("fetch_failed", f"{url}: packed as {coding}, which was not asked for.", "")
        unpack = zlib.decompressobj(31) if "gzip" in coding else None
        limit = into.limit if isinstance(into, Memory) else self.rules.max_bytes
        received = written = 0
        with into.open("wb") as stream:
            while block := answer.read1(_BLOCK_BYTES):
                received += len(block)
                plain = unpack.decompress(block, limit - written + 1) if unpack else block
                written += len(plain)
                if written > limit or received > limit:
                    raise FetchError(
                        "fetch_limit", f"{url}: more than {limit:,} bytes.", "Fetch it by hand, if it must be."
                    )
                stream.write(plain)
        promised = told.get("content-length", "")
        if promised.isdigit() and received != int(promised):
            raise FetchError(
                "fetch_failed", f"{url}: {received} bytes came, {promised} were announced.", "Try again later."
            )
        if unpack and not unpack.eof:
            raise FetchError("fetch_failed", f"{url}: what came is cut short.", "Try again later.")

    def _connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        """A connection to an address that was checked, through the proxy of the environment where there is one."""
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        proxy = urlsplit(urllib.request.getproxies().get(parts.scheme, ""))
        if proxy.hostname and not urllib.request.proxy_bypass(host):
            self._address(host, port, must=False)
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            through = kind(proxy.hostname, proxy.port or 3128, timeout=self.rules.timeout_s)
            through.set_tunnel(host, port)
            return through
        address = self._address(host, port, must=True)
        if parts.scheme == "https":
            return PinnedTls(host, port, address, self.rules.timeout_s)
        return Pinned(host, port, address, self.rules.timeout_s)

    def _address(self, host: str, port: int, *, must: bool) -> str:
        """The first address of a host, none of which may be private unless that is allowed."""
        try:
            found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except (OSError, UnicodeError) as unknown:
            if must:
                raise FetchError(
                    "fetch_failed", f"{host}: no such host ({unknown}).", "Check the connection."
                ) from unknown
            return ""
        for address in found:
            if not self.rules.allow_private and not self.permits(address):
                what = f"{host} is at {address}, which is no public address."
                raise FetchError("fetch_refused", what, "Set SOURCIER_FETCH_PRIVATE if that is meant.")
        return found[0]


def _said(fault: Exception) -> str:
    """A foreign fault in words of our own: its text may hold what the other side sent."""
    if isinstance(fault, TimeoutError):
        return "timed out"
    if isinstance(fault, http.client.IncompleteRead | zlib.error):
        return "what came is cut short or garbled"
    if isinstance(fault, http.client.RemoteDisconnected | ConnectionResetError):
        return "the connection was closed without an answer"
    if isinstance(fault, http.client.HTTPException):
        return f"no answer in HTTP came ({type(fault).__name__})"
    return str(getattr(fault, "strerror", None) or getattr(fault, "reason", None) or fault or type(fault).__name__)


def _good(answer: Response) -> Response:
    if answer.status in (200, 304):
        return answer
    if answer.status in _LATER:
        wait = f" in {answer.retry_after_s:.0f} s" if answer.retry_after_s is not None else " later"
        what = f"{answer.url}: HTTP {answer.status}, asks to come back{wait}."
        raise FetchError("fetch_later", what, "Wait.", answer.retry_after_s)
    reason = http.client.responses.get(answer.status, "")
    raise FetchError(
        "fetch_failed", f"{answer.url}: HTTP {answer.status} {reason}".rstrip() + ".", "Check the address."
    )


def _retry_after(said: str | None) -> float | None:
    """Seconds to wait, from a number or a date; None where nothing usable is said."""
    if not said:
        return None
    if said.strip().isdigit():
        return float(min(int(said.strip()[:9]), 10**8))
    try:
        return max(0.0, parsedate_to_datetime(said).timestamp() - time.time())
    except (ValueError, TypeError, OverflowError):
        return None
