"""robots.txt as sites really serve it, redirects to private addresses, and pages that change without saying anything new."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus.bundle import open_bundle
from corpus.catalogue import Catalogue
from corpus.document import Source
from corpus.shelf import Shelf
from ingest.fetch import fetch_catalogue
from ingest.web import Web, WebRules
from tests.makers import call
from tests.publisher_maker import PAGE, Site, publishing


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("no_proxy", "*")
    with publishing(tmp_path) as made:
        yield made


@pytest.mark.parametrize("status", [500, 503, 429])
def test_nothing_is_taken_from_a_site_that_cannot_say_what_it_allows(site: Site, status: int) -> None:
    site.handler.robots_status = status
    report = site.fetch("/page", "/packed")
    assert report.failed.keys() == {"page", "packed"}
    assert all("robots.txt does not allow it" in reason for reason in report.failed.values())
    assert {path for path, _ in site.handler.asked} == {"/robots.txt"}
    assert site.files() == []


@pytest.mark.parametrize("status", [404, 403, 410])
def test_a_site_without_robots_txt_allows_everything(site: Site, status: int) -> None:
    site.handler.robots_status = status
    assert site.fetch("/secret").fetched == ["secret"]


def test_robots_txt_may_be_elsewhere_on_the_site_and_a_loop_of_it_allows_everything(site: Site) -> None:
    site.handler.robots_status, site.handler.robots_headers = 301, {"Location": "/robots.txt"}
    assert site.fetch("/page").fetched == ["page"]


def test_an_endless_robots_txt_is_not_read_to_its_end_and_nothing_is_taken(site: Site) -> None:
    site.handler.robots = b"# filler\n" * 100_000
    report = site.fetch("/page")
    assert "more than 512,000 bytes" in report.failed["page"]
    assert site.files() == []


def test_other_headers_with_the_same_bytes_leave_the_document_as_it_was(site: Site) -> None:
    assert site.fetch("/page").fetched == ["page"]
    path = site.folder / "fetched" / "page.html"
    before = path.stat().st_mtime_ns
    site.handler.tag = '"another"'
    report = site.fetch("/page")
    assert (report.fetched, report.unchanged) == ([], ["page"])
    assert path.stat().st_mtime_ns == before


def test_other_markup_with_the_same_text_is_taken_but_changes_no_passage(site: Site) -> None:
    (site.folder / "sources.toml").write_text(
        f'[[source]]\nid = "page"\ntitle = "T"\nurl = "{site.base}/page"\n', encoding="utf-8"
    )
    build = ("build", "--catalogue", str(site.folder / "sources.toml"), "--bundles", str(site.folder / "bundles"))
    site.fetch("/page")
    assert call("ingest", *build).returncode == 0
    before = open_bundle(Shelf(site.folder / "bundles").active_folder())
    site.handler.page = PAGE.replace(b"<p>", b'<p class="neuf">')
    assert site.fetch("/page").fetched == ["page"]
    done = call("ingest", *build)
    assert "1 changed; 0 passages embedded, 1 kept" in done.stdout
    after = open_bundle(Shelf(site.folder / "bundles").active_folder())
    assert after.passage_at(0).id == before.passage_at(0).id
    assert after.changes[0].changed == ()


def test_after_every_misbehaviour_the_corpus_holds_the_good_documents_alone(site: Site) -> None:
    names = ["endless", "bomb", "cut", "chunks", "cutgzip", "image", "loop", "later", "page", "garbage", "silent"]
    tables = (f'[[source]]\nid = "{name}"\nurl = "{site.base}/{name}"\n' for name in names)
    (site.folder / "sources.toml").write_text("".join(tables), encoding="utf-8")
    site.fetch(*(f"/{name}" for name in names))
    bundles = site.folder / "bundles"
    done = call("ingest", "build", "--catalogue", str(site.folder / "sources.toml"), "--bundles", str(bundles))
    assert f"{len(names) - 1} official documents of the catalogue are not on disk" in done.stdout
    assert [one.source.id for one in open_bundle(Shelf(bundles).active_folder()).documents] == ["page"]


class Lure(BaseHTTPRequestHandler):
    """A site of the internet, as far as the test goes, that leads to a private address."""

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        self.send_response(302)
        port = self.server.server_address[1]
        self.send_header(
            "Location", f"https://127.0.0.2:{port}/secret" if self.path == "/lure" else "http://localhost/"
        )
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def lure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command, to make a certificate for the loopback address")
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("no_proxy", "*")
    server = ThreadingHTTPServer(("localhost", 0), Lure)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"https://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "words"), [("/lure", "127.0.0.2, which is no public address"), ("/plain", "only https addresses")]
)
def test_a_redirect_to_a_private_address_or_out_of_https_is_refused_though_its_host_is_known(
    lure: str, tmp_path: Path, path: str, words: str
) -> None:
    known = frozenset({"localhost", "127.0.0.2"})
    web = Web(WebRules(pause_s=0, hosts=known), permits=lambda address: address in ("127.0.0.1", "::1"))
    folder = tmp_path / "corpus"
    report = fetch_catalogue(Catalogue(folder, (Source("a", "A", url=lure + path),)), tell=lambda _: None, web=web)
    assert words in report.failed["a"]
    assert not [one for one in folder.rglob("*") if one.is_file() and one.name != ".state.json"]
