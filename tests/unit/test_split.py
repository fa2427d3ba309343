"""Blocks to passages: one section, one page, whole sentences, tables and notes apart."""

from __future__ import annotations

from ingest.manuscript import BlockKind, Manuscript
from ingest.split import Piece, SplitRule, split
from tests.makers import manuscript, paragraph

SENTENCE = "Cette phrase de la note dit une chose utile et une seule."


def said(read: Manuscript, pieces: tuple[Piece, ...]) -> list[str]:
    return [read.pages[piece.page_index].text[piece.start : piece.end] for piece in pieces]


def test_neighbouring_paragraphs_of_one_section_share_a_passage() -> None:
    read = manuscript([paragraph("Un.", "A"), paragraph("Deux.", "A")])
    assert said(read, split(read, SplitRule())) == ["Un.\n\nDeux."]


def test_a_passage_never_crosses_a_section() -> None:
    read = manuscript([paragraph("Un.", "A"), paragraph("Deux.", "A", "B"), paragraph("Trois.", "A")])
    pieces = split(read, SplitRule())
    assert said(read, pieces) == ["Un.", "Deux.", "Trois."]
    assert [piece.section for piece in pieces] == [("A",), ("A", "B"), ("A",)]


def test_a_passage_never_crosses_a_page() -> None:
    read = manuscript([paragraph("Un.", "A")], [paragraph("Deux.", "A")])
    pieces = split(read, SplitRule())
    assert said(read, pieces) == ["Un.", "Deux."]
    assert [piece.page_index for piece in pieces] == [0, 1]


def test_headings_are_in_no_passage_and_part_what_they_stand_between() -> None:
    heading = (BlockKind.HEADING, "Calendrier", ("A",))
    read = manuscript([paragraph("Un.", "A"), heading, paragraph("Deux.", "A")])
    assert said(read, split(read, SplitRule())) == ["Un.", "Deux."]


def test_tables_and_footnotes_stand_apart_from_running_text_and_from_each_other() -> None:
    kinds = (BlockKind.PARAGRAPH, BlockKind.TABLE_ROW, BlockKind.TABLE_ROW, BlockKind.FOOTNOTE, BlockKind.ITEM)
    read = manuscript([(kind, f"{kind.value} {n}.", ("A",)) for n, kind in enumerate(kinds)])
    pieces = split(read, SplitRule())
    assert [{sentence.kind for sentence in piece.sentences} for piece in pieces] == [
        {BlockKind.PARAGRAPH},
        {BlockKind.TABLE_ROW},
        {BlockKind.FOOTNOTE},
        {BlockKind.ITEM},
    ]


def test_a_table_row_is_one_sentence_whatever_its_points() -> None:
    read = manuscript([(BlockKind.TABLE_ROW, "Date. | 2 août 2026. Oui. | Art. 50.", ())])
    (piece,) = split(read, SplitRule())
    assert len(piece.sentences) == 1


def test_a_passage_is_closed_between_sentences_before_it_passes_its_target() -> None:
    read = manuscript([paragraph(" ".join([SENTENCE] * 40), "A")])
    pieces = split(read, SplitRule(target_chars=200))
    assert len(pieces) > 1
    for text in said(read, pieces):
        assert len(text) <= 200
        assert text.startswith("Cette") and text.endswith("seule.")


def test_a_sentence_longer_than_the_limit_is_cut_between_words() -> None:
    read = manuscript([paragraph("mot, " * 1000 + "fin.", "A")])
    pieces = split(read, SplitRule(target_chars=100, max_chars=300))
    assert all(len(text) <= 300 for text in said(read, pieces))
    assert "".join("".join(said(read, pieces)).split()) == "mot," * 1000 + "fin."


def test_every_sentence_lies_within_its_passage_and_keeps_its_kind() -> None:
    read = manuscript([paragraph("Un. Deux.", "A"), (BlockKind.ITEM, "Trois.", ("A",))])
    (piece,) = split(read, SplitRule())
    assert [read.pages[0].text[s.start : s.end] for s in piece.sentences] == ["Un.", "Deux.", "Trois."]
    assert [s.kind for s in piece.sentences] == [BlockKind.PARAGRAPH, BlockKind.PARAGRAPH, BlockKind.ITEM]
    assert piece.sentences[0].start == piece.start and piece.sentences[-1].end == piece.end


def test_the_rule_s_name_changes_with_its_sizes_so_that_a_bundle_tells_how_it_was_split() -> None:
    assert SplitRule().name != SplitRule(target_chars=500).name != SplitRule(max_chars=900).name
