"""Figures in, the tables that people read out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.quality.goals import goals_table

PARTS = ("words", "grams", "dense")
FEWEST = 10
"""Kinds of fewer questions stand in the JSON alone."""


def goals_report(figures: Mapping[str, Any]) -> str:
    """Every goal beside what was measured."""
    rows = goals_table(figures)
    return markdown_table(["what", "floor", "wanted", "now", "reached"], rows) if rows else ""


def size_report(figures: Mapping[str, Any]) -> str:
    """nDCG@10 and sentences by the size at which passages are closed."""
    rows = figures.get("size", {})
    if not rows:
        return ""
    names = list(next(iter(rows.values())))
    return markdown_table(
        ["passage, characters", *names], [[size, *(_3(row[name]) for name in names)] for size, row in rows.items()]
    )


def statements_report(figures: Mapping[str, Any]) -> str:
    """Right statements kept and wrong ones caught, of each part of the set, then by kind."""
    rows = figures.get("statements", {})
    if not rows:
        return ""
    head = ["statements", "pairs", "right kept", "wrong caught", "of those dropped, wrong"]
    lines = [
        [name, str(row["pairs"]), *(_percent(row[key]) for key in ("right_kept", "wrong_caught", "precision"))]
        for name, row in rows.items()
    ]
    blocks = [markdown_table(head, lines)]
    for title, key in (("wrong, by error: caught", "caught_by_kind"), ("right, by form: kept", "kept_by_kind")):
        kinds = sorted({kind for row in rows.values() for kind in row[key]})
        cells = [[kind, *(_of(row[key].get(kind)) for row in rows.values())] for kind in kinds]
        blocks.append(markdown_table([title, *rows], cells))
    return "\n\n".join(blocks)


def _of(group: Mapping[str, float] | None) -> str:
    return f"{group['share'] * group['pairs']:.0f} of {group['pairs']:.0f}" if group else ""


def text_report(figures: Mapping[str, Any]) -> str:
    """Every figure as Markdown tables."""
    blocks: list[str] = []
    if figures.get("retrieval"):
        blocks.append(_retrieval(figures["retrieval"]))
        blocks.append(_fusion(figures["retrieval"]))
        blocks.append(_by_kind(figures["retrieval"]))
    for name, row in figures.get("sentences", {}).items():
        blocks.append(_sentences(name, row))
    if figures.get("silence"):
        blocks.append(_silence(figures["silence"]))
    if figures.get("speed"):
        speed = figures["speed"]
        blocks.append(
            f"Encoder: {speed['passages_per_second']} passages a second, {speed['encoder_megabytes']} MB,"
            f" {speed['dimension']} dimensions."
        )
    return "\n\n".join(block for block in blocks if block)


def _retrieval(rows: Mapping[str, Any]) -> str:
    lines = []
    for name, row in rows.items():
        for variant in ("plain", "unaccented", "typos"):
            if variant not in row:
                continue
            one = row[variant]
            low, high = one["ndcg_10_interval"]
            lost = one["ndcg_10"]["fused"] - row["plain"]["ndcg_10"]["fused"] if "plain" in row else 0.0
            lines.append(
                [
                    name,
                    variant,
                    str(one["questions"]),
                    _3(one["ndcg_10"]["fused"]),
                    f"{_3(low)}-{_3(high)}",
                    f"{lost:+.3f}",
                ]
                + [_3(one["recall"][depth]) for depth in ("1", "5", "10")]
                + [_3(one["mrr_10"]), _3(one["ndcg_10"]["plain_bm25"])]
                + [f"{one['retrieve_ms']['median']:.1f} / {one['retrieve_ms']['p95']:.1f}"]
            )
    head = "set|questions as|n|nDCG@10|95 %|to plain|R@1|R@5|R@10|MRR@10|plain BM25|ms median / p95"
    return markdown_table(head.split("|"), lines)


def _fusion(rows: Mapping[str, Any]) -> str:
    lines = []
    for name, row in rows.items():
        for variant in ("plain", "unaccented", "typos"):
            if variant in row:
                one = row[variant]
                lines.append(
                    [
                        *(name, variant, _3(one["ndcg_10"]["fused"])),
                        *(_3(one["ndcg_10"][part]) for part in PARTS),
                        f"{one['fused_minus_best_part']:+.3f} ({one['best_part']})",
                        _percent(one["questions_worse_than_best_part"]),
                    ]
                )
    return markdown_table(["set", "questions as", "fused", *PARTS, "fused - best part", "questions worse"], lines)


def _by_kind(rows: Mapping[str, Any]) -> str:
    lines = [
        [name, ", ".join(f"{kind} {_3(value)}" for kind, value in row["plain"]["ndcg_10_by_kind"].items())]
        for name, row in rows.items()
        if row.get("plain", {}).get("ndcg_10_by_kind")
    ]
    return markdown_table(["set", "nDCG@10 by kind of question"], lines) if lines else ""


def _sentences(name: str, row: Mapping[str, Any]) -> str:
    low, high = row["first_sentence_interval"]
    shares = [row[key] for key in ("first_sentence", "best_three", "composed", "reachable")]
    cells = [name, str(row["questions"]), f"{_3(shares[0])} ({_3(low)}-{_3(high)})", *map(_3, shares[1:])]
    head = ["gold span in", "n", "first sentence", "best three", "as composed", "any sentence read", "statements"]
    return markdown_table(head, [[*cells, f"{row['statements_mean']:.2f}"]])


def _silence(rows: Mapping[str, Any]) -> str:
    lines = []
    for name, row in rows.items():
        for kind, group in row["by_kind"].items():
            if group["questions"] < FEWEST:
                continue
            lines.append(
                [
                    *(name, kind, str(group["questions"]), _3(group["auroc"]), _percent(group["refused"])),
                    *(_percent(group["refused_by_engine"]), _percent(row["answerable_refused_by_engine"])),
                ]
            )
    head = [
        "asked of",
        "kind",
        "n",
        "AUROC",
        "refused at 90 % answered",
        "refused as served",
        "answerable refused as served",
    ]
    table = markdown_table(head, lines)
    for name, row in rows.items():
        if row.get("wrong_at_coverage"):
            said = ", ".join(f"{100 * w:.0f} % at {100 * float(s):.0f} %" for s, w in row["wrong_at_coverage"].items())
            table += f"\n\nAnswers without the gold span, by share answered ({name.split(',')[0]}): {said}."
    return table


def markdown_table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table with its columns in line."""
    widths = [max(len(row[n]) for row in [head, *lines]) for n in range(len(head))]
    drawn = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in [head, *lines]
    ]
    drawn.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(drawn)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _3(value: float) -> str:
    return f"{value:.3f}"
