"""Pages as pictures: boxes stand over the very characters of a quote, pictures have the asked size and show the marks."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from PIL import Image

from corpus.bundle import Bundle
from corpus.document import CharRun, Page
from service.engine import AnswerEngine
from service.page_image import INK, WIDTHS_PX, Box, PageImages


@pytest.fixture(scope="module")
def bundle(starter_engine: AnswerEngine) -> Bundle:
    return starter_engine.bundle


def pdf_pages(bundle: Bundle) -> list[tuple[Path, Page]]:
    """The first two pages of each PDF document."""
    found = []
    for record in bundle.documents:
        path = bundle.original(record.source.id)
        if record.source.media_type == "application/pdf" and path is not None:
            found += [(path, page) for n in range(min(2, record.n_pages)) if (page := bundle.page(record.source.id, n))]
    return found


def sentence_spans(bundle: Bundle, limit: int) -> list[tuple[Path, Page, int, int]]:
    """Sentences of PDF documents, spread over the corpus, with their file and page."""
    spans = []
    rows = range(0, len(bundle.sentences), max(1, len(bundle.sentences) // (4 * limit)))
    for row in rows:
        sentence = bundle.sentence_at(row)
        passage = bundle.passage_at(sentence.passage_row)
        source = bundle.source_of(sentence.passage_row)
        path = bundle.original(source.id)
        page = bundle.page(source.id, passage.locator.page_index)
        if source.media_type == "application/pdf" and path is not None and page is not None:
            spans.append((path, page, sentence.start, sentence.end))
    return spans[:limit]


def text_under(path: Path, box: Box) -> str:
    """What pdfium reads within a box."""
    document = pdfium.PdfDocument(path)
    page = document[box.page_index]
    width, height = page.get_size()
    text: str = page.get_textpage().get_text_bounded(
        box.x0 * width, (1 - box.y1) * height, box.x1 * width, (1 - box.y0) * height
    )
    document.close()
    return text


def letters(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def test_the_boxes_of_a_sentence_stand_over_its_words(bundle: Bundle) -> None:
    images = PageImages()
    spans = sentence_spans(bundle, 60)
    assert len(spans) > 30
    for path, page, start, end in spans:
        boxes = images.boxes(path, page.runs, start, end)
        assert boxes
        for box in boxes:
            assert 0 <= box.x0 < box.x1 <= 1
            assert 0 <= box.y0 < box.y1 <= 1
        under = letters("".join(text_under(path, box) for box in boxes))
        assert letters(page.text[start:end]) in under


def test_a_quote_has_a_box_a_line_in_reading_order(bundle: Bundle) -> None:
    path, page = pdf_pages(bundle)[0]
    boxes = PageImages().boxes(path, page.runs, 0, len(page.text))
    assert 10 < len(boxes) < 120
    assert all(box.y1 - box.y0 < 0.08 for box in boxes)


def test_nothing_is_marked_where_nothing_is_quoted_or_the_file_is_gone(bundle: Bundle, tmp_path: Path) -> None:
    path, page = pdf_pages(bundle)[0]
    images = PageImages()
    assert images.boxes(path, page.runs, 5, 5) == ()
    assert images.boxes(path, (), 0, 5) == ()
    assert images.boxes(tmp_path / "gone.pdf", page.runs, 0, 5) == ()
    assert images.boxes(path, (CharRun(0, 5, 999, 0),), 0, 5) == ()
    assert images.picture(path, 999, 640) is None
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing more")
    assert images.picture(tmp_path / "broken.pdf", 0, 640) is None


@pytest.mark.parametrize("width", WIDTHS_PX)
def test_a_picture_has_the_asked_width_and_shows_the_marks(bundle: Bundle, width: int) -> None:
    images = PageImages()
    path, page, start, end = sentence_spans(bundle, 1)[0]
    boxes = images.boxes(path, page.runs, start, end)
    content = images.picture(path, page.index, width, boxes)
    assert content is not None
    assert len(content) < 1_500_000
    picture = Image.open(io.BytesIO(content))
    assert abs(picture.width - width) <= 1
    plain = Image.open(io.BytesIO(images.picture(path, page.index, width) or b""))
    box = boxes[0]
    inside = (
        int(box.x0 * width) + 1, int(box.y0 * picture.height) + 1,
        int(box.x1 * width) - 1, int(box.y1 * picture.height) - 1,
    )  # fmt: skip
    marked, unmarked = picture.crop(inside), plain.crop(inside)
    assert INK in {colour for _, colour in marked.getcolors(100_000)}
    assert INK not in {colour for _, colour in unmarked.getcolors(100_000)}
    assert (0, 0, 0) not in {c for _, c in marked.getcolors(100_000)} - {c for _, c in unmarked.getcolors(100_000)}


def test_a_picture_is_kept_and_the_store_of_pictures_is_bounded(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.page_image.KEPT_BYTES", 300_000)
    images = PageImages()
    for path, page in pdf_pages(bundle)[:6]:
        first = images.picture(path, page.index, 640)
        assert images.picture(path, page.index, 640) is first
    kept = list(images._pictures.values())
    assert 1 <= len(kept) < 6
    assert sum(map(len, kept)) == images._kept_bytes
