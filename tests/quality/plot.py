"""Figures in, one SVG out: retrieval against plain BM25 by set, and refusals against the questions answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

WIDTH, HEIGHT = 960, 400
OURS, PLAIN = "#0b5fa5", "#b0b7bf"
LINES = ("#0b5fa5", "#b3541e", "#3a7d44", "#7b4b94", "#8a8d0f")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "4 4")
STYLE = "text{font:12px sans-serif;fill:#1d2733}.h{font-weight:600;font-size:14px}.s{font-size:11px}"


def quality_svg(figures: Mapping[str, Any]) -> str:
    """The plot as SVG text; white background, so that it reads on any page."""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">',
        '<title id="t">Quality of retrieval and of silence</title>',
        f'<desc id="d">{escape(_described(figures))}</desc>',
        f'<style>{STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_bars(figures["retrieval"]),
        *_curves(figures["silence"]),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _described(figures: Mapping[str, Any]) -> str:
    rows = [(name, row["plain"]["ndcg_10"]) for name, row in figures["retrieval"].items() if "plain" in row]
    return "nDCG@10, ours and plain BM25: " + "; ".join(
        f"{name} {one['fused']:.3f} and {one['plain_bm25']:.3f}" for name, one in rows
    )


def _bars(rows: Mapping[str, Any]) -> list[str]:
    left, right, top = 150, 430, 62
    shown = [(name, row["plain"]["ndcg_10"]) for name, row in rows.items() if "plain" in row]
    step = (HEIGHT - top - 30) / max(len(shown), 1)
    parts = [
        '<text class="h" x="16" y="26">nDCG@10</text>',
        f'<rect x="150" y="36" width="11" height="11" fill="{OURS}"/><text class="s" x="166" y="46">Sourcier</text>',
        f'<rect x="240" y="36" width="11" height="11" fill="{PLAIN}"/><text class="s" x="256" y="46">plain BM25</text>',
    ]
    for n, (name, one) in enumerate(shown):
        y = top + n * step
        parts.append(f'<text class="s" x="16" y="{y + step / 2 + 1:.0f}">{escape(name)}</text>')
        for value, colour, offset in ((one["fused"], OURS, 0.08), (one["plain_bm25"], PLAIN, 0.48)):
            width = (right - left) * value
            at = y + offset * step
            parts.append(
                f'<rect x="{left}" y="{at:.0f}" width="{width:.0f}" height="{0.36 * step:.0f}" fill="{colour}"/>'
            )
            parts.append(f'<text class="s" x="{left + width + 4:.0f}" y="{at + 0.34 * step:.0f}">{value:.3f}</text>')
    return parts


def _curves(rows: Mapping[str, Any]) -> list[str]:
    left, right, top, bottom = 540, 930, 62, 260
    parts = [
        '<text class="h" x="510" y="26">Unanswerable questions refused</text>',
        f'<text class="s" x="{left}" y="{bottom + 34}">answerable questions answered</text>',
    ]
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = bottom - (bottom - top) * share
        parts.append(f'<path d="M{left} {y:.0f}H{right}" stroke="#e3e7eb"/>')
        parts.append(f'<text class="s" x="{left - 8}" y="{y + 4:.0f}" text-anchor="end">{100 * share:.0f} %</text>')
    for share in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        x = _x(share, left, right)
        parts.append(f'<text class="s" x="{x:.0f}" y="{bottom + 17}" text-anchor="middle">{100 * share:.0f} %</text>')
    for n, (name, row) in enumerate(rows.items()):
        colour, dash = LINES[n % len(LINES)], DASHES[n % len(DASHES)]
        path = _path(row["curve"], left, right, top, bottom)
        parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        y = bottom + 54 + 17 * n
        parts.append(f'<path d="M{left} {y - 4}h26" stroke="{colour}" stroke-width="2" stroke-dasharray="{dash}"/>')
        parts.append(f'<text class="s" x="{left + 34}" y="{y}">{escape(name)}</text>')
    return parts


def _x(share: float, left: int, right: int) -> float:
    return left + (right - left) * (share - 0.5) / 0.5


def _path(curve: Sequence[Sequence[float]], left: int, right: int, top: int, bottom: int) -> str:
    points = [f"{_x(share, left, right):.1f} {bottom - (bottom - top) * gone:.1f}" for share, gone in curve]
    return "M" + "L".join(points)
