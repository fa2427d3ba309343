"""A parsed page in, the element that holds its content out, freed of navigation, banners, scripts and hidden text."""

from __future__ import annotations

import re

from lxml import etree
from lxml.etree import _Element as Element

NO_CONTENT_TAGS = re.compile(
    r"script|style|noscript|template|iframe|frame|object|embed|applet|svg|canvas|audio|video|map|nav|footer|aside|dialog"
    r"|button|select|textarea|input|datalist|menu|head|title|meta|link"
)
NO_CONTENT_ROLES = re.compile(
    r"navigation|banner|contentinfo|complementary|search|dialog|alertdialog|menu|menubar|tooltip|toolbar"
)
NO_CONTENT_NAMES = re.compile(
    r"(?:^|[-_\s])(?:cookies?|consent|tarteaucitron|breadcrumbs?|skiplinks?|newsletter|share|sharing|sidemenu|sidebar"
    r"|pagination|navbar|oj-hd)(?:$|[-_\s])",
    re.IGNORECASE,
)
"""Words in the id or class of what surrounds a text; `oj-hd` is the running head of the Official Journal."""

MAX_NAMED_SHARE = 0.4
"""An element named like a banner that holds more of the page's text than this is no banner."""

HIDING_STYLE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?:\.0*)?(?:px|pt|em|rem|%)?(?:;|$|!)"
    r"|(?<![-\w])opacity:0(?:\.0*)?(?:;|$|!)|(?:left|top|text-indent):-\d{3,}|clip:rect\(0|clip-path:inset\((?:50|100)%|(?<![-\w])(?:width|height):0(?:px)?;"
)
WHITE = re.compile(r"(?:#fff(?:fff)?|white|rgba?\(255,255,255(?:,[\d.]+)?\)|transparent)(?:;|$|!)")
COLOUR = re.compile(r"(?<![-\w])color:([^;]+)")
BACKGROUND = re.compile(r"background(?:-color)?:([^;]+)")
AT_RULE = re.compile(r"@[^@{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
SIMPLE_SELECTOR = re.compile(r"^[a-z]*([.#])([\w-]+)$", re.IGNORECASE)
MAX_STYLE_SHEET_CHARS = 200_000
DROPPED = "dropped"


def content_of(root: Element) -> Element:
    """The element to read: `main`, the lone `article`, or the body. What is no content is removed from the tree."""
    hidden = _hidden_by_sheet(root)
    body = root.find(".//body")
    body = root if body is None else body
    for element in list(body.iter()):
        if element is not body and (_no_content(element) or _hidden(element, hidden)):
            element.tag = DROPPED
    etree.strip_elements(body, DROPPED, with_tail=False)
    _drop_named(body)
    mains = body.xpath(".//main | .//*[@role='main'] | .//div[@class='eli-container'][1]/ancestor::body")
    if len(mains) >= 1 and _length(mains[0]):
        return mains[0]
    articles = body.findall(".//article")
    if len(articles) == 1 and _length(articles[0]) > _length(body) / 2:
        return articles[0]
    return body


def _no_content(element: Element) -> bool:
    if NO_CONTENT_TAGS.fullmatch(element.tag) or NO_CONTENT_ROLES.fullmatch(element.get("role", "").lower()):
        return True
    if element.tag != "header":
        return False
    return not any(ancestor.tag in ("main", "article", "section") for ancestor in element.iterancestors())


def _hidden(element: Element, by_sheet: frozenset[str]) -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden", "").lower() == "true":
        return True
    names = {f".{name}" for name in element.get("class", "").split()} | {f"#{element.get('id')}"}
    style = re.sub(r"\s+", "", element.get("style", "")).lower()
    if names & by_sheet or HIDING_STYLE.search(style):
        return True
    colour = COLOUR.search(style)
    colour_said = colour[1] if colour else element.get("color", "").strip().lower()
    if not colour_said:
        return False
    background = _background(element)
    return colour_said == background or bool(WHITE.match(colour_said) and (not background or WHITE.match(background)))


def _background(element: Element) -> str:
    """The nearest background that the page's own style attributes give, "" where none does."""
    for holder in (element, *element.iterancestors()):
        style = re.sub(r"\s+", "", holder.get("style", "")).lower()
        if said := BACKGROUND.search(style):
            return str(said[1])
        if holder.get("bgcolor"):
            return str(holder.get("bgcolor")).strip().lower()
    return ""


def _hidden_by_sheet(root: Element) -> frozenset[str]:
    """Class and id selectors (`.note`, `#bar`) that the page's own style sheets hide on every medium."""
    selectors: set[str] = set()
    for sheet in root.iter("style"):
        rules = AT_RULE.sub("", (sheet.text or "")[:MAX_STYLE_SHEET_CHARS])
        for rule in rules.split("}"):
            names, _, body = rule.rpartition("{")
            if HIDING_STYLE.search(re.sub(r"\s+", "", body).lower() + ";"):
                matches = (SIMPLE_SELECTOR.match(name.strip()) for name in names.split(","))
                selectors.update(match[1] + match[2] for match in matches if match)
    return frozenset(selectors)


def _drop_named(body: Element) -> None:
    """Drop cookie banners, breadcrumbs and the like, known by their id or class."""
    whole = _length(body)
    for element in list(body.iter()):
        names = f"{element.get('id', '')} {element.get('class', '')}"
        if element.tag in ("body", "html", "main", "article") or not NO_CONTENT_NAMES.search(names):
            continue
        if _length(element) <= whole * MAX_NAMED_SHARE:
            element.tag = DROPPED
    etree.strip_elements(body, DROPPED, with_tail=False)


def _length(element: Element) -> int:
    return sum(len(part) for part in element.itertext())
