"""An RSS or Atom feed in, its entries out: where new versions and siblings of a document are announced."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from corpus.errors import ReadError

MAX_ENTRIES = 500
MAX_TITLE_CHARS = 300
MAX_DEPTH = 50


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One announcement: its title on one line, and an http or https address."""

    title: str
    url: str


def parse_feed(data: bytes, base_url: str) -> list[FeedEntry]:
    """The entries in the order of the feed, each address once, relative ones made whole.

    Raises: ReadError `broken_document` where it is no feed; a document type, where entities live, is refused.
    """
    try:
        root = _tree(data)
    except (expat.ExpatError, ValueError, LookupError) as bad:
        raise ReadError("broken_document", f"{base_url} is no feed: {bad}", "Check the address of the feed.") from bad
    if root.tag not in ("rss", "RDF", "feed"):
        raise ReadError("broken_document", f"{base_url} is no feed but <{root.tag}>.", "Check the address of the feed.")
    found: dict[str, FeedEntry] = {}
    for one in root.iter():
        if one.tag in ("item", "entry") and len(found) < MAX_ENTRIES:
            url = urljoin(base_url, _link(one))
            title = " ".join("".join(one.findtext("title") or "").split())[:MAX_TITLE_CHARS]
            if urlsplit(url).scheme in ("http", "https") and url != base_url:
                found.setdefault(url, FeedEntry(title or url, url))
    return list(found.values())


def _link(entry: Element) -> str:
    """RSS: the text of <link>; Atom: the href of the link that leads to the page."""
    for link in entry.findall("link"):
        if link.get("href") and link.get("rel", "alternate") == "alternate":
            return link.get("href", "")
        if (link.text or "").strip():
            return (link.text or "").strip()
    return ""


def _tree(data: bytes) -> Element:
    builder, parser, depth = TreeBuilder(), expat.ParserCreate(namespace_separator="}"), [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        depth[0] += 1
        if depth[0] > MAX_DEPTH:
            raise ValueError("nested too deeply")
        builder.start(name.rpartition("}")[2], attributes)

    def end(name: str) -> None:
        depth[0] -= 1
        builder.end(name.rpartition("}")[2])

    def refuse(*_: object) -> None:
        raise ValueError("it has a document type")

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = builder.data, refuse
    parser.Parse(data, True)
    return builder.close()
