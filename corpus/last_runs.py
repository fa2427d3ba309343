"""What ran last beside a shelf: fetches by publisher's site and evaluations by question set go in; when, and with what scores, come out.

One small file beside the bundles, because those who write it (`ingest fetch`, `service eval`) and the service that shows it as metrics
are other processes, perhaps on other days. Nothing in it is of a document or of a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corpus.withdrawals import replace_file

FILE_NAME = "last-runs.json"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """When a question set was judged (RFC 3339, UTC), and its scores by name, each within 0..1."""

    at: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LastRuns:
    """The last success by site, and the last evaluation by set."""

    fetches: Mapping[str, str] = field(default_factory=dict)
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)


def read_runs(folder: Path) -> LastRuns:
    """What is known; nothing where the file is not there or cannot be read."""
    try:
        raw = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        fetches = {str(site): str(at) for site, at in raw["fetches"].items()}
        evaluations = {str(name): _evaluation(one) for name, one in raw["evaluations"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return LastRuns()
    return LastRuns(fetches, evaluations)


def note_fetches(folder: Path, fetches: Mapping[str, str]) -> None:
    """Keep when sites were last fetched from with success.

    Raises: OSError.
    """
    known = read_runs(folder)
    _write(folder, LastRuns({**known.fetches, **fetches}, known.evaluations))


def note_evaluation(folder: Path, name: str, evaluation: Evaluation) -> None:
    """Keep the scores of a question set.

    Raises: OSError.
    """
    known = read_runs(folder)
    _write(folder, LastRuns(known.fetches, {**known.evaluations, name: evaluation}))


def _write(folder: Path, runs: LastRuns) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    replace_file(folder / FILE_NAME, json.dumps(asdict(runs), ensure_ascii=False, sort_keys=True) + "\n")


def _evaluation(raw: Mapping[str, Any]) -> Evaluation:
    return Evaluation(str(raw["at"]), {str(name): float(score) for name, score in raw["scores"].items()})
