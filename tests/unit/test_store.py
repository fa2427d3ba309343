"""What of a store needs no server: its address, what is kept of it, what is said without its driver, and that nobody loads it unasked."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from corpus import store
from corpus.errors import StoreError
from tests.makers import ROOT

SECRET = "not-to-be-seen-anywhere"


def test_the_driver_is_loaded_by_nobody_who_names_no_store() -> None:
    code = "import sys, service.app, service.__main__, ingest.__main__; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=120, check=False).returncode == 0


def test_a_missing_driver_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "DRIVER", "a_driver_that_nobody_has")
    with pytest.raises(StoreError, match=r"sourcier\[postgres\]") as missing:
        store.check_driver()
    assert missing.value.code == "store_needs_extra"


@pytest.mark.parametrize(
    "url",
    [
        "",
        SECRET,
        f"mysql://user:{SECRET}@host/name",
        f"postgresql://user:{SECRET}@host/name?nonsense={SECRET}",
        f"postgresql://user:{SECRET}@[host/name",
        f"postgresql://user:{SECRET}%zz@host/name",
        f"host=h password={SECRET}",
    ],
)
def test_an_address_that_cannot_be_read_is_refused_and_not_repeated(url: str) -> None:
    postgres = pytest.importorskip("corpus.postgres")
    with pytest.raises(StoreError) as refused:
        postgres.address_of(url)
    assert refused.value.code == "store_invalid"
    assert SECRET not in str(refused.value)


def test_an_address_is_named_by_hosts_and_database_alone() -> None:
    postgres = pytest.importorskip("corpus.postgres")
    two = postgres.address_of(f"postgresql://user:{SECRET}@db1,db2:5433/sourcier?sslmode=require")
    assert two.name == "db1:5432,db2:5433/sourcier"
    assert (two.parameters["connect_timeout"], two.parameters["sslmode"]) == ("3", "require")
    own = postgres.address_of("postgresql://db/sourcier?connect_timeout=9")
    assert (own.name, own.parameters["connect_timeout"]) == ("db:5432/sourcier", "9")


def test_what_a_host_says_is_told_without_the_password() -> None:
    postgres = pytest.importorskip("corpus.postgres")
    import psycopg

    address = postgres.address_of(f"postgresql://user:{SECRET}@db/sourcier")
    told = address.fault(psycopg.OperationalError(f"connection failed\n\tno {SECRET} here"))
    assert (told.code, SECRET in str(told)) == ("store_unreachable", False)
    assert "***" in str(told)


def test_values_used_least_recently_are_given_up_first() -> None:
    from corpus.postgres_kept import Kept

    kept: Kept[str, str] = Kept(100)
    for name in "abc":
        kept.put(name, name.upper(), 40)
        kept.get("a")
    assert [kept.get(name) for name in "abc"] == ["A", None, "C"]
    kept.put("large", "whole", 1000)
    assert (kept.get("large"), kept.get("a")) == ("whole", None)
    kept.put("large", "small", 10)
    kept.put("d", "D", 80)
    assert (kept.get("large"), kept.get("d")) == ("small", "D")


def test_a_connection_whose_server_is_silent_is_cut_and_others_are_not() -> None:
    deadline = pytest.importorskip("corpus.postgres_deadline")
    import socket

    class Line:
        def __init__(self) -> None:
            self.mine, self.theirs = socket.socketpair()

        def fileno(self) -> int:
            return self.mine.fileno()

    silent, quick = Line(), Line()
    watched = deadline.Deadlines(0.2)
    with watched.over(quick):
        quick.theirs.send(b"row")
        assert quick.mine.recv(3) == b"row"
    silent.mine.settimeout(30)
    started = time.monotonic()
    with watched.over(silent):
        assert silent.mine.recv(1) == b""
    assert time.monotonic() - started >= 0.2
    quick.theirs.send(b"more")
    assert quick.mine.recv(4) == b"more"


def test_the_ids_of_bundles_are_the_only_names_of_schemas() -> None:
    layout = pytest.importorskip("corpus.postgres_layout")
    assert layout.schema_of("b-12ab").as_string(None) == '"sourcier_b_12ab"'
    for bad in ('b"; DROP SCHEMA sourcier; --', "", "../b", "b" * 60):
        with pytest.raises(StoreError):
            layout.schema_of(bad)
