"""Figures of a load in; the tables for docs/speed.md and a plot over time out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from tests.quality.plot import LINES, OURS, PLAIN, STYLE
from tests.quality.table import markdown_table

WIDTH, HEIGHT = 640, 360
LEFT, RIGHT = 64, 620
PANELS = ((56, 190), (236, 336))


def load_text(figures: Mapping[str, Any]) -> str:
    """What was offered and what came back, by factor; then what the workers share."""
    loads = figures["loads"]
    head = ["", *(f"{factor} times the capacity" for factor in loads)]
    rows = [[what, *(_shown(load, path, unit) for load in loads.values())] for what, path, unit in _ROWS]
    before, after = figures["alone_before"]["median_ms"], figures["alone_after"]["median_ms"]
    capacity = figures["capacity"]["answers_per_second"]
    said = (
        f"{figures['workers']} workers, {figures['cores']} cores, {figures['seconds']:g} seconds each. Capacity: {capacity:g} answers a"
        f" second. A question alone, median: {before:g} ms before, {after:g} ms after ({after / before:.2f} times)."
    )
    return f"{said}\n\n{markdown_table(head, rows)}\n\n{_mapped_table(figures['mapped'])}"


_ROWS: Sequence[tuple[str, tuple[str, ...], str]] = (
    ("questions", ("offered",), ""),
    ("questions a second", ("offered_per_second",), ""),
    ("answers a second", ("answers_per_second",), ""),
    ("refused with `Retry-After`", ("refused_share",), "%"),
    ("answered: median, ms", ("answered", "median_ms"), ""),
    ("answered: p99, ms", ("answered", "p99_ms"), ""),
    ("refused: median, ms", ("refused", "median_ms"), ""),
    ("the clients themselves were late by at most, ms", ("client_late_ms",), ""),
    ("wrong answers", ("wrong",), ""),
    ("lost: reset, late by 30 s, or no whole response", ("lost",), ""),
    ("other responses", ("unexpected",), ""),
    ("`/healthz`: p99, ms", ("health", "p99_ms"), ""),
    ("memory of a worker: growth after a fifth of the time", ("growth",), "%"),
)


def _shown(load: Mapping[str, Any], path: Sequence[str], unit: str) -> str:
    value: Any = load
    for key in path:
        value = value.get(key, 0)
    return f"{100 * value:.1f} %" if unit == "%" else f"{value:,g}" if isinstance(value, float) else f"{value:,}"


def _mapped_table(mapped: Sequence[Mapping[str, int]]) -> str:
    """Of the bundle's files: what each worker has in memory, and its share where pages are shared."""
    head = ["worker", "files mapped", "in memory (Rss), MB", "its share (Pss), MB", "copied or written, MB"]
    rows = [
        [str(n), str(one["files"]), *(f"{one[key] / 1024:.1f}" for key in ("rss_kb", "pss_kb", "copied_kb"))]
        for n, one in enumerate(mapped, 1)
    ]
    return markdown_table(head, rows)


def load_svg(figures: Mapping[str, Any]) -> str:
    """Answers and refusals a second, and the memory of each worker, over the time of the first load."""
    factor, load = next(iter(figures["loads"].items()))
    answered, refused = ([second[n] for second in load["by_second"]] for n in (0, 1))
    title = f"{factor} times the capacity: what came back each second, and the memory of each worker"
    top = max([*answered, *refused, 1])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t">',
        f'<title id="t">{escape(title)}</title>',
        f'<style>{STYLE}</style><rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        f'<text class="h" x="16" y="24">{escape(title)}</text>',
        _key(LEFT, OURS, "answers a second"),
        _key(LEFT + 150, PLAIN, "refusals a second"),
        *_axis(PANELS[0], top, ""),
        _line(refused, PANELS[0], top, PLAIN),
        _line(answered, PANELS[0], top, OURS),
    ]
    memory = list(load["memory_mb"].values())
    most = max((max(seen) for seen in memory if seen), default=1) * 1.15
    parts += [f'<text class="s" x="{LEFT}" y="226">memory of each worker, MB</text>', *_axis(PANELS[1], most, " MB")]
    parts += [_line(seen, PANELS[1], most, LINES[n % len(LINES)]) for n, seen in enumerate(memory)]
    parts += [f'<text class="s" x="{RIGHT}" y="352" text-anchor="end">{figures["seconds"]:g} s</text>', "</svg>\n"]
    return "\n".join(parts)


def _key(x: int, colour: str, text: str) -> str:
    return f'<rect x="{x}" y="34" width="11" height="11" fill="{colour}"/><text class="s" x="{x + 16}" y="44">{text}</text>'


def _axis(panel: tuple[int, int], top: float, unit: str) -> list[str]:
    upper, lower = panel
    return [
        f'<path d="M{LEFT} {upper}V{lower}H{RIGHT}" fill="none" stroke="#8a94a0"/>',
        f'<text class="s" x="{LEFT - 6}" y="{upper + 8}" text-anchor="end">{top:.0f}{unit}</text>',
        f'<text class="s" x="{LEFT - 6}" y="{lower}" text-anchor="end">0</text>',
    ]


def _line(values: Sequence[float], panel: tuple[int, int], top: float, colour: str) -> str:
    upper, lower = panel
    step = (RIGHT - LEFT) / max(len(values) - 1, 1)
    points = [f"{LEFT + n * step:.1f} {lower - (lower - upper) * value / top:.1f}" for n, value in enumerate(values)]
    return f'<path d="M{"L".join(points)}" fill="none" stroke="{colour}" stroke-width="1.5"/>' if points else ""
