"""How fast documents become a bundle, stage by stage: `python -m tests.speed.ingest`, for the starter corpus and a long PDF.

Each build is `python -m ingest build` in a process of its own, start and imports counted; then the same again with nothing
changed, and with one document changed. The PDF is the French text of the European regulation on artificial intelligence, 144
pages, from the folder of large sets (SOURCIER_SHARED); without it, it is left out. `--document` also renews docs/speed.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus.catalogue import load_catalogue
from corpus.shelf import Shelf
from ingest.job import Job
from ingest.jobs import jobs_of_catalogue, jobs_of_folder
from ingest.reading_room import ReadingRoom
from ingest.split import SplitRule
from tests.makers import ROOT
from tests.quality.sets import shared_folder
from tests.speed.document import renew
from tests.speed.ingest_table import ingest_svg, ingest_table
from tests.speed.memory import megabytes_of

STARTER, LONG = "starter corpus", "reglement_ia.pdf"
LONG_PDF = Path("inputs") / "pdf" / LONG
MAX_LONG_S = 15.0
ADDED = "\n\nUne phrase nouvelle, pour que ce document change.\n"


def long_pdf() -> Path | None:
    """The long PDF, where the folder of large sets has it."""
    shared = shared_folder()
    path = shared.parent / LONG_PDF if shared else None
    return path if path and path.is_file() else None


def built(origin: Sequence[str], bundles: Path) -> dict[str, Any]:
    """What a build tells of itself, with its wall clock, its processor time and the most memory that a process of it held."""
    command = [sys.executable, "-m", "ingest", "build", *origin, "--bundles", str(bundles)]
    said = bundles.with_suffix(".report.json")
    start = time.perf_counter()
    with said.open("wb") as stream:
        process = subprocess.Popen(
            [*command, "--json", "--progress", "lines"], cwd=ROOT, stdout=stream, stderr=subprocess.DEVNULL
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 4):  # 4: there was nothing to do
        raise RuntimeError(f"the build ended with {process.returncode}")
    report = json.loads(said.read_text(encoding="utf-8"))
    return {
        "wall_s": round(time.perf_counter() - start, 2),
        "processor_s": round(used.ru_utime + used.ru_stime, 2),
        "memory_mb": round(used.ru_maxrss / 1024, 1),
        "stages_s": {name: round(seconds, 3) for name, seconds in report["seconds"].items()},
        "counts": report["counts"],
        "encoded": report["encoded_passages"],
    }


def read_alone(jobs: Sequence[Job]) -> dict[str, float]:
    """Seconds that reading and splitting take of one reader, the documents one after the other: what a build does with two."""
    seconds = {"read": 0.0, "split": 0.0}
    with ReadingRoom(SplitRule(), readers=1) as room:
        for job in jobs:
            for stage, spent in room.read(job.path).seconds.items():
                seconds[stage] += spent
    return {name: round(spent, 3) for name, spent in seconds.items()}


def measured(origin: Sequence[str], jobs: Sequence[Job], changed: Path | None) -> dict[str, Any]:
    """The figures of one corpus: built whole, again, and with `changed` changed where there is one."""
    with tempfile.TemporaryDirectory() as name:
        bundles = Path(name) / "bundles"
        whole = built(origin, bundles)
        figures = {**whole, "bundle_mb": megabytes_of(Shelf(bundles).active_folder()), "again": built(origin, bundles)}
        if changed is not None:
            changed.write_text(changed.read_text(encoding="utf-8") + ADDED, encoding="utf-8")
            figures["one_changed"] = built(origin, bundles)
    return {**figures, "alone_s": read_alone(jobs)}


def starter() -> dict[str, Any]:
    """The figures of the starter corpus, on a copy, since a document of it is changed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "corpus"
        folder.mkdir()
        shutil.copy(ROOT / "corpus" / "sources.toml", folder)
        shutil.copytree(ROOT / "corpus" / "documents", folder / "documents")
        catalogue = folder / "sources.toml"
        jobs, _ = jobs_of_catalogue(load_catalogue(catalogue))
        note = next(job.path for job in jobs if job.path.suffix == ".md")
        return measured(["--catalogue", str(catalogue)], jobs, note)


def long(path: Path) -> dict[str, Any]:
    """The figures of one PDF."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "documents"
        folder.mkdir()
        shutil.copy(path, folder)
        return measured(["--documents", str(folder)], jobs_of_folder(folder), None)


def main() -> int:
    """Print the table; 1 where the long PDF takes more than its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "ingest.json")
    parser.add_argument("--document", action="store_true", help="renew docs/speed.md and its plot")
    options = parser.parse_args()
    os.environ["SOURCIER_INBOX_DIR"] = os.devnull  # what was dropped here is no part of the starter corpus
    figures: dict[str, Any] = {"cores": os.cpu_count(), "load_before": round(os.getloadavg()[0], 2)}
    figures["corpora"] = {STARTER: starter()}
    if path := long_pdf():
        figures["corpora"][LONG] = long(path)
    else:
        print(f"{LONG} is left out: set SOURCIER_SHARED to the folder of large sets")
    figures["load_after"] = round(os.getloadavg()[0], 2)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    options.out.with_suffix(".svg").write_text(ingest_svg(figures), encoding="utf-8")
    print(table := ingest_table(figures))
    if options.document:
        renew("ingest", table)
        (ROOT / "docs" / "images" / "speed-ingest.svg").write_text(ingest_svg(figures), encoding="utf-8")
    return int(LONG in figures["corpora"] and figures["corpora"][LONG]["wall_s"] > MAX_LONG_S)


if __name__ == "__main__":
    sys.exit(main())
