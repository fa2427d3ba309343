"""`ingest watch`: the catalogue's documents and those of the drop folder (or of any folder), indexed whenever something settled."""

# ruff: noqa: T201 - a command speaks on stdout
from __future__ import annotations

import argparse
import datetime as dt
import json
import signal
import sys
import threading
from dataclasses import asdict

from corpus.errors import KnownError
from ingest.settings import IngestSettings
from ingest.watch import Watch, watch

OK = 0


def run(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Watch until SIGTERM or Ctrl-C; with `--once` build what is there now and end.

    A build that fails is told, and tried again when something changes; the active bundle stays.
    """
    from corpus.encoder import open_encoder
    from corpus.shelf import Shelf
    from ingest import build as builder
    from ingest.build_commands import build_options, jobs_of, print_report
    from ingest.progress import Lines

    folder = options.documents or settings.inbox_dir
    folder.mkdir(parents=True, exist_ok=True)
    encoder, shelf, stop = open_encoder(options.encoder or None), Shelf(options.bundles), threading.Event()

    def build() -> bool:
        try:
            jobs, _ = jobs_of(options, settings)
            report = builder.build(
                jobs, encoder, shelf, now=dt.datetime.now(dt.UTC), keep_bundles=settings.keep_bundles,
                options=build_options(options, settings), tell=Lines(len(jobs), sys.stderr).document,
            )  # fmt: skip
        except KnownError as fault:
            print(f"{fault.code}: {fault}", file=sys.stderr, flush=True)
            return fault.code != "build_running"
        if options.json:
            print(json.dumps(asdict(report), ensure_ascii=False, default=str), flush=True)
        else:
            print_report(report)
            sys.stdout.flush()
        return True

    if options.once:
        build()
        return OK
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    print(f"watching {folder} every {options.interval_s:g} s", file=sys.stderr, flush=True)
    watch(Watch(folder), build, lambda: not stop.wait(options.interval_s))
    return OK
