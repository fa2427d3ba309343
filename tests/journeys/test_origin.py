"""A reindexing over HTTP reads what the last build read: no setting has to say it again, and nobody's own folder is written to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from corpus.bundle import open_bundle
from corpus.origin import FILE_NAME, read_origin
from corpus.shelf import Shelf
from service.app import create_app
from service.engine import open_engine
from service.settings import ServiceSettings
from tests.admin_maker import Office
from tests.makers import TODAY, call

TOKEN = "a-token-of-the-operator"
OLD = "# La PECAN\n\nLe plafond de la PECAN est de 780 € par an et par patient.\n"
NEW = "# La PECAN\n\nLe plafond de la PECAN est de 890 € par an et par patient.\n"


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    (folder / "guides").mkdir(parents=True)
    (folder / "guides" / "La PECAN.md").write_text(OLD, encoding="utf-8")
    (folder / "guides" / "La PECAN.toml").write_text('publisher = "Agence A"\n', encoding="utf-8")
    (folder / "hds.md").write_text("# Le HDS\n\nLe HDS couvre six activités.\n", encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCIER_INBOX_DIR", str(tmp_path / "drop"))
    monkeypatch.delenv("SOURCIER_CATALOGUE", raising=False)


def open_office(tmp_path: Path) -> Iterator[Office]:
    shelf = Shelf(tmp_path / "bundles")
    settings = ServiceSettings(bundles_dir=shelf.folder, admin_token=TOKEN)  # type: ignore[arg-type]
    app = create_app(settings, open_engine(shelf.folder), clock=lambda: TODAY, follow=True)
    with TestClient(app) as client:
        made = Office(client, tmp_path)
        yield made
        made.quiet()


def ids(shelf: Shelf) -> set[str]:
    return {record.source.id for record in open_bundle(shelf.active_folder()).documents}


def push(desk: Office, document_id: str, text: str) -> Any:
    def pushed() -> bool:  # what a withdrawal sets going may still begin: a publisher's program tries again
        answers.append(desk.call("PUT", f"/documents/{document_id}", files={"file": ("note.md", text.encode())}))
        return bool(answers[-1].status_code != 409)

    answers: list[Any] = []
    desk.until(pushed, "the push finds a job in its way")
    job = desk.ended(answers[-1].json()["job"]["id"])
    assert job["state"] == "succeeded", job
    return job


def state_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_push_beside_a_folder_keeps_the_folder_and_all_its_documents(documents: Path, tmp_path: Path) -> None:
    folders = ("--documents", str(documents), "--bundles", str(tmp_path / "bundles"))
    assert call("ingest", "build", *folders).returncode == 0
    before = state_of(documents)
    for desk in open_office(tmp_path):
        push(desk, "neuf", "# Neuf\n\nUne règle nouvelle vaut trente jours.\n")
        assert ids(desk.shelf) == {"guides-la-pecan", "hds", "neuf"}
        push(desk, "guides-la-pecan", NEW)
        assert ids(desk.shelf) == {"guides-la-pecan", "hds", "neuf"}
        pecan = open_bundle(desk.shelf.active_folder()).document("guides-la-pecan")
        assert pecan and (pecan.source.title, pecan.source.publisher) == ("La PECAN", "Agence A")
        assert "890" in open_bundle(desk.shelf.active_folder()).page_text(pecan.first_page)
        assert call("ingest", "build", *folders).returncode == 4
        desk.call("DELETE", "/documents/guides-la-pecan")
        desk.quiet()
        assert ids(desk.shelf) == {"hds", "neuf"}
        push(desk, "guides-la-pecan", NEW)
        assert ids(desk.shelf) == {"guides-la-pecan", "hds", "neuf"}
    assert state_of(documents) == before
    assert not (tmp_path / "drop").exists()


def test_a_catalogue_of_ones_own_is_read_again(documents: Path, tmp_path: Path) -> None:
    catalogue = tmp_path / "mine.toml"
    catalogue.write_text('[[source]]\nid = "hds"\ntitle = "Le HDS"\nfile = "documents/hds.md"\n', encoding="utf-8")
    folders = ("--catalogue", str(catalogue), "--bundles", str(tmp_path / "bundles"))
    assert call("ingest", "build", *folders).returncode == 0
    for desk in open_office(tmp_path):
        push(desk, "neuf", "# Neuf\n\nUne règle nouvelle vaut trente jours.\n")
        assert ids(desk.shelf) == {"hds", "neuf"}
    assert (tmp_path / "drop" / "neuf.md").is_file()


def test_a_folder_that_is_no_longer_there_fails_the_job_by_name_and_the_old_bundle_answers(
    documents: Path, tmp_path: Path
) -> None:
    assert (
        call("ingest", "build", "--documents", str(documents), "--bundles", str(tmp_path / "bundles")).returncode == 0
    )
    documents.rename(tmp_path / "moved")
    for desk in open_office(tmp_path):
        job = desk.ended(desk.call("POST", "/reindex").json()["id"])
        assert (job["state"], job["code"]) == ("failed", "documents_missing")
        assert str(documents) in job["message"]
        assert "780" in desk.ask()["text"]


def test_what_a_build_was_made_from_is_kept_beside_the_bundles_and_a_change_of_it_is_told(
    documents: Path, tmp_path: Path
) -> None:
    bundles = tmp_path / "bundles"
    assert "note:" not in call("ingest", "build", "--documents", str(documents), "--bundles", str(bundles)).stderr
    told = read_origin(bundles)
    assert told is not None and told.documents == documents
    (tmp_path / "mine.toml").write_text('[[source]]\nid = "hds"\nfile = "documents/hds.md"\n', encoding="utf-8")
    done = call("ingest", "build", "--catalogue", str(tmp_path / "mine.toml"), "--bundles", str(bundles))
    assert f"note: the bundle before was made from {documents}" in done.stderr
    for bad in ("{", "[]", json.dumps({"documents": "relative"}), json.dumps({"catalogue": 1}), "{}"):
        (bundles / FILE_NAME).write_text(bad, encoding="utf-8")
        assert read_origin(bundles) is None
