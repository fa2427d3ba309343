"""Figures in; the tables of docs/speed.md out, and the page with its generated blocks renewed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tests.makers import ROOT
from tests.quality.table import markdown_table

DOCUMENT = ROOT / "docs" / "speed.md"
QUESTIONS_HEAD = ("what", "made anew", "asked again", "LangChain + FAISS", "ratio, anew", "ratio, again")
GROWTH_FIGURES = {
    "build_s": "build, s",
    "build_processor_s": "build, processor s",
    "build_mb": "build, peak MB",
    "bundle_mb": "bundle, MB",
    "open_s": "open, s",
    "ready_s": "ready, s",
    "memory_mb": "own memory, MB",
    "mapped_mb": "with mapped, MB",
    "median_ms": "median, ms",
    "p95_ms": "p95, ms",
    "processor_median_ms": "median, processor ms",
    "recall_10": "recall@10",
}
LOAD_FIGURES = ("answers_per_second", "median_ms", "p99_ms", "errors")


def renew(name: str, block: str) -> None:
    """Put a table between the markers of its block.

    Raises: ValueError where the page has no such block.
    """
    text = DOCUMENT.read_text(encoding="utf-8")
    opening, closing = f"<!-- {name}: made by `make bench-{name}` -->", f"<!-- end of {name} -->"
    pattern = re.compile(re.escape(opening) + r".*?" + re.escape(closing), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{DOCUMENT.name} has no block {name!r}")
    renewed = pattern.sub(lambda _: f"{opening}\n\n{block}\n\n{closing}", text)
    DOCUMENT.write_text(renewed, encoding="utf-8")


def questions_table(figures: Mapping[str, Any]) -> str:
    """Ours, with every answer made anew and from memory, the plain service, and both of ours over it."""
    ours, again, plain = figures["sourcier"], figures["again"], figures["vanilla"]
    rows = [_row("start to ready, s", ours["ready_s"], plain["ready_s"])]
    rows += [
        _row(f"in process, {_named(name)}", ours["in_process"][name], plain["in_process"][name])
        for name in ("median_ms", "p95_ms", "p99_ms")
    ]
    for workers in [key for key in ours if key.startswith("workers_")]:
        count = f"{workers.removeprefix('workers_')} worker{'s' * (workers != 'workers_1')}"
        memory = [one[workers]["memory"] for one in (ours, plain)]
        rows.append(_row(f"{count}: memory of one, MB", memory[0]["rss_mb"], memory[1]["rss_mb"]))
        for clients, mine in ours[workers]["clients"].items():
            other, kept = plain[workers]["clients"][clients], again[workers]["clients"][clients]
            at = f"{count}, {clients} client{'s' * (clients != '1')}"
            rows += [_row(f"{at}: {_named(name)}", mine[name], other[name], kept[name]) for name in LOAD_FIGURES]
    rows.append(_row("nDCG@10, `tests/data/retrieval`", figures["ndcg_10"]["sourcier"], figures["ndcg_10"]["vanilla"]))
    said = f"{figures['passages']} passages, {figures['questions']} questions, {figures['cores']} cores."
    return f"{said}\n\n{markdown_table(QUESTIONS_HEAD, rows)}"


def growth_table(figures: Sequence[Mapping[str, Any]]) -> str:
    """One line a size."""
    head = ["passages", *GROWTH_FIGURES.values()]
    rows = [[f"{one['passages']:,}", *(f"{one[key]:g}" for key in GROWTH_FIGURES)] for one in figures]
    return markdown_table(head, rows)


def _row(what: str, ours: float, plain: float, again: float | None = None) -> list[str]:
    ratios = ["" if one is None or not plain else f"{one / plain:.2f}" for one in (ours, again)]
    return [what, f"{ours:g}", "" if again is None else f"{again:g}", f"{plain:g}", *ratios]


def _named(key: str) -> str:
    return {"answers_per_second": "answers a second", "errors": "errors"}.get(key, f"{key.removesuffix('_ms')}, ms")
