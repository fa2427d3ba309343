"""How answering grows with the corpus: `python -m tests.speed.growth`, 1,000 to 100,000 passages, 1,000,000 with `--most`.

The starter corpus stands first, since its questions are asked; behind it law codes, then speeches, from the folder that
SOURCIER_SHARED names; where that is absent, the starter notes again with numbered words. These come as passages that are cut
already: the time to build is that of embedding and writing. Each bundle is built in a process of its own, and opened and asked
in another. `--keep FOLDER` leaves the bundles there, and takes those that an earlier run left, with the figures of their build.
"""

from __future__ import annotations

import argparse
import itertools
import json
import lzma
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from corpus.bundle import open_bundle
from corpus.bundle_writer import IndexedDocument, IndexedPassage, IndexedSentence, KeptDocument, write_bundle
from corpus.document import Page, Source
from corpus.encoder import open_encoder
from corpus.index import VectorIndex, Vectors
from corpus.shelf import Shelf
from ingest.embed import embed_changed
from ingest.sentences import sentence_spans
from service.answer import Language, Question
from service.engine import AnswerEngine
from service.threads import one_thread_a_question
from tests.makers import BUILT_AT, ROOT
from tests.quality.sets import shared_folder
from tests.speed.clients import times_of
from tests.speed.document import growth_table, renew
from tests.speed.memory import megabytes
from tests.speed.plot import growth_svg
from tests.speed.questions import AS_OF, build_starter, in_process_answers, starter_questions

SIZES = (1_000, 10_000, 100_000)
MOST = 1_000_000
PASSAGES_A_DOCUMENT = 500
PASSAGES_A_PAGE = 5
SENTENCES_TOGETHER = 3
SINGLE_FROM = 200_000
"""Passages from which on speeches come sentence by sentence, the French then the English: text runs short."""
Text = tuple[Language, str]
_LONG_WORD = re.compile(r"\w{6,}")


def sections(n_passages: int) -> Iterator[Text]:
    """Texts of about a passage each, without end: law, speeches, then the starter notes with numbered words."""
    shared = shared_folder()
    texts = shared.parent / "text" if shared else None
    if texts and (texts / "codes-fr.md.xz").is_file():
        yield from (("fr", text) for text in _law(texts / "codes-fr.md.xz"))
    if texts and (texts / "europarl-fr-en.tsv.xz").is_file():
        together = SENTENCES_TOGETHER if n_passages < SINGLE_FROM else 1
        for language in ("fr", "en"):
            yield from ((language, text) for text in _speeches(texts / "europarl-fr-en.tsv.xz", language, together))
    notes = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "corpus" / "documents").glob("*.md"))]
    paragraphs = [
        part.strip() for note in notes for part in note.split("\n\n") if len(part) > 200 and part[0] not in "#|-"
    ]
    for number in itertools.count():
        for text in paragraphs:
            yield "fr", _LONG_WORD.sub(rf"\g<0>{number}", text)


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


def _speeches(path: Path, language: Language, together: int) -> Iterator[str]:
    """A few sentences of a language at a time."""
    side = {"fr": 0, "en": 2}[language]
    with lzma.open(path, "rt", encoding="utf-8") as stream:
        said = (line.partition("\t")[side].strip() for line in stream)
        sentences = (sentence for sentence in said if sentence)
        while some := list(itertools.islice(sentences, together)):
            yield " ".join(some)


def documents_of(texts: Iterator[Text], n_passages: int) -> Iterator[IndexedDocument]:
    """Documents of the next texts, a text a passage."""
    for first in range(0, n_passages, PASSAGES_A_DOCUMENT):
        taken = list(itertools.islice(texts, min(PASSAGES_A_DOCUMENT, n_passages - first)))
        pages: list[Page] = []
        passages: list[IndexedPassage] = []
        for index, start in enumerate(range(0, len(taken), PASSAGES_A_PAGE)):
            whole = ""
            for _, text in taken[start : start + PASSAGES_A_PAGE]:
                whole += "\n\n" if whole else ""
                passages.append(_passage(text, index, len(whole)))
                whole += text
            pages.append(Page(index, str(index + 1), whole))
        source = Source(f"filler-{first:07}", f"Recueil {first // PASSAGES_A_DOCUMENT + 1}", language=taken[0][0])
        yield IndexedDocument(source, tuple(pages), tuple(passages))


def _passage(text: str, page: int, offset: int) -> IndexedPassage:
    spans = sentence_spans(text)
    sentences = tuple(IndexedSentence(offset + start, offset + end, "paragraph") for start, end in spans)
    return IndexedPassage(page, offset, offset + len(text), (), sentences)


