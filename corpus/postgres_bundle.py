"""A store goes in; the bundle that answers from it comes out: small tables beside the replica, all that is large asked for by need.

Beside the replica stand the bundle's numbers of rows and its word lists (a fortieth of it), in a temporary folder that goes with it:
a replica keeps nothing of its own. Texts, vectors and postings stay in the store; what was read of them lately is kept, within a bound.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path

from psycopg import sql

from corpus.bundle import Bundle
from corpus.bundle_card import CARD_NAME, read_card, seal_file
from corpus.errors import StoreError
from corpus.postgres import HINT, Store
from corpus.postgres_held import InPostgres, pieces_of
from corpus.postgres_layout import check_layout, schema_of
from corpus.withdrawals import Withdrawal

PUBLISH = "Run: python -m ingest publish"


def active_id(store: Store) -> str:
    """The id of the bundle that answers.

    Raises: `store_empty` where nothing was published yet, `store_layout`, `store_unreachable`.
    """
    try:
        version = store.rows(sql.SQL("SELECT version FROM sourcier.layout"))
        found = store.rows(sql.SQL("SELECT bundle_id FROM sourcier.active"))
    except StoreError as fault:
        if fault.code != "store_bundle_gone":
            raise
        raise StoreError("store_empty", f"nothing was published to {store.name} yet.", PUBLISH) from fault
    check_layout(version[0][0] if version else None)
    if not found:
        raise StoreError("store_empty", f"nothing was published to {store.name} yet.", PUBLISH)
    return str(found[0][0])


def withdrawn(store: Store) -> dict[str, Withdrawal]:
    """The documents that are withdrawn in the store, by id.

    Raises: `store_unreachable`.
    """
    rows = store.rows(sql.SQL("SELECT document_id, reason, since FROM sourcier.withdrawal"))
    return {str(row[0]): Withdrawal(*(str(one) for one in row)) for row in rows}


def open_stored(store: Store, bundle_id: str) -> Bundle:
    """The bundle of that id, its small files compared with their checksums.

    Raises: `store_bundle_gone`, `store_unreachable`; `bundle_format`, `bundle_corrupt`.
    """
    schema = schema_of(bundle_id)
    known = store.rows(sql.SQL("SELECT approximate FROM sourcier.bundle WHERE id = {}").format(bundle_id))
    if not known:
        raise StoreError("store_bundle_gone", f"{store.name} has no bundle {bundle_id}.", PUBLISH)
    folder = Path(tempfile.mkdtemp(prefix="sourcier-bundle-"))
    try:
        _fetch_files(store, schema, folder)
        card = read_card(folder)
        for name, seal in card.files.items():
            if (folder / name).is_file() and seal_file(folder / name) != seal:
                raise StoreError("store_damaged", f"{store.name}, bundle {bundle_id}: {name} was altered.", HINT)
        bundle = Bundle(folder, card, InPostgres(store, schema, folder, card, approximate=bool(known[0][0])))
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(bundle, shutil.rmtree, folder, ignore_errors=True)
    return bundle


def _fetch_files(store: Store, schema: sql.Identifier, folder: Path) -> None:
    """Every file but the documents' own bytes, which are fetched when somebody wants to see a page."""
    names = sql.SQL("SELECT DISTINCT name FROM {}.file WHERE NOT starts_with(name, 'originals/')").format(schema)
    for (name,) in store.rows(names):
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise StoreError("store_damaged", f"{store.name} names the file {name!r}.", HINT)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.writelines(pieces_of(store, schema, name))
    if not (folder / CARD_NAME).is_file():
        raise StoreError("store_damaged", f"{store.name} has a bundle without a card.", PUBLISH)
