"""Plain text and Markdown in, blocks of readable text out."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ReadError
from ingest import clean, read_markdown, read_text, structure
from ingest.manuscript import BlockKind, Manuscript


def markdown(folder: Path, text: str) -> Manuscript:
    path = folder / "document.md"
    path.write_text(text, encoding="utf-8")
    return structure.structure(clean.clean(read_markdown.read(path)))


def plain(folder: Path, data: bytes) -> Manuscript:
    path = folder / "document.txt"
    path.write_bytes(data)
    return structure.structure(clean.clean(read_text.read(path)))


def said(manuscript: Manuscript, kind: BlockKind) -> list[str]:
    return [
        manuscript.pages[block.page_index].text[block.start : block.end]
        for block in manuscript.blocks
        if block.kind is kind
    ]


def test_markdown_leaves_no_markup_in_the_text(tmp_path: Path) -> None:
    manuscript = markdown(tmp_path, "Un **mot** *fort*, un [lien](https://exemple.fr), `du code` &amp; <b>rien</b>.")
    assert manuscript.pages[0].text == "Un mot fort, un lien, du code & rien."


def test_front_matter_becomes_metadata_and_is_not_quoted(tmp_path: Path) -> None:
    for text in (
        '+++\ntitle = "Bilan"\npublished_on = 2025-02-11\n+++\nTexte.',
        "---\ntitle: Bilan\ndate: 2025-02-11\n---\nTexte.",
    ):
        manuscript = markdown(tmp_path, text)
        assert manuscript.title == "Bilan"
        assert manuscript.metadata["published_on"] == "2025-02-11"
        assert manuscript.pages[0].text == "Texte."


def test_a_front_matter_that_is_no_toml_is_said_and_does_not_stop_the_reading(tmp_path: Path) -> None:
    manuscript = markdown(tmp_path, "+++\ntitle = \n+++\nTexte.")
    assert manuscript.pages[0].text == "Texte."
    assert manuscript.warnings


def test_headings_become_section_paths_without_the_lone_title(tmp_path: Path) -> None:
    manuscript = markdown(tmp_path, "# Titre\n\nDébut.\n\n## Un\n\n### Un bis\n\nMilieu.\n\n## Deux\n\nFin.\n")
    sections = {
        manuscript.pages[0].text[block.start : block.end]: block.section
        for block in manuscript.blocks
        if block.kind is BlockKind.PARAGRAPH
    }
    assert sections == {"Début.": (), "Milieu.": ("Un", "Un bis"), "Fin.": ("Deux",)}


def test_table_rows_are_lines_and_cells_are_parted_by_bars(tmp_path: Path) -> None:
    manuscript = markdown(tmp_path, "| Date | Étape |\n|---|---|\n| 2025 | **Bilan** |\n")
    assert manuscript.pages[0].text == "Date | Étape\n2025 | Bilan"


def test_list_items_keep_their_numbers_and_lose_their_bullets(tmp_path: Path) -> None:
    manuscript = markdown(tmp_path, "- un\n- deux\n\n3. trois\n4. quatre\n")
    assert said(manuscript, BlockKind.ITEM) == ["un", "deux", "3. trois", "4. quatre"]


def test_footnotes_come_last_and_their_calls_stay_out_of_the_words(tmp_path: Path) -> None:
    manuscript = markdown(tmp_path, "Un fait[^1] daté.\n\n[^1]: La *source*.\n\nSuite.\n")
    assert manuscript.pages[0].text == "Un fait daté.\n\nSuite.\n\n1. La source."


def test_plain_text_knows_numbered_and_underlined_headings_only(tmp_path: Path) -> None:
    text = "Titre\n=====\n\n1. Calendrier\n\n2025 est une année.\nElle passe.\n\n2. Il faut lire ceci.\n"
    manuscript = plain(tmp_path, text.encode())
    assert said(manuscript, BlockKind.HEADING) == ["Titre", "1. Calendrier"]
    assert said(manuscript, BlockKind.PARAGRAPH) == ["2025 est une année. Elle passe."]


def test_a_form_feed_begins_a_page(tmp_path: Path) -> None:
    manuscript = plain(tmp_path, "Première.\n\fSeconde.\n\f".encode())
    assert [page.text for page in manuscript.pages] == ["Première.", "Seconde."]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "iso8859-15"])
def test_french_text_is_read_in_the_encodings_that_it_comes_in(tmp_path: Path, encoding: str) -> None:
    text = "L'état des lieux a été présenté à l'hôpital : où étaient les médecins déjà formés ?"
    assert plain(tmp_path, text.encode(encoding)).pages[0].text == text


def test_bytes_that_are_no_text_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as refusal:
        plain(tmp_path, bytes(range(256)) * 20)
    assert refusal.value.code == "unsupported_document"
    with pytest.raises(ReadError) as refusal:
        plain(tmp_path, b" \n ")
    assert refusal.value.code == "empty_document"
