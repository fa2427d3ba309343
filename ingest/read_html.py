"""An HTML file in, a draft of one page out: its main content as blocks, what its head says as metadata."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree
from lxml.etree import _Element as Element

from corpus.errors import ReadError
from ingest.decode import decode, read_bytes
from ingest.manuscript import BlockKind, Draft, DraftBlock, DraftPage, catalogue_metadata
from ingest.read_html_blocks import BlockWalk, flat_text
from ingest.read_html_content import content_of

MEDIA_TYPE = "text/html"
DECLARED_ENCODING = re.compile(rb"<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
ENCODING_SEARCH_BYTES = 4096
MAX_DEPTH = 255
"""Where the parser stops; it would drop the rest of the page without a word."""

LONG_TAG = re.compile(r"<[^<>]{20000,}")
MAX_ATTRIBUTES = 5_000
FILE_NAME = re.compile(r"\S+\.(?:xml|html?|docx?|fmx|pdf)", re.IGNORECASE)
ELI_LANGUAGE = re.compile(r"/[a-z]{3}$")
OFFICIAL_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def read(path: Path) -> Draft:
    """The file as a draft.

    Raises:
        ReadError: `empty_document`, `document_too_large`, `unsupported_document`, `broken_document`.
    """
    data = read_bytes(path)
    declared = DECLARED_ENCODING.search(data[:ENCODING_SEARCH_BYTES])
    text = decode(data, path.name, declared[1].decode("ascii") if declared else None)
    _refuse_monstrous_tags(text, path.name)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", errors="replace"), parser)
    except (etree.ParserError, etree.XMLSyntaxError) as fault:
        raise ReadError("broken_document", f"{path.name} cannot be parsed: {fault}.", "Check the file.") from fault
    if any("depth" in entry.message.lower() for entry in parser.error_log):
        message = f"{path.name} nests its elements deeper than {MAX_DEPTH} levels."
        raise ReadError("broken_document", message, "Save the page again from a browser.")
    if root is None:
        raise ReadError("empty_document", f"{path.name} holds no element.", "Replace it or take it out.")
    metadata = _metadata(root)
    walk = BlockWalk()
    walk.visit(content_of(root))
    blocks = walk.finish()
    if not blocks:
        raise ReadError("empty_document", f"{path.name} has no visible text.", "Save the page as it is displayed.")
    title = metadata.get("title") or _lone_heading(blocks) or _head_title(root)
    return Draft(title, (DraftPage(0, blocks=tuple(blocks)),), MEDIA_TYPE, metadata)


def _refuse_monstrous_tags(text: str, name: str) -> None:
    """The parser takes quadratic time in the attributes of one element."""
    if any(tag[0].count("=") > MAX_ATTRIBUTES for tag in LONG_TAG.finditer(text)):
        message = f"{name} has an element with more than {MAX_ATTRIBUTES:,} attributes."
        raise ReadError("broken_document", message, "Save the page again from a browser.")


def _metadata(root: Element) -> dict[str, str]:
    said: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("name") or meta.get("property") or ""
        if name and meta.get("content"):
            said.setdefault("published_on" if name == "article:published_time" else name, meta.get("content"))
    if language := root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang"):
        said.setdefault("language", language.split("-")[0].lower())
    canonical = root.find(".//link[@rel='canonical']")
    if canonical is not None and canonical.get("href", "").startswith("http"):
        said.setdefault("url", canonical.get("href"))
    if "/eli/" in said.get("url", ""):
        said["url"] = ELI_LANGUAGE.sub("", said["url"])  # it names English even on the French page
    return catalogue_metadata(said | _official_journal(root))


def _official_journal(root: Element) -> dict[str, str]:
    """What an act of the Official Journal of the European Union says of itself, outside any <meta>."""
    title_parts = root.xpath(".//div[contains(@class, 'eli-main-title')]//p[contains(@class, 'oj-doc-ti')]")
    if not title_parts:
        return {}
    said = {"title": " ".join(flat_text(part) for part in title_parts if not flat_text(part).startswith("(Texte"))}
    said |= {"kind": "law", "publisher": "Union européenne"}
    for date in root.xpath(".//p[contains(@class, 'oj-hd-date')]"):
        if match := OFFICIAL_DATE.search(flat_text(date)):
            said["published_on"] = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    for language in root.xpath(".//p[contains(@class, 'oj-hd-lg')]"):
        said["language"] = flat_text(language).lower()
    return said


def _lone_heading(blocks: list[DraftBlock]) -> str | None:
    highest = [block.text.text for block in blocks if block.kind is BlockKind.HEADING and block.level == 1]
    return highest[0] if len(highest) == 1 else None


def _head_title(root: Element) -> str | None:
    title = root.find(".//title")
    text = flat_text(title) if title is not None else ""
    return text if text and not FILE_NAME.fullmatch(text) else None
