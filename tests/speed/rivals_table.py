"""The figures of the comparison in, its tables for docs/speed.md and its plot out."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from tests.quality.plot import OURS as OUR_COLOUR
from tests.quality.plot import PLAIN, STYLE
from tests.quality.table import markdown_table

OURS = "Sourcier, each answer made anew"
OURS_REMEMBERED = "Sourcier, answers remembered"
WIDTH, LEFT, RIGHT, TOP, ROW = 720, 230, 600, 44, 20


def rivals_table(figures: Mapping[str, Any]) -> str:
    """What each service is, then what its clients get with one worker and with two, then what is absent and why."""
    said = f"{figures['passages']} passages, {figures['questions']} questions, {figures['cores']} cores"
    said += f", load of the machine {figures['load_before']:g} before and {figures['load_after']:g} after."
    parts = [said, _what_each_is(figures["services"]), _what_clients_get(figures["services"])]
    parts += [f"*{name}* is left out: {_one_line(reason)}" for name, reason in figures["absent"].items()]
    return "\n\n".join(parts)


def _what_each_is(services: Mapping[str, Any]) -> str:
    head = ["service", "nDCG@10", "with titles", "index, s", "index, MB", "ready, s", "memory, MB"]
    rows = []
    for name, one in services.items():
        alone = one["workers_1"]
        figures = [one[key] for key in ("ndcg_10", "ndcg_10_headed", "index_s", "index_mb")]
        rows.append([name, *(f"{value:g}" for value in (*figures, alone["ready_s"], alone["memory"]["rss_mb"]))])
    return markdown_table(head, rows)


def _what_clients_get(services: Mapping[str, Any]) -> str:
    head = ["service", "clients"]
    for workers in ("1 worker", "2 workers"):
        head += [f"{workers}: a second", "median, ms", "p99, ms", "Sourcier over it"]
    rows = []
    for name, one in services.items():
        for clients in one["workers_1"]["clients"]:
            row = [name, clients]
            for workers in ("workers_1", "workers_2"):
                load, ours = (who[workers]["clients"][clients] for who in (one, services[OURS]))
                errors = f", {load['errors']} errors" if load["errors"] else ""
                row += [f"{load['answers_per_second']:g}{errors}", f"{load['median_ms']:g}", f"{load['p99_ms']:g}"]
                row.append(_times(ours["answers_per_second"], load["answers_per_second"], name))
            rows.append(row)
    return markdown_table(head, rows)


def _times(ours: float, theirs: float, name: str) -> str:
    return f"{ours / theirs:.2f}" if theirs and name != OURS else ""


def rivals_svg(figures: Mapping[str, Any]) -> str:
    """Answers a second with two workers at 64 clients, and nDCG@10 beside: a bar a service."""
    services = figures["services"]
    rates = {name: one["workers_2"]["clients"]["64"]["answers_per_second"] for name, one in services.items()}
    top = max([*rates.values(), 1.0])
    title = f"Answers a second, 64 clients, 2 workers, {figures['cores']} cores; nDCG@10 beside"
    height = TOP + ROW * len(services) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-labelledby="t">',
        f'<title id="t">{escape(title)}</title>',
        f'<style>{STYLE}</style><rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text class="h" x="16" y="24">{escape(title)}</text>',
    ]
    for n, (name, rate) in enumerate(rates.items()):
        y, width = TOP + n * ROW, (RIGHT - LEFT) * rate / top
        colour = OUR_COLOUR if name in (OURS, OURS_REMEMBERED) else PLAIN
        parts.append(f'<text class="s" x="16" y="{y + 13}">{escape(name)}</text>')
        parts.append(f'<rect x="{LEFT}" y="{y + 2}" width="{width:.0f}" height="{ROW - 5}" fill="{colour}"/>')
        parts.append(f'<text class="s" x="{LEFT + width + 5:.0f}" y="{y + 13}">{rate:.0f}</text>')
        parts.append(f'<text class="s" x="{WIDTH - 60}" y="{y + 13}">{services[name]["ndcg_10"]:.3f}</text>')
    return "\n".join([*parts, "</svg>\n"])


def _one_line(text: str) -> str:
    return " ".join(text.split())
