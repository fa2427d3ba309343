"""How long a change takes to publish: `python -m tests.speed.publishing`; times are the stages' own, start-up left out.

500 documents of synthetic French text are indexed whole, then with 1, 10 and 100 of them changed; with `--passages N` one
document is added to a bundle of about N passages. `--out FILE` also writes the figures as JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from corpus.encoder import open_encoder
from corpus.shelf import Shelf
from ingest.build import BuildReport, build
from ingest.jobs import jobs_of_folder
from tests.makers import ROOT

MAX_SHARE = 0.08
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def words() -> list[str]:
    """The words of the starter notes: text that stems and folds like the real one."""
    found: set[str] = set()
    for path in sorted((ROOT / "corpus" / "documents").glob("*.md")):
        found.update(word.strip("«»,.;:!?()|*#") for word in path.read_text(encoding="utf-8").split())
    return sorted(word for word in found if word)


def text_of(chance: random.Random, known: list[str], n_passages: int) -> str:
    """A document of sections of about one passage each."""
    parts = [f"# {' '.join(chance.choices(known, k=5))}"]
    for number in range(n_passages):
        sentences = (" ".join(chance.choices(known, k=chance.randint(12, 22))).capitalize() + "." for _ in range(5))
        parts.append(f"## Partie {number} {chance.choice(known)}\n\n{' '.join(sentences)}")
    return "\n\n".join(parts) + "\n"


def run(folder: Path, shelf: Shelf) -> tuple[BuildReport, float]:
    """A build and its wall time in seconds, encoder and imports left out."""
    encoder = open_encoder()
    jobs = jobs_of_folder(folder)
    start = time.perf_counter()
    report = build(jobs, encoder, shelf, now=NOW, keep_bundles=2)
    return report, time.perf_counter() - start


def told(what: str, report: BuildReport, wall_s: float, full_s: float | None) -> dict[str, Any]:
    """One line, printed, and its figures."""
    stages = ", ".join(f"{name} {seconds:.2f}" for name, seconds in report.seconds.items())
    spent = sum(report.seconds.values())
    share = f" = {100 * spent / full_s:.1f} % of the full build" if full_s else ""
    print(f"{what}: {spent:.2f} s{share} ({stages}); wall {wall_s:.2f} s; {report.encoded_passages} passages embedded")
    return {
        "what": what,
        "seconds": spent,
        "wall_s": wall_s,
        "share": spent / full_s if full_s else None,
        "stages": report.seconds,
        "passages": report.counts["passages"],
        "encoded": report.encoded_passages,
    }


def change_some(n_documents: int, n_passages: int) -> list[dict[str, Any]]:
    """The full build, then 1, 10 and 100 documents changed by one sentence."""
    chance, known = random.Random(7), words()
    with tempfile.TemporaryDirectory() as name:
        folder, shelf = Path(name) / "documents", Shelf(Path(name) / "bundles")
        folder.mkdir()
        paths = [folder / f"document-{number:04}.md" for number in range(n_documents)]
        for path in paths:
            path.write_text(text_of(chance, known, n_passages), encoding="utf-8")
        report, wall = run(folder, shelf)
        full_s = sum(report.seconds.values())
        figures = [told(f"full, {n_documents} documents, {report.counts['passages']} passages", report, wall, None)]
        for count in (1, 10, 100):
            for path in chance.sample(paths, count):
                path.write_text(
                    path.read_text(encoding="utf-8") + f"\nUne phrase nouvelle, la {count}e.\n", encoding="utf-8"
                )
            figures.append(told(f"{count} changed", *run(folder, shelf), full_s))
        fresh = run(folder, Shelf(Path(name) / "fresh"))[0].bundle_id
        print(f"the bundle is the one that a full build gives: {fresh == shelf.active_id()}")
    return figures


def add_one(n_passages: int) -> list[dict[str, Any]]:
    """One document added to a large bundle."""
    chance, known = random.Random(8), words()
    with tempfile.TemporaryDirectory() as name:
        folder, shelf = Path(name) / "documents", Shelf(Path(name) / "bundles")
        folder.mkdir()
        for number in range(n_passages // 195):  # a section makes about two passages
            (folder / f"document-{number:04}.md").write_text(text_of(chance, known, 100), encoding="utf-8")
        report, wall = run(folder, shelf)
        figures = [told(f"full, {report.counts['passages']} passages", report, wall, None)]
        (folder / "ajout.md").write_text("# Ajout\n\nLa règle nouvelle vaut trente jours.\n", encoding="utf-8")
        figures.append(told("one document added", *run(folder, shelf), figures[0]["seconds"]))
    return figures


def main() -> int:
    """Print the curve; 1 where changing one document takes more than 8 % of a full build."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--per-document", type=int, default=45, help="sections in each")
    parser.add_argument("--passages", type=int, help="instead: add one document to a bundle of so many passages")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    figures = add_one(options.passages) if options.passages else change_some(options.documents, options.per_document)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if options.passages or figures[1]["share"] <= MAX_SHARE else 1


if __name__ == "__main__":
    sys.exit(main())
