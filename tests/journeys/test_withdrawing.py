"""A document withdrawn on the command line is gone from every worker of a running service at once, and through a rollback."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from corpus.shelf import Shelf
from tests.makers import call
from tests.server_maker import Server, serving

QUESTION = "Quel est le plafond de la PECAN ?"
REASON = "Montant erroné, corrigé en décembre."
OFTEN = 12  # connections enough to meet both workers


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """A service of two workers over two bundles of two notes; the newer is active."""
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "hds.md").write_text("# Le HDS\n\nLe HDS couvre six activités d’hébergement.\n", encoding="utf-8")
    for amount in (780, 890):
        text = f"# La PECAN\n\nLe plafond de la PECAN est de {amount} € par an et par patient.\n"
        (documents / "pecan.md").write_text(text, encoding="utf-8")
        assert call("ingest", "build", "--documents", str(documents), "--bundles", str(tmp_path / "b")).returncode == 0
    shutil.rmtree(documents)
    with serving(tmp_path / "b", tmp_path / "log", "--workers", "2") as server:
        yield server, tmp_path / "b"


def shown(server: Server, path: str) -> tuple[int, Any]:
    """Status and body of an address."""
    try:
        with urlopen(server.url + path, timeout=20) as response:
            return response.status, json.load(response)
    except HTTPError as refused:
        return refused.code, json.load(refused)


def cited(server: Server) -> list[set[str]]:
    """The documents that some answers cite or come near."""
    answers = [server.ask(QUESTION) for _ in range(OFTEN)]
    return [{one["document"]["id"] for one in (*answer["citations"], *answer["nearest"])} for answer in answers]


def test_a_withdrawal_holds_at_once_says_why_outlasts_a_rollback_and_can_be_undone(served: tuple[Server, Path]) -> None:
    server, bundles = served
    assert all("pecan" in one for one in cited(server))
    before = Shelf(bundles).active_id()
    assert call("ingest", "withdraw", "pecan", "--reason", REASON, "--bundles", str(bundles)).returncode == 0
    assert not any("pecan" in one for one in cited(server))
    for _ in range(OFTEN):
        for path in ("/v1/documents/pecan", "/v1/documents/pecan/pages/0", "/v1/documents/pecan/file"):
            status, problem = shown(server, path)
            assert (status, problem["code"]) == (410, "gone")
            assert REASON in problem["detail"]
    assert [one["reason"] for one in shown(server, "/v1/changes")[1]["withdrawn"]] == [REASON]
    assert [one["id"] for one in shown(server, "/v1/documents")[1]["data"]] == ["hds"]
    assert Shelf(bundles).active_id() == before, "nothing was built"
    assert call("ingest", "rollback", "--bundles", str(bundles)).returncode == 0
    assert not any("pecan" in one for one in cited(server))
    assert call("ingest", "restore", "pecan", "--bundles", str(bundles)).returncode == 0
    assert all("pecan" in one for one in cited(server))
    assert shown(server, "/v1/documents/pecan")[0] == 200
