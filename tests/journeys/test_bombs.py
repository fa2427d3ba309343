"""Files made to exhaust whoever opens them: each costs its own document alone, within its limits, and is named."""

from __future__ import annotations

import io
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from corpus.errors import ReadError
from ingest.reading import Limits
from ingest.reading_room import ReadingRoom
from ingest.split import SplitRule
from tests.office_maker import ODF, W, docx, odt, paragraph

LIMIT_S = 6.0
TEXT = "Le plafond est de 780 euros par an et par patient."
CONTENT = b"BT /F1 12 Tf 72 700 Td (" + TEXT.encode() + b") Tj ET"
FONT = b"<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"


def pdf_of(parts: list[bytes], trailer: bytes = b"", root: int = 1) -> bytes:
    """A PDF of numbered objects, 1 and on."""
    held, offsets = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        offsets.append(len(held))
        held += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(held)
    size = len(parts) + 1
    held += b"xref\n0 %d\n0000000000 65535 f \n%btrailer << /Size %d /Root %d 0 R %b >>\n" % (
        size,
        table,
        size,
        root,
        trailer,
    )
    return held + b"startxref\n%d\n%%%%EOF" % start


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), more, content)


def page(more: bytes = b"") -> bytes:
    return b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources " + FONT + more + b" >>"


CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"
PAGES = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"


def million_pages() -> bytes:
    return pdf_of([CATALOG, b"<< /Type /Pages /Kids [3 0 R] /Count 1000000 >>", page(), stream(CONTENT)])


def million_kids() -> bytes:
    return pdf_of(
        [CATALOG, b"<< /Type /Pages /Kids [" + b"3 0 R " * 1_000_000 + b"] /Count 1000000 >>", page(), stream(CONTENT)]
    )


