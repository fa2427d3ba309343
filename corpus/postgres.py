"""A store's address goes in; rows that a PostgreSQL server answers come out, from whichever of several hosts is there.

The only module that knows psycopg. No message of it holds the password: libpq names host, port and user alone, and what it says of an
address that it cannot read is not passed on.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from corpus.errors import StoreError
from corpus.postgres_deadline import Deadlines

Row = tuple[Any, ...]
Query = sql.SQL | sql.Composed
SCHEMES = ("postgresql://", "postgres://")
DEFAULTS = {
    "connect_timeout": "3",
    "tcp_user_timeout": "5000",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "application_name": "sourcier",
}
"""What the address leaves out: a host that is gone without a word must be noticed within an answer's time."""
PATIENCE_S = 6.0
"""How long another host is looked for before a question fails; less than `SOURCIER_ANSWER_TIMEOUT_S`."""
PAUSE_S = 0.1
KEPT_CONNECTIONS = 8
STATEMENT_TIMEOUT_MS = 4_000
NO_WRITES = "session is read-only"
"""What libpq says of a host that is passed over because of `target_session_attrs=read-write`."""
SILENCE_S = 4.5
"""After which a server that neither answers nor gives up is left for another."""
HINT = "See docs/postgresql.md."


class Store:
    """Read access to a database. Safe to share between threads, never between processes; connections are made when first needed.

    A question is asked again, of another host too, where a connection breaks: all that is read here is immutable or one row.
    """

    def __init__(self, url: str, patience_s: float = PATIENCE_S) -> None:
        self._address = address_of(url)
        self._patience_s = patience_s
        self._idle: list[psycopg.Connection[Row]] = []
        self._lock = Lock()
        self._deadlines = Deadlines(SILENCE_S)

    @property
    def name(self) -> str:
        """Hosts and database, for messages."""
        return self._address.name

    def rows(self, query: Query, values: Sequence[object] = (), setting: Query | None = None) -> list[Row]:
        """What a query gives, each value in PostgreSQL's binary form; `setting` holds for this query alone.

        Raises: `store_unreachable` where no host answers in time, and what `Address.fault` makes of other faults.
        """
        until = time.monotonic() + self._patience_s
        while True:
            try:
                return self._asked(query, values, setting)
            except (psycopg.OperationalError, psycopg.InterfaceError) as fault:
                self.close()  # what one connection met, its neighbours will
                if time.monotonic() >= until:
                    raise self._address.fault(fault) from fault
                time.sleep(PAUSE_S)
            except psycopg.Error as fault:
                raise self._address.fault(fault) from fault

    def close(self) -> None:
        """Close the connections that are not in use; others are made when needed."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _asked(self, query: Query, values: Sequence[object], setting: Query | None) -> list[Row]:
        connection = self._connection()
        try:
            with self._deadlines.over(connection):
                found = _fetched(connection, query, values, setting)
        except BaseException:
            connection.close()
            raise
        with self._lock:
            keep = len(self._idle) < KEPT_CONNECTIONS
            if keep:
                self._idle.append(connection)
        if not keep:
            connection.close()
        return found

    def _connection(self) -> psycopg.Connection[Row]:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        connection: psycopg.Connection[Row] = psycopg.connect(**self._address.parameters, autocommit=True)
        try:
            with self._deadlines.over(connection):
                connection.execute(_LIMIT)
        except BaseException:
            connection.close()
            raise
        return connection


_LIMIT = sql.SQL("SELECT set_config('statement_timeout', {}, false)").format(str(STATEMENT_TIMEOUT_MS))


def _fetched(
    connection: psycopg.Connection[Row], query: Query, values: Sequence[object], setting: Query | None
) -> list[Row]:
    if setting is None:
        return connection.execute(query, values, binary=True).fetchall()
    with connection.transaction():
        connection.execute(setting)
        return connection.execute(query, values, binary=True).fetchall()


@contextmanager
def writing(url: str) -> Iterator[psycopg.Connection[Row]]:
    """A connection to the host that takes writes, in one transaction that ends with the block: all of it holds, or nothing.

    Raises: `store_unreachable`, `store_forbidden`, and what `Address.fault` makes of other faults.
    """
    address = address_of(url)
    try:
        with psycopg.connect(**{**address.parameters, "target_session_attrs": "read-write"}) as connection:
            yield connection
    except psycopg.Error as fault:
        raise address.fault(fault) from fault


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is, and as whom it is asked."""

    parameters: dict[str, Any]

    @property
    def name(self) -> str:
        """Hosts and database, for messages: no user, no password."""
        hosts = str(self.parameters.get("host") or "localhost").split(",")
        ports = str(self.parameters.get("port") or "5432").split(",")
        ports = ports * len(hosts) if len(ports) == 1 else ports
        places = ",".join(f"{host}:{port or 5432}" for host, port in zip(hosts, ports, strict=False))
        return f"{places}/{self.parameters.get('dbname') or ''}"

    def fault(self, fault: psycopg.Error) -> StoreError:
        """A driver's fault in our words."""
        name = self.name
        match fault:
            case errors.InsufficientPrivilege():
                told = StoreError("store_forbidden", f"{name} does not let this user do that.", HINT)
            case errors.FeatureNotSupported() | errors.UndefinedFile():
                told = StoreError("store_without_vectors", f"{name} has no extension pgvector.", HINT)
            case errors.UndefinedTable() | errors.InvalidSchemaName():
                told = StoreError("store_bundle_gone", f"{name} has not, or no more, what was asked for.", HINT)
            case errors.LockNotAvailable():
                told = StoreError("store_busy", f"{name} is in use by somebody who does not let go.", HINT)
            case errors.ReadOnlySqlTransaction():
                told = _read_only(name)
            case psycopg.OperationalError() if NO_WRITES in str(fault):
                told = _read_only(name)
            case psycopg.OperationalError() | psycopg.InterfaceError():
                told = StoreError("store_unreachable", f"{name} does not answer: {self._reason(fault)}.", HINT)
            case _:
                told = StoreError("store_failed", f"{name} refused a statement ({type(fault).__name__}).", HINT)
        return told

    def _reason(self, fault: psycopg.Error) -> str:
        """The last thing that a host said of a connection, without the password should it ever be in there."""
        lines = [line.strip(" \t-.") for line in str(fault).splitlines() if line.strip()]
        secret = str(self.parameters.get("password") or "")
        said = lines[-1] if lines else type(fault).__name__
        return said.replace(secret, "***") if secret else said


def _read_only(name: str) -> StoreError:
    return StoreError("store_read_only", f"{name} takes no writes: whoever answers there is a standby.", HINT)


def address_of(url: str) -> Address:
    """The parameters of an address, with ours where it leaves them out.

    Raises: `store_invalid`; its message holds nothing of the address, which may hold a password.
    """
    try:
        found = conninfo_to_dict(url.strip()) if url.strip().startswith(SCHEMES) else None
    except psycopg.ProgrammingError:
        found = None
    if not found:
        raise StoreError(
            "store_invalid",
            "the address of the store is no address of PostgreSQL.",
            "One looks like postgresql://user@host1,host2/sourcier. " + HINT,
        )
    return Address({**DEFAULTS, **found})
