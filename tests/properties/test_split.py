"""Laws of splitting: the text is covered once, in order, and nothing crosses a section or a page."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ingest.manuscript import BlockKind, Manuscript
from ingest.split import SplitRule, split
from tests.makers import Part, manuscript

words = st.lists(
    st.sampled_from(["Le", "patient", "est", "informé.", "L.", "4001-3", "Non !", "art.", "«Oui.»", "mot," * 20, "\n"]),
    min_size=1,
    max_size=60,
).map(lambda found: " ".join(found).strip() or "Vide.")
odd = (
    st.text(alphabet=st.sampled_from(list("ab.; ,\n\t\u00a0é’|1")), min_size=1, max_size=300)
    .map(str.strip)
    .filter(bool)
)
parts: st.SearchStrategy[Part] = st.tuples(
    st.sampled_from(list(BlockKind)), words | odd, st.sampled_from([(), ("A",), ("A", "B"), ("C",)])
)
manuscripts = st.lists(st.lists(parts, max_size=6), min_size=1, max_size=3).map(lambda pages: manuscript(*pages))
rules = st.builds(SplitRule, st.integers(20, 400), st.integers(40, 300))


def bare(text: str) -> str:
    return "".join(text.split())


@given(manuscripts, rules)
def test_every_visible_character_of_every_block_but_headings_is_in_exactly_one_passage_in_order(
    read: Manuscript, rule: SplitRule
) -> None:
    wanted = [
        bare(read.pages[block.page_index].text[block.start : block.end])
        for block in read.blocks
        if block.kind is not BlockKind.HEADING
    ]
    pieces = split(read, rule)
    found = [bare(read.pages[piece.page_index].text[piece.start : piece.end]) for piece in pieces]
    assert "".join(found) == "".join(wanted)


@given(manuscripts, rules)
def test_the_sentences_of_a_passage_cover_it_and_follow_each_other(read: Manuscript, rule: SplitRule) -> None:
    for piece in split(read, rule):
        page = read.pages[piece.page_index].text
        assert piece.sentences[0].start == piece.start
        assert piece.sentences[-1].end == piece.end
        said = "".join(page[sentence.start : sentence.end] for sentence in piece.sentences)
        assert bare(said) == bare(page[piece.start : piece.end])
        ends = [piece.start] + [sentence.end for sentence in piece.sentences]
        assert all(sentence.start >= before for sentence, before in zip(piece.sentences, ends, strict=False))


@given(manuscripts, rules)
def test_a_passage_lies_within_blocks_of_one_section_and_one_page(read: Manuscript, rule: SplitRule) -> None:
    for piece in split(read, rule):
        touched = [
            block
            for block in read.blocks
            if block.page_index == piece.page_index and block.start < piece.end and piece.start < block.end
        ]
        assert {block.section for block in touched} == {piece.section}
        assert BlockKind.HEADING not in {block.kind for block in touched}


@given(manuscripts, rules)
def test_passages_do_not_overlap_and_keep_the_reading_order(read: Manuscript, rule: SplitRule) -> None:
    spots = [(piece.page_index, piece.start, piece.end) for piece in split(read, rule)]
    assert spots == sorted(spots)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in itertools.pairwise(spots))


@given(manuscripts, rules)
def test_no_sentence_is_longer_than_the_rule_allows(read: Manuscript, rule: SplitRule) -> None:
    lengths = [s.end - s.start for piece in split(read, rule) for s in piece.sentences]
    assert all(length <= rule.max_chars for length in lengths)
