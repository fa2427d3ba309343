"""Questions to propose: a list and the headings of the documents go in; those that the engine really answers come out."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from service.answer import Language, Outcome, Question
from service.texts import french

if TYPE_CHECKING:
    from service.desk import Engine

FILE = Path(__file__).parent / "suggestions.json"
WANTED = 6
MAX_TRIED = 30
MAX_CHARS = 110
KEPT_S = 3600.0
KEPT_LISTS = 8


class Suggestions:
    """Finds the questions of each index once an hour, language and day; thread-safe."""

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._found: OrderedDict[tuple[str, Language, dt.date], tuple[float, tuple[str, ...]]] = OrderedDict()

    def of(self, engine: Engine, edition: str, lang: Language, as_of: dt.date) -> tuple[str, ...]:
        """At most six questions in that language, each answered in full by the engine on that date; none where it answers
        none of the thirty that are tried. `edition` names what the engine answers from.
        """
        key = (edition, lang, as_of)
        with self._lock:
            found = self._found.get(key)
            if found is None or self._now_s() - found[0] > KEPT_S:
                found = (self._now_s(), tuple(_answered(engine, lang, as_of)))
                self._found[key] = found
                while len(self._found) > KEPT_LISTS:
                    self._found.popitem(last=False)
            return found[1]


def _answered(engine: Engine, lang: Language, as_of: dt.date) -> Iterator[str]:
    found = 0
    for text, document_id in islice(_candidates(engine, lang), MAX_TRIED):
        answer = engine.ask(Question(text, as_of, lang))
        whole = answer.outcome is Outcome.ANSWERED and answer.completeness == "complete"
        if whole and (document_id is None or any(c.source.id == document_id for c in answer.citations)):
            yield french(text) if lang == "fr" and document_id is None else text
            found += 1
        if found == WANTED:
            return


def _candidates(engine: Engine, lang: Language) -> Iterator[tuple[str, str | None]]:
    """The questions of our list, then headings that are questions, one a document, with that document's id."""
    for text in _listed()[lang]:
        yield text, None
    bundle = engine.bundle
    for record in bundle.documents:
        if record.source.language != lang:
            continue
        for row in range(record.first_passage, record.first_passage + record.n_passages):
            section = bundle.section_of(row)
            heading = " ".join(section[-1].split()) if section else ""
            if heading.endswith("?") and 12 < len(heading) <= MAX_CHARS:
                yield heading, record.source.id
                break


@cache
def _listed() -> dict[Language, list[str]]:
    listed: dict[Language, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))
    return listed
