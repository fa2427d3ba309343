"""How answering grows with the corpus: `python -m tests.speed.growth`, 1,000 to 100,000 passages, 1,000,000 with `--most`.

The starter corpus stands first, since its questions are asked; behind it law codes, then speeches, from the folder that
SOURCIER_SHARED names; where that is absent, the starter notes again with numbered words. These come as passages that are cut
already: the time to build is that of embedding and writing. Each bundle is opened and asked in a process of its own.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from corpus.bundle import open_bundle
from corpus.bundle_writer import IndexedDocument, IndexedPassage, IndexedSentence, KeptDocument, write_bundle
from corpus.document import Page, Source
from corpus.encoder import open_encoder
from corpus.shelf import Shelf
from ingest.embed import embed_changed
from ingest.sentences import sentence_spans
from service.engine import AnswerEngine
from service.threads import one_thread_a_question
from tests.makers import BUILT_AT, ROOT
from tests.quality.sets import shared_folder
from tests.speed.document import growth_table, renew
from tests.speed.memory import megabytes
from tests.speed.plot import growth_svg
from tests.speed.questions import build_starter, in_process_answers, starter_questions

SIZES = (1_000, 10_000, 100_000)
MOST = 1_000_000
PASSAGES_A_DOCUMENT = 500
PASSAGES_A_PAGE = 5
SENTENCES_TOGETHER = 3
_LONG_WORD = re.compile(r"\w{6,}")


def sections() -> Iterator[str]:
    """Texts of about a passage each, without end: law, speeches, then the starter notes with numbered words."""
    shared = shared_folder()
    texts = shared.parent / "text" if shared else None
    if texts and (texts / "codes-fr.md.xz").is_file():
        yield from _law(texts / "codes-fr.md.xz")
    if texts and (texts / "europarl-fr-en.tsv.xz").is_file():
        yield from _speeches(texts / "europarl-fr-en.tsv.xz")
    notes = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus" / "documents").glob("*.md"))]
    paragraphs = [
        part.strip() for note in notes for part in note.split("\n\n") if len(part) > 200 and part[0] not in "#|-"
    ]
    for number in itertools.count():
        for text in paragraphs:
            yield _LONG_WORD.sub(rf"\g<0>{number}", text)


def _law(path: Path) -> Iterator[str]:
    """The articles of the codes that are neither a line nor a chapter."""
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        lines: list[str] = []
        for line in stream:
            if line.startswith(("#", "---")):
                if 120 < len(text := " ".join(lines)) < 1500:
                    yield text
                lines = []
            elif line.strip():
                lines.append(line.strip())


def _speeches(path: Path) -> Iterator[str]:
    """A few French sentences at a time."""
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        french = (line.partition("\t")[0].strip() for line in stream)
        while together := list(itertools.islice(french, SENTENCES_TOGETHER)):
            yield " ".join(together)


def documents_of(texts: Iterator[str], n_passages: int) -> Iterator[IndexedDocument]:
    """Documents of the next texts, a text a passage."""
    for first in range(0, n_passages, PASSAGES_A_DOCUMENT):
        taken = list(itertools.islice(texts, min(PASSAGES_A_DOCUMENT, n_passages - first)))
        pages: list[Page] = []
        passages: list[IndexedPassage] = []
        for index, start in enumerate(range(0, len(taken), PASSAGES_A_PAGE)):
            whole = ""
            for text in taken[start : start + PASSAGES_A_PAGE]:
                whole += "\n\n" if whole else ""
                passages.append(_passage(text, index, len(whole)))
                whole += text
            pages.append(Page(index, str(index + 1), whole))
        source = Source(f"filler-{first:07}", f"Recueil {first // PASSAGES_A_DOCUMENT + 1}")
        yield IndexedDocument(source, tuple(pages), tuple(passages))


def _passage(text: str, page: int, offset: int) -> IndexedPassage:
    spans = sentence_spans(text)
    sentences = tuple(IndexedSentence(offset + start, offset + end, "paragraph") for start, end in spans)
    return IndexedPassage(page, offset, offset + len(text), (), sentences)


def grown(starter: Path, folder: Path, n_passages: int) -> dict[str, Any]:
    """Write a bundle of so many passages, the starter bundle's first; how long that took, and its size."""
    base, encoder = open_bundle(starter), open_encoder()
    kept = [KeptDocument(one.source, row, one.n_passages) for row, one in enumerate(base.documents)]
    documents = [*kept, *documents_of(sections(), max(0, n_passages - len(base)))]
    start = time.perf_counter()
    vectors = embed_changed(documents, encoder, base).vectors
    rule = base.card.split_rule
    card = write_bundle(
        folder,
        documents,
        vectors,
        encoder=encoder.card,
        split_rule=rule,
        built_at=BUILT_AT,
        glossary=base.glossary,
        base=base,
    )
    build_s = round(time.perf_counter() - start, 1)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"passages": card.counts["passages"], "build_s": build_s, "bundle_mb": round(size / 1e6, 1)}


def asked(folder: Path) -> dict[str, Any]:
    """What one process needs to open a bundle and to answer from it; each question is asked once."""
    one_thread_a_question()
    encoder = open_encoder()
    start = time.perf_counter()
    bundle = open_bundle(folder)
    open_s = round(time.perf_counter() - start, 2)
    engine = AnswerEngine(bundle, encoder).warm()
    ready_s = round(time.perf_counter() - start, 2)
    times = in_process_answers(engine, starter_questions())
    memory = megabytes_of_itself()
    return {"open_s": open_s, "ready_s": ready_s, **times, **memory}


def megabytes_of_itself() -> dict[str, float]:
    """`memory_mb`: what this process alone holds; `mapped_mb`: that and the pages of the bundle that it has looked at."""
    told = megabytes(os.getpid())
    return {"memory_mb": told["own_mb"], "mapped_mb": told["rss_mb"]}


def measured(sizes: tuple[int, ...]) -> list[dict[str, Any]]:
    """The figures of each size, the smallest first."""
    figures = []
    with tempfile.TemporaryDirectory() as name:
        build_starter(Path(name) / "starter")
        starter = Shelf(Path(name) / "starter").active_folder()
        for size in sizes:
            folder = Path(name) / str(size)
            folder.mkdir()
            one = grown(starter, folder, size)
            command = [sys.executable, "-m", "tests.speed.growth", "--ask", str(folder)]
            told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
            figures.append(one | json.loads(told))
            print(growth_table(figures[-1:]).splitlines()[-1], flush=True)
            shutil.rmtree(folder)
    return figures


def main() -> int:
    """Print a line a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", action="store_true", help="1,000,000 passages as well: an hour, 10 GB of memory")
    parser.add_argument("--sizes", type=int, nargs="+", help="these instead")
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "growth.json")
    parser.add_argument("--document", action="store_true", help="renew docs/speed.md and its plot")
    options = parser.parse_args()
    if options.ask:
        print(json.dumps(asked(options.ask)))
        return 0
    figures = measured(tuple(options.sizes or (*SIZES, *((MOST,) if options.most else ()))))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    options.out.with_suffix(".svg").write_text(growth_svg(figures), encoding="utf-8")
    print(table := growth_table(figures))
    if options.document:
        renew("growth", table)
        (ROOT / "docs" / "images" / "speed-growth.svg").write_text(growth_svg(figures), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
