"""Which pale text of a page a reader sees: places of characters go in; those that stand out from what is drawn behind them come out.

White on white hides words from readers and shows them to programs; white on a dark band is a heading. The page itself decides:
it is drawn, small and grey, only where it has pale text.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Callable, Sequence

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

PALE = 0xE0
"""Red, green and blue of a pale fill are at least this."""
TRANSPARENT = 0x18
"""An opacity below which nothing is seen."""
CONTRAST = 20
"""Steps of grey, of 256, between the darkest and the lightest point of a character's place; less is not read."""
SCALE = 1.5
MAX_SIDE_PX = 2000
Box = tuple[float, float, float, float]


def fills_of(text_page: pdfium_c.FPDF_TEXTPAGE) -> Callable[[int], tuple[bool, bool]]:
    """What tells of a character of the page, by its index, whether its fill is pale, and whether it is transparent."""
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    of = pdfium_c.FPDFText_GetFillColor

    def fill(index: int) -> tuple[bool, bool]:
        if not of(text_page, index, red, green, blue, alpha):
            return False, False
        return red.value >= PALE and green.value >= PALE and blue.value >= PALE, alpha.value < TRANSPARENT

    return fill


def unseen(page: pdfium.PdfPage, places: Sequence[tuple[int, Box]]) -> set[int]:
    """The styles of which less than half of the characters can be made out; `places` are (style, box), boxes as left, bottom,
    right, top in points.
    """
    width, height = page.get_size()
    bitmap = page.render(scale=min(SCALE, MAX_SIDE_PX / max(width, height, 1.0)), grayscale=True, may_draw_forms=False)
    try:
        grey, stride, size = bytes(bitmap.buffer), bitmap.stride, (bitmap.width, bitmap.height)
    finally:
        bitmap.close()
    balance: Counter[int] = Counter()
    for style, box in places:
        balance[style] += 1 if _stands_out(grey, stride, _place(page, box, size)) else -1
    return {style for style, seen in balance.items() if seen < 0}


def _place(page: pdfium.PdfPage, box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The pixels [left, right) and [top, bottom) of a box."""
    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        pdfium_c.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x0, y0), (x1, y1) = corners
    left, right = max(0, min(x0, x1)), min(size[0], max(x0, x1) + 1)
    return left, right, max(0, min(y0, y1)), min(size[1], max(y0, y1) + 1)


def _stands_out(grey: bytes, stride: int, place: tuple[int, int, int, int]) -> bool:
    left, right, top, bottom = place
    rows = [grey[row * stride + left : row * stride + right] for row in range(top, bottom)]
    points = b"".join(rows)
    return bool(points) and max(points) - min(points) >= CONTRAST
