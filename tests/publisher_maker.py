"""A publisher's site on this machine whose addresses say how it misbehaves: paths go in; what was fetched and told comes out."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType

from corpus.catalogue import Catalogue
from corpus.document import Source
from ingest.fetch import FetchReport, fetch_catalogue
from ingest.web import Web, WebRules

PAGE = b"<!DOCTYPE html><html><body><p>Un texte officiel.</p></body></html>"
NEW = PAGE.replace(b"Un texte", b"Un autre texte")
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
RSS = b"<rss><channel><item><title>Avis</title><link>/avis</link></item><item><link>/page</link></item></channel></rss>"


class Publisher(BaseHTTPRequestHandler):
    """A site whose addresses say how it misbehaves."""

    asked: list[tuple[str, dict[str, str]]]
    page: bytes
    tag: str = ""
    robots: bytes = b"User-agent: *\nDisallow: /secret\nCrawl-delay: 2\n"
    robots_status: int = 200
    robots_headers: Mapping[str, str] = MappingProxyType({})

    def do_GET(self) -> None:
        type(self).asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        getattr(self, "do_" + self.path.strip("/").split("/")[0].split(".")[0].split("?")[0], self.absent)()

    def absent(self) -> None:
        self.send_error(404)

    def send(self, body: bytes, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def do_page(self) -> None:
        tag = self.tag or f'"{hash(self.page)}"'
        if self.headers.get("If-None-Match") == tag:
            self.send(b"", 304)
        else:
            self.send(self.page, ETag=tag, Last_Modified="Mon, 23 Nov 2026 00:00:00 GMT")

    def do_liar(self) -> None:
        self.send(b"", 304)

    def do_slow(self) -> None:
        self.send_response(200)
        self.end_headers()
        for byte in PAGE * 50:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            time.sleep(0.05)

    def do_silent(self) -> None:
        time.sleep(3)

    def do_dripping(self) -> None:
        for _ in range(100):
            self.wfile.write(b"X")
            self.wfile.flush()
            time.sleep(0.05)

    def do_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"x" * 65536)

    def do_huge(self) -> None:
        self.send(b"x" * (2 << 20))

    def do_bomb(self) -> None:
        self.send(gzip.compress(b"<html>" + b"x" * (50 << 20)), Content_Encoding="gzip")

    def do_packed(self) -> None:
        self.send(gzip.compress(PAGE), Content_Encoding="gzip")

    def do_cutgzip(self) -> None:
        self.send(gzip.compress(PAGE)[:-12], Content_Encoding="gzip")

    def do_brotli(self) -> None:
        self.send(PAGE, Content_Encoding="br")

    def do_cut(self) -> None:
        self.send(PAGE, length=len(PAGE) + 100)

    def do_image(self) -> None:
        self.send(b"\x89PNG\r\n\x1a\n" + bytes(100), Content_Type="text/html")

    def do_chunks(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + PAGE[:20])
        self.connection.close()

    def do_guide(self) -> None:
        self.send(PAGE, Content_Type="application/pdf")

    def do_empty(self) -> None:
        self.send(b"")

    def do_error(self) -> None:
        self.send(PAGE, 500)

    def do_gone(self) -> None:
        self.send(PAGE, 410)

    def do_loop(self) -> None:
        self.send(b"", 302, Location=self.path)

    def do_moved(self) -> None:
        self.send(b"", 301, Location="/page")

    def do_away(self) -> None:
        self.send(b"", 302, Location="http://127.0.0.2:9/page")

    def do_file(self) -> None:
        self.send(b"", 302, Location="file:///etc/hosts")

    def do_busy(self) -> None:
        first = sum(path == self.path for path, _ in type(self).asked) == 1
        self.send(b"" if first else PAGE, 429 if first else 200, Retry_After="3")

    def do_later(self) -> None:
        self.send(b"", 503, Retry_After="86400")

    def do_toomany(self) -> None:
        self.send(PAGE, 429, Retry_After="Thu, 01 Jan 2099 00:00:00 GMT")

    def do_always(self) -> None:
        self.send(PAGE, 429)

    def do_chain(self) -> None:
        number = int(self.path.rpartition("/")[2])
        self.send(b"", 302, Location=f"/chain/{number + 1}")

    def do_garbage(self) -> None:
        self.wfile.write(b"\x00\x01\x02 not http\r\n\r\n")

    def do_hangup(self) -> None:
        self.connection.close()

    def do_feed(self) -> None:
        self.send(RSS)

    def do_secret(self) -> None:
        self.send(PAGE)

    def do_robots(self) -> None:
        self.send(self.robots, self.robots_status, **self.robots_headers)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Site:
    """The publisher's address, what it was asked, and a folder to fetch into."""

    def __init__(self, base: str, handler: type[Publisher], folder: Path) -> None:
        self.base, self.handler, self.folder = base, handler, folder
        self.rests: list[float] = []

    def fetch(self, *paths: str, feed: str | None = None, **rules: object) -> FetchReport:
        given = {"pause_s": 0.0, "timeout_s": 1.0, "total_s": 1.2, "max_bytes": 1 << 20, "allow_private": True, **rules}
        web = Web(WebRules(**given), rest=self.rests.append)  # type: ignore[arg-type]
        sources = [
            Source(path.strip("/").replace("/", "-").split(".")[0], "T", url=self.base + path,
                   feed=self.base + feed if feed else None)
            for path in paths
        ]  # fmt: skip
        self.lines: list[str] = []
        return fetch_catalogue(Catalogue(self.folder, tuple(sources)), tell=self.lines.append, web=web, now=NOW)

    def files(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file() and path.name != ".state.json")


@contextmanager
def publishing(folder: Path) -> Iterator[Site]:
    """The site, until the end of the block; what is fetched goes into `folder`."""
    handler = type("Handler", (Publisher,), {"asked": [], "page": PAGE})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield Site(f"http://127.0.0.1:{server.server_port}", handler, folder)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
