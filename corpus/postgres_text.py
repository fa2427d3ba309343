"""Spans of a bundle's text go in; their bytes come out, fetched from a store by passage or by page."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from psycopg import sql

from corpus.errors import StoreError
from corpus.postgres import HINT, Store
from corpus.postgres_kept import Kept
from corpus.tables import PAGES, PASSAGES, open_table

TEXT_BYTES_KEPT = 32 << 20


class StoredText:
    """All pages' texts one after the other, of which passages and pages are fetched."""

    def __init__(self, store: Store, schema: sql.Identifier, folder: Path) -> None:
        self._store, self._schema = store, schema
        tables = {
            "passage": open_table(folder / "passages.npy", PASSAGES),
            "page": open_table(folder / "pages.npy", PAGES),
        }
        self._starts = {name: np.ascontiguousarray(table["byte_start"]) for name, table in tables.items()}
        self._ends = {name: np.ascontiguousarray(table["byte_end"]) for name, table in tables.items()}
        self._kept: Kept[tuple[str, int], bytes] = Kept(TEXT_BYTES_KEPT)

    def __getitem__(self, span: slice) -> bytes:
        """Bytes [start, stop), which must be those of a passage, or within a page."""
        start, stop = int(span.start), int(span.stop)
        if start == stop:
            return b""
        row = int(np.searchsorted(self._starts["passage"], start))
        if row < len(self._starts["passage"]) and (self._starts["passage"][row], self._ends["passage"][row]) == (
            start,
            stop,
        ):
            return self._one("passage", row)
        row = int(np.searchsorted(self._starts["page"], start, side="right")) - 1
        first = int(self._starts["page"][row])
        return self._one("page", row)[start - first : stop - first]

    def fetch(self, rows: list[int]) -> None:
        """Have the texts of those passages at hand."""
        missing = [row for row in rows if ("passage", row) not in self._kept]
        if missing:
            self._ask("passage", missing)

    def _one(self, table: str, row: int) -> bytes:
        found = self._kept.get((table, row))
        return self._ask(table, [row])[row] if found is None else found

    def _ask(self, table: str, rows: list[int]) -> dict[int, bytes]:
        column = sql.Identifier(f"{table}_row")
        query = sql.SQL("SELECT {0}, text FROM {1}.{2} WHERE {0} = ANY(%s)").format(
            column, self._schema, sql.Identifier(table)
        )
        found = {int(row): text.encode("utf-8") for row, text in self._store.rows(query, [rows])}
        for row in set(rows):
            size = int(self._ends[table][row]) - int(self._starts[table][row])
            if len(found.get(row, b"")) != size:
                raise StoreError("store_damaged", f"{self._store.name}: {table} {row} is missing or altered.", HINT)
            self._kept.put((table, row), found[row], size)
        return found
