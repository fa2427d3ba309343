"""The changes of the corpus as an Atom feed (RFC 4287): what builds changed goes in; XML comes out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from xml.etree import ElementTree

from corpus.changes import BundleChanges, DocumentChange
from service.answer import Language
from service.links import document_path
from service.texts import Wording, date_in_words

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
TITLE = Wording("Changements du corpus", "Changes of the corpus")
ENTRY = Wording(
    "{date} : {entered} ajouté(s), {changed} modifié(s), {left} retiré(s)",
    "{date}: {entered} added, {changed} changed, {left} removed",
)
ENTERED = Wording("Documents ajoutés", "Documents added")
CHANGED = Wording("Documents modifiés", "Documents changed")
LEFT = Wording("Documents retirés", "Documents removed")
NEW = Wording("Nouveau : ", "New: ")
GONE = Wording("Supprimé : ", "Removed: ")
MORE = Wording("et {n} autre(s) phrase(s)", "and {n} more sentence(s)")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed_of(changes: Sequence[BundleChanges], origin: str, updated: str, lang: Language) -> bytes:
    """The feed, in UTF-8; `origin` is the address of the service, `updated` when the bundle in use was built."""
    feed = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": lang})
    _add(feed, "id", f"{origin}/v1/changes")
    _add(feed, "title", TITLE.in_(lang))
    _add(feed, "updated", changes[0].built_at if changes else updated)
    _add(_add(feed, "author"), "name", "Sourcier")
    _add(feed, "link", rel="self", type="application/atom+xml", href=f"{origin}/v1/changes.atom")
    _add(feed, "link", rel="alternate", type="application/json", href=f"{origin}/v1/changes")
    for one in changes:
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:sourcier:bundle:{one.bundle_id}:{one.built_at}")
        counts = {"entered": len(one.entered), "changed": len(one.changed), "left": len(one.left)}
        _add(entry, "title", ENTRY.in_(lang, date=date_in_words(one.built_at, lang), **counts))
        _add(entry, "updated", one.built_at)
        _add(entry, "content", _content(one, origin, lang), type="html")
    text: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def _content(changes: BundleChanges, origin: str, lang: Language) -> str:
    """The body of an entry, as HTML; every word of a document is escaped."""
    parts = [
        (ENTERED, [_linked(one, origin) for one in changes.entered]),
        (CHANGED, [_linked(one, origin) + _sentences(one, lang) for one in changes.changed]),
        (LEFT, [escape(one.title) + (f" ({escape(one.reason)})" if one.reason else "") for one in changes.left]),
    ]
    return "".join(f"<h2>{escape(name.in_(lang))}</h2>{_list(items)}" for name, items in parts if items)


def _linked(change: DocumentChange, origin: str) -> str:
    return f'<a href="{escape(origin + document_path(change.document_id))}">{escape(change.title)}</a>'


def _sentences(change: DocumentChange, lang: Language) -> str:
    items = [f"{escape(NEW.in_(lang))}<ins>{escape(one)}</ins>" for one in change.added]
    items += [f"{escape(GONE.in_(lang))}<del>{escape(one)}</del>" for one in change.removed]
    rest = change.n_added + change.n_removed - len(items)
    if rest > 0 and items:
        items.append(escape(MORE.in_(lang, n=rest)))
    return _list(items)


def _list(items: Iterable[str]) -> str:
    inside = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{inside}</ul>" if inside else ""


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = _NOT_XML.sub("\ufffd", text) or None
    return child
