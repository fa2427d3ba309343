"""What lies in files, as numbers: an application goes in; gauges of fetches, evaluations, publishers and waiting documents are shown."""

from __future__ import annotations

import datetime as dt
import os
import time
from collections.abc import Callable
from pathlib import Path

from corpus.bundle import Bundle
from corpus.last_runs import read_runs
from service.metric_text import Rows
from service.metrics import Metrics

LOOK_EVERY_S = 30.0
MAX_FILES = 20_000


def show_runs(metrics: Metrics, bundles_dir: Path, documents_dir: Path, bundle: Callable[[], Bundle | None]) -> None:
    """Show what ran last, how fresh each publisher is, and when the newest waiting document came."""
    registry, newest = metrics.registry, NewestFile(documents_dir)
    registry.gauge(
        "sourcier_source_last_success_timestamp_seconds",
        "When a publisher's site was last fetched from with success.",
        lambda: [((site,), _seconds(at)) for site, at in read_runs(bundles_dir).fetches.items()],
        ("source",),
    )
    registry.gauge(
        "sourcier_source_newest_timestamp_seconds",
        "Date of the newest dated document of a publisher.",
        lambda: _newest_by_publisher(bundle()),
        ("source",),
    )
    registry.gauge(
        "sourcier_documents_newest_timestamp_seconds",
        "When the newest file of the folder of documents was changed.",
        lambda: [((), found)] if (found := newest.seconds()) else [],
    )
    registry.gauge(
        "sourcier_eval_score",
        "Scores of the last evaluation.",
        lambda: [
            ((name, metric), score)
            for name, one in read_runs(bundles_dir).evaluations.items()
            for metric, score in one.scores.items()
        ],
        ("set", "metric"),
    )
    registry.gauge(
        "sourcier_eval_last_run_timestamp_seconds",
        "When a question set was last evaluated.",
        lambda: [((name,), _seconds(one.at)) for name, one in read_runs(bundles_dir).evaluations.items()],
        ("set",),
    )


class NewestFile:
    """The newest change among the files of a folder, looked for at most every half minute and among the first 20,000."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen_s = float("-inf")
        self._found = 0.0

    def seconds(self) -> float:
        """Seconds since 1970, 0.0 where there is no file."""
        if time.monotonic() - self._seen_s >= LOOK_EVERY_S:
            self._seen_s = time.monotonic()
            self._found = self._look()
        return self._found

    def _look(self) -> float:
        found, count = 0.0, 0
        for parent, folders, names in os.walk(self._folder):
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in names:
                count += 1
                if count > MAX_FILES:
                    return found
                try:
                    found = max(found, 0.0 if name.startswith(".") else (Path(parent) / name).stat().st_mtime)
                except OSError:
                    continue
        return found


def _newest_by_publisher(bundle: Bundle | None) -> Rows:
    newest: dict[str, dt.date] = {}
    for record in bundle.documents if bundle else ():
        source = record.source
        if source.publisher and source.published_on:
            newest[source.publisher] = max(source.published_on, newest.get(source.publisher, dt.date.min))
    midnight = dt.time(tzinfo=dt.UTC)
    return [((name,), dt.datetime.combine(day, midnight).timestamp()) for name, day in sorted(newest.items())]


def _seconds(at: str) -> float:
    try:
        return dt.datetime.fromisoformat(at).timestamp()
    except ValueError:
        return 0.0
