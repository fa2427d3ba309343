"""The figures of builds in, their table for docs/speed.md and their plot out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from tests.quality.plot import OURS, STYLE
from tests.quality.table import markdown_table

WIDTH, LEFT, RIGHT, TOP, ROW = 620, 230, 540, 44, 20
STAGES = ("plan", "read", "embed", "write", "verify", "activate")


def ingest_table(figures: Mapping[str, Any]) -> str:
    """One line a stage, one column a corpus."""
    said = f"{figures['cores']} cores, load of the machine {figures['load_before']:g} before and {figures['load_after']:g} after."
    columns = [_column(one) for one in figures["corpora"].values()]
    rows = [[what, *(column.get(what, "") for column in columns)] for what in columns[0]]
    return f"{said}\n\n{markdown_table(['what', *figures['corpora']], rows)}"


def _column(one: Mapping[str, Any]) -> dict[str, str]:
    counts, stages, alone = one["counts"], one["stages_s"], one["alone_s"]
    pages, passages = counts["pages"], counts["passages"]
    said = {"documents, pages, passages": f"{counts['documents']}, {pages:,}, {passages:,}"}
    said["read, one reader: pages a second"] = _rate(pages, alone["read"])
    said["split, one reader: passages a second"] = _rate(passages, alone["split"])
    said["read and split, all readers: pages a second"] = _rate(pages, stages["read"])
    for stage in ("embed", "write", "verify"):
        said[f"{stage}: passages a second"] = _rate(passages, stages[stage])
    said["whole build, start included: s"] = f"{one['wall_s']:g}"
    said["whole build: s of processor"] = f"{one['processor_s']:g}"
    said["whole build: pages a second"] = _rate(pages, one["wall_s"])
    said["whole build: passages a second"] = _rate(passages, one["wall_s"])
    said["again, nothing changed: s"] = f"{one['again']['wall_s']:g}"
    if "one_changed" in one:
        changed = one["one_changed"]
        said["again, one document changed: s"] = f"{changed['wall_s']:g}"
        said["again, one document changed: passages embedded"] = f"{changed['encoded']}"
    said["bundle, MB"] = f"{one['bundle_mb']:g}"
    said["most memory of a process, MB"] = f"{one['memory_mb']:g}"
    return said


def _rate(count: int, seconds: float) -> str:
    return f"{count / max(seconds, 1e-3):,.0f}"


def ingest_svg(figures: Mapping[str, Any]) -> str:
    """Seconds by stage, a bar each, one corpus below the other."""
    bars: list[tuple[str, float]] = []
    for name, one in figures["corpora"].items():
        inside = [(f"{name}: {stage}", one["stages_s"].get(stage, 0.0)) for stage in STAGES]
        start = max(0.0, one["wall_s"] - sum(seconds for _, seconds in inside))
        bars += [(f"{name}: start", start), *inside]
    top = max([*(seconds for _, seconds in bars), 0.1])
    height = TOP + ROW * len(bars) + 16
    title = f"Seconds of a whole build by stage, {figures['cores']} cores"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t">',
        f'<title id="t">{escape(title)}</title>',
        f'<style>{STYLE}</style><rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="h" x="16" y="24">{escape(title)}</text>',
    ]
    for n, (name, seconds) in enumerate(bars):
        y, width = TOP + n * ROW, (RIGHT - LEFT) * seconds / top
        parts.append(f'<text class="s" x="16" y="{y + 13}">{escape(name)}</text>')
        parts.append(f'<rect x="{LEFT}" y="{y + 2}" width="{width:.0f}" height="{ROW - 5}" fill="{OURS}"/>')
        parts.append(f'<text class="s" x="{LEFT + width + 5:.0f}" y="{y + 13}">{seconds:.2f}</text>')
    return "\n".join([*parts, "</svg>\n"])
