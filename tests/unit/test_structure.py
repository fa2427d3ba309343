"""A clean draft in, page texts with offsets and section paths out; and which reader a file is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ReadError
from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, Manuscript, Traced, catalogue_metadata
from ingest.media_type import media_type_of
from ingest.structure import structure


def made(*blocks: tuple[BlockKind, str, int], title: str | None = None) -> Manuscript:
    drafted = tuple(DraftBlock(kind, Traced(text), level) for kind, text, level in blocks)
    return structure(Draft(title, (DraftPage(0, blocks=drafted),), "text/plain"))


def test_blocks_are_parted_by_a_blank_line_and_rows_by_a_line_feed() -> None:
    found = made(
        (BlockKind.HEADING, "Titre", 1),
        (BlockKind.TABLE_ROW, "a | b", 0),
        (BlockKind.TABLE_ROW, "c | d", 0),
        (BlockKind.PARAGRAPH, "Fin.", 0),
    )
    assert found.pages[0].text == "Titre\n\na | b\nc | d\n\nFin."
    assert [found.pages[0].text[block.start : block.end] for block in found.blocks] == [
        "Titre",
        "a | b",
        "c | d",
        "Fin.",
    ]


def test_a_heading_stands_in_its_own_section_and_closes_deeper_ones() -> None:
    found = made(
        (BlockKind.HEADING, "Un", 1),
        (BlockKind.HEADING, "Un bis", 2),
        (BlockKind.PARAGRAPH, "Texte.", 0),
        (BlockKind.HEADING, "Deux", 1),
        (BlockKind.PARAGRAPH, "Texte.", 0),
    )
    assert [block.section for block in found.blocks] == [
        ("Un",),
        ("Un", "Un bis"),
        ("Un", "Un bis"),
        ("Deux",),
        ("Deux",),
    ]


def test_the_lone_title_is_no_part_of_the_section_paths() -> None:
    found = made((BlockKind.HEADING, "Titre", 1), (BlockKind.HEADING, "Un", 2), (BlockKind.PARAGRAPH, "Texte.", 0))
    assert found.title == "Titre"
    assert found.blocks[-1].section == ("Un",)


def test_what_a_document_says_of_itself_is_known_by_any_usual_name() -> None:
    said = catalogue_metadata({"DCTERMS.Publisher": "HAS", "/Title": " Bilan  2025 ", "date": "2025-02-11", "x": "y"})
    assert said == {"publisher": "HAS", "title": "Bilan 2025", "published_on": "2025-02-11"}


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.bin", b"\n%PDF-1.7", "application/pdf"),
        ("a.txt", b"%PDF-1.7", "application/pdf"),
        ("a.pdf", b"nothing", "application/pdf"),
        ("a", b"\xef\xbb\xbf <!DOCTYPE html><p>", "text/html"),
        ("a.HTM", b"<p>", "text/html"),
        ("a.md", b"# A", "text/markdown"),
        ("a.txt", b"A", "text/plain"),
    ],
)
def test_the_content_says_the_type_before_the_name_does(tmp_path: Path, name: str, data: bytes, expected: str) -> None:
    (tmp_path / name).write_bytes(data)
    assert media_type_of(tmp_path / name) == expected


@pytest.mark.parametrize(("name", "data"), [("a.zip", b"PK\x03\x04"), ("a.png", b"\x89PNG"), ("a.xyz", b"text")])
def test_other_types_are_refused_by_name(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReadError) as refusal:
        media_type_of(tmp_path / name)
    assert refusal.value.code == "unsupported_document"
    assert name in refusal.value.message
