"""The tables of a store: a connection goes in that may write; the schema that all bundles share, and one of a bundle's own, stand there.

Schema `sourcier`: `layout`, `bundle`, `active` (one row: the pointer), `activation` (its moves), `withdrawal`. Each bundle has a schema of
its own, so that none is ever changed and an old one is dropped whole:

    file       what every replica keeps beside it, as the bundle has it: small tables, the documents' own bytes in pieces
    page       the served text of every page
    passage    the text of every passage
    embedding  its vector (pgvector)
    posting    for each field and term, the rows that hold it (uint32) and their BM25 weights (float32), little-endian
"""

from __future__ import annotations

import re
from typing import Any

from psycopg import Connection, sql

from corpus.errors import StoreError
from corpus.postgres import HINT, Row

LAYOUT = 1
READER = "sourcier_reader"
"""A role that may read every bundle, where the database has one of that name."""
LOCK = 0x50C1E7
LEAST_ROOM_MB, MOST_ROOM_MB = 64, 2048
MAX_INDEXED_NUMBERS = 2000
MAX_PLAIN_NUMBERS = 1900
_BUNDLE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,50}")
_SHARED = """
CREATE SCHEMA sourcier;
CREATE TABLE sourcier.layout (version integer NOT NULL);
CREATE TABLE sourcier.bundle (
    id text PRIMARY KEY,
    built_at text NOT NULL,
    approximate boolean NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sourcier.active (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    bundle_id text NOT NULL REFERENCES sourcier.bundle
);
CREATE TABLE sourcier.activation (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    bundle_id text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE sourcier.withdrawal (document_id text PRIMARY KEY, reason text NOT NULL, since text NOT NULL);
"""
_OWN = """
CREATE SCHEMA {schema};
CREATE TABLE {schema}.file (
    name text, part integer, bytes bytea NOT NULL, PRIMARY KEY (name, part)
);
ALTER TABLE {schema}.file ALTER bytes SET STORAGE EXTERNAL;
CREATE TABLE {schema}.page (
    page_row integer PRIMARY KEY, document_id text NOT NULL, page_index integer NOT NULL, label text, text text NOT NULL
);
CREATE TABLE {schema}.passage (
    passage_row integer PRIMARY KEY, passage_id text NOT NULL, document_id text NOT NULL, page_row integer NOT NULL, text text NOT NULL
);
CREATE TABLE {schema}.embedding (
    passage_row integer PRIMARY KEY, document_row integer NOT NULL, embedding vector({dimension}) NOT NULL
);
ALTER TABLE {schema}.embedding ALTER embedding SET STORAGE {storage};
CREATE INDEX ON {schema}.embedding (document_row);
CREATE TABLE {schema}.posting (
    field text, term integer, passage_rows bytea NOT NULL, weights bytea NOT NULL, PRIMARY KEY (field, term)
);
ALTER TABLE {schema}.posting ALTER passage_rows SET STORAGE EXTERNAL, ALTER weights SET STORAGE EXTERNAL;
"""


def schema_of(bundle_id: str) -> sql.Identifier:
    """The name of a bundle's own schema.

    Raises: `store_failed` for what is no id of a bundle.
    """
    if not _BUNDLE_ID.fullmatch(bundle_id):
        raise StoreError("store_failed", f"{bundle_id!r} is no bundle id.", HINT)
    return sql.Identifier(f"sourcier_{bundle_id.replace('-', '_')}")


def lay_out(connection: Connection[Row]) -> None:
    """Make what all bundles share where it is not there; nobody else publishes until the transaction ends.

    Raises: `store_busy`, `store_layout` for a store of another version; psycopg's own errors.
    """
    if not _one(connection, sql.SQL("SELECT pg_try_advisory_xact_lock({})").format(LOCK)):
        raise StoreError("store_busy", "somebody else is publishing to this store.", "Wait for the end of it.")
    if not _one(connection, sql.SQL("SELECT count(*) FROM pg_extension WHERE extname = 'vector'")):
        connection.execute(sql.SQL("CREATE EXTENSION vector"))
    if not _one(connection, sql.SQL("SELECT count(*) FROM pg_namespace WHERE nspname = 'sourcier'")):
        connection.execute(sql.SQL(_SHARED))
        connection.execute(sql.SQL("INSERT INTO sourcier.layout VALUES ({})").format(LAYOUT))
        grant(connection, sql.Identifier("sourcier"))
    check_layout(_one(connection, sql.SQL("SELECT version FROM sourcier.layout")))


def check_layout(version: Any) -> None:
    """Refuse a store that another version of the program laid out.

    Raises: `store_layout`.
    """
    if version != LAYOUT:
        raise StoreError(
            "store_layout",
            f"the store has the layout {version}; this program reads {LAYOUT}.",
            "Publish into a new database with: python -m ingest publish",
        )


def make_tables(connection: Connection[Row], schema: sql.Identifier, dimension: int) -> None:
    """The empty tables of one bundle. Vectors stand within their row where it has room: a scan need not look elsewhere for them."""
    plain = sql.SQL("PLAIN" if dimension <= MAX_PLAIN_NUMBERS else "EXTERNAL")
    connection.execute(sql.SQL(_OWN).format(schema=schema, dimension=sql.Literal(dimension), storage=plain))


def index_vectors(connection: Connection[Row], schema: sql.Identifier, size_bytes: int) -> None:
    """A graph of neighbours (HNSW) over the vectors, for bundles that are too large to look at each; made in memory where it fits."""
    room = f"{min(MOST_ROOM_MB, LEAST_ROOM_MB + size_bytes * 3 // 2**21)}MB"
    connection.execute(sql.SQL("SELECT set_config('maintenance_work_mem', {}, true)").format(room))
    connection.execute(
        sql.SQL(
            "CREATE INDEX ON {}.embedding USING hnsw (embedding vector_ip_ops) WITH (m = 16, ef_construction = 100)"
        ).format(schema)
    )


def grant(connection: Connection[Row], schema: sql.Identifier) -> None:
    """Let the readers' role, where there is one, read a schema."""
    if _one(connection, sql.SQL("SELECT count(*) FROM pg_roles WHERE rolname = {}").format(READER)):
        role = sql.Identifier(READER)
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(schema, role))
        connection.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA {} TO {}").format(schema, role))


def _one(connection: Connection[Row], query: sql.Composed | sql.SQL) -> Any:
    found = connection.execute(query).fetchone()
    return found[0] if found else None
