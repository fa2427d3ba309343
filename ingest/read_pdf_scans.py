"""Scanned pages of a PDF in, paragraphs of recognised text out, where tesseract is installed; what was left out is told."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Sequence

import pypdfium2 as pdfium

from ingest import recognise
from ingest.manuscript import BlockKind, DraftBlock, Traced

DOTS_PER_INCH = 300
MAX_PIXELS = 25_000_000
MAX_SECONDS = 80.0
"""For all pages of a document: less than a document may take by default, so that what was read is not lost."""
MIN_CONFIDENCE = 60.0
"""Below that most words are wrong: drawings, stamps, handwriting. tesseract's own scale, 0 to 100."""

Blocks = tuple[DraftBlock, ...]


def read_scans(document: pdfium.PdfDocument, indexes: Sequence[int]) -> tuple[dict[int, Blocks], list[str]]:
    """The blocks of the pages that could be read, by page index, and warnings; nothing where there is no tesseract."""
    if not indexes or not recognise.languages():
        return {}, []
    found: dict[int, Blocks] = {}
    sure: list[float] = []
    deadline = time.monotonic() + MAX_SECONDS
    for index in indexes:
        left = deadline - time.monotonic()
        if left <= 0:
            break
        try:
            paragraphs = recognise.paragraphs_of(_image(document[index]), left)
        except (OSError, subprocess.SubprocessError, pdfium.PdfiumError):
            continue
        kept = [one for one in paragraphs if one.confidence >= MIN_CONFIDENCE and any(map(str.isalpha, one.text))]
        if kept:
            found[index] = tuple(DraftBlock(BlockKind.PARAGRAPH, Traced(one.text)) for one in kept)
            sure += [one.confidence for one in kept]
    if not found:
        return {}, []
    numbers = ", ".join(str(index + 1) for index in [*found][:10]) + ("…" if len(found) > 10 else "")
    told = (
        f"The text of {len(found)} pages ({numbers}) was recognised from images by tesseract,"
        f" {sum(sure) / len(sure):.0f} % sure: quotes from them may hold misread characters."
    )
    return found, [told]


def _image(page: pdfium.PdfPage) -> bytes:
    """The page in shades of grey, as a portable grey map."""
    width, height = page.get_size()
    scale = min(DOTS_PER_INCH / 72, math.sqrt(MAX_PIXELS / max(width * height, 1.0)))
    bitmap = page.render(scale=scale, grayscale=True)
    data, stride = bytes(bitmap.buffer), bitmap.stride
    rows = b"".join(data[row * stride : row * stride + bitmap.width] for row in range(bitmap.height))
    return f"P5 {bitmap.width} {bitmap.height} 255\n".encode("ascii") + rows
