"""`ingest watch`: the catalogue's documents and those of the drop folder (or of any folder), indexed whenever something settled."""

# ruff: noqa: T201 - a command speaks on stdout
from __future__ import annotations

import argparse
import datetime as dt
import functools
import json
import random
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from corpus.errors import KnownError
from ingest.settings import IngestSettings
from ingest.watch import Watch, watch

OK = 0
SAY = functools.partial(print, file=sys.stderr, flush=True)


def run(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Watch until SIGTERM or Ctrl-C; with `--once` build what is there now and end.

    A build that fails is told, and tried again when something changes; the active bundle stays. While another builder is at
    work, it is tried again at each look until it can be done.
    """
    build = _builder(options, settings)
    folder = options.documents or settings.inbox_dir
    folder.mkdir(parents=True, exist_ok=True)
    if options.once:
        build()
        return OK
    stop, waiting = threading.Event(), False

    def attempt() -> bool:
        nonlocal waiting
        try:
            build()
        except KnownError as fault:
            if fault.code != "build_running":
                SAY(f"{fault.code}: {fault}")
            elif not waiting:
                SAY(f"{fault.code}: {fault.message} Trying again until it ends.")
            waiting = fault.code == "build_running"
            return not waiting
        waiting = False
        return True

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: stop.set())
    SAY(f"watching {folder} every {options.interval_s:g} s")
    if options.fetch_every_h and not options.documents:
        threading.Thread(target=_fetch_on, args=(options, settings, stop), daemon=True).start()
    watch(Watch(*_places(options, folder)), attempt, lambda: not stop.wait(options.interval_s))
    return OK


def _builder(options: argparse.Namespace, settings: IngestSettings) -> Callable[[], None]:
    """What builds once, and tells of it; the encoder is opened now and kept."""
    from corpus.encoder import open_encoder
    from corpus.shelf import Shelf
    from ingest import build as builder
    from ingest.build_commands import build_options, jobs_of, keep_origin, print_report
    from ingest.progress import Lines
    from ingest.publish_command import follow

    encoder, shelf = open_encoder(options.encoder or None), Shelf(options.bundles)

    def build() -> None:
        jobs, _ = jobs_of(options, settings)
        report = builder.build(
            jobs, encoder, shelf, now=dt.datetime.now(dt.UTC), keep_bundles=settings.keep_bundles,
            options=build_options(options, settings), tell=Lines(len(jobs), sys.stderr).document,
        )  # fmt: skip
        keep_origin(options)
        if options.json:
            print(json.dumps(asdict(report), ensure_ascii=False, default=str), flush=True)
        else:
            print_report(report)
            sys.stdout.flush()
        follow(options.bundles, settings)

    return build


def _places(options: argparse.Namespace, folder: Path) -> list[Path]:
    """Where a change calls for a build: the folder, and beside a catalogue its file and what was fetched for it."""
    from ingest.jobs import FETCHED

    return [folder] if options.documents else [folder, options.catalogue, options.catalogue.parent / FETCHED]


def _fetch_on(options: argparse.Namespace, settings: IngestSettings, stop: threading.Event) -> None:
    """Ask the publishers of the catalogue again and again, never at the very same hour; what came is seen by the watch."""
    from ingest.fetch_command import fetch

    while True:
        try:
            fetch(options.catalogue, settings, SAY)
        except KnownError as fault:
            SAY(f"{fault.code}: {fault}")
        if stop.wait(options.fetch_every_h * 3600 * random.uniform(0.9, 1.1)):  # noqa: S311 - no secret
            return
