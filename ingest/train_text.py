"""A folder of text enters; what an encoder can learn from leaves: prose in blocks of sentences, pairs, translations.

Read are `.md` and `.txt` (prose; Markdown headings become pairs with the text under them), `.jsonl` (lines with `q` and
`p`) and `.tsv` (French, tab, English; an empty line parts two places of a text), each also compressed with `.xz`.
"""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import EncoderError

BLOCK_SENTENCES = 10
"""Longer blocks are cut: what is further apart than this counts as another subject."""
MIN_PASSAGE_CHARS = 60
PLAIN_SUFFIXES = frozenset({".md", ".txt"})
READ_SUFFIXES = PLAIN_SUFFIXES | {".jsonl", ".tsv"}

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+(?=[A-ZÀ-Ý0-9«\"(])|\n+")
_HEADING = re.compile(r"^(#{1,6})\s+(.*\S)\s*$")
_BARE_NUMBER = re.compile(
    r"^(?:article|section|chapitre|titre|livre|annexe|partie)?\s*[\W\divxlcdm]*\w?$", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^\s*(?:[-*•]|\d+[.)°])\s+")

Block = list[str]
"""Neighbouring sentences of one subject."""


@dataclass(slots=True)
class TrainingText:
    """What was found: prose and both sides of the translations as blocks, pairs as (heading or question, passage)."""

    prose: list[Block] = field(default_factory=list)
    pairs: list[tuple[str, str]] = field(default_factory=list)
    french: list[Block] = field(default_factory=list)
    english: list[Block] = field(default_factory=list)

    def is_empty(self) -> bool:
        """Whether nothing can be learned from it."""
        return not (self.pairs or self.french or any(len(block) > 1 for block in self.prose))


def read_training_text(folder: Path, heldout_lines: int = 0) -> tuple[TrainingText, list[tuple[str, str]]]:
    """Return the text of `folder` (searched recursively) and the translations held out of it.

    `heldout_lines` distinct translations are taken from the end of the last `.tsv` file, for measuring.
    Raises: EncoderError `no_training_text` when the folder is missing or holds nothing to learn from.
    """
    text, heldout = TrainingText(), list[tuple[str, str]]()
    for path in sorted(folder.rglob("*")) if folder.is_dir() else []:
        suffix = _suffix(path)
        if not path.is_file() or suffix not in READ_SUFFIXES:
            continue
        if suffix == ".jsonl":
            text.pairs.extend(_read_pairs(path))
        elif suffix == ".tsv":
            heldout = _read_translations(path, text, heldout_lines)
        else:
            _read_prose(path, text)
    if text.is_empty():
        wanted = ", ".join(sorted(READ_SUFFIXES))
        raise EncoderError(
            "no_training_text",
            f"No text to learn from in {folder}: expected files ending in {wanted} (or with .xz after that).",
            "Give a folder with some hundred paragraphs at least.",
        )
    return text, heldout


def split_sentences(paragraph: str) -> list[str]:
    """Return the sentences of a paragraph, roughly: good enough to learn from, not to quote from."""
    return [part for raw in _SENTENCE_END.split(paragraph) if (part := _LIST_MARK.sub("", raw).strip())]


def _suffix(path: Path) -> str:
    return Path(path.stem).suffix.lower() if path.suffix == ".xz" else path.suffix.lower()


def _lines(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8") as stream:
        for line in stream:
            yield line.rstrip("\n")


def _read_pairs(path: Path) -> Iterator[tuple[str, str]]:
    for line in _lines(path):
        if line.strip():
            record = json.loads(line)
            yield str(record["q"]), str(record["p"])


def _read_prose(path: Path, text: TrainingText) -> None:
    """Add the sections of a file: sentences as blocks, and each telling heading with the text below it."""
    heading, paragraphs = "", list[str]()
    for line in [*_lines(path), "# "]:
        match = _HEADING.match(line)
        if match is None and line != "# ":
            if line.strip():
                paragraphs.append(line.strip())
            continue
        _add_section(heading, paragraphs, text)
        paragraphs = []
        heading = match.group(2) if match else ""


def _add_section(heading: str, paragraphs: list[str], text: TrainingText) -> None:
    body = "\n".join(paragraphs)
    if len(body) < MIN_PASSAGE_CHARS:
        return
    if heading and not _BARE_NUMBER.match(heading):
        text.pairs.append((heading, body))
    sentences = [sentence for paragraph in paragraphs for sentence in split_sentences(paragraph)]
    text.prose.extend(_cut(sentences))


def _cut(sentences: list[str]) -> Iterator[Block]:
    for start in range(0, len(sentences), BLOCK_SENTENCES):
        yield sentences[start : start + BLOCK_SENTENCES]


def _read_translations(path: Path, text: TrainingText, heldout_lines: int) -> list[tuple[str, str]]:
    """Add a file of translations to `text`; return the distinct last lines, held out, first line first."""
    rows = [tuple(line.split("\t", 1)) if "\t" in line else None for line in _lines(path)]
    heldout = dict[str, str]()
    while rows and len(heldout) < heldout_lines:
        row = rows.pop()
        if row is not None and row[1] not in heldout.values():
            heldout.setdefault(row[0], row[1])
    french, english = Block(), Block()
    for row in [*rows, None]:
        if row is not None:
            french.append(row[0])
            english.append(row[1])
        if french and (row is None or len(french) == BLOCK_SENTENCES):
            text.french.append(french)
            text.english.append(english)
            french, english = [], []
    return list(heldout.items())[::-1]
