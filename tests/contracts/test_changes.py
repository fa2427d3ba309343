"""GET /v1/changes and its feed: what entered, changed and left, bundle by bundle, and nothing of what is withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from corpus.encoder import Encoder
from corpus.shelf import Shelf
from ingest.build import build
from ingest.jobs import jobs_of_folder
from service.engine import open_engine
from tests.http_maker import client_of

ATOM = "{http://www.w3.org/2005/Atom}"
BEFORE = {
    "pecan": "# La PECAN\n\nLa PECAN dure un an.\n\nLe plafond de la PECAN est de 780 € par an.\n",
    "hds": "# HDS\n\nLa certification HDS couvre six activités.\n",
    "vieux": "# Vieux\n\nCette note ne sert plus à rien.\n",
}
AFTER = {
    "pecan": "# La PECAN\n\nLa PECAN dure un an.\n\nLe plafond de la PECAN est de 890 <b>€</b> par an & par patient.\n",
    "hds": BEFORE["hds"],
    "neuf": "# Neuf & utile\n\nCette note est entrée la dernière.\n",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Shelf:
    folder = tmp_path_factory.mktemp("changes")
    shelf = Shelf(folder / "bundles")
    for day, texts in enumerate((BEFORE, AFTER), 1):
        documents = folder / f"day-{day}"
        documents.mkdir()
        for name, text in texts.items():
            (documents / f"{name}.md").write_text(text, encoding="utf-8")
        now = dt.datetime(2026, 11, day, tzinfo=dt.UTC)
        build(jobs_of_folder(documents), encoder, shelf, now=now, keep_bundles=3)
    return shelf


@pytest.fixture
def client(shelf: Shelf) -> Iterator[TestClient]:
    yield client_of(open_engine(shelf.folder))
    for document_id in list(shelf.withdrawals().current()):
        shelf.withdrawals().restore(document_id)


def ids(changes: list[Any]) -> list[str]:
    return [one["document_id"] for one in changes]


def test_each_build_tells_what_entered_changed_and_left(client: TestClient, shelf: Shelf) -> None:
    body = client.get("/v1/changes").json()
    latest, first = body["data"]
    assert (latest["bundle_id"], latest["previous_id"]) == (body["bundle"]["id"], first["bundle_id"])
    assert latest["built_at"] == "2026-11-02T00:00:00Z"
    assert (ids(latest["entered"]), ids(latest["changed"]), ids(latest["left"])) == (["neuf"], ["pecan"], ["vieux"])
    (changed,) = latest["changed"]
    assert (changed["n_added"], changed["n_removed"]) == (1, 1)
    assert "890" in changed["added"][0]
    assert "780" in changed["removed"][0]
    assert sorted(ids(first["entered"])) == sorted(BEFORE)
    assert body["withdrawn"] == []


def test_the_feed_is_well_formed_and_escapes_what_documents_say(client: TestClient) -> None:
    response = client.get("/v1/changes.atom", headers={"Accept-Language": "fr"})
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ElementTree.fromstring(response.content)
    assert feed.findtext(f"{ATOM}id") == "http://testserver/v1/changes"
    assert feed.findtext(f"{ATOM}updated") == "2026-11-02T00:00:00Z"
    latest, _ = feed.findall(f"{ATOM}entry")
    assert "1 ajouté(s), 1 modifié(s), 1 retiré(s)" in (latest.findtext(f"{ATOM}title") or "")
    content = latest.findtext(f"{ATOM}content") or ""
    assert "<ins>" in content and "890" in content
    assert "&amp; par patient" in content
    assert "<b>" not in content
    assert "added" in (
        ElementTree.fromstring(client.get("/v1/changes.atom?lang=en").content)[-1].findtext(f"{ATOM}title") or ""
    )
    identifiers = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(identifiers)) == 2


def test_what_is_withdrawn_is_named_and_none_of_its_sentences_is_shown(client: TestClient, shelf: Shelf) -> None:
    tags = {path: client.get(path).headers["etag"] for path in ("/v1/changes", "/v1/changes.atom")}
    for path, tag in tags.items():
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    shelf.withdrawals().withdraw("pecan", "Montant erroné.", dt.datetime(2026, 11, 3, tzinfo=dt.UTC))
    for path, tag in tags.items():
        again = client.get(path, headers={"If-None-Match": tag})
        assert again.status_code == 200
        assert "890" not in again.text and "780" not in again.text
    body = client.get("/v1/changes").json()
    assert body["withdrawn"] == [{"document_id": "pecan", "since": "2026-11-03T00:00:00Z", "reason": "Montant erroné."}]
    assert body["data"][0]["changed"][0]["n_added"] == 1
