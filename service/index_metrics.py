"""What is served, as numbers: an application goes in; gauges of its index and of the maintenance switch are shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI

from corpus.bundle import Bundle
from service.metric_text import Rows
from service.metrics import Metrics
from service.run_metrics import show_runs

Measure = Callable[[Bundle], float]


def show_index(app: FastAPI, metrics: Metrics) -> None:
    """Show the open bundle; while there is none, its lines are absent."""
    registry = metrics.registry

    def bundle() -> Bundle | None:
        return app.state.engine.bundle if app.state.engine else None

    def measured(measure: Measure) -> Callable[[], Rows]:
        return lambda: [((), measure(found))] if (found := bundle()) else []

    def info() -> Rows:
        found = bundle()
        return [((found.card.id, found.card.encoder.name), 1.0)] if found else []

    registry.gauge("sourcier_index_info", "The bundle and the encoder in use.", info, ("version", "model"))
    for name, meaning, measure in (
        ("documents", "Documents of the bundle in use.", lambda found: len(found.documents)),
        ("passages", "Passages of the bundle in use.", len),
        ("bytes", "Size of the files of the bundle in use.", _size_bytes),
        ("build_timestamp_seconds", "When the bundle in use was built.", _built_at_s),
    ):
        registry.gauge(f"sourcier_index_{name}", meaning, measured(measure))
    settings = app.state.settings
    show_runs(metrics, settings.bundles_dir, Path(settings.documents_dir or settings.inbox_dir), bundle)
    metrics.show(
        "sourcier_maintenance_mode",
        "Whether questions are refused by the operator.",
        lambda: float(app.state.maintenance.current() is not None),
    )


def _size_bytes(bundle: Bundle) -> float:
    return sum(seal.size_bytes for seal in bundle.card.files.values())


def _built_at_s(bundle: Bundle) -> float:
    return dt.datetime.fromisoformat(bundle.card.built_at).timestamp()
