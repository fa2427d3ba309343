"""Small PDFs for tests, drawn line by line with reportlab, so that each test says where its words stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

LEFT, TOP, LEADING = 72.0, 760.0, 13.0
LOREM = "Les professionnels de santé qui utilisent un système restent responsables de leurs décisions chaque jour"


def pdf(path: Path, *pages: Callable[[Canvas], None], **options: str) -> Path:
    """A PDF whose pages are drawn by the given functions."""
    canvas = Canvas(str(path), pagesize=A4, invariant=1, **options)
    for draw in pages:
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return path


def lines(canvas: Canvas, texts: list[str], left: float = LEFT, top: float = TOP, size: float = 10) -> float:
    """Draw lines downwards from `top`; the height where the next one would stand."""
    for text in texts:
        canvas.setFont("Helvetica", size)
        canvas.drawString(left, top, text)
        top -= LEADING * size / 10
    return top
