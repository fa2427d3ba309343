"""Figures in, docs/quality.md with its generated blocks renewed and the plot beside it, out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.quality.plot import quality_svg
from tests.quality.sets import REPOSITORY
from tests.quality.table import goals_report, size_report, statements_report, text_report

DOCUMENT = REPOSITORY / "docs" / "quality.md"
PLOT = REPOSITORY / "docs" / "images" / "quality.svg"


def write_document(figures: Mapping[str, Any], path: Path = DOCUMENT, plot: Path = PLOT) -> None:
    """Replace what stands between the markers of each block that was measured."""
    blocks = {"goals": goals_report(figures), "tables": text_report(figures), "size": size_report(figures)}
    blocks["statements"] = statements_report(figures)
    text = path.read_text(encoding="utf-8")
    for name, block in blocks.items():
        if block:
            text = _renewed(text, name, block)
    path.write_text(text, encoding="utf-8")
    if figures.get("retrieval") and figures.get("silence"):
        plot.parent.mkdir(parents=True, exist_ok=True)
        plot.write_text(quality_svg(figures), encoding="utf-8")


def _renewed(text: str, name: str, block: str) -> str:
    opening, closing = f"<!-- {name}: made by `make eval` -->", f"<!-- end of {name} -->"
    pattern = re.compile(re.escape(opening) + r".*?" + re.escape(closing), re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"{DOCUMENT.name} has no block {name!r}")
    return pattern.sub(lambda _: f"{opening}\n\n{block}\n\n{closing}", text)
