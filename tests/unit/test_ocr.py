"""Scanned pages are read where tesseract is installed, with a warning; where it is not, they are told apart as before."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import ReadError
from ingest import recognise
from ingest.reading import read

LINES = ("La prise en charge anticipée numérique", "dure un an, non renouvelable, selon l'arrêté", "du 22 avril 2024.")
needs_tesseract = pytest.mark.skipif(
    "fra" not in recognise.languages(),
    reason="needs tesseract with French: apt-get install tesseract-ocr tesseract-ocr-fra",
)


def printed(lines: tuple[str, ...]) -> bytes:
    held = io.BytesIO()
    canvas = Canvas(held, pagesize=(420, 300))
    canvas.setFont("Helvetica", 16)
    for number, line in enumerate(lines):
        canvas.drawString(40, 240 - 22 * number, line)
    canvas.save()
    return held.getvalue()


def scan(path: Path, *pages: tuple[str, ...], text: str = "") -> Path:
    """A PDF whose pages are pictures of printed lines, after a first page of text where one is given."""
    canvas = Canvas(str(path), pagesize=(420, 300))
    if text:
        canvas.drawString(40, 240, text)
        canvas.showPage()
    for lines in pages:
        picture = pdfium.PdfDocument(printed(lines))[0].render(scale=3).to_pil()
        canvas.drawImage(ImageReader(picture), 0, 0, 420, 300)
        canvas.showPage()
    canvas.save()
    return path


@needs_tesseract
def test_a_scanned_page_is_read_as_whole_sentences_with_a_warning(tmp_path: Path) -> None:
    manuscript = read(scan(tmp_path / "scan.pdf", LINES))
    assert "dure un an, non renouvelable, selon l" in manuscript.pages[0].text
    assert "\n" not in manuscript.pages[0].text
    assert any("recognised from images" in one for one in manuscript.warnings)
    assert manuscript.pages[0].runs == ()


@needs_tesseract
def test_a_scanned_page_among_others_is_read_too(tmp_path: Path) -> None:
    manuscript = read(scan(tmp_path / "mixed.pdf", LINES, text="Une page imprimée."))
    assert manuscript.pages[0].text == "Une page imprimée."
    assert "22 avril 2024" in manuscript.pages[1].text
    assert manuscript.pages[0].runs


def test_without_tesseract_a_scan_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    recognise.languages.cache_clear()
    try:
        assert recognise.version() == ""
        with pytest.raises(ReadError, match="text recognition") as caught:
            read(scan(tmp_path / "scan.pdf", LINES))
        assert caught.value.code == "scanned_document"
    finally:
        recognise.languages.cache_clear()
