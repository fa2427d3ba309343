"""A robots.txt in, whether an address may be fetched and how long to wait out: RFC 9309, with crawl-delay."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote

MAX_BYTES = 512_000
AGENT = "sourcier"


@dataclass(frozen=True, slots=True)
class Robots:
    """What a site allows: (pattern, allowed) rules, and the pause that it asks for in seconds."""

    rules: tuple[tuple[str, bool], ...] = ()
    delay_s: float = 0.0

    def allows(self, path: str) -> bool:
        """Whether a path with its query may be fetched: the longest rule that matches decides, a tie allows."""
        plain = _plain(path)
        matching = [(len(pattern), allowed) for pattern, allowed in self.rules if _matches(pattern, plain)]
        return max(matching)[1] if matching else True


EVERYTHING = Robots()
NOTHING = Robots((("/", False),))


def parse_robots(text: str, agent: str = AGENT) -> Robots:
    """The rules for `agent`, else those for everybody; lines that cannot be understood are passed over."""
    groups: list[tuple[set[str], list[tuple[str, bool]], list[float]]] = []
    open_group = False
    for key, value in _lines(text):
        if key == "user-agent":
            if not open_group:
                groups.append((set(), [], []))
            groups[-1][0].add(value.lower())
            open_group = True
        elif groups:
            open_group = False
            if key in ("allow", "disallow") and value:
                groups[-1][1].append((_plain(value), key == "allow"))
            elif key == "crawl-delay" and re.fullmatch(r"\d{1,6}(\.\d+)?", value):
                groups[-1][2].append(float(value))
    own = [group for group in groups if any(name != "*" and name in agent for name in group[0])]
    chosen = own or [group for group in groups if "*" in group[0]]
    rules = tuple(rule for _, found, _ in chosen for rule in found)
    return Robots(rules, max((delay for _, _, delays in chosen for delay in delays), default=0.0))


def _lines(text: str) -> Iterable[tuple[str, str]]:
    for line in text.removeprefix("\ufeff").splitlines():
        key, colon, value = line.partition("#")[0].partition(":")
        if colon:
            yield key.strip().lower(), value.strip()


def _matches(pattern: str, path: str) -> bool:
    """`*` stands for anything, `$` at the end for the end; matched piece by piece, so no pattern takes long."""
    ends = pattern.endswith("$")
    pieces = pattern.removesuffix("$").split("*")
    if not path.startswith(pieces[0]):
        return False
    place = len(pieces[0])
    for piece in pieces[1:]:
        found = path.find(piece, place)
        if found < 0:
            return False
        place = found + len(piece)
    return not ends or (path.endswith(pieces[-1]) if len(pieces) > 1 else path == pieces[0])


def _plain(path: str) -> str:
    return quote(unquote(path), safe="/%?&=*$:;,@+!~'()")
