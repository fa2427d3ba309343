"""A store's address goes in; what `corpus.shelf.Shelf` tells of a folder comes out: which bundle answers, itself, and what is withdrawn."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from corpus.bundle import Bundle
from corpus.errors import StoreError
from corpus.postgres import HINT, Store
from corpus.postgres_bundle import active_id, open_stored, withdrawn
from corpus.postgres_writer import keep_withdrawal, lift_withdrawal, publish
from corpus.shelf import Shelf
from corpus.withdrawals import Withdrawal, Withdrawals

LOOK_EVERY_S = 0.25
STALE_S = 30.0


class StoredShelf:
    """The bundles of a store, read-only. Safe to share between threads, not between processes."""

    def __init__(self, url: str) -> None:
        self._store = Store(url)

    def stamp(self) -> object:
        """Something that changes when another bundle is made to answer; None while the store cannot be reached."""
        try:
            return active_id(self._store)
        except StoreError:
            return None

    def active_id(self) -> str:
        """The id of the bundle that answers.

        Raises: `store_empty`, `store_layout`, `store_unreachable`.
        """
        return active_id(self._store)

    def open(self, bundle_id: str) -> Bundle:
        """The bundle of that id.

        Raises: what `corpus.postgres_bundle.open_stored` raises.
        """
        return open_stored(self._store, bundle_id)

    def withdrawals(self) -> StoredWithdrawals:
        """What is withdrawn in the store, followed from now on."""
        return StoredWithdrawals(self._store)


class StoredWithdrawals:
    """The withdrawals of a store, asked for four times a second by a thread of its own: a request waits for no database."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: Mapping[str, Withdrawal] = MappingProxyType(withdrawn(store))
        self._looked_s = time.monotonic()
        threading.Thread(target=self._follow, name="withdrawals-watch", daemon=True).start()

    def current(self) -> Mapping[str, Withdrawal]:
        """What is withdrawn, by document id, as it was a quarter of a second ago.

        Raises: `store_unreachable` where no host told for half a minute: nobody can then say what may be cited.
        """
        if time.monotonic() - self._looked_s > STALE_S:
            raise StoreError("store_unreachable", f"{self._store.name} has not told what is withdrawn.", HINT)
        return self._known

    def _follow(self) -> None:
        while True:
            time.sleep(LOOK_EVERY_S)
            try:
                found = withdrawn(self._store)
            except StoreError:
                continue
            if found != self._known:
                self._known = MappingProxyType(found)
            self._looked_s = time.monotonic()


@dataclass(frozen=True, slots=True)
class PublishingShelf(Shelf):
    """A folder of bundles whose activations and withdrawals are those of a store too."""

    url: str = field(default="", repr=False)

    def withdrawals(self) -> Withdrawals:
        """The withdrawals of the folder; each change is made in the store as well."""
        return MirroredWithdrawals(self.folder, self.url)

    def activate(self, bundle_id: str, *, by: str = "activate", now: dt.datetime | None = None) -> None:
        """As `Shelf.activate`, once the store answers from that bundle. Raises also what `corpus.postgres_writer.publish` raises."""
        publish(self.url, self.folder / bundle_id, self.withdrawals().current())
        Shelf.activate(self, bundle_id, by=by, now=now)  # not super(): a class with slots is made twice


class MirroredWithdrawals(Withdrawals):
    """The withdrawals of the shelf that is published from; each change is in the store, for all replicas, before it is said to be done."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__(folder)
        self._url = url

    def withdraw(self, document_id: str, reason: str, now: dt.datetime) -> Withdrawal:
        """As `Withdrawals.withdraw`, and in the store. Raises also what `corpus.postgres.writing` raises."""
        made = super().withdraw(document_id, reason, now)
        keep_withdrawal(self._url, made)
        return made

    def restore(self, document_id: str) -> bool:
        """As `Withdrawals.restore`, and in the store. Raises also what `corpus.postgres.writing` raises."""
        in_store = lift_withdrawal(self._url, document_id)
        return super().restore(document_id) or in_store
