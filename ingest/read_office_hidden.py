"""Text of office files that its reader does not see: properties or a tree go in; whether they hide, or the tree without it, come out.

Text that is marked as hidden is left out, and white or minute text where nothing darker stands behind it: cells of tables, boxes and
shaded text may be dark, so white letters count as seen there.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element

from ingest.office_archive import child, value

MIN_HALF_POINTS = 4
_HIDING = ("vanish", "specVanish", "webHidden")
_OFF = ("0", "false", "off", "none")
_WHITE = frozenset({"ffffff", "#ffffff", "white", "#fff"})
_DARK_PLACES = frozenset({"table-cell", "text-box", "frame", "custom-shape"})


def is_hidden(properties: Element | None) -> bool:
    """Whether the properties of a run of a DOCX hide it."""
    if properties is None:
        return False
    if any((mark := child(properties, name)) is not None and value(mark) not in _OFF for name in _HIDING):
        return True
    size = value(child(properties, "sz"))
    return size.isdigit() and int(size) < MIN_HALF_POINTS


def drop_white(document: Element | None) -> None:
    """Take the white runs out of a DOCX where its paper is white: outside tables, boxes and shaded paragraphs."""
    if document is None or child(document, "background") is not None:
        return
    for element in list(document):
        _drop_white(element)


def _drop_white(element: Element) -> None:
    if element.tag in ("tbl", "txbxContent", "drawing", "pict") or child(element, "pPr", "shd") is not None:
        return
    for one in list(element):
        properties = child(one, "rPr")
        shaded = child(properties, "shd") is not None or child(properties, "highlight") is not None
        if one.tag == "r" and value(child(properties, "color")).lower() in _WHITE and not shaded:
            element.remove(one)
        else:
            _drop_white(one)


def drop_hidden(content: Element | None, roots: Iterable[Element | None]) -> None:
    """Take out of an ODT's content what its styles or its own marks hide."""
    if content is None:
        return
    styles = [one for root in roots if root is not None for one in root.iter("style")]
    hiding = {value(one, "name") for one in styles if _hides(child(one, "text-properties"))}
    white = {value(one, "name") for one in styles if _is_white(child(one, "text-properties"))} - hiding
    _drop(content, hiding, white, dark=False)


def _drop(element: Element, hiding: set[str], white: set[str], *, dark: bool) -> None:
    dark = dark or element.tag in _DARK_PLACES
    before: Element | None = None
    for one in list(element):
        style = value(one, "style-name")
        if style in hiding or (style in white and not dark) or _says_hidden(one):
            _keep_tail(element, before, one.tail or "")
            element.remove(one)
            continue
        _drop(one, hiding, white, dark=dark)
        before = one


def _keep_tail(parent: Element, before: Element | None, tail: str) -> None:
    """Give what stands behind an element that goes to what stands before it."""
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail


def _says_hidden(element: Element) -> bool:
    """A mark of its own; a paragraph is hidden by a mark within it."""
    if element.tag == "section":
        return value(element, "display") in ("none", "condition")
    mark = element if element.tag == "hidden-text" else child(element, "hidden-paragraph")
    return mark is not None and value(mark, "is-hidden") != "false"


def _hides(properties: Element | None) -> bool:
    return value(properties, "display") in ("none", "condition")


def _is_white(properties: Element | None) -> bool:
    background = value(properties, "background-color")
    return value(properties, "color").lower() in _WHITE and background in ("", "transparent", "#ffffff")
