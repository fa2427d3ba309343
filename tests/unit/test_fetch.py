"""Official documents are fetched whole or not at all, over https, and their absence is said plainly."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue
from corpus.document import Source
from corpus.errors import CatalogueError
from ingest.fetch import FetchReport, fetch_catalogue
from ingest.web import Web, WebRules

PAGE = b"<!DOCTYPE html><html><body><p>Un texte officiel.</p></body></html>"


class Publisher(BaseHTTPRequestHandler):
    """A publisher's site: a page, a page cut short, something that is no document, nothing."""

    def do_GET(self) -> None:
        bodies = {"/page": PAGE, "/pdf": b"%PDF-1.7 ...", "/cut": PAGE, "/odd": b"\x00\x01\x02"}
        body = bodies.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body) + (100 if self.path == "/cut" else 0)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The address of the site on this machine, and the certificate that makes it trusted."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs the openssl command, to make a certificate for the loopback address")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )  # fmt: skip
    server = ThreadingHTTPServer(("localhost", 0), Publisher)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"https://localhost:{server.server_port}", certificate
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def trusted(site: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SSL_CERT_FILE", str(site[1]))
    monkeypatch.setenv("no_proxy", "localhost")
    return site[0]


def fetched(folder: Path, *sources: Source, only: list[str] | None = None) -> tuple[FetchReport, list[str]]:
    lines: list[str] = []
    web = Web(WebRules(pause_s=0, allow_private=True))
    report = fetch_catalogue(Catalogue(folder, sources), only, tell=lines.append, web=web)
    return report, lines


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != ".state.json")


def test_a_document_is_put_beside_the_catalogue_with_the_ending_of_its_content(trusted: str, tmp_path: Path) -> None:
    report, lines = fetched(tmp_path, Source("a", "A", url=f"{trusted}/page"), Source("b", "B", url=f"{trusted}/pdf"))
    assert report.fetched == ["a", "b"]
    assert files(tmp_path) == ["a.html", "b.pdf"]
    assert (tmp_path / "fetched" / "a.html").read_bytes() == PAGE
    assert len(lines) == 2


@pytest.mark.parametrize(("path", "reason"), [("/cut", "announced"), ("/odd", "reader"), ("/absent", "404")])
def test_what_comes_cut_short_or_is_no_document_leaves_nothing(
    trusted: str, tmp_path: Path, path: str, reason: str
) -> None:
    report, lines = fetched(tmp_path, Source("a", "A", url=trusted + path), Source("b", "B", url=f"{trusted}/page"))
    assert reason in report.failed["a"] or reason in lines[0]
    assert report.fetched == ["b"]
    assert files(tmp_path) == ["b.html"]


def test_one_document_can_be_asked_for(trusted: str, tmp_path: Path) -> None:
    sources = [Source(name, name, url=f"{trusted}/page") for name in "abc"]
    assert fetched(tmp_path, *sources, only=["b"])[0].fetched == ["b"]


def test_a_certificate_that_is_not_trusted_is_refused(
    site: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "localhost")
    report, _ = fetched(tmp_path, Source("a", "A", url=f"{site[0]}/page"))
    assert "certificate" in report.failed["a"].lower()


def test_only_https_addresses_are_fetched(tmp_path: Path) -> None:
    sources = (Source("a", "A", url="http://example.org/a"), Source("b", "B", url="file:///etc/hosts"))
    report = fetch_catalogue(Catalogue(tmp_path, sources), tell=lambda _: None)
    assert set(report.failed) == {"a", "b"}
    assert files(tmp_path) == []


def test_without_internet_the_command_stops_early_says_so_and_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    sources = [Source(f"s{n}", "S", url="https://127.0.0.1:9/x") for n in range(10)]
    report, lines = fetched(tmp_path, *sources)
    assert len(report.failed) == 3
    assert "No internet access" in lines[-1]
    assert files(tmp_path) == []


def test_a_document_with_a_file_of_its_own_is_not_fetched(tmp_path: Path) -> None:
    report, lines = fetched(tmp_path, Source("a", "A", file="a.md", url="https://127.0.0.1:9/x"), Source("b", "B"))
    assert (report.fetched, report.failed, lines) == ([], {}, [])


@pytest.mark.parametrize("identifier", ["nobody", "plain"])
def test_an_id_that_has_nothing_to_fetch_is_refused_by_name(tmp_path: Path, identifier: str) -> None:
    with pytest.raises(CatalogueError, match=identifier):
        fetched(tmp_path, Source("plain", "P"), only=[identifier])
