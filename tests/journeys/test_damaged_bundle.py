"""A damaged or missing bundle is said plainly, is never served, and one build mends it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from corpus.shelf import Shelf
from tests.makers import call


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documents")
    (folder / "note.md").write_text("La PECAN dure un an, non renouvelable.", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory, documents: Path) -> Path:
    folder = tmp_path_factory.mktemp("bundles")
    assert call("ingest", "build", "--documents", str(documents), "--bundles", str(folder)).returncode == 0
    return folder


@pytest.fixture
def bundles(good: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(good, tmp_path / "bundles"))


def active(bundles: Path) -> Path:
    return Shelf(bundles).active_folder()


@pytest.mark.parametrize("name", ["text.bin", "vectors.faiss", "documents.json", "lexical/body.rows.npy"])
def test_damage_is_named_by_every_command_and_mended_by_a_build(bundles: Path, documents: Path, name: str) -> None:
    path = active(bundles) / name
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    for command in (["ingest", "verify"], ["service", "ask", "Combien ?"], ["service", "serve", "--port", "0"]):
        done = call(*command, "--bundles", str(bundles))
        assert done.returncode == 2, (command, done.stdout, done.stderr)
        assert "bundle_corrupt" in done.stderr and name in done.stderr
        assert "python -m ingest build" in done.stderr
        assert "Traceback" not in done.stderr
    assert call("ingest", "build", "--documents", str(documents), "--bundles", str(bundles)).returncode == 0
    assert call("ingest", "verify", "--bundles", str(bundles)).returncode == 0


def test_a_bundle_of_another_format_names_the_command_that_mends_it(bundles: Path, documents: Path) -> None:
    card = active(bundles) / "card.json"
    card.write_text(
        json.dumps({**json.loads(card.read_text(encoding="utf-8")), "format_version": 99}), encoding="utf-8"
    )
    done = call("service", "ask", "Combien ?", "--bundles", str(bundles))
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("bundle_format: ") and "99" in done.stderr
    assert "python -m ingest build" in done.stderr
    assert call("ingest", "build", "--documents", str(documents), "--bundles", str(bundles)).returncode == 0
    assert call("ingest", "verify", "--bundles", str(bundles)).returncode == 0


def test_a_pointer_to_a_bundle_that_is_gone_is_said(bundles: Path) -> None:
    shutil.rmtree(active(bundles))
    done = call("ingest", "verify", "--bundles", str(bundles))
    assert done.returncode == 2
    assert done.stderr.startswith("bundle_missing: ")


def test_a_build_that_was_killed_leaves_the_active_bundle_and_the_next_build_untouched(
    bundles: Path, documents: Path
) -> None:
    before = Shelf(bundles).active_id()
    (bundles / ".building-killed").mkdir()
    (bundles / ".building-killed" / "text.bin").write_bytes(b"half")
    (bundles / ".active.1").write_text("b-", encoding="utf-8")
    assert call("ingest", "verify", "--bundles", str(bundles)).returncode == 0
    assert call("ingest", "build", "--documents", str(documents), "--bundles", str(bundles)).returncode == 4
    assert Shelf(bundles).active_id() == before


def test_bundles_beyond_those_kept_are_removed_and_the_active_one_never(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_KEEP_BUNDLES", "2")
    documents = tmp_path / "documents"
    documents.mkdir()
    for version in range(4):
        (documents / "note.md").write_text(f"La version {version} dit une chose.", encoding="utf-8")
        done = call("ingest", "build", "--documents", str(documents), "--bundles", str(tmp_path / "b"))
        assert done.returncode == 0, done.stderr
    shelf = Shelf(tmp_path / "b")
    assert len(shelf.cards()) == 2
    assert shelf.active_id() in {card.id for card in shelf.cards()}
