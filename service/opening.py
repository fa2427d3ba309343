"""Settings go in; the shelf that is served from, a folder or a database, and the engine of its active bundle come out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from corpus.encoder import open_encoder
from corpus.errors import BundleError
from corpus.shelf import Shelf
from corpus.store import check_driver
from corpus.withdrawals import Withdrawal
from service.engine import AnswerEngine
from service.reload import BundleShelf
from service.settings import ServiceSettings


class CurrentWithdrawals(Protocol):
    """What is withdrawn at this moment; asked with each request, so it must not wait."""

    def current(self) -> Mapping[str, Withdrawal]:
        """What is withdrawn, by document id."""
        ...


class ServedShelf(BundleShelf, Protocol):
    """Where the bundles that are served come from, and what was withdrawn from them."""

    def withdrawals(self) -> CurrentWithdrawals:
        """What is withdrawn, followed from now on."""
        ...


def shelf_of(settings: ServiceSettings, bundles_dir: Path | None = None) -> ServedShelf:
    """The database of `SOURCIER_STORE` where it is set, else the folder of bundles.

    Raises: `store_needs_extra`, `store_invalid`.
    """
    if url := settings.store.get_secret_value():
        check_driver()
        from corpus.postgres_shelf import StoredShelf

        return StoredShelf(url)
    return Shelf(bundles_dir or settings.bundles_dir)


def own_shelf(settings: ServiceSettings) -> Shelf:
    """The folder of bundles that an operator works on; what is withdrawn or activated there is so in the database too, if there is one.

    Raises: `store_needs_extra`.
    """
    if url := settings.store.get_secret_value():
        check_driver()
        from corpus.postgres_shelf import PublishingShelf

        return PublishingShelf(settings.bundles_dir, url)
    return Shelf(settings.bundles_dir)


def open_active(settings: ServiceSettings, bundles_dir: Path | None = None) -> AnswerEngine:
    """The engine of the active bundle, with the encoder that made it.

    Raises: `bundle_missing`, `bundle_format`, `bundle_corrupt`, `encoder_mismatch`, what `open_encoder` and `shelf_of` raise;
    `store_empty`, `store_layout`, `store_unreachable` and the like where a database is served from.
    """
    shelf, bundle_id = check_active(settings, bundles_dir)
    return AnswerEngine(shelf.open(bundle_id), open_encoder(settings.encoder or None))


def check_active(settings: ServiceSettings, bundles_dir: Path | None = None) -> tuple[ServedShelf, str]:
    """The shelf that is served from, and the id of its active bundle, which is not opened.

    Raises: as `open_active`, but for what opening finds.
    """
    shelf = shelf_of(settings, bundles_dir)
    if isinstance(shelf, Shelf):
        return shelf, shelf.active_folder().name
    if (bundle_id := shelf.active_id()) is None:
        raise BundleError("bundle_missing", "no active bundle", "Run: python -m ingest publish")
    return shelf, bundle_id
