"""Small real things for tests: manuscripts, documents, bundles and questions, made from a few words."""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import io
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from unittest.mock import patch

from corpus.bundle import Bundle, open_bundle
from corpus.bundle_writer import IndexedDocument, IndexedPassage, IndexedSentence, write_bundle
from corpus.document import Page, Source
from corpus.encoder import Encoder
from ingest.build import embed
from ingest.manuscript import Block, BlockKind, Manuscript
from ingest.split import SplitRule, split
from service.answer import Question, Turn

ROOT = Path(__file__).resolve().parent.parent
TODAY = dt.date(2026, 11, 23)
BUILT_AT = "2026-11-23T00:00:00Z"
Part = tuple[BlockKind, str, tuple[str, ...]]


def paragraph(text: str, *section: str) -> Part:
    """A paragraph under headings."""
    return BlockKind.PARAGRAPH, text, section


def manuscript(*pages: Sequence[Part], title: str = "Note") -> Manuscript:
    """A manuscript whose pages hold the given blocks, a blank line between them."""
    made: list[Page] = []
    blocks: list[Block] = []
    for index, parts in enumerate(pages):
        text = ""
        for kind, words, section in parts:
            text += "\n\n" if text else ""
            blocks.append(Block(index, len(text), len(text) + len(words), kind, section))
            text += words
        made.append(Page(index, str(index + 1), text))
    return Manuscript(title, tuple(made), tuple(blocks), "text/plain")


def document(source: Source, *pages: Sequence[Part], rule: SplitRule | None = None) -> IndexedDocument:
    """The document of a manuscript, split."""
    read = manuscript(*pages, title=source.title)
    passages = tuple(
        IndexedPassage(
            piece.page_index,
            piece.start,
            piece.end,
            piece.section,
            tuple(IndexedSentence(s.start, s.end, s.kind.value) for s in piece.sentences),
        )
        for piece in split(read, rule or SplitRule())
    )
    return IndexedDocument(source, read.pages, passages)


def note(identifier: str, *texts: str, **said: object) -> IndexedDocument:
    """A document of one page, one paragraph a text, each under a heading of its own so that each is a passage."""
    source = Source(identifier, **{"title": identifier, **said})  # type: ignore[arg-type]
    return document(source, [paragraph(text, f"Partie {n}") for n, text in enumerate(texts, 1)])


def write(folder: Path, documents: Sequence[IndexedDocument], encoder: Encoder) -> Bundle:
    """The documents as a bundle in `folder`, opened."""
    folder.mkdir(parents=True, exist_ok=True)
    write_bundle(
        folder,
        documents,
        embed(documents, encoder),
        encoder=encoder.card,
        split_rule=SplitRule().name,
        built_at=BUILT_AT,
    )
    return open_bundle(folder)


def shelve(shelf: Path, documents: Sequence[IndexedDocument], encoder: Encoder) -> Bundle:
    """The documents as a bundle at its place on a shelf, opened; not activated."""
    aside = write(shelf / ".aside", documents, encoder)
    return open_bundle(aside.folder.rename(shelf / aside.card.id))


def question(text: str, as_of: dt.date = TODAY, history: Iterable[tuple[str, str]] = (), **more: object) -> Question:
    """A question on the day of the starter corpus, unless said otherwise."""
    turns = tuple(Turn("user" if role == "user" else "assistant", said) for role, said in history)
    return Question(text, as_of, conversation=turns, **more)  # type: ignore[arg-type]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A module of this repository run as a user would run it: `python -m ...`; output captured."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


def call(package: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The same command run in this process, which spares the second that starting one takes.

    What a command tells its workers by the environment (`serve` does) ends with it.
    """
    command = importlib.import_module(f"{package}.__main__").main
    out, err = io.StringIO(), io.StringIO()
    with patch.dict(os.environ), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = command(list(arguments))
        except SystemExit as left:  # argparse
            code = int(left.code or 0)
    return subprocess.CompletedProcess([package, *arguments], code, out.getvalue(), err.getvalue())
