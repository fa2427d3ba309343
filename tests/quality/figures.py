"""Figures by path, what follows from several of them, and the baselines that they are held to."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.quality.sets import REPOSITORY

BASELINES = REPOSITORY / "tests" / "data" / "baselines.json"
SMALLER_IS_BETTER = ("questions.answer_refused", "questions.statements_mean")
_KEPT = ("ndcg_10.fused", "recall.1", "recall.5", "recall.10")


def at(figures: Mapping[str, Any], path: str) -> float | None:
    """The number at a dotted path, or None where there is none; a key may itself hold dots."""
    if not path:
        return None
    for key, value in figures.items():
        if path == key:
            return float(value) if isinstance(value, (int, float)) and not math.isnan(value) else None
        if path.startswith(f"{key}.") and isinstance(value, Mapping):
            return at(value, path[len(key) + 1 :])
    return None


def summary(figures: Mapping[str, Any]) -> dict[str, float]:
    """The worst over the sets: nDCG@10 lost in each variant, and fusion less its best part."""
    rows = figures.get("retrieval", {})
    found: dict[str, float] = {}
    for variant in ("unaccented", "typos"):
        lost = [
            row["plain"]["ndcg_10"]["fused"] - row[variant]["ndcg_10"]["fused"]
            for row in rows.values()
            if "plain" in row and variant in row
        ]
        if lost:
            found[f"lost_{variant}"] = round(max(lost), 4)
    fusion = [row["plain"]["fused_minus_best_part"] for row in rows.values() if "plain" in row]
    return found | ({"fusion_worst": round(min(fusion), 4)} if fusion else {})


def fallen(figures: Mapping[str, Any], baselines: Mapping[str, Mapping[str, float]]) -> list[str]:
    """A line for each measured figure that is worse than its baseline by more than the tolerance."""
    lines = []
    for path, held in baselines.items():
        value = at(figures, path)
        if value is None:
            continue
        worse = value - held["value"] if path in SMALLER_IS_BETTER else held["value"] - value
        if worse > held["tolerance"] + 1e-9:
            lines.append(f"{path}: {value:.4f}, was {held['value']:.4f}, tolerance {held['tolerance']:.4f}")
    return lines


def read_baselines(path: Path = BASELINES) -> dict[str, dict[str, float]]:
    """The baselines by figure path."""
    held: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))
    return held


def write_baselines(figures: Mapping[str, Any], path: Path = BASELINES) -> None:
    """Hold what was measured; what was not is kept as it is, and so are tolerances changed by hand."""
    held = read_baselines(path) if path.is_file() else {}
    for name, (value, tolerance) in _held(figures).items():
        held[name] = {"value": round(value, 4), "tolerance": held.get(name, {}).get("tolerance", tolerance)}
    path.write_text(json.dumps(dict(sorted(held.items())), indent=1) + "\n", encoding="utf-8")


def _held(figures: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """Value and tolerance of each figure that is held: about one question in a hundred, two on small sets."""
    found: dict[str, tuple[float, float]] = {}
    for name, row in figures.get("retrieval", {}).items():
        for variant in ("plain", "unaccented", "typos"):
            if variant in row:
                tolerance = 0.005 if row[variant]["questions"] > 1000 else 0.02
                for figure in _KEPT if variant == "plain" else _KEPT[:1]:
                    path = f"retrieval.{name}.{variant}.{figure}"
                    found[path] = (float(at(figures, path) or 0.0), tolerance)
    for name in figures.get("sentences", {}):
        for figure in ("first_sentence", "best_three"):
            path = f"sentences.{name}.{figure}"
            found[path] = (float(at(figures, path) or 0.0), 0.01)
    for name, row in figures.get("silence", {}).items():
        path = f"silence.{name}.by_kind.all.auroc"
        found[path] = (row["by_kind"]["all"]["auroc"], 0.02)
    for name in figures.get("statements", {}):
        for figure in ("right_kept", "wrong_caught"):
            path = f"statements.{name}.{figure}"
            found[path] = (float(at(figures, path) or 0.0), 0.01)
    for path in ("questions.shares.answer_french", "questions.shares.answer_english", "questions.first_statement",
                 "questions.statements_mean", "questions.answer_refused", "questions.verbatim"):  # fmt: skip
        if (value := at(figures, path)) is not None:
            found[path] = (value, 0.0 if path.endswith("verbatim") else 0.03)
    return found