def pages_in_a_ring() -> bytes:
    return pdf_of([CATALOG, b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 /Parent 2 0 R >>", page(), stream(CONTENT)])


def tables_in_a_ring() -> bytes:
    made = pdf_of([CATALOG, PAGES, page(), stream(CONTENT)])
    return pdf_of([CATALOG, PAGES, page(), stream(CONTENT)], b"/Prev %d" % made.rindex(b"xref\n0"))


def nested_arrays() -> bytes:
    return pdf_of([CATALOG, PAGES, page(b" /Deep " + b"[" * 100_000 + b"]" * 100_000), stream(CONTENT)])


def nested_operators() -> bytes:
    return pdf_of([CATALOG, PAGES, page(), stream(b"q " * 400_000 + CONTENT)])


def form_in_itself() -> bytes:
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /F 5 0 R >> >>"
    resources = b"<< /XObject << /F 5 0 R >> >>"
    whole = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources " + resources + b" >>"
    return pdf_of([CATALOG, PAGES, whole, stream(b"/F Do"), stream(b"/F Do /F Do", form)])


def packed_seven_times() -> bytes:
    content = CONTENT + b" " * 20_000_000
    for _ in range(7):
        content = zlib.compress(content, 9)
    return pdf_of([CATALOG, PAGES, page(), stream(content, b"/Filter [" + b"/FlateDecode " * 7 + b"]")])


def endless_page() -> bytes:
    return pdf_of([CATALOG, PAGES, page().replace(b"[0 0 600 800]", b"[0 0 1e30 1e30]"), stream(CONTENT)])


def outlines_in_a_ring() -> bytes:
    ring = b"<< /Title (a) /Parent 5 0 R /Next 6 0 R /First 6 0 R /Dest [3 0 R /Fit] >>"
    return pdf_of(
        [CATALOG[:-2] + b"/Outlines 5 0 R >>", PAGES, page(), stream(CONTENT), b"<< /First 6 0 R /Last 6 0 R >>", ring]
    )


PDFS = (
    million_pages, million_kids, pages_in_a_ring, tables_in_a_ring, nested_arrays, nested_operators, form_in_itself,
    packed_seven_times, endless_page, outlines_in_a_ring,
)  # fmt: skip


def xml_bomb(path: Path) -> Path:
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    body = f"<!DOCTYPE w:document [{entities}]><w:document {W}><w:body>{paragraph('&a9;')}</w:body></w:document>"
    return docx(path, "", word__document_xml=body)


def outside_entity(path: Path) -> Path:
    body = f'<!DOCTYPE w:document [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document {W}><w:body>'
    return docx(path, "", word__document_xml=f"{body}{paragraph('&a;' + TEXT)}</w:body></w:document>")


def deep_xml(path: Path) -> Path:
    return docx(path, "<w:sdt><w:sdtContent>" * 50_000 + paragraph(TEXT) + "</w:sdtContent></w:sdt>" * 50_000)


def wide_table(path: Path) -> Path:
    cell = "<table:table-cell table:number-columns-repeated='2000000000'><text:p>a</text:p></table:table-cell>"
    row = f"<table:table-row table:number-rows-repeated='2000000000'>{cell * 50}</table:table-row>"
    return odt(path, f"<table:table>{row * 200}</table:table><text:p>{TEXT}</text:p>")


def long_list(path: Path) -> Path:
    level = '<text:list-level-style-number text:level="1" style:num-format="I" text:start-value="999999999"/>'
    style = f'<text:list-style style:name="L">{level}</text:list-style>'
    items = "<text:list text:style-name='L'><text:list-item><text:p>Un point.</text:p></text:list-item></text:list>"
    return odt(path, items + f"<text:p>{TEXT}</text:p>", style)


def zeros_in_odt(path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        made.writestr("content.xml", b"<a>" + b" " * 200_000_000)
    return path


def same_name_often(path: Path) -> Path:
    body = f"<office:document-content {ODF}><office:body><office:text><text:p>{TEXT}</text:p></office:text></office:body></office:document-content>"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        for _ in range(2000):  # of a folder that is none of ours
            made.writestr("../../../outside.xml", "<a/>")
        made.writestr("content.xml", body)
    return path


def overlapping_entries(path: Path) -> Path:
    """A directory that says the same bytes are thirty thousand files."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("content.xml", b"<a>" + b" " * 10_000_000)
    data = held.getvalue()
    at = data.index(b"PK\x01\x02")
    entry, end = data[at : data.index(b"PK\x05\x06")], data.index(b"PK\x05\x06")
    directory = entry * 30_000
    tail = bytearray(data[end:])
    struct.pack_into("<HHII", tail, 8, 30_000, 30_000, len(directory), at)
    path.write_bytes(data[:at] + directory + bytes(tail))
    return path


OFFICE: tuple[tuple[str, Callable[[Path], Path]], ...] = (
    ("docx", xml_bomb), ("docx", outside_entity), ("docx", deep_xml), ("odt", wide_table), ("odt", long_list),
    ("odt", zeros_in_odt), ("odt", same_name_often), ("odt", overlapping_entries),
)  # fmt: skip
TEXTS = {
    "deep.html": "<div>" * 100_000 + TEXT,
    "attributes.html": "<p " + " ".join(f"a{n}=1" for n in range(200_000)) + f">{TEXT}</p>",
    "entities.html": "&amp;" * 150_000 + TEXT,
    "table.html": "<table>" + "<tr><td colspan=1000000000 rowspan=1000000000>a" * 5000 + f"</table><p>{TEXT}</p>",
    "sheet.html": "<style>" + "a{" * 200_000 + f"</style><p>{TEXT}</p>",
    "quotes.md": ">" * 50_000 + TEXT,
    "lists.md": "\n".join(" " * n + "- a" for n in range(1500)) + f"\n\n{TEXT}",
    "links.md": "[a](" * 10_000 + TEXT,
    "stars.md": "*a **a " * 10_000 + TEXT,
    "table.md": "|" * 30_000 + "\n" + "|-" * 30_000 + f"\n\n{TEXT}",
    "notes.md": "".join(f"[^{n}]: " for n in range(30_000)) + f"\n\n{TEXT}",
    "hidden.md": "<div hidden " * 20_000 + f"\n\n{TEXT}",
    "matter.md": "+++\na = " + "[" * 50_000 + f"\n+++\n\n{TEXT}",
    "word.txt": "a" * 300_000,
    "marks.txt": "a" + "\u0315\u0300" * 300_000 + f"\n\n{TEXT}",
    "dots.txt": ". " * 100_000 + TEXT,
    "numbers.txt": "1.1.1.1.1.1." * 15_000 + TEXT,
    "lines.txt": "\n" * 3_000_000 + TEXT,
    "hyphens.txt": "a-\n" * 50_000 + TEXT,
}


@pytest.fixture(scope="module")
def room() -> Iterator[ReadingRoom]:
    with ReadingRoom(SplitRule(), Limits(seconds=LIMIT_S, memory_bytes=1 << 30), readers=1) as made:
        yield made


def opened(room: ReadingRoom, path: Path) -> str:
    """What became of a file: "read", or a code. It never takes much longer than its limit."""
    start = time.monotonic()
    try:
        found = room.read(path)
    except ReadError as refusal:
        assert path.name in refusal.message
        outcome = refusal.code
    else:
        assert not any("root:" in one.text for one in found.pages)
        outcome = "read"
    assert time.monotonic() - start < 10 * LIMIT_S
    return outcome


NAMED = {
    "read", "broken_document", "empty_document", "scanned_document", "document_too_large", "document_time_limit",
    "document_memory_limit", "unsupported_document",
}  # fmt: skip


@pytest.mark.parametrize("make", PDFS, ids=lambda make: make.__name__)
def test_a_pdf_that_promises_too_much(room: ReadingRoom, tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = tmp_path / "bombe.pdf"
    path.write_bytes(make())
    assert opened(room, path) in NAMED


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(("ending", "make"), OFFICE, ids=[make.__name__ for _, make in OFFICE])
def test_an_office_file_that_unfolds(
    room: ReadingRoom, tmp_path: Path, ending: str, make: Callable[[Path], Path]
) -> None:
    outcome = opened(room, make(tmp_path / f"bombe.{ending}"))
    assert outcome in NAMED
    assert not [folder for folder in tmp_path.parents if (folder / "outside.xml").exists()]


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_is_deep_or_endless(room: ReadingRoom, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(TEXTS[name], encoding="utf-8")
    assert opened(room, path) in NAMED
