"""A verified bundle in a folder aside in, the active bundle out: on disk for good before anything points to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from corpus.bundle_card import BundleCard, check_seals, read_card
from corpus.changes import read_changes
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
        damaged = shelf.folder / f".removing-{card.id}"
        if target.exists():
            target.rename(damaged)
        aside.chmod(0o755)
        aside.rename(target)
        sync_folder(shelf.folder)
        shutil.rmtree(damaged, ignore_errors=True)
        aside.mkdir()  # what the context manager will remove
    elif read_card(target).reading_rule != card.reading_rule or not unchanged or not _tells_changes(target):
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


def _tells_changes(folder: Path) -> bool:
    try:
        return bool(read_changes(folder))
    except BundleError:
        return False


def disk_fault(fault: OSError, folder: Path) -> BundleError:
    """What the system says of the disk, named. A write that was cut short has no number: the disk was full."""
    if fault.errno in (None, errno.ENOSPC, errno.EDQUOT):
        what = f"there is no room left for a bundle in {folder}; the active one is untouched."
        return BundleError("disk_full", what, "Make room, or run: python -m ingest prune --keep 1")
    what = f"{folder} cannot be written to ({fault.strerror or fault}); the active bundle is untouched."
    return BundleError("bundles_unwritable", what, "Check the folder's rights and its disk.")


@contextlib.contextmanager
def on_disk(folder: Path) -> Iterator[None]:
    """Make the files of a bundle last through a power cut while something else is done with them; waits for it at the end."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(_sync, [*folder.rglob("*"), folder])
        yield
        done.result()


def _sync(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.is_dir():
            sync_folder(path)
        else:
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
