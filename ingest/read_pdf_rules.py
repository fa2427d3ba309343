"""One page of a PDF in, the horizontal rules drawn on it out: what a table is ruled with."""

from __future__ import annotations

import ctypes

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.manuscript import Box
from ingest.read_pdf_spans import SpanPage

MAX_OBJECTS = 4000
MAX_RULES = 400
MAX_RULE_HEIGHT = 3.0
MIN_RULE_WIDTH = 20.0
MIN_FILL_HEIGHT = 7.0
JOIN_POINTS = 4.0


def horizontal_rules(page: pdfium.PdfPage, spans: SpanPage) -> list[Box]:
    """Rules from top to bottom, pieces on one line joined; the upper and lower edges of filled boxes count as rules.

    Drawings with more than `MAX_OBJECTS` objects or more than `MAX_RULES` rules have none.
    """
    count = pdfium_c.FPDFPage_CountObjects(page.raw)
    if count > MAX_OBJECTS or spans.turn:
        return []
    left_edge, _, _, top_edge = page.get_cropbox()
    edges: list[Box] = []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for number in range(count):
        drawn = pdfium_c.FPDFPage_GetObject(page.raw, number)
        if pdfium_c.FPDFPageObj_GetType(drawn) != pdfium_c.FPDF_PAGEOBJ_PATH:
            continue
        if not pdfium_c.FPDFPageObj_GetBounds(drawn, left, bottom, right, top):
            continue
        box = Box(left.value - left_edge, top_edge - top.value, right.value - left_edge, top_edge - bottom.value)
        if box.width < MIN_RULE_WIDTH or box.width > spans.width:
            continue
        if box.height <= MAX_RULE_HEIGHT:
            edges.append(box)
        elif MIN_FILL_HEIGHT <= box.height <= spans.height / 2:
            edges.append(Box(box.left, box.top, box.right, box.top))
            edges.append(Box(box.left, box.bottom, box.right, box.bottom))
    rules = _joined(edges)
    return rules if len(rules) <= MAX_RULES else []


def _joined(edges: list[Box]) -> list[Box]:
    rules: list[Box] = []
    for edge in sorted(edges, key=lambda box: (round(box.top / 2), box.left)):
        last = rules[-1] if rules else None
        if last and abs(edge.top - last.top) <= JOIN_POINTS / 2 and edge.left <= last.right + JOIN_POINTS:
            rules[-1] = Box(min(last.left, edge.left), last.top, max(last.right, edge.right), last.bottom)
        else:
            rules.append(edge)
    return rules
