"""A file dropped in the folder is in the bundle soon after, with what its sidecar says; one that is still written waits."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from corpus.bundle import open_bundle
from corpus.document import Status
from corpus.errors import BundleError
from corpus.shelf import Shelf
from ingest.lock import building
from ingest.watch import Watch, watch
from tests.makers import ROOT, call

CATALOGUE = '[[source]]\nid = "hds"\ntitle = "Le HDS"\npublisher = "Agence A"\nfile = "hds.md"\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCIER_INBOX_DIR", str(tmp_path / "inbox"))
    (tmp_path / "sources.toml").write_text(CATALOGUE, encoding="utf-8")
    (tmp_path / "hds.md").write_text("Le HDS couvre six activités.", encoding="utf-8")
    (tmp_path / "inbox").mkdir()
    return tmp_path


def arguments(place: Path) -> list[str]:
    return ["--catalogue", str(place / "sources.toml"), "--bundles", str(place / "bundles")]


def test_dropped_files_are_indexed_beside_the_catalogue_and_replace_its_documents(place: Path) -> None:
    inbox = place / "inbox"
    (inbox / "pecan.md").write_text("# La PECAN\n\nLa PECAN dure un an.", encoding="utf-8")
    (inbox / "pecan.toml").write_text(
        'publisher = "Agence B"\nsupersedes = ["hds"]\nvalid_from = 2026-01-01\n', encoding="utf-8"
    )
    (inbox / "hds.txt").write_text("Le HDS couvre sept activités.", encoding="utf-8")
    assert call("ingest", "watch", "--once", *arguments(place)).returncode == 0
    bundle = open_bundle(Shelf(place / "bundles").active_folder())
    pecan, hds = bundle.document("pecan"), bundle.document("hds")
    assert pecan and hds
    assert (pecan.source.title, pecan.source.publisher, str(pecan.source.valid_from)) == (
        "La PECAN",
        "Agence B",
        "2026-01-01",
    )
    assert (hds.source.title, hds.source.publisher, hds.source.superseded_by) == ("Le HDS", "Agence A", ("pecan",))
    assert bundle.page_text(hds.first_page) == "Le HDS couvre sept activités."
    (inbox / "pecan.toml").write_text('status = "draft"\n', encoding="utf-8")
    assert call("ingest", "build", *arguments(place)).returncode == 0
    pecan = open_bundle(Shelf(place / "bundles").active_folder()).document("pecan")
    assert pecan and (pecan.source.status, pecan.source.publisher) == (Status.DRAFT, "")
    (inbox / "pecan.md").unlink()
    (inbox / "pecan.toml").unlink()
    assert call("ingest", "build", *arguments(place)).returncode == 0
    assert open_bundle(Shelf(place / "bundles").active_folder()).document("pecan") is None


@pytest.mark.parametrize("said", ["title =", 'id = "x"', 'colour = "red"', 'status = "maybe"', "\x00"])
def test_a_sidecar_that_cannot_be_used_costs_its_document_alone(place: Path, said: str) -> None:
    (place / "inbox" / "pecan.md").write_text("La PECAN dure un an.", encoding="utf-8")
    (place / "inbox" / "pecan.toml").write_text(said, encoding="utf-8")
    done = call("ingest", "build", *arguments(place))
    assert done.returncode == 0
    assert "pecan.md: FAILED (catalogue_invalid)" in done.stderr
    assert "pecan.toml" in done.stderr


def test_what_is_still_being_written_waits_until_it_has_settled(tmp_path: Path) -> None:
    builds: list[list[str]] = []
    (tmp_path / "a.md").write_text("Un.", encoding="utf-8")

    def grow() -> None:
        (tmp_path / "b.md").write_text("D" * (len(looks) + 1), encoding="utf-8")

    steps: list[Callable[[], object]] = [
        lambda: None,  # settled: a
        grow, grow, grow,  # still written
        lambda: None,  # settled: a, b
        lambda: (tmp_path / ".hidden").write_text("x", encoding="utf-8"),
        (tmp_path / "a.md").unlink,
        lambda: None,  # settled: b
        lambda: None,
    ]  # fmt: skip
    looks: list[int] = []

    def rest() -> bool:
        if len(looks) == len(steps):
            return False
        steps[len(looks)]()
        looks.append(1)
        return True

    def build() -> bool:
        builds.append(sorted(path.name for path in tmp_path.glob("[a-z]*")))
        return True

    watch(Watch(tmp_path), build, rest)
    assert builds == [["a.md"], ["a.md", "b.md"], ["b.md"]]


def wait_for(found: Callable[[], bool], seconds: float = 30) -> float:
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        try:
            if found():
                return time.monotonic() - start
        except BundleError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s")


@contextlib.contextmanager
def watching(place: Path, *options: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """`ingest watch` in a process of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ingest", "watch", "--interval-s", "0.2", *options, *arguments(place)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, **settings},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_running_watch_follows_the_folder_and_ends_when_it_is_told(place: Path) -> None:
    shelf = Shelf(place / "bundles")
    with watching(place) as process:
        wait_for(lambda: shelf.active_id() is not None)
        (place / "inbox" / "vide.md").write_text("", encoding="utf-8")
        (place / "inbox" / "neuf.md").write_text("Une règle nouvelle vaut trente jours.", encoding="utf-8")
        wait_for(lambda: open_bundle(shelf.active_folder()).document("neuf") is not None)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0
    assert "vide.md: FAILED (empty_document)" in said


