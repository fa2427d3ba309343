"""The shelf of bundles: one active, moved atomically; old ones pruned, never the active one."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.bundle_card import BundleCard, FileSeal, write_card
from corpus.encoder import EncoderCard
from corpus.errors import BundleError
from corpus.shelf import HISTORY, POINTER, Shelf

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)

CARD = BundleCard(
    id="b-1",
    built_at="2026-01-01T00:00:00Z",
    encoder=EncoderCard("none", "0", 4, "", "", 0, "static", True),
    split_rule="",
    analysis_rule="",
    counts={"documents": 1, "pages": 1, "passages": 1, "sentences": 1},
    files={},
)


def shelf_of(folder: Path, *numbers: int) -> Shelf:
    for number in numbers:
        (folder / f"b-{number}").mkdir()
        write_card(folder / f"b-{number}", replace(CARD, id=f"b-{number}", built_at=f"2026-01-{number:02}T00:00:00Z"))
    return Shelf(folder)


def test_an_empty_shelf_has_no_active_bundle_and_says_what_to_run(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        assert Shelf(folder).active_id() is None
        assert Shelf(folder).cards() == []
        with pytest.raises(BundleError, match="python -m ingest build") as caught:
            Shelf(folder).active_folder()
        assert caught.value.code == "bundle_missing"


def test_activating_points_to_the_bundle_and_back(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2)
    for number in (1, 2, 1):
        shelf.activate(f"b-{number}")
        assert shelf.active_id() == f"b-{number}"
        assert shelf.active_folder() == tmp_path / f"b-{number}"


def test_a_bundle_that_is_not_there_or_unreadable_is_not_activated(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1)
    shelf.activate("b-1")
    (tmp_path / "b-9").mkdir()
    (tmp_path / "b-9" / "card.json").write_text("{", encoding="utf-8")
    for name in ("b-2", "b-9", "../b-1", "", ".", "/", "b-1\n", "B-1"):
        with pytest.raises(BundleError):
            shelf.activate(name)
    assert shelf.active_id() == "b-1"


def test_a_reader_never_finds_the_pointer_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = shelf_of(tmp_path, 1, 2)
    shelf.activate("b-1")
    seen = []

    def watching(path: Path, target: Path) -> Path:
        seen.append((shelf.active_id(), path.read_text(encoding="utf-8")))
        return original(path, target)

    original = Path.replace
    monkeypatch.setattr(Path, "replace", watching)
    shelf.activate("b-2")
    assert seen == [("b-1", "b-2\n")]
    assert shelf.active_id() == "b-2"


def test_what_a_killed_process_left_behind_disturbs_nothing(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2)
    (tmp_path / f".{POINTER}.4242").write_text("b-", encoding="utf-8")
    (tmp_path / ".building-x1").mkdir()
    (tmp_path / "half").mkdir()
    shelf.activate("b-2")
    assert shelf.active_id() == "b-2"
    assert [card.id for card in shelf.cards()] == ["b-1", "b-2"]


@pytest.mark.parametrize("content", [b"", b"\n", b"../elsewhere", b"\xff\xfe", b"b-1 b-2"])
def test_a_pointer_that_names_no_bundle_is_read_as_none(tmp_path: Path, content: bytes) -> None:
    shelf = shelf_of(tmp_path, 1)
    (tmp_path / POINTER).write_bytes(content)
    assert shelf.active_id() is None
    shelf.activate("b-1")
    assert shelf.active_id() == "b-1"


def test_pruning_keeps_the_newest_and_the_active_one(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2, 3, 4, 5)
    shelf.activate("b-1")
    assert shelf.prune(keep=3) == ["b-2", "b-3"]
    assert [card.id for card in shelf.cards()] == ["b-1", "b-4", "b-5"]
    assert shelf.prune(keep=1) == ["b-4", "b-5"]
    assert shelf.active_folder().is_dir()


def test_pruning_never_follows_a_card_out_of_its_folder(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "shelf").mkdir()
    shelf = shelf_of(tmp_path / "shelf", 1, 2)
    shelf.activate("b-2")
    card = tmp_path / "shelf" / "b-1" / "card.json"
    card.write_text(json.dumps({**json.loads(card.read_text()), "id": "../../outside"}), encoding="utf-8")
    assert shelf.prune(keep=1) == []
    assert (tmp_path / "outside").is_dir()


def test_folders_that_are_no_bundle_are_passed_over(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1)
    (tmp_path / "b-2").mkdir()
    (tmp_path / "b-2" / "card.json").write_text('{"format_version": 1, "encoder": {}, "files": {}}', encoding="utf-8")
    (tmp_path / "notes.txt").write_text("x", encoding="utf-8")
    assert [card.id for card in shelf.cards()] == ["b-1"]


def test_every_move_is_in_the_history_with_who_made_it(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2)
    shelf.activate("b-1", by="build", now=NOW)
    shelf.activate("b-1", by="build", now=NOW)
    shelf.activate("b-2", by="admin", now=NOW)
    with (tmp_path / HISTORY).open("a", encoding="utf-8") as stream:
        stream.write('{"bundle_id": "b-')  # a power cut
    assert [(move.bundle_id, move.by) for move in shelf.activations()] == [("b-1", "build"), ("b-2", "admin")]
    assert shelf.activations()[0].at == "2026-11-23T12:00:00Z"


def test_rolling_back_twice_goes_back_twice_and_then_no_further(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2, 3)
    for number in (1, 2, 3):
        shelf.activate(f"b-{number}", by="build", now=NOW)
    assert [shelf.rollback(now=NOW), shelf.active_id()] == ["b-2", "b-2"]
    assert shelf.rollback(now=NOW) == "b-1"
    with pytest.raises(BundleError) as caught:
        shelf.rollback(now=NOW)
    assert (caught.value.code, shelf.active_id()) == ("no_previous_bundle", "b-1")
    shelf.activate("b-3", by="admin", now=NOW)
    assert shelf.previous_id() == "b-1"


def test_rolling_back_passes_over_bundles_that_are_gone_and_needs_no_history(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2, 3)
    for number in (1, 2, 3):
        shelf.activate(f"b-{number}", by="build", now=NOW)
    shutil.rmtree(tmp_path / "b-2")
    assert shelf.previous_id() == "b-1"
    (tmp_path / HISTORY).unlink()
    assert shelf.previous_id() == "b-1"


def test_a_damaged_bundle_is_not_rolled_back_to(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2)
    card = replace(CARD, id="b-1", files={"text.bin": FileSeal(3, "0" * 64)})
    write_card(tmp_path / "b-1", card)
    shelf.activate("b-1", now=NOW)
    shelf.activate("b-2", now=NOW)
    with pytest.raises(BundleError, match=r"bundle b-1: text\.bin is missing"):
        shelf.rollback(now=NOW)
    assert shelf.active_id() == "b-2"


def test_pruning_keeps_the_bundle_to_roll_back_to(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1, 2, 3, 4)
    shelf.activate("b-1", now=NOW)
    shelf.activate("b-4", now=NOW)
    assert shelf.prune(keep=2) == ["b-2", "b-3"]
    assert shelf.previous_id() == "b-1"


def test_what_killed_builders_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    shelf = shelf_of(tmp_path, 1)
    shelf.activate("b-1", now=NOW)
    for name in (".building-x1", ".removing-b-9", ".kept"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text.bin").write_bytes(b"half")
    (tmp_path / ".active.4242").write_text("b-", encoding="utf-8")
    assert shelf.sweep() == [".active.4242", ".building-x1", ".removing-b-9"]
    assert (tmp_path / ".kept").is_dir()
    assert shelf.active_id() == "b-1"
