"""Nothing enters; the look of a note leaves: fonts, colours, measures in points, paragraph styles.

The fonts come from PyPI (font-source-serif-pro, font-source-sans-pro: Source Serif and Source Sans, OFL 1.1),
so that the fonts of a machine change no page. Both hold œ Œ ’ « » € … – — U+00A0 and true superscripts, and
ReportLab embeds what each PDF uses of them.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_JUSTIFY, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Frame, Paragraph

PUBLISHER = "Sourcier"
STATE = "État au 23 novembre 2026"
INK, GREY, RULE, TINT = HexColor("#1f3a5f"), HexColor("#5a6472"), HexColor("#b9c4d0"), HexColor("#eef2f6")
PAGE_WIDTH, PAGE_HEIGHT = A4
SIDE, HEAD, FOOT, GUTTER = 74.0, 76.0, 70.0, 22.0
TEXT_WIDTH = PAGE_WIDTH - 2 * SIDE
Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]


class _SpacedFont(TTFont):
    """A TrueType font that prints U+E0A0 and U+E02F as the no-break spaces U+00A0 and U+202F, and names them so.

    ReportLab writes U+00A0 as a plain space and breaks lines at U+202F: `spaced` keeps both out of its sight.
    """

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path)
        glyph, width = self.face.charToGlyph[0xA0], self.face.charWidths[0xA0]
        for code, share in ((0xE0A0, 1.0), (0xE02F, 0.5), (0x202F, 0.5)):
            self.face.charToGlyph[code], self.face.charWidths[code] = glyph, width * share

    def addObjects(self, doc: object) -> None:  # noqa: N802
        """Writes the subsets, with the no-break spaces under their own names for whoever copies the text."""
        if doc in self.state:
            named = {0xE0A0: 0xA0, 0xE02F: 0x202F}
            state = self.state[doc]
            state.subsets = [[named.get(code, code) for code in part] for part in state.subsets]
        super().addObjects(doc)


def short_title(title: str) -> str:
    """The title, cut at its first colon or parenthesis where a running head has no room for the whole."""
    if pdfmetrics.stringWidth(title, "Sans", 8.5) <= TEXT_WIDTH - 60:
        return title
    return title.partition("\u00a0:")[0].partition(" (")[0].strip()


def column_widths(cells: list[list[Paragraph]], width: float) -> list[float]:
    """Points for each column: more for more text, never less than its longest word, `width` in all."""
    widest = [max(cell.minWidth() for cell in column) + 11.0 for column in zip(*cells, strict=True)]
    weights = [
        max(pdfmetrics.stringWidth(cell.getPlainText(), "Sans", 9) for cell in column) ** 0.6
        for column in zip(*cells, strict=True)
    ]
    spare = width - sum(widest)
    return [least + spare * weight / sum(weights) for least, weight in zip(widest, weights, strict=True)]


def frame(left: float, bottom: float, width: float, height: float) -> Frame:
    """A frame without padding; every measure in points."""
    return Frame(left, bottom, width, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)


def rule(canvas: Canvas, height: float) -> None:
    """Draws a hairline over the width of the text, `height` points above the foot of the sheet."""
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(SIDE, height, PAGE_WIDTH - SIDE, height)


def cells(side: float, top: float, bottom: float) -> list[Command]:
    """Table commands that give every cell this padding, in points, and no font but ours."""
    looks: dict[str, Any] = {"LEFTPADDING": side, "RIGHTPADDING": side, "TOPPADDING": top}
    # Paragraphs bring their fonts, yet a table that names none lists Helvetica, which is not embedded.
    looks |= {"BOTTOMPADDING": bottom, "FONTNAME": "Sans"}
    return [(name, (0, 0), (-1, -1), look) for name, look in looks.items()]


def register_fonts() -> None:
    """Gives ReportLab the families Serif and Sans, each with bold, italic and bold italic."""
    for family, package, stem, bold in (
        ("Serif", "font_source_serif_pro", "SourceSerifPro", "Bold"),
        ("Sans", "font_source_sans_pro", "SourceSansPro", "Semibold"),
    ):
        folder = files(package) / "files"
        for style, cut in (("", "Regular"), ("B", bold), ("I", "It"), ("BI", f"{bold}It")):
            pdfmetrics.registerFont(_SpacedFont(f"{family}{style}", str(folder / f"{stem}-{cut}.ttf")))
        pdfmetrics.registerFontFamily(family, family, f"{family}B", f"{family}I", f"{family}BI")


def styles(two_columns: bool) -> dict[str, ParagraphStyle]:
    """The paragraph styles by name; two columns are set smaller, justified and hyphenated."""
    narrow: dict[str, Any] = {}
    if two_columns:
        narrow = {"fontSize": 9.5, "leading": 13, "alignment": TA_JUSTIFY, "hyphenationLang": "fr_FR"}
    whole: dict[str, Any] = {"allowWidows": 0, "allowOrphans": 0, "bulletFontName": "Serif"}
    body = ParagraphStyle("body", fontName="Serif", fontSize=10.5, leading=15.2, spaceAfter=7, **whole)
    text = ParagraphStyle("text", parent=body, **narrow)
    item = ParagraphStyle("item", parent=text, leftIndent=14, bulletIndent=2, spaceAfter=4)
    sans = ParagraphStyle("sans", fontName="Sans", fontSize=9, leading=12, bulletFontName="Sans")
    heading = ParagraphStyle("heading", parent=sans, fontName="SansB", textColor=INK, keepWithNext=1)
    return {
        "body": text,
        "item": item,
        "address": ParagraphStyle("address", parent=item, alignment=0, hyphenationLang=""),
        "note": ParagraphStyle("note", parent=body, fontSize=8.5, leading=11, spaceAfter=0),
        "cell": sans,
        "header": ParagraphStyle("header", parent=sans, fontName="SansB", textColor=INK),
        "h2": ParagraphStyle("h2", parent=heading, fontSize=13.5, leading=17, spaceBefore=12, spaceAfter=5),
        "h3": ParagraphStyle("h3", parent=heading, fontSize=11, leading=14, spaceBefore=6, spaceAfter=3),
        "title": ParagraphStyle("title", fontName="SerifB", fontSize=21, leading=26, textColor=INK),
        "date": ParagraphStyle("date", parent=sans, fontSize=9.5, textColor=GREY),
        "publisher": ParagraphStyle("publisher", parent=heading, fontSize=15, leading=18),
        "genre": ParagraphStyle("genre", parent=sans, fontSize=9.5, leading=12, textColor=GREY, alignment=TA_RIGHT),
    }
