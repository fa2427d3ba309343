"""A file in, all that a bundle needs of it out: read, cleaned, structured, split; the order of those four stages.

It runs in a process of its own (`ingest.reading_room`), so it knows nothing of numpy, FAISS or bundles.
"""

from __future__ import annotations

import importlib
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.document import CharRun, Page
from corpus.errors import KnownError, ReadError
from corpus.indexed_document import Acronym, IndexedPassage, IndexedSentence
from ingest.manuscript import Draft, Manuscript
from ingest.media_type import DOCX, HTML, MARKDOWN, ODT, PDF, PLAIN, media_type_of
from ingest.split import SplitRule, split

READERS = {
    PDF: "read_pdf",
    HTML: "read_html",
    MARKDOWN: "read_markdown",
    PLAIN: "read_text",
    DOCX: "read_docx",
    ODT: "read_odt",
}
"""The module that reads a media type; imported when it is needed, because a process should start at once."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take. `seconds` are of wall clock and of processor; `memory_bytes` is address space."""

    seconds: float = 120.0
    memory_bytes: int = 2 << 30
    pages: int = 5_000
    text_chars: int = 20_000_000
    answer_bytes: int = 400_000_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it was read; `seconds` is by stage ("read", "split")."""

    title: str | None
    media_type: str
    metadata: Mapping[str, str]
    pages: tuple[Page, ...]
    passages: tuple[IndexedPassage, ...]
    acronyms: tuple[Acronym, ...]
    warnings: tuple[str, ...]
    seconds: Mapping[str, float]


def read(path: Path) -> Manuscript:
    """The document of a file, its reader chosen by content first, then by name.

    Raises: ReadError.
    """
    if not path.is_file():
        raise ReadError(
            "missing_file", f"{path.name} is not there", "Check `file` in the catalogue, or run: make corpus"
        )
    media_type = media_type_of(path)
    reader: Callable[[Path], Draft] = importlib.import_module(f"ingest.{READERS[media_type]}").read
    clean, structure = (importlib.import_module(f"ingest.{name}") for name in ("clean", "structure"))
    manuscript: Manuscript = structure.structure(clean.clean(reader(path)))
    return manuscript


def answer_of(path: Path, rule: SplitRule, limits: Limits) -> dict[str, Any]:
    """What the reading of a file gave, as JSON values: what `reading_from_json` takes, or the code and words of a fault."""
    try:
        return _read_and_split(path, rule, limits)
    except KnownError as fault:
        return {"code": fault.code, "message": str(fault)}
    except MemoryError:
        return {"code": "document_memory_limit", "message": f"{path.name}: {_memory(limits)}"}
    except RecursionError:
        return {"code": "reader_fault", "message": f"{path.name} is nested too deeply."}
    except Exception as fault:  # noqa: BLE001 - the edge to foreign files: one of them must never stop the others
        message = f"{path.name}: {_where(fault)}. Please report it, with the file if you can."
        return {"code": "reader_fault", "message": message}


def reading_from_json(raw: Mapping[str, Any]) -> Reading:
    """The reading that `answer_of` gave."""
    pages = tuple(
        Page(index, label, text, tuple(CharRun(*run) for run in runs)) for index, label, text, runs in raw["pages"]
    )
    passages = tuple(
        IndexedPassage(page, start, end, tuple(section), tuple(IndexedSentence(*one) for one in sentences))
        for page, start, end, section, sentences in raw["passages"]
    )
    acronyms = tuple((short, long, count) for short, long, count in raw["acronyms"])
    told = raw["title"], raw["media_type"], raw["metadata"]
    return Reading(*told, pages, passages, acronyms, tuple(raw["warnings"]), raw["seconds"])


def _read_and_split(path: Path, rule: SplitRule, limits: Limits) -> dict[str, Any]:
    from ingest.glossary import count_pairs

    start = time.perf_counter()
    manuscript = read(path)
    _check_size(path, manuscript, limits)
    middle = time.perf_counter()
    pieces = split(manuscript, rule)
    if not pieces:
        raise ReadError("empty_document", f"{path.name} has no text to quote", "")
    texts = [page.text for page in manuscript.pages]
    sentences = (texts[piece.page_index][s.start : s.end] for piece in pieces for s in piece.sentences)
    acronyms = [[short, long, count] for (short, long), count in sorted(count_pairs(sentences).items())]
    runs = [
        [(r.text_start, r.length_chars, r.pdf_page_index, r.pdf_char_start) for r in page.runs]
        for page in manuscript.pages
    ]
    return {
        "title": manuscript.title,
        "media_type": manuscript.media_type,
        "metadata": dict(manuscript.metadata),
        "pages": [(page.index, page.label, page.text, run) for page, run in zip(manuscript.pages, runs, strict=True)],
        "passages": [
            (piece.page_index, piece.start, piece.end, piece.section, [(s.start, s.end, s.kind.value) for s in piece.sentences])
            for piece in pieces
        ],
        "acronyms": acronyms,
        "warnings": list(manuscript.warnings),
        "seconds": {"read": middle - start, "split": time.perf_counter() - middle},
    }  # fmt: skip


def _check_size(path: Path, manuscript: Manuscript, limits: Limits) -> None:
    n_chars = sum(len(page.text) for page in manuscript.pages)
    for found, limit, what in (
        (len(manuscript.pages), limits.pages, "pages"),
        (n_chars, limits.text_chars, "characters of text"),
    ):
        if found > limit:
            message = f"{path.name} has {found:,} {what}, the limit is {limit:,}."
            raise ReadError("document_too_large", message, "Split it into several documents.")


def _memory(limits: Limits) -> str:
    return f"reading it takes more than {limits.memory_bytes >> 20:,} MiB of memory. Split it, or raise the limit."


def _where(fault: Exception) -> str:
    """A fault of ours in one line: its type, its words, and the module and line that it left."""
    left = traceback.extract_tb(fault.__traceback__)[-1]
    return f"{type(fault).__name__} in {Path(left.filename).name}, line {left.lineno}: {str(fault)[:200]}"
