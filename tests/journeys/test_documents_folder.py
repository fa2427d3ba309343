"""Any folder of documents: one line a file, bad ones named, good ones indexed and answered from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.shelf import Shelf
from service.answer import Outcome
from service.engine import open_engine
from service.evaluate import is_verbatim
from tests.makers import call, question, run

GOOD = {
    "note.md": "+++\ntitle = \"La PECAN\"\npublisher = \"Agence A\"\n+++\n# La PECAN\n\nLa PECAN dure un an, non renouvelable.\n",
    "guides/A b.html": "<html><head><title>Le HDS</title></head><body><h1>Le HDS</h1><p>La certification HDS couvre six activités.</p></body></html>",
    "guides/sous/été à l'hôpital (v2).txt": "Le triage aux urgences relève du haut risque.",
    "windows.txt": "Le délai est de soixante jours.\r\nIl court dès le dépôt.\r\n",
}  # fmt: skip
BAD = {
    "brisé.pdf": (b"%PDF-1.7\n1 0 obj <<", "broken_document"),
    "vide.txt": (b"", "empty_document"),
    "blanc.md": (b" \n\n\t\n", "empty_document"),
    "binaire.txt": (bytes(range(256)) * 20, "unsupported_document"),
    "image.png": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "unsupported_document"),
    "archive.html": (b"PK\x03\x04" + b"\x00" * 50, "unsupported_document"),
    "faux.pdf": (b"", "empty_document"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("documents")
    for name, text in GOOD.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    for name, (content, _) in BAD.items():
        (made / name).write_bytes(content)
    (made / "latin.txt").write_bytes("La télésurveillance médicale est remboursée.".encode("latin-1"))
    (made / ".cache").mkdir()
    (made / ".cache" / "hidden.md").write_text("Rien.", encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any], list[str]]:
    """The folder of bundles, the report, and the lines that the command said as it went."""
    bundles = tmp_path_factory.mktemp("bundles")
    done = run("ingest", "build", "--documents", str(folder), "--bundles", str(bundles), "--json")
    assert done.returncode == 0, done.stderr
    return bundles, json.loads(done.stdout), done.stderr.splitlines()


Built = tuple[Path, dict[str, Any], list[str]]


def test_every_file_has_one_line_and_hidden_ones_none(built: Built) -> None:
    lines = [line for line in built[2] if line.startswith("[")]
    assert len(lines) == len(GOOD) + len(BAD) + 1
    for name in (*GOOD, *BAD, "latin.txt"):
        assert sum(f"] {name}: " in line for line in lines) == 1, name


def test_good_files_are_indexed_under_ids_made_of_their_paths(built: Built) -> None:
    indexed = {one["document_id"]: one["file"] for one in built[1]["documents"] if one["outcome"] == "indexed"}
    assert indexed == {
        "note": "note.md",
        "guides-a-b": "guides/A b.html",
        "guides-sous-ete-a-l-hopital-v2": "guides/sous/été à l'hôpital (v2).txt",
        "windows": "windows.txt",
        "latin": "latin.txt",
    }


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_reported_by_name_with_its_reason(built: Built, name: str) -> None:
    (report,) = [one for one in built[1]["documents"] if one["file"] == name]
    assert (report["outcome"], report["code"]) == ("failed", BAD[name][1])
    assert name in report["message"]
    assert any(f"{name}: FAILED ({BAD[name][1]})" in line for line in built[2])


def test_a_document_says_its_own_title_and_publisher(built: Built) -> None:
    bundle = open_engine(built[0]).bundle
    record = bundle.document("note")
    assert record is not None
    assert (record.source.title, record.source.publisher) == ("La PECAN", "Agence A")
    html = bundle.document("guides-a-b")
    assert html is not None
    assert html.source.title == "Le HDS"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Combien de temps dure la PECAN ?", "La PECAN dure un an, non renouvelable."),
        ("Combien d'activités la certification HDS couvre-t-elle ?", "La certification HDS couvre six activités."),
        ("La télésurveillance médicale est-elle remboursée ?", "La télésurveillance médicale est remboursée."),
    ],
)
def test_the_folder_is_answered_from_by_exact_quotes(built: Built, text: str, quote: str) -> None:
    engine = open_engine(built[0])
    answer = engine.ask(question(text))
    assert answer.outcome is Outcome.ANSWERED
    assert quote in [citation.quote.exact for citation in answer.citations]
    assert is_verbatim(answer, engine.bundle)


def test_the_bytes_of_an_original_are_kept(built: Built, folder: Path) -> None:
    kept = open_engine(built[0]).bundle.original("windows")
    assert kept is not None
    assert kept.read_bytes() == (folder / "windows.txt").read_bytes()


def test_a_folder_of_bad_files_only_changes_nothing_and_says_why(built: Built, tmp_path: Path) -> None:
    bundles, before = built[0], Shelf(built[0]).active_id()
    (tmp_path / "vide.txt").write_bytes(b"")
    done = call("ingest", "build", "--documents", str(tmp_path), "--bundles", str(bundles))
    assert done.returncode == 2
    assert "vide.txt: FAILED (empty_document)" in done.stderr
    assert "nothing_to_index" in done.stderr
    assert "Traceback" not in done.stderr
    assert Shelf(bundles).active_id() == before


def test_an_edit_changes_the_ids_of_the_edited_passage_alone(tmp_path: Path) -> None:
    text = "# Note\n\n## Un\n\nLa PECAN dure un an.\n\n## Deux\n\nLe HDS couvre six activités.\n"
    ids = []
    for version in (text, text.replace("un an", "deux ans"), "Un ajout en tête.\n\n" + text):
        (tmp_path / "docs").mkdir(exist_ok=True)
        (tmp_path / "docs" / "note.md").write_text(version, encoding="utf-8")
        call("ingest", "build", "--documents", str(tmp_path / "docs"), "--bundles", str(tmp_path / "bundles"))
        bundle = open_engine(tmp_path / "bundles").bundle
        ids.append({bundle.passage_at(row).id for row in range(len(bundle))})
    assert len(ids[0] & ids[1]) == 1
    assert ids[0] < ids[2]
