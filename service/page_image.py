"""A page of a PDF as a picture: a file, a page's character runs and a span go in; boxes over the page, or a PNG, come out."""

from __future__ import annotations

import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from corpus.document import CharRun

Drawn = TypeVar("Drawn")
WIDTHS_PX = (640, 960, 1280, 1920)
MAX_HEIGHT_PX = 4000
OPEN_FILES = 8
MAX_WAITING = 32
KEPT_BOXES = 4096
KEPT_BYTES = 16_000_000
INK = (255, 226, 120)
"""The highlighter: multiplied with the page, so that black stays black and white becomes this yellow."""
PATIENCE_S = 1.0
"""How long an answer waits for a page that is being drawn; then it goes without its boxes, which the quote does not need."""
FINE = 1_000_000
_COMPRESSION = 2
_SAME_LINE = 0.5


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle over page `page_index`, in fractions of its width and height from the top left."""

    page_index: int
    x0: float
    y0: float
    x1: float
    y1: float


class PageImages:
    """Reads PDF files one at a time, as pdfium must be read; keeps a few files open and the last pictures. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: OrderedDict[Path, Any] = OrderedDict()
        self._boxes: OrderedDict[tuple[object, ...], tuple[Box, ...]] = OrderedDict()
        self._pictures: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
        self._kept_bytes = 0
        self._draughtsman = ThreadPoolExecutor(1, thread_name_prefix="page")
        self._waiting = 0

    def draw(self, work: Callable[[], Drawn]) -> Future[Drawn] | None:
        """The result to come of `work`, done after what waits already; None where too much waits."""
        if self._waiting >= MAX_WAITING:
            return None
        self._waiting += 1
        drawn = self._draughtsman.submit(work)
        drawn.add_done_callback(self._less)
        return drawn

    def _less(self, _drawn: object) -> None:
        self._waiting -= 1

    def boxes(self, path: Path, runs: Sequence[CharRun], start: int, end: int) -> tuple[Box, ...]:
        """One box a printed line of characters [start, end) of the page that `runs` belong to; empty where the file cannot
        be read, or where another page has been drawn for a second. About 2 ms the first time, then nothing.
        """
        key = (path, runs[0].pdf_page_index if runs else -1, start, end)
        if not self._lock.acquire(timeout=PATIENCE_S):
            return ()
        try:
            if key not in self._boxes:
                self._boxes[key] = tuple(self._found(path, runs, start, end))
                if len(self._boxes) > KEPT_BOXES:
                    self._boxes.popitem(last=False)
            return self._boxes[key]
        finally:
            self._lock.release()

    def picture(self, path: Path, page_index: int, width_px: int, boxes: Sequence[Box] = ()) -> bytes | None:
        """Page `page_index` as a PNG of that width (lower where the page is very long), with the boxes on it marked; None
        where the file has no such page or cannot be read.
        """
        marks = tuple(box for box in boxes if box.page_index == page_index)
        key = (path, page_index, width_px, marks)
        with self._lock:
            if key in self._pictures:
                self._pictures.move_to_end(key)
                return self._pictures[key]
            drawn = self._drawn(path, page_index, width_px)
        if drawn is None:
            return None
        for box in marks:
            _mark(drawn, box)
        content = _png(drawn)
        with self._lock:
            self._keep(key, content)
        return content

    def _keep(self, key: tuple[object, ...], content: bytes) -> None:
        if key in self._pictures:
            return
        self._pictures[key] = content
        self._kept_bytes += len(content)
        while self._kept_bytes > KEPT_BYTES and len(self._pictures) > 1:
            self._kept_bytes -= len(self._pictures.popitem(last=False)[1])

    def _file(self, path: Path) -> Any:
        """The opened file. pdfium is loaded here, at the first page that is asked for."""
        import pypdfium2 as pdfium

        if path in self._files:
            self._files.move_to_end(path)
            return self._files[path]
        self._files[path] = pdfium.PdfDocument(path)
        if len(self._files) > OPEN_FILES:
            self._files.popitem(last=False)[1].close()
        return self._files[path]

    def _drawn(self, path: Path, page_index: int, width_px: int) -> NDArray[np.uint8] | None:
        """The page, uint8 (height, width, 3), red green blue."""
        import pypdfium2 as pdfium

        try:
            page = self._file(path)[page_index]
            try:
                width, height = page.get_size()
                scale = min(width_px / width, MAX_HEIGHT_PX / height)
                bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False, may_draw_forms=False)
                shown: NDArray[np.uint8] = bitmap.to_numpy()[:, :, :3].copy()
                bitmap.close()
                return shown
            finally:
                page.close()
        except (pdfium.PdfiumError, OSError, IndexError, ZeroDivisionError):
            return None

    def _found(self, path: Path, runs: Sequence[CharRun], start: int, end: int) -> Iterator[Box]:
        import pypdfium2 as pdfium

        try:
            places = sorted({run.pdf_page_index for run in runs if _overlap(run, start, end)})
            for page_index in places:
                page = self._file(path)[page_index]
                text = page.get_textpage()
                try:
                    chars = [
                        char for run in runs if run.pdf_page_index == page_index for char in _chars(run, start, end)
                    ]
                    yield from _lines([box for char in chars if (box := _char_box(page, text, page_index, char))])
                finally:
                    text.close()
                    page.close()
        except (pdfium.PdfiumError, OSError, IndexError):
            return


