"""A note (title, blocks, footnotes) enters; an A4 PDF leaves, the same bytes each time.

Pages are set again until footnotes and pages agree: each pass tells which page calls which note, and the next
pass keeps that much room at the foot of that page.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab import Version
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    FrameBreak,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from corpus.print.marked_text import Block, MarkedText, spaced, superscript
from corpus.print.page_style import (
    FOOT,
    GREY,
    GUTTER,
    HEAD,
    INK,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    PUBLISHER,
    RULE,
    SIDE,
    STATE,
    TEXT_WIDTH,
    TINT,
    Command,
    cells,
    column_widths,
    frame,
    register_fonts,
    rule,
    short_title,
    styles,
)

MOST_PAGES = 40
MOST_PASSES = 16


@dataclass(frozen=True, slots=True)
class Imprint:
    """What a PDF says of itself; `digest` is the SHA-256 of its text, in hexadecimal."""

    source_id: str
    digest: str
    two_columns: bool = False


@dataclass(slots=True)
class _Plan:
    """What a pass expects: how many pages, and the points kept for notes on each (pages count from 1)."""

    pages: int = 0
    kept: dict[int, float] = field(default_factory=dict)


def typeset(note: MarkedText, imprint: Imprint) -> bytes:
    """The PDF of `note`.

    Raises: RuntimeError when footnotes and pages do not settle, which a shorter note cures.
    """
    register_fonts()
    plan = _Plan()
    for attempt in range(MOST_PASSES):
        press = _Press(note, imprint, plan)
        pdf = press.print()
        needed = {page: press.notes_height(page) for page, keys in press.called.items() if keys}
        fits = all(height <= plan.kept.get(page, 0.0) for page, height in needed.items())
        # A note may push its own line to the next page, whence it falls back: in the end room only grows.
        settled = needed == plan.kept or attempt >= 4
        if fits and settled and press.pages == plan.pages:
            return pdf
        grown = {page: max(needed.get(page, 0.0), plan.kept.get(page, 0.0)) for page in needed | plan.kept}
        plan = _Plan(press.pages, grown if attempt >= 3 else needed)
    raise RuntimeError(f"{imprint.source_id}: expected pages and footnotes to settle: shorten the notes")


class _Press:
    """One pass over the pages."""

    def __init__(self, note: MarkedText, imprint: Imprint, plan: _Plan) -> None:
        self.note, self.imprint, self.plan = note, imprint, plan
        self.styles = styles(imprint.two_columns)
        self.column = (TEXT_WIDTH - GUTTER) / 2 if imprint.two_columns else TEXT_WIDTH
        self.called: dict[int, set[str]] = {}
        self.pages = 0

    def print(self) -> bytes:
        opening = self._opening()
        body = self._flow(self.note.blocks[self._first_section_end() :], self.column)
        spacer: list[Flowable] = [FrameBreak()] if self.imprint.two_columns else []
        paper = io.BytesIO()
        document = BaseDocTemplate(
            paper,
            pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
            pageTemplates=[self._template(page, opening) for page in range(1, MOST_PAGES + 1)],
            invariant=1,
            initialFontName="Sans",
            displayDocTitle=1,
            **self._metadata(),
        )
        document.build([*opening, *spacer, *body])
        return paper.getvalue()

    def _metadata(self) -> dict[str, Any]:
        origin = f"Composée d’après {self.imprint.source_id}.md, SHA-256 {self.imprint.digest}."
        return {
            "title": self.note.title.plain,
            "author": PUBLISHER,
            "subject": f"Note de synthèse. {STATE}. {origin}",
            "keywords": f"langue\u00a0: fr, intelligence artificielle, santé, {self.imprint.source_id}",
            "creator": "make_pdfs.py",
            "producer": f"ReportLab {Version}",
            "lang": "fr",
        }

    def notes_height(self, page: int) -> float:
        return 12.0 + sum(note.wrap(TEXT_WIDTH, PAGE_HEIGHT)[1] + 2.0 for note in self._notes(page))

    def _notes(self, page: int) -> list[Paragraph]:
        called = sorted(self.note.notes[key] for key in self.called.get(page, ()))
        style = self.styles["note"]
        return [Paragraph(f"{superscript(number)}\ue02f{text}", style) for number, text in called]

    def _template(self, page: int, opening: Sequence[Flowable]) -> PageTemplate:
        bottom, top = FOOT + self.plan.kept.get(page, 0.0), PAGE_HEIGHT - (HEAD if page > 1 else 60.0)
        frames = []
        if self.imprint.two_columns and page == 1:
            heights = [flowable.wrap(TEXT_WIDTH, PAGE_HEIGHT)[1] for flowable in opening]
            height = sum(heights) + 14.0
            frames.append(frame(SIDE, top - height, TEXT_WIDTH, height))
            top -= height
        lefts = [SIDE, SIDE + self.column + GUTTER] if self.imprint.two_columns else [SIDE]
        frames += [frame(left, bottom, self.column, top - bottom) for left in lefts]
        following = f"page{min(page + 1, MOST_PAGES)}"
        return PageTemplate(
            f"page{page}", frames, onPage=self._begin, onPageEnd=self._end, autoNextPageTemplate=following
        )

    def _begin(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        page = canvas.getPageNumber()
        self.pages = page
        called = self.called.setdefault(page, set())
        canvas.setNamedCB("call_note", lambda _canvas, _kind, key: called.add(key))
        if page == 1:
            canvas.addPageLabel(0, style="ARABIC", start=1)
            canvas.setFillColor(INK)
            canvas.rect(0, PAGE_HEIGHT - 9, PAGE_WIDTH, 9, stroke=0, fill=1)
            canvas.showOutline()
            return
        canvas.setFont("Sans", 8.5)
        canvas.setFillColor(GREY)
        canvas.drawString(SIDE, PAGE_HEIGHT - 48, spaced(short_title(self.note.title.plain)))
        canvas.drawRightString(PAGE_WIDTH - SIDE, PAGE_HEIGHT - 48, PUBLISHER)
        rule(canvas, PAGE_HEIGHT - 55)

    def _end(self, canvas: Canvas, document: BaseDocTemplate) -> None:
        page = canvas.getPageNumber()
        notes = self._notes(page)
        if notes:
            bottom = FOOT + self.plan.kept.get(page, 0.0)
            canvas.setStrokeColor(GREY)
            canvas.setLineWidth(0.5)
            canvas.line(SIDE, bottom - 6, SIDE + 90, bottom - 6)
            top = bottom - 10
            for note in notes:
                top -= note.wrap(TEXT_WIDTH, PAGE_HEIGHT)[1] + 2.0
                note.drawOn(canvas, SIDE, top)
        rule(canvas, 54)
        canvas.setFont("Sans", 8.5)
        canvas.setFillColor(GREY)
        canvas.drawString(SIDE, 41, STATE)
        canvas.drawRightString(PAGE_WIDTH - SIDE, 41, f"page {page} / {self.plan.pages}")

    def _first_section_end(self) -> int:
        """How many blocks make the first section, which opens the note in a tinted box."""
        sections = [place for place, block in enumerate(self.note.blocks) if block.level == 2]
        sections = [place for place in sections if self.note.blocks[place].kind == "heading"]
        return sections[1] if len(sections) > 1 and sections[0] == 0 else 0

    def _opening(self) -> list[Flowable]:
        publisher = Paragraph(PUBLISHER, self.styles["publisher"])
        names = [publisher, Paragraph("Note de synthèse", self.styles["genre"])]
        line: Command = ("LINEBELOW", (0, 0), (-1, -1), 1.2, INK)
        low: Command = ("VALIGN", (0, 0), (-1, -1), "BOTTOM")
        masthead = Table([names], [TEXT_WIDTH / 2] * 2, style=[line, low, *cells(0, 0, 5)])
        title = _Heading(self.note.title.markup, self.note.title.plain, 0, self.styles["title"])
        date = Paragraph(f"{STATE} · Licence Ouverte 2.0", self.styles["date"])
        opening: list[Flowable] = [masthead, Spacer(1, 14), title, Spacer(1, 6), date, Spacer(1, 14)]
        first = self._flow(self.note.blocks[: self._first_section_end()], TEXT_WIDTH - 28)
        if first:
            bar = ("LINEBEFORE", (0, 0), (0, -1), 2.5, INK)
            tint = ("BACKGROUND", (0, 0), (-1, -1), TINT)
            box = Table([[row] for row in first], [TEXT_WIDTH], style=[tint, bar, *cells(14, 4, 5)])
            opening += [box, Spacer(1, 8)]
        return opening

    def _flow(self, blocks: Sequence[Block], width: float) -> list[Flowable]:
        return [flowable for block in blocks for flowable in self._flowables(block, width)]

    def _flowables(self, block: Block, width: float) -> list[Flowable]:
        if block.kind == "table":
            table = self._table(block, width)
            # In the tinted box a table is a cell already, and a cell cannot be kept together.
            whole = len(block.rows) <= 12 and width == self.column
            return [Spacer(1, 3), KeepTogether([table]) if whole else table, Spacer(1, 9)]
        if block.kind == "heading":
            return [_Heading(block.markup, block.plain, block.level - 1, self.styles[f"h{block.level}"])]
        if block.kind == "item":
            # An address must not be hyphenated: a hyphen would become a part of it.
            style = self.styles["address" if "://" in block.plain else "item"]
            return [Paragraph(block.markup, style, bulletText=block.marker or None)]
        return [Paragraph(block.markup, self.styles["body"])]

    def _table(self, block: Block, width: float) -> Table:
        texts = [
            [Paragraph(cell, self.styles["cell" if number else "header"]) for cell in row]
            for number, row in enumerate(block.rows)
        ]
        rules: list[Command] = [
            ("BACKGROUND", (0, 0), (-1, 0), TINT),
            ("LINEBELOW", (0, 0), (-1, 0), 0.9, INK),
            ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            *cells(5, 3.5, 4.5),
        ]
        return Table(texts, column_widths(texts, width), repeatRows=1, style=rules)


class _Heading(Paragraph):
    """A heading that enters the outline where it is drawn, in a frame or in a cell."""

    def __init__(self, markup: str, plain: str, depth: int, style: ParagraphStyle) -> None:
        super().__init__(markup, style)
        self.plain, self.depth = plain, depth

    def draw(self) -> None:
        count = getattr(self.canv, "headings", 0) + 1
        setattr(self.canv, "headings", count)  # noqa: B010  (ReportLab's canvas declares no such name)
        self.canv.bookmarkHorizontal(f"heading{count}", 0, self.height + 4)
        self.canv.addOutlineEntry(self.plain, f"heading{count}", level=self.depth)
        super().draw()
