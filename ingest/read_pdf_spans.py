"""One page of a PDF in pdfium in, its printed spans out: runs of characters of one style on one baseline, with places.

Coordinates are points with the origin at the top left, turned so that most of the page's text runs from left to right.
Text that runs another way, lies off the page or is drawn invisibly over visible text is left out.
"""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ingest.manuscript import PAGE_STRIDE, Traced
from ingest.read_pdf_hidden import fills_of, unseen

MAX_PAGE_CHARS = 400_000
SPAN_GAP_SIZES = 0.9
"""A wider gap than this, in font sizes, ends a span: it may be the gutter of a column or of a table."""

SPACE_GAP_SIZES = 0.2
MIN_SIZE_POINTS = 1.5
INVISIBLE_MODE = 3
STROKED_MODE = 2
BOLD_WEIGHT = 600
ITALIC_FLAG = 64
BOLD_NAMES = ("bold", "black", "heavy", "semibold", "demi")
NO_CHARACTER = frozenset({0, 0xFFFE, 0xFFFF})


@dataclass(frozen=True, slots=True)
class Style:
    """How a text object is drawn; `turn` is its direction in quarter turns, `size` in points."""

    size: float
    bold: bool
    italic: bool
    invisible: bool
    turn: int | None
    baseline: tuple[float, float]
    pale: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Characters of one style on one baseline without a wide gap. `space_after`: white space follows in the print."""

    text: Traced
    left: float
    right: float
    baseline: float
    size: float
    bold: bool = False
    italic: bool = False
    space_after: bool = False

    @property
    def top(self) -> float:
        """The height of the capitals' top, about."""
        return self.baseline - 0.75 * self.size

    @property
    def bottom(self) -> float:
        """The height of the descenders' end, about."""
        return self.baseline + 0.25 * self.size


@dataclass(frozen=True, slots=True)
class SpanPage:
    """A page's spans in the order of the file; sizes in points after turning; how much was left out, in characters."""

    spans: tuple[Span, ...]
    width: float
    height: float
    turn: int
    char_count: int
    unreadable_chars: int = 0


@dataclass(slots=True)
class _Pen:
    """The span being gathered."""

    characters: list[str] = field(default_factory=list)
    origins: list[int] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0
    baseline: float = 0.0
    style: Style | None = None


def spans_of(page: pdfium.PdfPage, page_index: int) -> SpanPage:
    """The spans of one page; none where it holds no text."""
    text_page = page.get_textpage()
    try:
        glyphs = list(_glyphs(text_page.raw))
    finally:
        text_page.close()
    if any(style.pale for _, _, _, style in glyphs if style):
        glyphs = _without_unseen(page, glyphs)
    bounds = page.get_cropbox()
    turn = _main_turn(glyphs)
    width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
    if turn % 2:
        width, height = height, width
    visible = any(not style.invisible for _, _, _, style in glyphs if style)
    unreadable = sum(1 for _, code, _, _ in glyphs if code in NO_CHARACTER)
    gather = _Gather(page_index, turn, bounds, (width, height), drop_invisible=visible)
    for glyph in glyphs:
        gather.add(*glyph)
    return SpanPage(tuple(gather.finish()), width, height, turn, len(glyphs), unreadable)


def _without_unseen(page: pdfium.PdfPage, glyphs: list[Glyph]) -> list[Glyph]:
    """The characters, pale ones that do not stand out from their page made invisible; those of one style are judged together."""
    hidden = unseen(page, [(id(style), box) for _, _, box, style in glyphs if box and style and style.pale])
    made = {id(style): replace(style, invisible=True) for _, _, _, style in glyphs if style and id(style) in hidden}
    return [(index, code, box, made.get(id(style), style) if style else None) for index, code, box, style in glyphs]


Bounds = tuple[float, float, float, float]
Glyph = tuple[int, int, Bounds | None, Style | None]


def _glyphs(text_page: pdfium_c.FPDF_TEXTPAGE) -> Iterator[Glyph]:
    """(index, code point, box, style) of each character; generated white space has neither box nor style."""
    count = min(pdfium_c.FPDFText_CountChars(text_page), MAX_PAGE_CHARS)
    unicode_of, box_of = pdfium_c.FPDFText_GetUnicode, pdfium_c.FPDFText_GetLooseCharBox
    object_of, rectangle = pdfium_c.FPDFText_GetTextObject, pdfium_c.FS_RECTF()
    styles: dict[int, Style] = {}
    fonts: dict[int, tuple[bool, bool]] = {}
    fill_of = fills_of(text_page)
    font_of, mode_of = pdfium_c.FPDFTextObj_GetFont, pdfium_c.FPDFTextObj_GetTextRenderMode
    last: Style | None = None
    last_drawn: tuple[object, ...] | None = None  # font, mode, fill, extent: text on one line is asked about once
    for index in range(count):
        code = unicode_of(text_page, index)
        if code in (10, 13, 32):
            yield index, code, None, None
            continue
        holder = object_of(text_page, index)
        if not holder:
            yield index, code, None, None
            continue
        address = ctypes.addressof(holder.contents)
        box_of(text_page, index, rectangle)
        box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        if address not in styles:
            font, mode = font_of(holder), mode_of(holder)
            fill = fill_of(index)
            drawn = (ctypes.addressof(font.contents) if font else 0, mode, fill, round(box[1], 2), round(box[3], 2))
            if drawn != last_drawn or last is None or last.turn != 0:
                last_drawn, last = drawn, _style(text_page, index, font, mode, fonts, fill)
            styles[address] = last
        yield index, code, box, styles[address]


