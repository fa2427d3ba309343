"""Figures in, small SVG plots out: answers a second by number of clients, and time a question by size of the corpus."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tests.quality.plot import OURS, PLAIN, STYLE

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 120, 480, 56, 240
AGAIN = "#7fb0d9"


def questions_svg(figures: Mapping[str, Any]) -> str:
    """Answers a second of ours, made anew and asked again, and of the plain service, with the most workers measured."""
    most = [key for key in figures["sourcier"] if key.startswith("workers_")][-1]
    loads = {name: figures[name][most]["clients"] for name in ("sourcier", "again", "vanilla")}
    top = max(one["answers_per_second"] for load in loads.values() for one in load.values()) or 1.0
    parts = [_key(120, OURS, "Sourcier, anew"), _key(250, AGAIN, "asked again")]
    parts.append(_key(360, PLAIN, "LangChain + FAISS, no answer composed"))
    step = (BOTTOM - TOP) / len(loads["sourcier"])
    for n, clients in enumerate(loads["sourcier"]):
        y = TOP + n * step
        parts.append(f'<text x="16" y="{y + step / 2:.0f}">{clients} client{"s" * (clients != "1")}</text>')
        for service, colour, offset in (("sourcier", OURS, 0.06), ("again", AGAIN, 0.35), ("vanilla", PLAIN, 0.64)):
            value = loads[service][clients]["answers_per_second"]
            width, at = (RIGHT - LEFT) * value / top, y + offset * step
            parts.append(
                f'<rect x="{LEFT}" y="{at:.0f}" width="{width:.0f}" height="{0.26 * step:.0f}" fill="{colour}"/>'
            )
            parts.append(f'<text class="s" x="{LEFT + width + 5:.0f}" y="{at + 0.2 * step:.0f}">{value:.0f}</text>')
    workers = most.removeprefix("workers_")
    return _drawn(f"Answers a second, {workers} workers, {figures['cores']} cores", parts)


def growth_svg(figures: Sequence[Mapping[str, Any]]) -> str:
    """Median and 95th percentile of a question in process, over the number of passages, both axes logarithmic."""
    sizes = [math.log10(one["passages"]) for one in figures]
    highest = math.log10(max(one["p95_ms"] for one in figures) * 1.3)
    low, high = min(sizes), max([*sizes, min(sizes) + 1])
    parts = [_key(120, OURS, "median"), _key(220, PLAIN, "95th percentile")]
    for exponent in range(math.floor(highest) + 1):
        y = BOTTOM - (BOTTOM - TOP) * exponent / highest
        parts.append(f'<path d="M{LEFT} {y:.0f}H{RIGHT}" stroke="#e3e7eb"/>')
        parts.append(f'<text class="s" x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{10**exponent} ms</text>')
    for name, colour in (("p95_ms", PLAIN), ("median_ms", OURS)):
        points = []
        for size, one in zip(sizes, figures, strict=True):
            x = LEFT + (RIGHT - LEFT) * (size - low) / (high - low)
            y = BOTTOM - (BOTTOM - TOP) * max(0.0, math.log10(max(one[name], 1.0))) / highest
            points.append(f"{x:.0f} {y:.0f}")
            parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="{colour}"/>')
            parts.append(f'<text class="s" x="{x:.0f}" y="{y - 9:.0f}" text-anchor="middle">{one[name]:g}</text>')
            if name == "median_ms":
                parts.append(
                    f'<text class="s" x="{x:.0f}" y="{BOTTOM + 18}" text-anchor="middle">{one["passages"]:,}</text>'
                )
        parts.append(f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>')
    return _drawn("Question to answer in process, by number of passages", parts)


def _key(x: int, colour: str, text: str) -> str:
    return f'<rect x="{x}" y="34" width="11" height="11" fill="{colour}"/><text class="s" x="{x + 16}" y="44">{text}</text>'


def _drawn(title: str, parts: Sequence[str]) -> str:
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">',
            f'<title id="t">{escape(title)}</title>',
            f'<style>{STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
            f'<text class="h" x="16" y="24">{escape(title)}</text>',
            *parts,
            "</svg>\n",
        ]
    )
