"""Bundles on PostgreSQL: published in one transaction, answered from over HTTP as from the folder, and switched while people ask."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.bundle import Bundle, open_bundle
from corpus.encoder import Encoder
from corpus.errors import StoreError
from corpus.shelf import Shelf
from service.answer import Answer, Filters, Question
from service.engine import AnswerEngine
from tests import postgres_maker
from tests.makers import ROOT, TODAY, note, shelve
from tests.postgres_maker import PASSWORD, Server, execute, postgres, url_of, wait_for
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
