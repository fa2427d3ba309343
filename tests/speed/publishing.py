"""How long a change takes to publish: `python -m tests.speed.publishing`; times are the stages' own, start-up left out.

500 documents of synthetic French text are indexed whole, then with 1, 10 and 100 of them changed; with `--passages N` one
document is dropped into the folder of a bundle of about N passages, beside a running service, and asked about until it is
answered from. `--out FILE` also writes the figures as JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.encoder import open_encoder
from corpus.shelf import Shelf
from ingest.build import BuildReport, build
from ingest.jobs import jobs_of_folder
from tests.makers import ROOT
from tests.server_maker import Server, serving

MAX_SHARE = 0.08
MAX_ANSWERED_S = 10.0
DROPPED = "# Le carnet bleu\n\nLe carnet bleu est délivré gratuitement par la mairie de Vierzon depuis mars 2025.\n"
ASKED = "Depuis quand le carnet bleu est-il délivré par la mairie de Vierzon ?"
NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def words() -> list[str]:
    """The words of the starter notes: text that stems and folds like the real one."""
    found: set[str] = set()
    for path in sorted((ROOT / "corpus" / "documents").glob("*.md")):
        found.update(word.strip("«»,.;:!?()|*#") for word in path.read_text(encoding="utf-8").split())
    return sorted(word for word in found if word)


def text_of(chance: random.Random, known: list[str], n_passages: int, n_sentences: int = 5) -> str:
    """A document of sections of one passage each."""
    parts = [f"# {' '.join(chance.choices(known, k=5))}"]
    for number in range(n_passages):
        sentences = (
            " ".join(chance.choices(known, k=chance.randint(12, 22))).capitalize() + "." for _ in range(n_sentences)
        )
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


def change_some(n_documents: int, n_passages: int, n_sentences: int) -> list[dict[str, Any]]:
    """The full build, then 1, 10 and 100 documents changed by one sentence."""
    chance, known = random.Random(7), words()
    with tempfile.TemporaryDirectory() as name:
        folder, shelf = Path(name) / "documents", Shelf(Path(name) / "bundles")
        folder.mkdir()
        paths = [folder / f"document-{number:04}.md" for number in range(n_documents)]
        for path in paths:
            path.write_text(text_of(chance, known, n_passages, n_sentences), encoding="utf-8")
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
    """One document dropped into the folder of a large bundle, while a service answers from it and `ingest watch` looks."""
    chance, known = random.Random(8), words()
    with tempfile.TemporaryDirectory() as name:
        folder, shelf = Path(name) / "documents", Shelf(Path(name) / "bundles")
        folder.mkdir()
        for number in range(n_passages // 200):
            (folder / f"document-{number:04}.md").write_text(text_of(chance, known, 200, 3), encoding="utf-8")
        report, wall = run(folder, shelf)
        figures = [told(f"full, {report.counts['passages']} passages", report, wall, None)]
        with (
            serving(shelf.folder, Path(name) / "service.log") as server,
            watching(folder, shelf.folder, Path(name) / "watch.log") as watcher,
        ):
            figures.append(dropped(folder, server, watcher))
    return figures


def dropped(folder: Path, server: Server, watcher: int) -> dict[str, Any]:
    """Drop a document; how long until it is answered from, and the processor time of the two processes meanwhile."""
    before = [processor_s(pid) for pid in (watcher, server.process.pid)]
    start = time.perf_counter()
    (folder / "carnet-bleu.md").write_text(DROPPED, encoding="utf-8")
    answered_s = until_answered(server, start)
    builder_s, service_s = (
        processor_s(pid) - spent for pid, spent in zip((watcher, server.process.pid), before, strict=True)
    )
    load = os.getloadavg()[0]
    print(
        f"one document dropped: answered from after {answered_s:.2f} s at load {load:.1f};"
        f" processor time {builder_s:.2f} s to build, {service_s:.2f} s to take and to answer"
    )
    figures = {"answered_s": answered_s, "limit_s": MAX_ANSWERED_S, "builder_s": builder_s, "service_s": service_s}
    return {"what": "one document dropped", **figures, "load": load}


def processor_s(pid: int) -> float:
    """Processor time that a process and those it waited for have used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")


@contextmanager
def watching(folder: Path, bundles: Path, log: Path) -> Iterator[int]:
    """`ingest watch` over a folder, from its first look on, until the end of the block; its process id."""
    command = [sys.executable, "-m", "ingest", "watch", "--documents", str(folder), "--bundles", str(bundles)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream)
    try:
        while b"nothing changed since" not in log.read_bytes():
            if process.poll() is not None:
                raise RuntimeError(log.read_text(encoding="utf-8"))
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


def until_answered(server: Server, start: float) -> float:
    """Seconds from `start` until an answer cites the dropped document; ten minutes at most."""
    while time.perf_counter() - start < 600:
        answer = server.ask(ASKED)
        if any(one["document"]["id"] == "carnet-bleu" for one in answer["citations"]):
            break
        time.sleep(0.25)
    return time.perf_counter() - start


def main() -> int:
    """Print the curve; 1 where changing one document takes more than 8 % of a full build, or a dropped one is late."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--per-document", type=int, default=60, help="sections in each")
    parser.add_argument("--sentences", type=int, default=5, help="in each section: 13 are about 1,500 characters")
    parser.add_argument("--passages", type=int, help="instead: add one document to a bundle of so many passages")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    shape = options.documents, options.per_document, options.sentences
    figures = add_one(options.passages) if options.passages else change_some(*shape)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if options.passages:
        return int(figures[1]["answered_s"] > MAX_ANSWERED_S)
    return int(figures[1]["share"] > MAX_SHARE)


if __name__ == "__main__":
    sys.exit(main())
