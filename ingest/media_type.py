"""A file in, its media type out: by its first bytes, then by the ending of its name."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from corpus.errors import ReadError

PDF = "application/pdf"
HTML = "text/html"
MARKDOWN = "text/markdown"
PLAIN = "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"
ENDINGS = {
    ".pdf": PDF,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".txt": PLAIN,
    ".text": PLAIN,
    ".docx": DOCX,
    ".odt": ODT,
}
HEAD_BYTES = 1024
OTHER_MAGIC = {
    b"PK\x03\x04": "an archive",
    b"\xd0\xcf\x11\xe0": "an office document of before 2007",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"GIF8": "an image",
    b"\x1f\x8b": "a compressed file",
    b"\x7fELF": "a program",
    b"{\\rtf": "a rich text file",
}
HTML_START = re.compile(rb"^\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.DOTALL | re.I)


def media_type_of(path: Path) -> str:
    """One of PDF, HTML, MARKDOWN, PLAIN, DOCX, ODT.

    Raises:
        ReadError: `unsupported_document` where neither the bytes nor the name are known, `broken_document` where the
            file cannot be opened.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise ReadError("broken_document", f"{path.name} cannot be opened: {reason}.", "Check the file.") from fault
    if b"%PDF-" in head:
        return PDF
    if head.startswith(b"PK\x03\x04") and (office := _office_type(path)):
        return office
    for magic, what in OTHER_MAGIC.items():
        if head.startswith(magic):
            raise _unsupported(path, f"{path.name} is {what}")
    by_name = ENDINGS.get(path.suffix.lower())
    if by_name is not None:
        return by_name
    if HTML_START.match(head.removeprefix(b"\xef\xbb\xbf")):
        return HTML
    raise _unsupported(path, f"{path.name} has an ending that no reader knows")


def _office_type(path: Path) -> str | None:
    """The type of an office document, whatever its name, or None for another archive.

    Raises: ReadError `unsupported_document` for spreadsheets and presentations.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            said = archive.read("mimetype")[:100].decode("ascii", "replace") if "mimetype" in names else ""
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, NotImplementedError, RuntimeError, zlib.error):
        return ENDINGS.get(path.suffix.lower()) if path.suffix.lower() in (".docx", ".odt") else None
    if "word/document.xml" in names:
        return DOCX
    if said.strip() == ODT:
        return ODT
    if names & {"xl/workbook.xml", "ppt/presentation.xml"} or said.startswith("application/vnd.oasis.opendocument"):
        raise _unsupported(path, f"{path.name} is a spreadsheet, a presentation or a drawing")
    return None


def _unsupported(path: Path, what: str) -> ReadError:
    return ReadError("unsupported_document", f"{what}.", f"Known endings: {', '.join(sorted(ENDINGS))}.")
