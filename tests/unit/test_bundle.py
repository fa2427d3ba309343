"""The bundle: what is written is read back, and what is damaged, missing or of another format is refused by name."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.bundle import Bundle, open_bundle
from corpus.bundle_card import FORMAT_VERSION, read_card
from corpus.bundle_writer import IndexedDocument
from corpus.document import CharRun, Kind, Page, Source, Status
from corpus.encoder import Encoder
from corpus.errors import BundleError
from ingest.verify import verify_bundle
from tests.makers import document, note, paragraph, write

FILES = [
    "documents.json", "glossary.json", "labels.json", "sections.json", "text.bin", "pages.npy", "passages.npy",
    "sentences.npy", "runs.npy", "vectors.faiss", "lexical/body.weights.npy", "lexical/vocabulary.txt",
]  # fmt: skip


def copy_of(bundle: Bundle, folder: Path) -> Path:
    return Path(shutil.copytree(bundle.folder, folder / "copy"))


def edit_card(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    path = folder / "card.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    change(card)
    path.write_text(json.dumps(card), encoding="utf-8")


def refusal(folder: Path) -> BundleError:
    with pytest.raises(BundleError) as caught:
        open_bundle(folder)
    return caught.value


def test_what_was_written_is_read_back(tmp_path: Path, encoder: Encoder) -> None:
    source = Source("note", "Une note", publisher="Agence", kind=Kind.LAW, status=Status.ANNOUNCED, supersedes=("old",))
    made = document(
        source,
        [paragraph("L'été, « œuvre » n° 1. Puis 3 € 😀.", "A", "B")],
        [paragraph("Page deux.", "A"), paragraph("Fin.", "C")],
    )
    bundle = write(tmp_path / "b", [made], encoder)
    assert bundle.documents[0].source == source
    assert [bundle.passage_at(row).text for row in range(len(bundle))] == [
        "L'été, « œuvre » n° 1. Puis 3 € 😀.",
        "Page deux.",
        "Fin.",
    ]
    assert [bundle.passage_at(row).locator.section for row in range(len(bundle))] == [("A", "B"), ("A",), ("C",)]
    assert [bundle.passage_at(row).locator.page_label for row in range(len(bundle))] == ["1", "2", "2"]
    assert [bundle.page("note", n) for n in (0, 1)] == list(made.pages)
    assert list(bundle.passage_texts()) == [bundle.passage_at(row).text for row in range(len(bundle))]


def test_every_passage_and_every_sentence_equals_its_page_at_its_offsets(small_bundle: Bundle) -> None:
    for row in range(len(small_bundle)):
        passage = small_bundle.passage_at(row)
        page = small_bundle.page(passage.document_id, passage.locator.page_index)
        assert page is not None
        assert page.text[passage.locator.start : passage.locator.end] == passage.text
        for sentence_row in small_bundle.sentence_rows(row):
            sentence = small_bundle.sentence_at(sentence_row)
            assert sentence.passage_row == row
            assert page.text[sentence.start : sentence.end] == sentence.text


def test_a_passage_is_found_again_by_its_id(small_bundle: Bundle) -> None:
    for row in range(len(small_bundle)):
        passage = small_bundle.passage_at(row)
        assert small_bundle.row_of(passage.id) == row
        assert small_bundle.passage(passage.id) == passage


def test_repeated_text_has_one_id_an_occurrence(small_bundle: Bundle) -> None:
    twice = [
        p for row in range(len(small_bundle)) if (p := small_bundle.passage_at(row)).text == "Voir le référentiel."
    ]
    assert [p.id.removeprefix(twice[0].id) for p in twice] == ["", "-1"]


@pytest.mark.parametrize(
    "identifier", ["", "hds", "hds.000000000000", "nobody.0123456789ab", "hds.0123456789ab-70000", "../x"]
)
def test_an_unknown_id_gives_nothing(small_bundle: Bundle, identifier: str) -> None:
    assert small_bundle.passage(identifier) is None
    assert small_bundle.document(identifier if identifier != "hds" else "x") is None


def test_a_page_that_is_not_there_gives_nothing(small_bundle: Bundle) -> None:
    assert small_bundle.page("hds", 1) is None
    assert small_bundle.page("hds", -1) is None
    assert small_bundle.page("nobody", 0) is None


def test_character_runs_of_a_page_are_kept(tmp_path: Path, encoder: Encoder) -> None:
    made = note("a", "Un texte.")
    runs = (CharRun(0, 2, 0, 10), CharRun(3, 6, 1, 0))
    pages = (Page(0, "xii", made.pages[0].text, runs),)
    bundle = write(tmp_path / "b", [IndexedDocument(made.source, pages, made.passages)], encoder)
    assert bundle.page("a", 0) == pages[0]


def test_the_original_file_is_kept_beside_the_index(tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "a.txt").write_bytes(b"Un texte.")
    made = note("a", "Un texte.", sha256=hashlib.sha256(b"Un texte.").hexdigest())
    bundle = write(
        tmp_path / "b", [IndexedDocument(made.source, made.pages, made.passages, (), tmp_path / "a.txt")], encoder
    )
    kept = bundle.original("a")
    assert kept is not None
    assert kept.read_bytes() == b"Un texte."
    assert bundle.original("b") is None


def test_the_same_inputs_give_the_same_id_and_the_same_bytes(tmp_path: Path, encoder: Encoder) -> None:
    cards = [write(tmp_path / name, [note("a", "Un."), note("b", "Deux.")], encoder).card for name in ("x", "y")]
    assert cards[0] == cards[1]


def test_another_text_gives_another_id(tmp_path: Path, encoder: Encoder) -> None:
    ids = {write(tmp_path / text, [note("a", text)], encoder).card.id for text in ("Un.", "Deux.")}
    assert len(ids) == 2


def test_the_card_seals_every_file_but_itself(small_bundle: Bundle) -> None:
    found = {p.relative_to(small_bundle.folder).as_posix() for p in small_bundle.folder.rglob("*") if p.is_file()}
    assert found - {"card.json"} == set(small_bundle.card.files)
    assert set(FILES) <= found


def test_no_file_of_a_bundle_needs_pickle(small_bundle: Bundle) -> None:
    for path in small_bundle.folder.rglob("*.npy"):
        assert not np.load(path, allow_pickle=False).dtype.hasobject


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(small_bundle: Bundle, tmp_path: Path, name: str) -> None:
    folder = copy_of(small_bundle, tmp_path)
    (folder / name).unlink()
    fault = refusal(folder)
    assert (fault.code, name in fault.message) == ("bundle_corrupt", True)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_named(small_bundle: Bundle, tmp_path: Path, name: str) -> None:
    path = copy_of(small_bundle, tmp_path) / name
    path.write_bytes(path.read_bytes()[:-1])
    fault = refusal(tmp_path / "copy")
    assert (fault.code, name in fault.message) == ("bundle_corrupt", True)
    assert "python -m ingest build" in fault.hint


@pytest.mark.parametrize("name", FILES)
def test_an_altered_file_is_named(small_bundle: Bundle, tmp_path: Path, name: str) -> None:
    path = copy_of(small_bundle, tmp_path) / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    fault = refusal(tmp_path / "copy")
    assert (fault.code, name in fault.message) == ("bundle_corrupt", True)


def test_another_format_version_names_the_command_to_run(small_bundle: Bundle, tmp_path: Path) -> None:
    folder = copy_of(small_bundle, tmp_path)
    edit_card(folder, lambda card: card.update(format_version=FORMAT_VERSION + 1))
    fault = refusal(folder)
    assert fault.code == "bundle_format"
    assert str(FORMAT_VERSION + 1) in fault.message
    assert "python -m ingest build" in fault.hint


def test_a_folder_without_a_card_is_no_bundle(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "bundle_missing"


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "lexical/../../x", "a\\..\\b", ""])
def test_a_card_that_names_a_file_outside_its_folder_is_refused(
    small_bundle: Bundle, tmp_path: Path, name: str
) -> None:
    folder = copy_of(small_bundle, tmp_path)
    (tmp_path / "secret").write_text("x", encoding="utf-8")
    edit_card(folder, lambda card: card["files"].update({name: {"size_bytes": 1, "sha256": "0" * 64}}))
    fault = refusal(folder)
    assert fault.code == "bundle_corrupt"
    assert repr(name) in fault.message


@pytest.mark.parametrize("key", ["id", "encoder", "files", "counts", "built_at"])
def test_a_card_that_lacks_or_garbles_a_key_is_refused(small_bundle: Bundle, tmp_path: Path, key: str) -> None:
    folder = copy_of(small_bundle, tmp_path)
    edit_card(folder, lambda card: card.pop(key))
    assert refusal(folder).code == "bundle_corrupt"
    edit_card(folder, lambda card: card.update({key: 3}))
    assert key in ("id", "built_at") or refusal(folder).code == "bundle_corrupt"


def test_a_card_that_is_no_json_is_refused(small_bundle: Bundle, tmp_path: Path) -> None:
    folder = copy_of(small_bundle, tmp_path)
    for content in (b"", b"[]", b"{", b"\xff", b"null"):
        (folder / "card.json").write_bytes(content)
        assert refusal(folder).code in ("bundle_corrupt", "bundle_format")


def test_verifying_a_good_bundle_opens_it(small_bundle: Bundle, encoder: Encoder) -> None:
    assert verify_bundle(small_bundle.folder, encoder).card == read_card(small_bundle.folder)


def test_verifying_refuses_another_encoder_by_name(small_bundle: Bundle, tmp_path: Path, encoder: Encoder) -> None:
    folder = copy_of(small_bundle, tmp_path)
    edit_card(folder, lambda card: card["encoder"].update(name="autre-modele", revision="feed"))
    with pytest.raises(BundleError, match="autre-modele") as caught:
        verify_bundle(folder, encoder)
    assert caught.value.code == "encoder_mismatch"


def test_verifying_refuses_counts_that_the_card_does_not_give(small_bundle: Bundle, tmp_path: Path) -> None:
    folder = copy_of(small_bundle, tmp_path)
    edit_card(folder, lambda card: card["counts"].update(passages=1))
    with pytest.raises(BundleError, match="passages"):
        verify_bundle(folder)
