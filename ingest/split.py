"""A manuscript to passages: neighbouring blocks of one section and one page, cut between sentences, never within."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.manuscript import Block, BlockKind, Manuscript
from ingest.sentences import sentence_spans


@dataclass(frozen=True, slots=True)
class SplitRule:
    """Sizes in characters: a passage is closed when it would pass `target_chars`; a longer sentence is cut at `max_chars`.

    The defaults are measured: docs/quality.md, "Passage size". No overlap: sentences are quoted with their neighbours at
    hand in the page's text, and the same sentence twice in the index only costs room.
    """

    target_chars: int = 1500
    max_chars: int = 2200

    @property
    def name(self) -> str:
        """What the bundle's card says of it."""
        return f"section-sentence-1/{self.target_chars}/{self.max_chars}"


@dataclass(frozen=True, slots=True)
class SentenceSpan:
    """Characters [start, end) of the page's text and the block that the sentence comes from."""

    start: int
    end: int
    kind: BlockKind


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage to be: its page, its characters there, its headings and its sentences."""

    page_index: int
    start: int
    end: int
    section: tuple[str, ...]
    sentences: tuple[SentenceSpan, ...]


def split(manuscript: Manuscript, rule: SplitRule) -> tuple[Piece, ...]:
    """The passages of a manuscript, in reading order; every character of its blocks but headings is in exactly one."""
    pieces: list[Piece] = []
    for group in _groups(manuscript):
        page = manuscript.pages[group[0].page_index].text
        sentences = [span for block in group for span in _sentences(page, block, rule)]
        pieces.extend(_fill(sentences, group[0], rule))
    return tuple(pieces)


def _groups(manuscript: Manuscript) -> Iterator[list[Block]]:
    """Runs of blocks that may share a passage: same page, same section, table rows and footnotes apart."""
    group: list[Block] = []
    for block in manuscript.blocks:
        if group and (block.kind is BlockKind.HEADING or _key(block) != _key(group[0])):
            yield group
            group = []
        if block.kind is not BlockKind.HEADING:
            group.append(block)
    if group:
        yield group


def _key(block: Block) -> tuple[int, tuple[str, ...], BlockKind]:
    apart = block.kind in (BlockKind.TABLE_ROW, BlockKind.FOOTNOTE)
    return block.page_index, block.section, block.kind if apart else BlockKind.PARAGRAPH


def _sentences(page: str, block: Block, rule: SplitRule) -> Iterator[SentenceSpan]:
    text = page[block.start : block.end]
    spans = [(0, len(text))] if block.kind is BlockKind.TABLE_ROW else sentence_spans(text)
    for start, end in spans:
        for first, last in _cut(text, start, end, rule.max_chars):
            yield SentenceSpan(block.start + first, block.start + last, block.kind)


def _cut(text: str, start: int, end: int, max_chars: int) -> list[tuple[int, int]]:
    """A span no longer than `max_chars` as it is, a longer one cut at the best places there are."""
    if end - start <= max_chars:
        return [(start, end)]
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # few texts need it, and it takes a while

    splitter = RecursiveCharacterTextSplitter(
        separators=["\n", " ; ", "; ", ", ", " ", ""],
        chunk_size=max_chars,
        chunk_overlap=0,
        keep_separator="end",
        add_start_index=True,
        strip_whitespace=True,
    )
    parts = splitter.create_documents([text[start:end]])
    spans = []
    for part in parts:
        first = start + int(part.metadata["start_index"])
        spans.append((first, first + len(part.page_content)))
    return spans


def _fill(sentences: list[SentenceSpan], block: Block, rule: SplitRule) -> Iterator[Piece]:
    held: list[SentenceSpan] = []
    for sentence in sentences:
        if held and sentence.end - held[0].start > rule.target_chars:
            yield _piece(held, block)
            held = []
        held.append(sentence)
    if held:
        yield _piece(held, block)


def _piece(held: list[SentenceSpan], block: Block) -> Piece:
    return Piece(block.page_index, held[0].start, held[-1].end, block.section, tuple(held))
