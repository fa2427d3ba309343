"""A verified bundle in a folder aside in, the active bundle out: on disk for good before anything points to it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

from corpus.bundle_card import BundleCard, check_seals, read_card
from corpus.errors import BundleError
from corpus.shelf import Shelf
from corpus.withdrawals import replace_file, sync_folder


def put_in_place(aside: Path, card: BundleCard, shelf: Shelf, now: dt.datetime) -> bool:
    """Put the bundle at its place, and point to it; one that is there already stays if it is whole.

    False where that one was active already, so that nothing changed.
    """
    target = shelf.folder / card.id
    whole = _is_whole(target)
    unchanged = whole and shelf.active_id() == card.id
    if not whole:
        shutil.rmtree(target, ignore_errors=True)
        aside.chmod(0o755)
        _sync(aside)
        aside.rename(target)
        sync_folder(shelf.folder)
        aside.mkdir()  # what the context manager will remove
    elif read_card(target).reading_rule != card.reading_rule or not unchanged:
        for name in ("changes.json", "card.json"):
            replace_file(target / name, (aside / name).read_text(encoding="utf-8"))
    shelf.activate(card.id, by="build", now=now)
    return not unchanged


def _is_whole(folder: Path) -> bool:
    try:
        check_seals(folder, read_card(folder))
    except BundleError:
        return False
    return True


def _sync(folder: Path) -> None:
    """Make the files of a bundle last through a power cut before anything points to them."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        else:
            sync_folder(path)