def _overlap(run: CharRun, start: int, end: int) -> bool:
    return max(start, run.text_start) < min(end, run.text_start + run.length_chars)


def _chars(run: CharRun, start: int, end: int) -> range:
    """The numbers, in the file, of a run's characters that are within [start, end) of the text."""
    first, last = max(start, run.text_start), min(end, run.text_start + run.length_chars)
    offset = run.pdf_char_start - run.text_start
    return range(first + offset, max(first, last) + offset)


def _char_box(page: Any, text: Any, page_index: int, char: int) -> Box | None:
    """The box of one character, as high as its line; None where it has none. The page's own rotation and crop are undone."""
    import ctypes

    import pypdfium2.raw as c

    rect = c.FS_RECTF()
    if not c.FPDFText_GetLooseCharBox(text.raw, char, rect) or rect.right <= rect.left:
        return None
    x, y = ctypes.c_int(), ctypes.c_int()
    xs, ys = [], []
    for at_x, at_y in ((rect.left, rect.top), (rect.right, rect.bottom)):
        c.FPDF_PageToDevice(page.raw, 0, 0, FINE, FINE, 0, at_x, at_y, x, y)
        xs.append(min(max(x.value / FINE, 0.0), 1.0))
        ys.append(min(max(y.value / FINE, 0.0), 1.0))
    box = Box(page_index, min(xs), min(ys), max(xs), max(ys))
    return box if box.x1 > box.x0 and box.y1 > box.y0 else None


def _lines(chars: Sequence[Box]) -> Iterator[Box]:
    """The boxes of characters in reading order, joined as long as they stand on one line and go on to the right."""
    line: Box | None = None
    for char in chars:
        if line is not None and _goes_on(line, char):
            line = replace(
                line, x1=max(line.x1, char.x1), y0=min(line.y0, char.y0), y1=max(line.y1, char.y1)
            )  # fmt: skip
            continue
        if line is not None:
            yield line
        line = char
    if line is not None:
        yield line


def _goes_on(line: Box, char: Box) -> bool:
    shared = min(line.y1, char.y1) - max(line.y0, char.y0)
    height = min(line.y1 - line.y0, char.y1 - char.y0)
    near = char.x0 - line.x1 < 3 * max(char.y1 - char.y0, 0.005)
    return shared > _SAME_LINE * height and char.x0 >= line.x0 and near


def _mark(picture: NDArray[np.uint8], box: Box) -> None:
    height, width = picture.shape[:2]
    rows = slice(int(box.y0 * height), max(int(box.y1 * height), int(box.y0 * height) + 1))
    columns = slice(max(int(box.x0 * width) - 1, 0), min(int(box.x1 * width) + 1, width))
    part = picture[rows, columns].astype(np.uint16)
    picture[rows, columns] = (part * np.asarray(INK, dtype=np.uint16) // 255).astype(np.uint8)


def _png(picture: NDArray[np.uint8]) -> bytes:
    """The picture, uint8 (height, width, 3), as a PNG file (ISO/IEC 15948). Written here: a page of text needs no more."""
    height, width = picture.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 1:] = picture.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), _COMPRESSION)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
