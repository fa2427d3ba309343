"""Hot reload: the shelf's pointer moves; a bundle that was opened, checked and warmed beside the old one takes its place.

Each worker process watches for itself, off the way of requests. A request keeps the engine it began with; the old bundle is
let go when the last of them ends. A bundle that cannot be served is refused by name, and the old one goes on.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from corpus.bundle import Bundle
from corpus.encoder import Encoder, open_encoder
from corpus.errors import KnownError, StoreError
from service.engine import AnswerEngine
from service.metrics import Metrics
from service.observe import INDEX_LOG

LOOK_EVERY_S = 0.25
WARM_BEFORE = 200
"""Passages that are made ready before the swap: enough that every table was touched, few enough that news come soon."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A bundle that was activated but cannot be served, and why. `message` is for the operator."""

    bundle_id: str
    code: str
    message: str


class BundleShelf(Protocol):
    """Where bundles are and which of them answers: a folder (`corpus.shelf.Shelf`) or a database (`corpus.postgres_shelf`)."""

    def stamp(self) -> object:
        """Something that changes when the pointer is written; None where there is none, or nobody to ask."""
        ...

    def active_id(self) -> str | None:
        """The id of the bundle that answers."""
        ...

    def open(self, bundle_id: str) -> Bundle:
        """The bundle of that id, checked."""
        ...


class BundleWatch:
    """Follows the pointer of a shelf and hands each new engine to `take`."""

    def __init__(
        self,
        shelf: BundleShelf,
        engine: AnswerEngine | None,
        take: Callable[[AnswerEngine], None],
        metrics: Metrics,
        *,
        encoder: str = "",
        every_s: float = LOOK_EVERY_S,
    ) -> None:
        self.refused: Refusal | None = None
        self._shelf = shelf
        self._engine = engine
        self._take = take
        self._metrics = metrics
        self._encoder = encoder
        self._every_s = every_s
        self._seen: object = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="bundle-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End watching; a bundle that is being opened is not waited for."""
        self._ending.set()

    def look(self) -> None:
        """Look at the pointer once: one `stat`, or one question to the database, while it does not move."""
        stamp = self._shelf.stamp()
        if stamp is None or stamp == self._seen:
            return
        self._seen = stamp
        try:
            bundle_id = self._shelf.active_id()
        except StoreError:
            self._seen = None
            return
        if bundle_id is None or (self._engine and bundle_id == self._engine.bundle.card.id):
            self.refused = None
            return
        start = time.perf_counter()
        try:
            engine = self._opened(bundle_id)
        except StoreError as fault:
            self._seen = None  # the database may be back at the next look, with the same pointer
            self._refuse(Refusal(bundle_id, fault.code, str(fault)))
        except KnownError as fault:
            self._refuse(Refusal(bundle_id, fault.code, str(fault)))
        except Exception as fault:  # noqa: BLE001 - the edge to a bundle of unknown make: the old one must go on
            where = traceback.extract_tb(fault.__traceback__)[-1]
            message = f"{type(fault).__name__} in {Path(where.filename).name}, line {where.lineno}"
            self._refuse(Refusal(bundle_id, "internal_error", message))
        else:
            self._put(engine, time.perf_counter() - start)

    def _opened(self, bundle_id: str) -> AnswerEngine:
        """The engine of a bundle, every file checked, and used once, so that no visitor waits for its first use."""
        bundle = self._shelf.open(bundle_id)
        return AnswerEngine(bundle, self._encoder_of(bundle)).warm(WARM_BEFORE)

    def _encoder_of(self, bundle: Bundle) -> Encoder:
        """The encoder in use where it made the bundle too, else what the setting gives now."""
        if self._engine and self._engine.encoder.card == bundle.card.encoder:
            return self._engine.encoder
        return open_encoder(self._encoder or None)

    def _put(self, engine: AnswerEngine, duration_s: float) -> None:
        before = self._engine.bundle.card.id if self._engine else None
        self._engine = engine
        self._take(engine)
        self.refused = None
        self._metrics.switches.add()
        self._metrics.load_durations.observe(duration_s)
        _log("bundle_taken", bundle=engine.bundle.card.id, before=before, duration_ms=round(duration_s * 1000, 1))
        threading.Thread(
            target=_warm, args=(engine,), name="bundle-warm", daemon=True
        ).start()  # the rest, while it answers already

    def _refuse(self, refusal: Refusal) -> None:
        if refusal == self.refused:
            return
        self.refused = refusal
        self._metrics.refused_bundles.add(refusal.code)
        serving = self._engine.bundle.card.id if self._engine else None
        _log("bundle_refused", bundle=refusal.bundle_id, code=refusal.code, message=refusal.message, serving=serving)

    def _watch(self) -> None:
        while not self._ending.wait(self._every_s):
            self.look()


def _warm(engine: AnswerEngine) -> None:
    with contextlib.suppress(StoreError):  # the first questions will find it out, and wait for it
        engine.warm()


def _log(event: str, **said: object) -> None:
    INDEX_LOG.info(json.dumps({"event": event, **said}, ensure_ascii=False))
