"""A PDF file in, a draft out: its pages as printed lines in reading order, with every character's place in the file.

pdfium reads the text, pypdf what the file says of itself; docs/adr/0003-who-reads-a-pdf.md says why.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from corpus.errors import ReadError
from ingest.manuscript import Draft, DraftPage
from ingest.read_pdf_facts import PdfFacts, facts_of
from ingest.read_pdf_layout import lines_of
from ingest.read_pdf_rules import horizontal_rules
from ingest.read_pdf_scans import read_scans
from ingest.read_pdf_spans import spans_of

MEDIA_TYPE = "application/pdf"
MAX_BYTES = 200_000_000
MAX_PAGES = 5_000
MAX_CHARS = 20_000_000
MIN_UNREADABLE_SHARE = 0.1


def read(path: Path) -> Draft:
    """The file as a draft of printed lines. A file that opens with an empty user password is readable.

    Raises:
        ReadError: `encrypted_document`, `scanned_document`, `broken_document`, `empty_document`,
            `document_too_large`.
    """
    _check_size(path)
    pages, images, warnings = _pages(path)
    if not any(page.lines or page.blocks for page in pages):
        if images:
            raise ReadError(
                "scanned_document",
                f"{path.name} holds images of {len(pages)} pages and no text.",
                "Run a text recognition on it (for instance ocrmypdf), then add the result.",
            )
        raise ReadError("empty_document", f"{path.name} has {len(pages)} pages without text.", "Replace it.")
    facts = facts_of(path)
    labelled = _labelled(pages, facts)
    return Draft(facts.title, labelled, MEDIA_TYPE, facts.metadata, facts.outline, (*facts.warnings, *warnings))


def _check_size(path: Path) -> None:
    try:
        size_bytes = path.stat().st_size
    except OSError as fault:
        raise ReadError("broken_document", f"{path.name} cannot be opened: {fault.strerror}.", "Check it.") from fault
    if size_bytes == 0:
        raise ReadError("empty_document", f"{path.name} is empty.", "Replace it or take it out.")
    if size_bytes > MAX_BYTES:
        message = f"{path.name} has {size_bytes:,} bytes, the limit is {MAX_BYTES:,}."
        raise ReadError("document_too_large", message, "Split it into several documents.")


def _open(path: Path) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError) as fault:
        code = getattr(fault, "err_code", None)
        if code in (pdfium_c.FPDF_ERR_PASSWORD, pdfium_c.FPDF_ERR_SECURITY):
            message = f"{path.name} is encrypted and asks for a password."
            raise ReadError("encrypted_document", message, "Save it without a password.") from fault
        message = f"{path.name} is not a PDF that can be opened: {fault}"
        raise ReadError("broken_document", message, "Ask its publisher for a sound copy.") from fault


def _pages(path: Path) -> tuple[tuple[DraftPage, ...], int, list[str]]:
    """The pages, how many hold images but no text, and warnings."""
    document = _open(path)
    try:
        if len(document) > MAX_PAGES:
            message = f"{path.name} has {len(document):,} pages, the limit is {MAX_PAGES:,}."
            raise ReadError("document_too_large", message, "Split it into several documents.")
        pages: list[DraftPage] = []
        broken: list[int] = []
        scanned: list[int] = []
        chars = unreadable = 0
        for index in range(len(document)):
            try:
                page = document[index]
                spans = spans_of(page, index)
                lines = lines_of(spans, horizontal_rules(page, spans))
            except pdfium.PdfiumError:
                broken.append(index)
                pages.append(DraftPage(index))
                continue
            chars += spans.char_count
            if chars > MAX_CHARS:
                message = f"{path.name} has more than {MAX_CHARS:,} characters."
                raise ReadError("document_too_large", message, "Split it into several documents.")
            unreadable += spans.unreadable_chars
            if not lines and _has_image(page):
                scanned.append(index)
            pages.append(DraftPage(index, lines=lines, width=spans.width, height=spans.height))
        recognised, told = read_scans(document, scanned)
    finally:
        document.close()
    pages = [replace(page, blocks=recognised.get(page.index, ())) for page in pages]
    scanned = [index for index in scanned if index not in recognised]
    warnings = [*told, *_warnings(broken, scanned, len(pages))]
    if chars and unreadable > MIN_UNREADABLE_SHARE * chars:
        warnings.append(f"{unreadable} of {chars} characters have no known meaning in their font and were left out.")
    return tuple(pages), len(scanned), warnings


def _has_image(page: pdfium.PdfPage) -> bool:
    return any(True for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE], max_depth=3))


def _warnings(broken: list[int], scanned: list[int], count: int) -> list[str]:
    said: list[str] = []
    if broken:
        said.append(f"{len(broken)} of {count} pages cannot be read: {_numbers(broken)}.")
    if scanned and len(scanned) < count:
        said.append(f"{len(scanned)} of {count} pages are images without text: {_numbers(scanned)}.")
    return said


def _numbers(indexes: list[int]) -> str:
    return ", ".join(str(index + 1) for index in indexes[:10]) + ("…" if len(indexes) > 10 else "")


def _labelled(pages: tuple[DraftPage, ...], facts: PdfFacts) -> tuple[DraftPage, ...]:
    if len(facts.labels) != len(pages):
        return pages
    return tuple(
        DraftPage(page.index, label or None, page.lines, page.blocks, page.width, page.height)
        for page, label in zip(pages, facts.labels, strict=True)
    )
