"""The statement sets in, how many right ones are kept and wrong ones caught out, by kind of error and by language.

`statements.jsonl` is what the checker was written against; `statements-sealed.jsonl` is the third that was put aside
before there was one; `statements-fresh.jsonl` was written later against the checker as it stood, and then learned from;
`statements-held.jsonl` was written with it, from other documents, and is only ever run (docs/adr/0013-checking-statements.md).
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.document import Status
from service.answer import Language
from service.statement_check import Verdict, check_statement
from tests.quality.sets import REPOSITORY

FOLDER = REPOSITORY / "tests" / "data"
FILES = {
    "open": "statements.jsonl",
    "fresh": "statements-fresh.jsonl",
    "sealed": "statements-sealed.jsonl",
    "held": "statements-held.jsonl",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """A statement, the quotes that it cites and whether they bear it; `kind` names the error, or how it is put."""

    id: str
    right: bool
    kind: str
    lang: Language
    statement: str
    quotes: tuple[str, ...]
    statuses: tuple[Status, ...]
    as_of: dt.date

    def check(self) -> Verdict:
        """The verdict of the product on this pair."""
        return check_statement(self.statement, self.quotes, lang=self.lang, statuses=self.statuses, as_of=self.as_of)


def load_pairs(path: Path) -> list[Pair]:
    """The pairs of a JSON Lines file."""
    return [_pair(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def measure_statements(folder: Path = FOLDER) -> dict[str, Any]:
    """For each part: pairs, `right_kept` and `wrong_caught` (shares, 0..1), precision, and shares by kind and language."""
    return {name: _figures(load_pairs(folder / file)) for name, file in FILES.items()}


def _figures(pairs: list[Pair]) -> dict[str, Any]:
    judged = [(pair, pair.check().ok) for pair in pairs]
    kept = [ok for pair, ok in judged if pair.right]
    caught = [not ok for pair, ok in judged if not pair.right]
    flagged = sum(not ok for _, ok in judged)
    return {
        "pairs": len(pairs),
        "right_kept": _share(kept),
        "wrong_caught": _share(caught),
        "precision": round(sum(caught) / flagged, 4) if flagged else 1.0,
        "caught_by_kind": _by(((pair.kind, not ok) for pair, ok in judged if not pair.right)),
        "kept_by_kind": _by(((pair.kind, ok) for pair, ok in judged if pair.right)),
        "caught_by_language": _by(((pair.lang, not ok) for pair, ok in judged if not pair.right)),
        "kept_by_language": _by(((pair.lang, ok) for pair, ok in judged if pair.right)),
    }


def _by(judged: Iterable[tuple[str, bool]]) -> dict[str, dict[str, float]]:
    groups: dict[str, list[bool]] = {}
    for kind, good in judged:
        groups.setdefault(kind, []).append(good)
    return {kind: {"pairs": len(good), "share": _share(good)} for kind, good in sorted(groups.items())}


def _share(good: list[bool]) -> float:
    return round(sum(good) / len(good), 4) if good else 1.0


def _pair(raw: Mapping[str, Any]) -> Pair:
    return Pair(
        id=str(raw["id"]),
        right=bool(raw["right"]),
        kind=str(raw["kind"]),
        lang="en" if raw["lang"] == "en" else "fr",
        statement=str(raw["statement"]),
        quotes=tuple(raw["quotes"]),
        statuses=tuple(Status(status) for status in raw["statuses"]),
        as_of=dt.date.fromisoformat(raw["as_of"]),
    )
