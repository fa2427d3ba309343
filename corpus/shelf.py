"""The folder of bundles: which one is active, which others are kept, and the one atomic move between them."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.bundle import Bundle, open_bundle
from corpus.bundle_card import BundleCard, check_seals, read_card
from corpus.errors import BundleError
from corpus.withdrawals import Withdrawals, replace_file

POINTER = "active"
HISTORY = "activations.jsonl"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


@dataclass(frozen=True, slots=True)
class Activation:
    """One move of the pointer. `by` says who: "build", "rollback", or whoever chose the bundle; `at` is RFC 3339, UTC."""

    bundle_id: str
    at: str
    by: str


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

    def stamp(self) -> object:
        """Something that changes when the pointer is written: one `stat`; None where there is no pointer."""
        try:
            state = (self.folder / POINTER).stat()
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size

    def open(self, bundle_id: str) -> Bundle:
        """The bundle of that id, every file checked.

        Raises: `bundle_missing`, `bundle_format`, `bundle_corrupt`.
        """
        return open_bundle(self.folder / bundle_id)

    def withdrawals(self) -> Withdrawals:
        """The documents that were withdrawn from the answers, whatever bundle is active."""
        return Withdrawals(self.folder)

    def activate(self, bundle_id: str, *, by: str = "activate", now: dt.datetime | None = None) -> None:
        """Point to a bundle: one file replaced, so that a reader sees the old id or the new one, never neither.

        The move is added to the history of activations; a bundle that is active already makes no entry there.

        Raises: `bundle_missing` where no such bundle is here, `bundle_format`, `bundle_corrupt` for its card.
        """
        if not _NAME.fullmatch(bundle_id):
            raise BundleError("bundle_missing", f"{bundle_id!r} is no bundle id", "See: python -m ingest list")
        read_card(self.folder / bundle_id)
        before = self.active_id()
        replace_file(self.folder / POINTER, bundle_id + "\n")
        if before != bundle_id:
            moment = (now or dt.datetime.now(dt.UTC)).astimezone(dt.UTC)
            at = moment.isoformat(timespec="seconds").replace("+00:00", "Z")
            self._record(Activation(bundle_id, at, by))

    def activations(self) -> list[Activation]:
        """The moves of the pointer, oldest first; lines that cannot be read are passed over."""
        try:
            lines = (self.folder / HISTORY).read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return []
        found = []
        for line in lines:
            try:
                raw = json.loads(line)
                found.append(Activation(str(raw["bundle_id"]), str(raw["at"]), str(raw["by"])))
            except (ValueError, KeyError, TypeError):
                continue
        return found

    def previous_id(self) -> str | None:
        """The bundle that `rollback` would go to: what was active before, else the newest one built before; or None.

        After a rollback that is the one before that again: two rollbacks go back twice.
        """
        here = {card.id: card for card in self.cards()}
        active = self.active_id()
        stack: list[str] = []
        for move in self.activations():
            if move.by == "rollback" and move.bundle_id in stack:
                del stack[stack.index(move.bundle_id) + 1 :]
            elif move.bundle_id != (stack[-1] if stack else None):
                stack = [*(one for one in stack if one != move.bundle_id), move.bundle_id]
        if stack and stack[-1] == active:
            stack.pop()
        for bundle_id in reversed(stack):
            if bundle_id in here and bundle_id != active:
                return bundle_id
        older = [one for one in here.values() if active in here and _age(one) < _age(here[active])]
        return older[-1].id if older else None

    def rollback(self, *, now: dt.datetime | None = None) -> str:
        """Point to the previous bundle again, after comparing each of its files with its checksum; its id.

        Raises: `no_previous_bundle`, `bundle_corrupt` where that bundle is damaged.
        """
        bundle_id = self.previous_id()
        if bundle_id is None:
            raise BundleError("no_previous_bundle", f"no earlier bundle in {self.folder}", "See: python -m ingest list")
        check_seals(self.folder / bundle_id, read_card(self.folder / bundle_id))
        self.activate(bundle_id, by="rollback", now=now)
        return bundle_id

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
        return sorted(found, key=_age)

    def prune(self, keep: int) -> list[str]:
        """Remove all but the `keep` newest bundles and the active one; the ids removed.

        With `keep` of two or more, the bundle that `rollback` would go to is among those kept.
        """
        active, previous = self.active_id(), self.previous_id() if keep > 1 else None
        others = [card for card in self.cards() if card.id != active]
        others.sort(key=lambda card: (card.id == previous, _age(card)))
        doomed = others[: max(0, len(others) - max(0, keep - 1))]
        for card in doomed:
            # Renamed first: a removal that is cut short must not leave a bundle that lacks files.
            aside = self.folder / f".removing-{card.id}"
            (self.folder / card.id).rename(aside)
            shutil.rmtree(aside, ignore_errors=True)
        return [card.id for card in doomed]

    def sweep(self) -> list[str]:
        """Remove what builders that were killed left behind; only for the holder of the builder's lock. The names."""
        swept = []
        for entry in sorted(self.folder.glob(".*")) if self.folder.is_dir() else []:
            if entry.is_dir() and entry.name.startswith((".building-", ".removing-")):
                shutil.rmtree(entry, ignore_errors=True)
                swept.append(entry.name)
            elif re.fullmatch(rf"\.(?:{POINTER}|card\.json|changes\.json)\.\d+", entry.name):
                entry.unlink(missing_ok=True)
                swept.append(entry.name)
        return swept

    def _record(self, move: Activation) -> None:
        """Add a line to the history: one write, so that lines of two processes never mix."""
        with (self.folder / HISTORY).open("ab", buffering=0) as stream:
            stream.write((json.dumps(asdict(move)) + "\n").encode("utf-8"))
            os.fsync(stream.fileno())


def _age(card: BundleCard) -> tuple[str, str]:
    return card.built_at, card.id
