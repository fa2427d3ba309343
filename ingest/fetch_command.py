"""`ingest fetch`: the catalogue's official documents from their publishers, told in lines or as one JSON document."""

# ruff: noqa: T201 - a command speaks on stdout
from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import functools
import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ingest.settings import IngestSettings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ingest.fetch import FetchReport

OK, FAILURE, NOTHING_TO_DO = 0, 1, 4


def run(options: argparse.Namespace, settings: IngestSettings) -> int:
    """Fetch what the options name; what did not change is not sent again."""
    tell = functools.partial(print, file=sys.stderr if options.json else sys.stdout, flush=True)
    report = fetch(options.catalogue, settings, tell, options.source)
    if options.json:
        print(json.dumps(asdict(report), ensure_ascii=False, indent=1))
    elif report.fetched:
        print(f"{len(report.fetched)} documents fetched; index them with: make ingest")
    if report.fetched:
        return OK
    print("nothing was fetched, nothing was changed", file=sys.stderr)
    return NOTHING_TO_DO if not report.failed else FAILURE


def fetch(
    path: Path, settings: IngestSettings, tell: Callable[[str], None], only: list[str] | None = None
) -> FetchReport:
    """Fetch the sources of a catalogue by the rules of the settings.

    Raises: `catalogue_missing`, `catalogue_invalid`.
    """
    from corpus.catalogue import load_catalogue
    from corpus.last_runs import note_fetches
    from ingest.fetch import fetch_catalogue, hosts_of
    from ingest.web import Web, WebRules

    catalogue = load_catalogue(path)
    rules = WebRules(
        user_agent=f"Sourcier/0.1 ({settings.fetch_contact or 'indexes public documents for question answering'})",
        pause_s=settings.fetch_pause_s,
        allow_private=settings.fetch_private,
        hosts=hosts_of(catalogue),
    )
    report = fetch_catalogue(catalogue, only, tell=tell, web=Web(rules))
    reached = {*report.fetched, *report.unchanged}
    sites = {urlsplit(one.url).hostname for one in catalogue.sources if one.id in reached and one.url}
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    if sites:
        with contextlib.suppress(OSError):  # nobody's index yet; what was fetched is there
            note_fetches(settings.bundles_dir, {site: now for site in sites if site})
    return report