def test_a_watch_beside_another_builder_waits_for_its_end_and_then_builds_by_itself(place: Path) -> None:
    shelf = Shelf(place / "bundles")
    done = call("ingest", "build", *arguments(place))
    assert done.returncode == 0
    with watching(place) as process:
        assert process.stderr is not None
        while "watching" not in process.stderr.readline():
            pass
        with building(shelf.folder, dt.datetime.now(dt.UTC)):
            (place / "inbox" / "neuf.md").write_text("Une règle nouvelle vaut trente jours.", encoding="utf-8")
            lines = [process.stderr.readline()]
            while not lines[-1].startswith("build_running"):
                lines.append(process.stderr.readline())
            time.sleep(1)  # several looks: the refusal is told once
            assert open_bundle(shelf.active_folder()).document("neuf") is None
        wait_for(lambda: open_bundle(shelf.active_folder()).document("neuf") is not None)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert "Trying again" in lines[-1]
    assert "build_running" not in said


def test_once_says_by_its_exit_code_that_another_builder_is_at_work(place: Path) -> None:
    with building(place / "bundles", dt.datetime.now(dt.UTC)):
        done = call("ingest", "watch", "--once", *arguments(place))
    assert done.returncode == 2
    assert done.stderr.startswith("build_running: ")


def test_a_watch_sees_what_was_fetched_and_a_catalogue_that_changed(place: Path) -> None:
    look = Watch(place / "inbox", place / "sources.toml", place / "fetched")

    def settled() -> bool:
        look.changed()
        found = look.changed()
        look.done()
        return found

    assert settled() and not settled()
    (place / "sources.toml").write_text(CATALOGUE + "# revu\n", encoding="utf-8")
    assert settled()
    (place / "fetched").mkdir()
    (place / "fetched" / ".state.json").write_text("{}", encoding="utf-8")
    assert not settled()
    (place / "fetched" / "hds.html").write_text("<p>HDS", encoding="utf-8")
    assert settled() and not settled()


def test_a_watch_that_is_told_to_asks_the_publishers_too(place: Path) -> None:
    pages = place / "publisher"
    pages.mkdir()
    (pages / "avis.html").write_text(
        "<html><body><p>L’avis nouveau vaut trente jours.</p></body></html>", encoding="utf-8"
    )
    handler = functools.partial(SimpleHTTPRequestHandler, directory=str(pages))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    entry = f'[[source]]\nid = "avis"\nurl = "http://127.0.0.1:{server.server_port}/avis.html"\n'
    (place / "sources.toml").write_text(CATALOGUE + entry, encoding="utf-8")
    settings = {"SOURCIER_FETCH_PRIVATE": "true", "SOURCIER_FETCH_PAUSE_S": "0", "no_proxy": "127.0.0.1"}
    try:
        with watching(place, "--fetch-every-h", "12", **settings):
            shelf = Shelf(place / "bundles")
            wait_for(lambda: open_bundle(shelf.active_folder()).document("avis") is not None)
    finally:
        server.shutdown()
        server.server_close()
