"""A publisher that misbehaves in every way: each has a clear message, and no partial document ever."""

from __future__ import annotations

import datetime as dt
import gzip
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.document import Source
from ingest.fetch import FetchReport, fetch_catalogue
from ingest.fetch_state import read_state
from ingest.web import Web, WebRules

PAGE = b"<!DOCTYPE html><html><body><p>Un texte officiel.</p></body></html>"
NEW = PAGE.replace(b"Un texte", b"Un autre texte")
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
RSS = b"<rss><channel><item><title>Avis</title><link>/avis</link></item><item><link>/page</link></item></channel></rss>"


class Publisher(BaseHTTPRequestHandler):
    """A site whose addresses say how it misbehaves."""

    asked: list[tuple[str, dict[str, str]]]
    page: bytes

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
        tag = f'"{hash(self.page)}"'
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

    def do_garbage(self) -> None:
        self.wfile.write(b"\x00\x01\x02 not http\r\n\r\n")

    def do_hangup(self) -> None:
        self.connection.close()

    def do_feed(self) -> None:
        self.send(RSS)

    def do_secret(self) -> None:
        self.send(PAGE)

    def do_robots(self) -> None:
        self.send(b"User-agent: *\nDisallow: /secret\nCrawl-delay: 2\n")

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


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "*")
    handler = type("Handler", (Publisher,), {"asked": [], "page": PAGE})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_port}", handler, tmp_path)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/slow", "fetch_limit", "not here within"),
        ("/silent", "fetch_failed", "timed out"),
        ("/dripping", "fetch_limit", "not here within"),
        ("/endless", "fetch_limit", "more than 1,048,576 bytes"),
        ("/huge", "fetch_limit", "more than 1,048,576 bytes"),
        ("/bomb", "fetch_limit", "more than 1,048,576 bytes"),
        ("/cutgzip", "fetch_failed", "cut short"),
        ("/brotli", "fetch_failed", "packed as br"),
        ("/cut", "fetch_failed", "were announced"),
        ("/image", "unsupported_document", "is an image"),
        ("/guide.pdf", "fetch_wrong_type", "gives"),
        ("/empty", "unsupported_document", "no reader knows"),
        ("/error", "fetch_failed", "HTTP 500"),
        ("/gone", "fetch_failed", "HTTP 410"),
        ("/nowhere", "fetch_failed", "HTTP 404"),
        ("/loop", "fetch_refused", "redirects"),
        ("/away", "fetch_refused", "another host"),
        ("/file", "fetch_refused", "another host"),
        ("/later", "fetch_later", "come back in 86400 s"),
        ("/liar", "fetch_failed", "304"),
        ("/garbage", "fetch_failed", ""),
        ("/hangup", "fetch_failed", ""),
        ("/secret", "fetch_refused", "robots.txt"),
    ],
)
def test_each_misbehaviour_has_its_message_and_leaves_nothing(site: Site, path: str, code: str, words: str) -> None:
    start = time.monotonic()
    report = site.fetch(path, "/page")
    assert time.monotonic() - start < 8
    (identifier,) = report.failed
    assert words in report.failed[identifier]
    assert f"FAILED ({code})" in site.lines[0]
    assert report.fetched == ["page"]
    assert site.files() == ["page.html"]


def test_what_did_not_change_is_not_sent_again_and_what_did_is_replaced_whole(site: Site) -> None:
    assert site.fetch("/page").fetched == ["page"]
    assert site.fetch("/page").unchanged == ["page"]
    asked = site.handler.asked[-1][1]
    assert asked["if-none-match"] and asked["if-modified-since"] == "Mon, 23 Nov 2026 00:00:00 GMT"
    site.handler.page = NEW
    assert site.fetch("/page").fetched == ["page"]
    assert (site.folder / "fetched" / "page.html").read_bytes() == NEW
    (site.folder / "fetched" / "page.html").write_bytes(b"<html>altered")
    assert site.fetch("/page").fetched == ["page"]
    assert "if-none-match" not in site.handler.asked[-1][1]
    (site.folder / "fetched" / ".state.json").write_text("{", encoding="utf-8")
    assert site.fetch("/page").unchanged == ["page"]


def test_a_failure_keeps_the_document_that_was_there(site: Site) -> None:
    (site.folder / "fetched").mkdir()
    (site.folder / "fetched" / "cut.html").write_bytes(PAGE)
    assert site.fetch("/cut", "/bomb").failed.keys() == {"cut", "bomb"}
    assert (site.folder / "fetched" / "cut.html").read_bytes() == PAGE


def test_packed_pages_are_unpacked_and_a_redirect_at_home_is_followed(site: Site) -> None:
    assert site.fetch("/packed", "/moved").fetched == ["packed", "moved"]
    assert (site.folder / "fetched" / "packed.html").read_bytes() == PAGE


def test_a_short_retry_after_is_waited_for_and_a_long_one_is_kept_for_the_next_time(site: Site) -> None:
    assert site.fetch("/busy").fetched == ["busy"]
    assert 3.0 in site.rests
    assert site.fetch("/later").failed
    assert read_state(site.folder / "fetched")["later"].not_before == "2026-11-24T00:00:00Z"
    before = len(site.handler.asked)
    assert "asked not to come before" in site.fetch("/later").failed["later"]
    assert len(site.handler.asked) == before


def test_the_pause_that_a_site_asks_for_is_kept_and_we_say_who_we_are(site: Site) -> None:
    site.fetch("/page", "/packed")
    assert len([rest for rest in site.rests if 1 < rest <= 2]) == 2
    assert {path for path, _ in site.handler.asked} == {"/robots.txt", "/page", "/packed"}
    assert all(headers["user-agent"].startswith("Sourcier/") for _, headers in site.handler.asked)


def test_private_addresses_are_refused_unless_allowed(site: Site) -> None:
    report = site.fetch("/page", allow_private=False)
    assert "only https" in report.failed["page"]
    web = Web(WebRules(pause_s=0))
    for host in ("localhost", "127.0.0.1", "[::1]", "0.0.0.0", "169.254.169.254", "2130706433", "0x7f.1"):
        sources = (Source("a", "A", url=f"https://{host}/x"),)
        report = fetch_catalogue(Catalogue(site.folder, sources), tell=lambda _: None, web=web)
        assert "no public address" in report.failed["a"], (host, report.failed)
    assert site.handler.asked == []


def test_a_feed_tells_of_what_is_new_once(site: Site) -> None:
    report = site.fetch("/page", feed="/feed")
    assert [(one.title, one.url) for one in report.announced["page"]] == [("Avis", f"{site.base}/avis")]
    assert f"announced: Avis <{site.base}/avis>" in site.lines[-1]
    assert site.fetch("/page", feed="/feed").announced == {"page": []}
    report = site.fetch("/page", feed="/nowhere")
    assert not report.failed
    assert "its feed" in site.lines[0]