def _weight_and_slant(font: pdfium_c.FPDF_FONT) -> tuple[bool, bool]:
    buffer = ctypes.create_string_buffer(128)
    pdfium_c.FPDFFont_GetBaseFontName(font, buffer, 128)
    name = buffer.value.decode("utf-8", "replace").lower()
    bold = pdfium_c.FPDFFont_GetWeight(font) >= BOLD_WEIGHT or any(word in name for word in BOLD_NAMES)
    slanted = bool(pdfium_c.FPDFFont_GetFlags(font) & ITALIC_FLAG) or "italic" in name or "oblique" in name
    return bold, slanted


def _style(
    text_page: pdfium_c.FPDF_TEXTPAGE,
    index: int,
    font: pdfium_c.FPDF_FONT,
    mode: int,
    fonts: dict[int, tuple[bool, bool]],
    fill: tuple[bool, bool],
) -> Style:
    matrix = pdfium_c.FS_MATRIX()
    pdfium_c.FPDFText_GetMatrix(text_page, index, matrix)
    size = pdfium_c.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.c, matrix.d)
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium_c.FPDFText_GetCharOrigin(text_page, index, x, y)
    key = ctypes.addressof(font.contents) if font else 0
    if key not in fonts:
        fonts[key] = _weight_and_slant(font) if font else (False, False)
    bold, italic = fonts[key]
    angle = math.degrees(math.atan2(matrix.b, matrix.a)) % 360
    turn = round(angle / 90) % 4
    straight = abs(angle - 90 * round(angle / 90)) < 10
    return Style(
        size,
        bold or mode == STROKED_MODE,
        italic,
        mode == INVISIBLE_MODE or fill[1],
        turn if straight else None,
        (x.value, y.value),
        fill[0],
    )


def _main_turn(glyphs: list[Glyph]) -> int:
    turns = Counter(style.turn for _, _, _, style in glyphs if style and style.turn is not None)
    return turns.most_common(1)[0][0] if turns else 0


def _turned(x: float, y: float, turn: int, bounds: Bounds) -> tuple[float, float]:
    """A point of the page, y upwards, as seen with the text upright: x to the right, y downwards."""
    left, bottom, right, top = bounds
    return ((x - left, top - y), (y - bottom, x - left), (right - x, y - bottom), (top - y, right - x))[turn]


def _alike(first: Style, second: Style) -> bool:
    if abs(first.size - second.size) >= 0.08 * first.size:
        return False
    return first.bold == second.bold and first.italic == second.italic


class _Gather:
    """Gathers glyphs into spans."""

    def __init__(
        self, page_index: int, turn: int, bounds: Bounds, sizes: tuple[float, float], drop_invisible: bool
    ) -> None:
        self._base = page_index * PAGE_STRIDE
        self._turn, self._bounds, self._sizes = turn, bounds, sizes
        self._drop_invisible = drop_invisible
        self._spans: list[Span] = []
        self._pen = _Pen()
        self._style: Style | None = None
        self._baseline = 0.0
        self._space: list[int] = []  # the white space since the last character, by its indexes

    def add(self, index: int, code: int, box: Bounds | None, style: Style | None) -> None:
        """Take the next character of the page."""
        if code in (10, 13):
            self._end()
        elif code == 32 or (box is None and code != 2):
            self._space.append(index)
        elif code == 2 and box is None:
            self._append("\u0002", index)
        elif box is not None and style is not None and self._drawn(style, code):
            self._place(index, code, box, style)

    def finish(self) -> list[Span]:
        """All spans of the page."""
        self._end()
        return self._spans

    def _drawn(self, style: Style, code: int) -> bool:
        if code in NO_CHARACTER or style.turn != self._turn or style.size < MIN_SIZE_POINTS:
            return False
        return not (style.invisible and self._drop_invisible)

    def _place(self, index: int, code: int, box: Bounds, style: Style) -> None:
        if self._turn == 0:
            left, right = box[0] - self._bounds[0], box[2] - self._bounds[0]
        else:
            first = _turned(box[0], box[1], self._turn, self._bounds)
            second = _turned(box[2], box[3], self._turn, self._bounds)
            left, right = min(first[0], second[0]), max(first[0], second[0])
        if style is not self._style:
            self._style, self._baseline = style, _turned(*style.baseline, self._turn, self._bounds)[1]
        baseline = self._baseline
        if not (-1 <= left <= self._sizes[0] + 1 and -1 <= baseline <= self._sizes[1] + style.size):
            return
        pen = self._pen
        if pen.style is not None:
            gap = left - pen.right
            same = style is pen.style or (_alike(style, pen.style) and abs(baseline - pen.baseline) < 0.8)
            if not same or gap > SPAN_GAP_SIZES * style.size or gap < -style.size:
                self._end(spaced=gap > SPACE_GAP_SIZES * style.size)
        if pen.style is None:
            pen.left, pen.right, pen.baseline, pen.style = left, right, baseline, style
            self._space.clear()
        elif self._space:
            self._append(" ", self._space[0])
            self._space.clear()
        pen.style = style
        self._append(chr(code) if code < 0x110000 else "", index)
        pen.right = max(pen.right, right)

    def _append(self, character: str, index: int) -> None:
        if character and self._pen.style is not None:
            self._pen.characters.append(character)
            self._pen.origins.append(self._base + index)

    def _end(self, spaced: bool = False) -> None:
        pen = self._pen
        if pen.style is not None and pen.characters:
            text = Traced("".join(pen.characters), tuple(pen.origins))
            style = pen.style
            after = spaced or bool(self._space)
            span = Span(text, pen.left, pen.right, pen.baseline, style.size, style.bold, style.italic, after)
            if text.text.strip():
                self._spans.append(span)
            elif self._spans:
                self._spans[-1] = replace(self._spans[-1], space_after=True)
        pen.characters, pen.origins, pen.style = [], [], None
        self._space.clear()
