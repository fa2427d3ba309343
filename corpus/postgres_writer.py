"""A bundle's folder goes in; the same bundle stands in a store, and answers from there: all in one transaction, or nothing of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from psycopg import Connection, sql

from corpus.bundle import Bundle, open_bundle
from corpus.bundle_card import CARD_NAME
from corpus.changes import FILE_NAME as CHANGES
from corpus.errors import StoreError
from corpus.postgres import Row, writing
from corpus.postgres_layout import (
    MAX_INDEXED_NUMBERS,
    grant,
    index_vectors,
    lay_out,
    make_tables,
    schema_of,
)
from corpus.postings import FIELDS
from corpus.withdrawals import NOTHING, Withdrawal

APPROXIMATE_FROM = 20_000
"""Passages from which on neighbours are looked for in a graph; below, every vector is looked at (docs/postgresql.md)."""
PIECE_BYTES = 1 << 20
LOCK_TIMEOUT = "30s"
_BLOCK_ROWS = 1 << 13
_IN_TABLES = frozenset(
    {"text.bin"}
    | {f"lexical/{field}.{part}.npy" for field in FIELDS for part in ("rows", "weights", "counts", "lengths")}
)
_VECTORS = "vectors."
"""Files whose content stands in tables of its own, or that only a builder reads."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication did. `before` is the id that answered until then; `copied` is false where the store had the bundle already."""

    bundle_id: str
    before: str | None
    copied: bool


def publish(
    url: str,
    folder: Path,
    withdrawals: Mapping[str, Withdrawal] = NOTHING,
    approximate_from: int = APPROXIMATE_FROM,
) -> Published:
    """Copy the bundle of `folder` into the store, where it is not there yet, and have it answer, less what is withdrawn.

    Every file is checked first. A publisher that ends half-way leaves nothing: the bundle before answers on.

    Raises: what `open_bundle` raises; `store_busy`, `store_layout`, and what `corpus.postgres.writing` raises.
    """
    bundle = open_bundle(folder)
    with writing(url) as connection:
        lay_out(connection)
        known = connection.execute("SELECT 1 FROM sourcier.bundle WHERE id = %s", [bundle.card.id]).fetchone()
        if not known:
            _copy(connection, bundle, approximate_from)
        for one in withdrawals.values():
            connection.execute(_WITHDRAW, [one.document_id, one.reason, one.since])
        before = _activate(connection, bundle.card.id)
    return Published(bundle.card.id, before, not known)


def activate(url: str, bundle_id: str) -> str | None:
    """Have another bundle of the store answer; the id of the one before.

    Raises: `store_bundle_gone` where the store has none of that id; what `corpus.postgres.writing` raises.
    """
    with writing(url) as connection:
        lay_out(connection)
        if not connection.execute("SELECT 1 FROM sourcier.bundle WHERE id = %s", [bundle_id]).fetchone():
            raise StoreError(
                "store_bundle_gone", f"the store has no bundle {bundle_id!r}.", "Run: python -m ingest publish"
            )
        return _activate(connection, bundle_id)


def remove_old(url: str, keep: int) -> tuple[str, ...]:
    """Remove all but the `keep` bundles that answered last, the active one included; their ids."""
    with writing(url) as connection:
        lay_out(connection)
        connection.execute(sql.SQL("SELECT set_config('lock_timeout', {}, true)").format(LOCK_TIMEOUT))
        ids = connection.execute(
            "SELECT b.id FROM sourcier.bundle b ORDER BY b.id = (SELECT bundle_id FROM sourcier.active) DESC,"
            " (SELECT max(n) FROM sourcier.activation a WHERE a.bundle_id = b.id) DESC NULLS LAST"
        ).fetchall()
        doomed = tuple(str(row[0]) for row in ids[max(1, keep) :])
        for bundle_id in doomed:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema_of(bundle_id)))
            connection.execute("DELETE FROM sourcier.bundle WHERE id = %s", [bundle_id])
    return doomed


def keep_withdrawal(url: str, made: Withdrawal) -> None:
    """Have a document cited by no replica any more.

    Raises: what `corpus.postgres.writing` raises.
    """
    with writing(url) as connection:
        lay_out(connection)
        connection.execute(_WITHDRAW, [made.document_id, made.reason, made.since])


def lift_withdrawal(url: str, document_id: str) -> bool:
    """Let a document be cited again; whether it was withdrawn in the store.

    Raises: what `corpus.postgres.writing` raises.
    """
    with writing(url) as connection:
        lay_out(connection)
        done = connection.execute("DELETE FROM sourcier.withdrawal WHERE document_id = %s", [document_id])
        return done.rowcount > 0


_WITHDRAW = (
    "INSERT INTO sourcier.withdrawal (document_id, reason, since) VALUES (%s, %s, %s)"
    " ON CONFLICT (document_id) DO UPDATE SET reason = excluded.reason"
)


def _activate(connection: Connection[Row], bundle_id: str) -> str | None:
    found = connection.execute("SELECT bundle_id FROM sourcier.active").fetchone()
    before = str(found[0]) if found else None
    if before != bundle_id:
        connection.execute(
            "INSERT INTO sourcier.active (bundle_id) VALUES (%s)"
            " ON CONFLICT (single) DO UPDATE SET bundle_id = excluded.bundle_id",
            [bundle_id],
        )
        connection.execute("INSERT INTO sourcier.activation (bundle_id) VALUES (%s)", [bundle_id])
    return before


