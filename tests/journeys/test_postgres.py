"""Bundles on PostgreSQL: published in one transaction, answered from over HTTP as from the folder, and switched while people ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.shelf import Shelf
from tests.makers import ROOT
from tests.postgres_maker import Server, execute, postgres, url_of
from tests.server_maker import serving

DEV = ROOT / "tests" / "data" / "questions-dev.jsonl"
QUESTION = "Quel est le plafond de la PECAN par an et par patient ?"


@pytest.fixture(scope="module")
def primary() -> Iterator[Server]:
    with postgres() as server:
        yield server


@pytest.fixture
def database(primary: Server) -> Iterator[str]:
    """The address of an empty database."""
    url = url_of(primary)
    for (name,) in execute(url, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'sourcier%'"):
        execute(url, f'DROP SCHEMA "{name}" CASCADE')
    yield url


def published(url: str, folder: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What `python -m ingest publish` says."""
    env = {**os.environ, "SOURCIER_STORE": url, **more}
    command = [sys.executable, "-m", "ingest", "publish", "--bundles", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


def test_what_is_published_is_answered_over_http_by_a_replica_that_has_no_bundles(
    database: str, starter: Path, tmp_path: Path
) -> None:
    done = published(database, starter, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["bundle_id"] == Shelf(starter).active_id()
    with serving(tmp_path / "nothing", tmp_path / "log", STORE=database) as server:
        answer = server.ask("Quand le règlement européen sur l'IA est-il entré en vigueur ?")
        print(json.dumps(answer)[:500])
        assert answer["bundle"]["id"] == Shelf(starter).active_id()
        assert answer["outcome"] == "answered"
