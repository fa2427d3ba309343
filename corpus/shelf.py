"""The folder of bundles: which one is active, which others are kept, and the one atomic move between them."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from corpus.bundle_card import BundleCard, read_card
from corpus.errors import BundleError

POINTER = "active"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder that holds bundles, each in a folder named by its id, and the pointer file `active`."""

    folder: Path

    def active_id(self) -> str | None:
        """The id that the pointer names, or None where nothing was activated yet."""
        try:
            name = (self.folder / POINTER).read_text(encoding="utf-8").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        return name if _NAME.fullmatch(name) else None

    def active_folder(self) -> Path:
        """The folder of the active bundle.

        Raises: `bundle_missing` where there is none.
        """
        name = self.active_id()
        if name is None or not (self.folder / name).is_dir():
            raise BundleError("bundle_missing", f"no active bundle in {self.folder}", "Run: python -m ingest build")
        return self.folder / name

    def activate(self, bundle_id: str) -> None:
        """Point to a bundle: one file replaced, so that a reader sees the old id or the new one, never neither.

        Raises: `bundle_missing` where no such bundle is here, `bundle_format`, `bundle_corrupt` for its card.
        """
        if not _NAME.fullmatch(bundle_id):
            raise BundleError("bundle_missing", f"{bundle_id!r} is no bundle id", "See: python -m ingest list")
        read_card(self.folder / bundle_id)
        aside = self.folder / f".{POINTER}.{os.getpid()}"
        with aside.open("w", encoding="utf-8") as stream:
            stream.write(bundle_id + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        aside.replace(self.folder / POINTER)
        _sync(self.folder)

    def cards(self) -> list[BundleCard]:
        """The cards of the readable bundles here, oldest first; folders that are no bundle are passed over."""
        if not self.folder.is_dir():
            return []
        found = []
        for entry in self.folder.iterdir():
            if entry.is_dir() and _NAME.fullmatch(entry.name):
                try:
                    card = read_card(entry)
                except BundleError:
                    continue
                if card.id == entry.name:  # `prune` removes by id: a card must not name another folder
                    found.append(card)
        return sorted(found, key=lambda card: (card.built_at, card.id))

    def prune(self, keep: int) -> list[str]:
        """Remove all but the `keep` newest bundles and the active one; the ids removed."""
        active = self.active_id()
        cards = [card for card in self.cards() if card.id != active]
        doomed = cards[: max(0, len(cards) - max(0, keep - 1))]
        for card in doomed:
            shutil.rmtree(self.folder / card.id, ignore_errors=True)
        return [card.id for card in doomed]


def _sync(folder: Path) -> None:
    """Make a rename last through a power cut; not every file system can, and then nothing is lost but that promise."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