def _copy(connection: Connection[Row], bundle: Bundle, approximate_from: int) -> None:
    schema, dimension = schema_of(bundle.card.id), bundle.vectors.dimension
    make_tables(connection, schema, dimension)
    _copy_files(connection, schema, bundle)
    _copy_texts(connection, schema, bundle)
    _copy_postings(connection, schema, bundle)
    _copy_vectors(connection, schema, bundle)
    approximate = len(bundle) >= approximate_from and dimension <= MAX_INDEXED_NUMBERS
    if approximate:
        index_vectors(connection, schema, 4 * dimension * len(bundle))
    grant(connection, schema)
    connection.execute(
        "INSERT INTO sourcier.bundle (id, built_at, approximate) VALUES (%s, %s, %s)",
        [bundle.card.id, bundle.card.built_at, approximate],
    )
    for table in ("file", "page", "passage", "embedding", "posting"):
        connection.execute(sql.SQL("ANALYZE {}.{}").format(schema, sql.Identifier(table)))


def _copy_files(connection: Connection[Row], schema: sql.Identifier, bundle: Bundle) -> None:
    names = [
        CARD_NAME,
        *(name for name in bundle.card.files if name not in _IN_TABLES and not name.startswith(_VECTORS)),
    ]
    if (bundle.folder / CHANGES).is_file():
        names.append(CHANGES)
    statement = sql.SQL("COPY {}.file FROM STDIN (FORMAT BINARY)").format(schema)
    with connection.cursor().copy(statement) as copy:
        copy.set_types(["text", "int4", "bytea"])
        for name in dict.fromkeys(names):
            for part, piece in enumerate(_pieces(bundle.folder / name)):
                copy.write_row((name, part, piece))


def _pieces(path: Path) -> Iterator[bytes]:
    """The bytes of a file, in pieces; one empty piece of an empty file."""
    with path.open("rb") as stream:
        yield stream.read(PIECE_BYTES)
        while piece := stream.read(PIECE_BYTES):
            yield piece


def _copy_texts(connection: Connection[Row], schema: sql.Identifier, bundle: Bundle) -> None:
    statement = sql.SQL("COPY {}.page FROM STDIN (FORMAT BINARY)").format(schema)
    with connection.cursor().copy(statement) as copy:
        copy.set_types(["int4", "text", "int4", "text", "text"])
        for record in bundle.documents:
            for row in range(record.first_page, record.first_page + record.n_pages):
                index = int(bundle.pages[row]["index"])
                copy.write_row((row, record.source.id, index, bundle.labels[row], bundle.page_text(row)))
    statement = sql.SQL("COPY {}.passage FROM STDIN (FORMAT BINARY)").format(schema)
    with connection.cursor().copy(statement) as copy:
        copy.set_types(["int4", "text", "text", "int4", "text"])
        for row in range(len(bundle)):
            one = bundle.passage_at(row)
            copy.write_row((row, one.id, one.document_id, int(bundle.passages[row]["page"]), one.text))


def _copy_postings(connection: Connection[Row], schema: sql.Identifier, bundle: Bundle) -> None:
    statement = sql.SQL("COPY {}.posting FROM STDIN (FORMAT BINARY)").format(schema)
    with connection.cursor().copy(statement) as copy:
        copy.set_types(["text", "int4", "bytea", "bytea"])
        for field in FIELDS:
            postings = getattr(bundle.lexicon, field)
            starts = np.asarray(postings.starts)
            for term in np.flatnonzero(np.diff(starts)).tolist():
                span = slice(int(starts[term]), int(starts[term + 1]))
                rows, weights = postings.rows[span].astype("<u4"), postings.weights[span].astype("<f4")
                copy.write_row((field, term, rows.tobytes(), weights.tobytes()))


def _copy_vectors(connection: Connection[Row], schema: sql.Identifier, bundle: Bundle) -> None:
    """Written in PostgreSQL's binary form at once, many rows a block: there is no faster way in."""
    dimension = bundle.vectors.dimension
    sizes = [("fields", ">i2"), ("size_0", ">i4"), ("passage_row", ">i4"), ("size_1", ">i4"), ("document_row", ">i4")]
    vector = [("size_2", ">i4"), ("numbers", ">i2"), ("unused", ">i2"), ("embedding", ">f4", (dimension,))]
    layout = np.dtype([*sizes, *vector])
    statement = sql.SQL("COPY {}.embedding FROM STDIN (FORMAT BINARY)").format(schema)
    with connection.cursor().copy(statement) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for first in range(0, len(bundle), _BLOCK_ROWS):
            rows = np.arange(first, min(first + _BLOCK_ROWS, len(bundle)))
            block = np.zeros(len(rows), layout)
            block["fields"], block["size_0"], block["size_1"], block["size_2"] = 3, 4, 4, 4 + 4 * dimension
            block["passage_row"], block["document_row"] = rows, bundle.passage_document[rows]
            block["numbers"], block["embedding"] = dimension, bundle.vectors.vectors_of(rows)
            copy.write(block.tobytes())
        copy.write(b"\xff\xff")