def grown(starter: Path, folder: Path, n_passages: int) -> dict[str, Any]:
    """Write a bundle of so many passages, the starter bundle's first; how long that took, and its size."""
    base, encoder = open_bundle(starter), open_encoder()
    kept = [KeptDocument(one.source, row, one.n_passages) for row, one in enumerate(base.documents)]
    documents = [*kept, *documents_of(sections(n_passages), max(0, n_passages - len(base)))]
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
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "passages": card.counts["passages"],
        "build_s": build_s,
        "build_processor_s": round(used.ru_utime + used.ru_stime, 1),
        "build_mb": round(used.ru_maxrss / 1024, 1),
        "bundle_mb": round(size / 1e6, 1),
    }


def asked(folder: Path) -> dict[str, Any]:
    """What one process needs to open a bundle and to answer from it, each question asked once; then what its index finds."""
    one_thread_a_question()
    faiss.omp_set_num_threads(1)
    encoder = open_encoder()
    start = time.perf_counter()
    bundle = open_bundle(folder)
    open_s = round(time.perf_counter() - start, 2)
    engine = AnswerEngine(bundle, encoder).warm()
    ready_s = round(time.perf_counter() - start, 2)
    questions = starter_questions()
    times = in_process_answers(engine, questions)
    spent = processor_times(engine, questions)
    memory = megabytes_of_itself()
    found = recall(bundle.folder / "vectors.faiss", encoder.encode_questions(questions))
    return {"open_s": open_s, "ready_s": ready_s, **times, **spent, **memory, **found}


def processor_times(engine: AnswerEngine, questions: list[str]) -> dict[str, float]:
    """The processor's own milliseconds for a question that was asked before: what other programs do is not in them."""
    times = []
    for question in questions:
        start = time.process_time()
        engine.ask(Question(question, AS_OF))
        times.append((time.process_time() - start) * 1000)
    return {f"processor_{name}": value for name, value in times_of(times).items()}


def recall(path: Path, vectors: Vectors) -> dict[str, float]:
    """Which share of the ten and of the 200 nearest passages to each vector the index finds: 1 where it is exact."""
    index = VectorIndex.open(path)
    _, nearest = faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC).search(vectors, 200)
    shares = {}
    for limit in (10, 200):
        pairs = [(index.search(vector, limit)[0], rows[:limit]) for vector, rows in zip(vectors, nearest, strict=True)]
        found = sum(len(np.intersect1d(one, other)) for one, other in pairs)
        shares[f"recall_{limit}"] = round(found / sum(len(other) for _, other in pairs), 4)
    return shares


def megabytes_of_itself() -> dict[str, float]:
    """`memory_mb`: what this process alone holds; `mapped_mb`: that and the pages of the bundle that it has looked at."""
    told = megabytes(os.getpid())
    return {"memory_mb": told["own_mb"], "mapped_mb": told["rss_mb"]}


def measured(sizes: tuple[int, ...], place: Path, *, keep: bool) -> list[dict[str, Any]]:
    """The figures of each size, the smallest first."""
    figures = []
    if not (place / "starter").exists():
        build_starter(place / "starter")
    starter = Shelf(place / "starter").active_folder()
    for size in sizes:
        folder, told = place / str(size), place / f"{size}.json"
        if not told.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            told.write_text(_apart("--build", str(starter), str(folder), str(size)), encoding="utf-8")
        one = json.loads(told.read_text(encoding="utf-8"))
        figures.append(one | json.loads(_apart("--ask", str(folder))))
        print(growth_table(figures[-1:]).splitlines()[-1], flush=True)
        if not keep:
            shutil.rmtree(folder)
    return figures


def _apart(*command: str) -> str:
    """What this program prints in a process of its own."""
    whole = [sys.executable, "-m", "tests.speed.growth", *command]
    return subprocess.run(whole, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> int:
    """Print a line a size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--most", action="store_true", help="1,000,000 passages as well: 10 to 60 minutes, 7 GB of memory"
    )
    parser.add_argument("--sizes", type=int, nargs="+", help="these instead")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave the bundles there, take those that are there"
    )
    parser.add_argument("--build", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--ask", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "growth.json")
    parser.add_argument("--document", action="store_true", help="renew docs/speed.md and its plot")
    options = parser.parse_args()
    if options.build or options.ask:
        starter, folder, size = options.build or ("", "", "0")
        print(json.dumps(asked(options.ask) if options.ask else grown(Path(starter), Path(folder), int(size))))
        return 0
    sizes = tuple(options.sizes or (*SIZES, *((MOST,) if options.most else ())))
    with tempfile.TemporaryDirectory() as name:
        place = options.keep or Path(name)
        place.mkdir(parents=True, exist_ok=True)
        figures = measured(sizes, place, keep=options.keep is not None)
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
