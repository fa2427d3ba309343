"""Killed, cut, garbled, out of disk: the last good bundle always opens, a bad one is refused by name, the next build works."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.bundle import open_bundle
from corpus.encoder import Encoder
from corpus.errors import BundleError
from corpus.shelf import Shelf
from ingest.verify import verify_bundle
from service.engine import AnswerEngine
from service.evaluate import is_verbatim
from tests.makers import ROOT, call, question

RUNS = int(os.environ.get("SOURCIER_KILLS", "20"))
STAGES = ("plan", "read", "embed", "write", "verify", "activate", "prune")
GOOD_S = 60


class Site:
    """Documents with two versions, and the shelf that holds the bundle of the first."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self.encoder = encoder
        self.documents = folder / "documents"
        self.documents.mkdir(parents=True)
        self.shelf = Shelf(folder / "bundles")
        self.version = 0
        for number in range(12):
            self._write(number, 0)

    def _write(self, number: int, version: int) -> None:
        text = f"# Note {number}\n\n" + "\n\n".join(
            f"La règle {n} de la version {version} dure {n} jours." for n in range(9)
        )
        (self.documents / f"note-{number}.md").write_text(text, encoding="utf-8")

    def change(self) -> None:
        """A new version of a third of the documents."""
        self.version += 1
        for number in range(0, 12, 3):
            self._write(number, self.version)

    def start(self) -> subprocess.Popen[str]:
        """A builder."""
        return subprocess.Popen(
            [sys.executable, "-m", "ingest", "build", "--documents", str(self.documents),
             "--bundles", str(self.shelf.folder), "--progress", "lines"],
            cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def build(self) -> None:
        """The next build, which must work and leave nothing behind."""
        done = call("ingest", "build", "--documents", str(self.documents), "--bundles", str(self.shelf.folder))
        assert done.returncode in (0, 4), done.stderr
        bundle = verify_bundle(self.shelf.active_folder())
        assert f"version {self.version} " in " ".join(bundle.passage_texts())
        left = [
            entry.name for entry in self.shelf.folder.iterdir() if entry.name.startswith((".building", ".removing"))
        ]
        assert left == []

    def check(self, *allowed: str | None) -> None:
        """What is active opens whole and is one of these, or a bundle of the version that is being built."""
        active = self.shelf.active_id()
        bundle = verify_bundle(self.shelf.active_folder())
        text = " ".join(bundle.passage_texts())
        assert active in allowed or f"version {self.version} " in text
        answer = AnswerEngine(bundle, self.encoder).ask(question("Combien de jours dure la règle 5 de la version 0 ?"))
        assert answer.bundle_id == active
        assert answer.citations and is_verbatim(answer, bundle)


@pytest.fixture
def site(tmp_path: Path, encoder: Encoder) -> Site:
    made = Site(tmp_path, encoder)
    made.build()
    return made


@contextlib.contextmanager
def builder(site: Site) -> Iterator[subprocess.Popen[str]]:
    process = site.start()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


@pytest.mark.parametrize("stage", STAGES)
def test_a_builder_killed_as_a_stage_begins_loses_nothing(site: Site, stage: str) -> None:
    before = site.shelf.active_id()
    site.change()
    with builder(site) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.strip().split(":")[0] == stage:
                break
        process.send_signal(signal.SIGKILL)
    site.check(before)
    site.build()


def test_a_builder_killed_at_any_moment_loses_nothing(site: Site) -> None:
    chance = random.Random(time.time_ns())
    site.change()  # so that what is timed goes through every stage
    with builder(site) as process:
        start = time.monotonic()
        process.wait(GOOD_S)
        usual_s = time.monotonic() - start
    killed = 0
    for number in range(RUNS):
        before = site.shelf.active_id()
        site.change()
        with builder(site) as process:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(chance.uniform(0.2, 1.3) * usual_s)
            killed += process.poll() is None
            process.send_signal(signal.SIGKILL)
        site.check(before)
        if number % 5 == 4:
            site.build()
    site.build()
    print(f"{killed} of {RUNS} builders were killed at work")
    if report := os.environ.get("SOURCIER_KILLS_REPORT"):
        figures = {"builders": RUNS, "killed_at_work": killed, "bundles_lost": 0, "wrong_answers": 0}
        Path(report).parent.mkdir(parents=True, exist_ok=True)
        Path(report).write_text(json.dumps(figures) + "\n", encoding="utf-8")
    assert killed


def test_each_file_of_a_bundle_cut_or_garbled_is_named_and_the_next_build_mends_it(site: Site) -> None:
    good = site.shelf.active_folder()
    names = sorted(path.relative_to(good).as_posix() for path in good.rglob("*") if path.is_file())
    assert {"card.json", "changes.json", "text.bin", "vectors.faiss", "lexical/gram.counts.npy"} <= set(names)
    for name in names:
        content = (good / name).read_bytes()
        if not content:
            continue
        for bad in (content[: len(content) // 2], b"", content[:-1] + bytes([content[-1] ^ 255])):
            if bad == content:
                continue
            (good / name).write_bytes(bad)
            with pytest.raises(BundleError, match=name.replace(".", r"\.")) as caught:
                open_bundle(good)
            assert caught.value.code == "bundle_corrupt"
        (good / name).write_bytes(content)
    shutil.copytree(good, good.with_name("spare"))
    for name in ("text.bin", "card.json", "changes.json", names[-1]):
        (good / name).unlink()
        site.build()
        assert verify_bundle(good).card.id == good.name
        assert verify_bundle(good).changes
    (good / "changes.json").write_text("{", encoding="utf-8")
    site.build()
    assert verify_bundle(good).changes
    site.change()
    (good / "vectors.faiss").write_bytes(b"")
    site.build()


def test_a_full_disk_stops_the_build_by_name_and_leaves_the_bundle(tmp_path: Path, encoder: Encoder) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=9m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a small tmpfs: {mounted.stderr.strip()}")
    try:
        site = Site(tmp_path / "site", encoder)
        site.shelf = Shelf(folder)
        site.build()
        before = site.shelf.active_id()
        (folder / "filler").write_bytes(b"x" * (1 << 20))
        free = shutil.disk_usage(folder).free
        (folder / "filler-2").write_bytes(b"x" * max(0, free - (1 << 20)))
        site.change()
        done = call("ingest", "build", "--documents", str(site.documents), "--bundles", str(folder))
        assert done.returncode == 2
        assert done.stderr.splitlines()[-1].startswith("disk_full: ")
        assert site.shelf.active_id() == before
        site.check(before)
        (folder / "filler").unlink()
        (folder / "filler-2").unlink()
        site.build()
    finally:
        subprocess.run(["umount", str(folder)], check=False)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash, to limit the size of files")
@pytest.mark.parametrize("limit_kib", [1, 8, 64])
def test_a_write_that_the_system_refuses_stops_the_build_by_name_and_leaves_the_bundle(
    site: Site, limit_kib: int
) -> None:
    before = site.shelf.active_id()
    site.change()
    command = [sys.executable, "-m", "ingest", "build", "--documents", str(site.documents), "--bundles"]
    done = subprocess.run(
        ["bash", "-c", f'ulimit -f {limit_kib}; exec "$@"', "-", *command, str(site.shelf.folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=GOOD_S, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith(("bundles_unwritable: ", "disk_full: ")), done.stderr
    assert site.shelf.active_id() == before
    site.check(before)
    site.build()
