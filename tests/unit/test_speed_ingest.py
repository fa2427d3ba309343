"""What a build is measured by: figures of builds in, a table and a plot out."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from tests.speed.ingest_table import ingest_svg, ingest_table


def build(wall_s: float) -> dict[str, Any]:
    return {
        "counts": {"documents": 2, "pages": 100, "passages": 1000},
        "stages_s": {"plan": 0.1, "read": 2.0, "embed": 0.5, "write": 1.0, "verify": 0.1, "activate": 0.01},
        "alone_s": {"read": 4.0, "split": 0.5},
        "wall_s": wall_s,
        "processor_s": 6.5,
        "memory_mb": 140.0,
        "bundle_mb": 12.5,
        "again": {"wall_s": 1.5},
    }


def figures() -> dict[str, Any]:
    corpora = {"one": {**build(5.0), "one_changed": {"wall_s": 2.5, "encoded": 3}}, "other": build(10.0)}
    return {"cores": 2, "load_before": 0.5, "load_after": 0.75, "corpora": corpora}


def cells_of(what: str) -> list[str]:
    (line,) = [line for line in ingest_table(figures()).splitlines() if line.startswith(f"| {what} ")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_stages_are_told_in_pages_and_passages_a_second() -> None:
    assert cells_of("read, one reader: pages a second") == ["25", "25"]
    assert cells_of("split, one reader: passages a second") == ["2,000", "2,000"]
    assert cells_of("whole build: pages a second") == ["20", "10"]


def test_a_corpus_in_which_no_document_was_changed_has_an_empty_cell() -> None:
    assert cells_of("again, one document changed: s") == ["2.5", ""]


def test_the_plot_is_sound_and_shows_the_start_beside_the_stages() -> None:
    said = [element.text for element in ET.fromstring(ingest_svg(figures())).iter() if element.text]
    assert "one: start" in said and "other: write" in said and "1.29" in said
