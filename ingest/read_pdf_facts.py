"""A PDF file in, what it says of itself out: metadata, outline, page labels; read with pypdf, text is pdfium's.

What pypdf cannot read costs a warning, never the document.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import DependencyError, PyPdfError
from pypdf.generic import Destination

from ingest.manuscript import OutlineEntry, catalogue_metadata

MAX_OUTLINE_ENTRIES = 5000
MAX_OUTLINE_DEPTH = 12
MAX_VALUE_CHARS = 1000
FAULTS = (
    PyPdfError,
    DependencyError,
    OSError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
    NotImplementedError,
    AssertionError,
)
"""pypdf meets a hostile file with any of these."""

NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|office \w+) - .*|.*\.(?:docx?|pptx?|indd|odt|odp|qxd|tex|rtf|pdf|xlsx?)"
    r"|untitled.*|sans[ -]titre.*|pr[ée]sentation powerpoint|powerpoint presentation|document\d*|title|titre",
    re.IGNORECASE,
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[\w-]*)?")


@dataclass(frozen=True, slots=True)
class PdfFacts:
    """What was found; `labels` is empty where the file gives none, `title` None where it is no real title."""

    title: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    outline: tuple[OutlineEntry, ...] = ()
    labels: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def facts_of(path: Path) -> PdfFacts:
    """The facts of a file that pdfium could open."""
    warnings: list[str] = []
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it reports each odd object on its own line
    try:
        with path.open("rb") as stream:
            reader = PdfReader(stream, strict=False)
            if reader.is_encrypted:
                reader.decrypt("")
            title, metadata = _metadata(reader, warnings)
            outline, labels = _outline(reader, warnings), _labels(reader, warnings)
            return PdfFacts(title, metadata, outline, labels, tuple(warnings))
    except FAULTS as fault:
        return PdfFacts(warnings=(f"Metadata, outline and page labels could not be read ({_said(fault)}).",))


def _metadata(reader: PdfReader, warnings: list[str]) -> tuple[str | None, dict[str, str]]:
    try:
        said = {str(key): str(value)[:MAX_VALUE_CHARS] for key, value in (reader.metadata or {}).items()}
        language = reader.root_object.get("/Lang")
    except FAULTS as fault:
        warnings.append(f"The document's metadata could not be read ({_said(fault)}).")
        return None, {}
    if isinstance(language, str) and LANGUAGE.fullmatch(language):
        said.setdefault("language", language.split("-")[0].lower())
    metadata = catalogue_metadata(said)
    title = metadata.pop("title", "")
    if title and not NO_TITLE.fullmatch(title):
        metadata["title"] = title
    return metadata.get("title"), metadata


def _labels(reader: PdfReader, warnings: list[str]) -> tuple[str, ...]:
    try:
        if "/PageLabels" not in reader.root_object:
            return ()
        return tuple(str(label)[:40] for label in reader.page_labels)
    except FAULTS as fault:
        warnings.append(f"The page labels could not be read ({_said(fault)}).")
        return ()


def _outline(reader: PdfReader, warnings: list[str]) -> tuple[OutlineEntry, ...]:
    entries: list[OutlineEntry] = []
    try:
        references = [page.indirect_reference for page in reader.pages]
        numbers = {reference.idnum: index for index, reference in enumerate(references) if reference}
        for level, destination in _flat(reader.outline, 1):
            entry = _entry(reader, level, destination, numbers)
            if entry is not None:
                entries.append(entry)
            if len(entries) >= MAX_OUTLINE_ENTRIES:
                warnings.append(f"The outline has more than {MAX_OUTLINE_ENTRIES} entries; the rest was left aside.")
                break
    except FAULTS as fault:
        warnings.append(f"The outline could not be read to its end ({_said(fault)}).")
    return tuple(entries)


def _flat(entries: Iterable[Any], level: int) -> Iterator[tuple[int, Destination]]:
    if level > MAX_OUTLINE_DEPTH:
        return
    for entry in entries:
        if isinstance(entry, list):
            yield from _flat(entry, level + 1)
        elif isinstance(entry, Destination):
            yield level, entry


def _entry(reader: PdfReader, level: int, destination: Destination, numbers: dict[int, int]) -> OutlineEntry | None:
    title = " ".join(str(destination.title or "").split())[:MAX_VALUE_CHARS]
    page_index = numbers.get(getattr(destination.page, "idnum", -1))
    if not title or page_index is None:
        return None
    top = destination.top
    if isinstance(top, (int, float)):
        return OutlineEntry(title, level, page_index, float(reader.pages[page_index].cropbox.top) - float(top))
    return OutlineEntry(title, level, page_index)


def _said(fault: BaseException) -> str:
    return f"{type(fault).__name__}: {str(fault)[:120]}".rstrip(": ")
