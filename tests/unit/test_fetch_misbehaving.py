"""A publisher that misbehaves in every way: each has a clear message, and no partial document ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.document import Source
from ingest.fetch import fetch_catalogue
from ingest.fetch_state import read_state
from ingest.web import Web, WebRules
from tests.publisher_maker import NEW, PAGE, Site, publishing


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "*")
    with publishing(tmp_path) as made:
        yield made


TIMED = ("/slow", "/silent", "/dripping")
"""What must end by the limit of time; the others end by themselves, on a busy machine too."""


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
        ("/toomany", "fetch_later", "HTTP 429, asks to come back in"),
        ("/always", "fetch_later", "HTTP 429, asks to come back later"),
        ("/chunks", "fetch_failed", "cut short"),
        ("/chain/1", "fetch_refused", "more than 5 redirects"),
        ("/garbage", "fetch_failed", "no answer in HTTP"),
        ("/hangup", "fetch_failed", "closed without an answer"),
        ("/secret", "fetch_refused", "robots.txt"),
    ],
)
def test_each_misbehaviour_has_its_message_and_leaves_nothing(site: Site, path: str, code: str, words: str) -> None:
    patience: dict[str, object] = {} if path in TIMED else {"timeout_s": 20.0, "total_s": 20.0}
    start = time.monotonic()
    report = site.fetch(path, "/page", **patience)
    assert path not in TIMED or time.monotonic() - start < 8
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
