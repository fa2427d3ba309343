"""An office document (a ZIP archive of XML) in, the trees of its parts out; bombs and entities refused.

Trees carry local names only ("p", not "{...}p"): the two editions of the formats differ in their namespaces alone.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from corpus.errors import ReadError

MAX_MEMBERS = 10_000
MAX_PART_BYTES = 100_000_000
MAX_DEPTH = 300
_BLOCK_BYTES = 1 << 20


class OfficeArchive:
    """The parts of one document; used as a context manager.

    Raises (on opening):
        ReadError: `broken_document` where it is no archive, `document_too_large` where it has too many members.
    """

    def __init__(self, path: Path) -> None:
        self._name = path.name
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as bad:
            raise self._broken(str(bad)) from bad
        if len(self._zip.infolist()) > MAX_MEMBERS:
            self._zip.close()
            raise ReadError("document_too_large", f"{self._name} has more than {MAX_MEMBERS:,} parts.", "Save it anew.")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._zip.close()

    def tree(self, part: str) -> Element | None:
        """The tree of a part, or None where the document has no such part.

        Raises: ReadError `broken_document`, `encrypted_document`, `document_too_large`.
        """
        try:
            entry = self._zip.getinfo(part)
        except KeyError:
            return None
        if entry.flag_bits & 1:
            raise ReadError("encrypted_document", f"{self._name} is encrypted.", "Save it without a password.")
        grower = _Grower()
        try:
            with self._zip.open(entry) as stream:
                read_bytes = 0
                while block := stream.read(_BLOCK_BYTES):
                    read_bytes += len(block)
                    if read_bytes > MAX_PART_BYTES:
                        what = f"{self._name}: its part {part} unpacks to more than {MAX_PART_BYTES:,} bytes."
                        raise ReadError("document_too_large", what, "Split it into several documents.")
                    grower.feed(block)
                return grower.close()
        except (
            zipfile.BadZipFile,
            zlib.error,
            OSError,
            EOFError,
            expat.ExpatError,
            ValueError,
            NotImplementedError,
        ) as bad:
            raise self._broken(f"{part}: {bad}") from bad

    def _broken(self, what: str) -> ReadError:
        message = f"{self._name} is not an office document that can be opened: {what}"
        return ReadError("broken_document", message, "Save it anew, or ask its publisher for a sound copy.")


class _Grower:
    """A tree from XML that has no document type: none of these formats has one, and entities live there."""

    def __init__(self) -> None:
        self._builder, self._depth = TreeBuilder(), 0
        self._parser = expat.ParserCreate(namespace_separator="}")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._builder.data

    def feed(self, block: bytes) -> None:
        self._parser.Parse(block, False)

    def close(self) -> Element:
        self._parser.Parse(b"", True)
        return self._builder.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise ValueError(f"nested more than {MAX_DEPTH} deep")
        local: dict[str, str] = {}
        for key, value in attributes.items():
            local.setdefault(key.rpartition("}")[2], value)
        self._builder.start(name.rpartition("}")[2], local)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._builder.end(name.rpartition("}")[2])

    def _refuse(self, *_: object) -> None:
        raise ValueError("it has a document type, which such a file never has")


def child(element: Element | None, *names: str) -> Element | None:
    """The first child of that name, then its first child of the next name, and so on; None where one is not there."""
    for name in names:
        element = None if element is None else element.find(name)
    return element


def value(element: Element | None, name: str = "val") -> str:
    """An attribute, or "" where there is no such element or attribute."""
    return "" if element is None else element.get(name, "")


def texts_of(root: Element | None, *names: str) -> Iterator[tuple[str, str]]:
    """(name, text) of the elements of these names that have text."""
    for element in root.iter() if root is not None else ():
        if element.tag in names and (element.text or "").strip():
            yield element.tag, (element.text or "").strip()
