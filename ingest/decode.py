"""Bytes of a text file in, its text out: by byte order mark, declared encoding, UTF-8, then detection."""

from __future__ import annotations

import codecs
from pathlib import Path

from charset_normalizer import from_bytes

from corpus.errors import ReadError

MAX_TEXT_BYTES = 20_000_000
DETECTION_SAMPLE_BYTES = 65_536
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LIKELY_ENCODINGS = ["cp1252", "iso8859_15", "utf_16_le", "utf_16_be", "mac_roman", "cp850", "cp437"]
"""Detection among all encodings takes French in Windows-1252 for Central European; these are what such files are in."""


def read_bytes(path: Path, limit_bytes: int = MAX_TEXT_BYTES) -> bytes:
    """The file's bytes.

    Raises:
        ReadError: `document_too_large`, `empty_document`, or `broken_document` where the file cannot be opened.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > limit_bytes:
            raise ReadError(
                "document_too_large",
                f"{path.name} has {size_bytes:,} bytes, the limit for its type is {limit_bytes:,}.",
                "Split it into several documents.",
            )
        data = path.read_bytes()
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise ReadError("broken_document", f"{path.name} cannot be opened: {reason}.", "Check the file.") from fault
    if not data.strip():
        raise ReadError("empty_document", f"{path.name} is empty.", "Replace it or take it out.")
    return data


def decode(data: bytes, name: str, declared: str | None = None) -> str:
    """The text of `data`, line ends made line feeds. `name` is for messages; `declared` is the encoding it claims.

    Raises:
        ReadError: `unsupported_document` where the bytes are no text.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _line_feeds(data[len(mark) :].decode(encoding, errors="replace"))
    for claimed in (declared, "utf-8"):
        if claimed and _known(claimed):
            try:
                text = data.decode(claimed)
            except UnicodeError:
                continue
            _refuse_binary(text, name)
            return _line_feeds(text)
    best = from_bytes(data[:DETECTION_SAMPLE_BYTES], cp_isolation=LIKELY_ENCODINGS).best()
    text = data.decode(best.encoding if best else "cp1252", errors="replace")
    _refuse_binary(text, name)
    return _line_feeds(text)


def _known(encoding: str) -> bool:
    try:
        "".encode(encoding)
    except (LookupError, ValueError, UnicodeError):
        return False
    return True


def _refuse_binary(text: str, name: str) -> None:
    sample = text[:DETECTION_SAMPLE_BYTES]
    odd = sum(1 for character in sample if character < " " and character not in "\t\n\r\f\x0b\x1a\x1b")
    if odd > len(sample) * 0.02:
        raise ReadError(
            "unsupported_document",
            f"{name} is not text: {odd} of its first {len(sample)} characters are control characters.",
            "Give it as PDF, HTML, Markdown or plain text.",
        )


def _line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
