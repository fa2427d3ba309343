"""`python -m ingest publish`, and what other commands do after it: the active bundle of a shelf goes in; a store answers from it."""

# ruff: noqa: T201 - a command speaks on stdout
from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.errors import StoreError
from corpus.shelf import Shelf
from corpus.store import check_driver
from corpus.withdrawals import Withdrawals
from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from corpus.postgres_writer import Published

OK, NOTHING_TO_DO = 0, 4


def run(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Publish the active bundle; exit code 4 where the store answers from it already."""
    url = options.store or settings.store.get_secret_value()
    if not url:
        raise StoreError("store_invalid", "no store is named.", "Set SOURCIER_STORE, or give one with --store.")
    done, removed = _published(url, options.bundles, settings.keep_bundles)
    if options.json:
        print(json.dumps({**asdict(done), "removed": removed}, indent=1))
    else:
        print(_words(done, removed))
    return OK if done.copied or done.before != done.bundle_id else NOTHING_TO_DO


def follow(folder: Path, settings: IngestSettings) -> None:
    """Publish the active bundle of a shelf where a store is named; what another bundle's activation ends with."""
    if url := settings.store.get_secret_value():
        print(_words(*_published(url, folder, settings.keep_bundles)), file=sys.stderr)


def withdrawals_of(folder: Path, settings: IngestSettings) -> Withdrawals:
    """The withdrawals of a shelf, those of the store with them where one is named."""
    url = settings.store.get_secret_value()
    if not url:
        return Shelf(folder).withdrawals()
    check_driver()
    from corpus.postgres_shelf import MirroredWithdrawals

    return MirroredWithdrawals(folder, url)


def _published(url: str, folder: Path, keep: int) -> tuple[Published, tuple[str, ...]]:
    check_driver()
    from corpus.postgres_writer import publish, remove_old

    shelf = Shelf(folder)
    done = publish(url, shelf.active_folder(), shelf.withdrawals().current())
    try:
        return done, remove_old(url, keep)
    except StoreError as fault:  # the new bundle answers: what is left over goes with the next one
        print(f"warning: {fault.code}: old bundles were left in the store", file=sys.stderr)
        return done, ()


def _words(done: Published, removed: tuple[str, ...]) -> str:
    if not done.copied and done.before == done.bundle_id:
        return f"the store answers from {done.bundle_id} already"
    lines = [f"the store answers from {done.bundle_id} (before: {done.before or 'nothing'})"]
    return "\n".join([*lines, *(f"removed {one} from the store" for one in removed)])


def add_arguments(command: argparse.ArgumentParser) -> None:
    """The options of `publish`, beside those that all commands share."""
    command.add_argument(
        "--store", default="", metavar="URL", help="postgresql://user@host1,host2/database; default: SOURCIER_STORE"
    )
