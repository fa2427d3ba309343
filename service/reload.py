"""Hot reload: the shelf's pointer moves; a bundle that was opened, checked and warmed beside the old one takes its place.

Each worker process watches for itself, off the way of requests. A request keeps the engine it began with; the old bundle is
let go when the last of them ends. A bundle that cannot be served is refused by name, and the old one goes on.
"""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus.bundle import Bundle, open_bundle
from corpus.encoder import Encoder, open_encoder
from corpus.errors import KnownError
from corpus.shelf import POINTER, Shelf
from service.engine import AnswerEngine
from service.metrics import Metrics
from service.observe import INDEX_LOG

LOOK_EVERY_S = 0.25
WARM_BEFORE = 200
"""Passages that are made ready before the swap: enough that every table was touched, few enough that news come soon."""
Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A bundle that was activated but cannot be served, and why. `message` is for the operator."""

    bundle_id: str
    code: str
    message: str


class BundleWatch:
    """Follows the pointer of a shelf and hands each new engine to `take`."""

    def __init__(
        self,
        shelf: Shelf,
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
        self._seen: Stamp | None = None
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="bundle-watch", daemon=True)

    def start(self) -> None:
        """Begin to watch, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End watching; a bundle that is being opened is not waited for."""
        self._ending.set()

    def look(self) -> None:
        """Look at the pointer once: one `stat` while it does not move."""
        stamp = self._stamp()
        if stamp is None or stamp == self._seen:
            return
        self._seen = stamp
        bundle_id = self._shelf.active_id()
        if bundle_id is None or (self._engine and bundle_id == self._engine.bundle.card.id):
            self.refused = None
            return
        start = time.perf_counter()
        try:
            engine = self._opened(self._shelf.folder / bundle_id)
        except KnownError as fault:
            self._refuse(Refusal(bundle_id, fault.code, str(fault)))
        except Exception as fault:  # noqa: BLE001 - the edge to a bundle of unknown make: the old one must go on
            where = traceback.extract_tb(fault.__traceback__)[-1]
            message = f"{type(fault).__name__} in {Path(where.filename).name}, line {where.lineno}"
            self._refuse(Refusal(bundle_id, "internal_error", message))
        else:
            self._put(engine, time.perf_counter() - start)

    def _opened(self, folder: Path) -> AnswerEngine:
        """The engine of a bundle, every file checked, and used once, so that no visitor waits for its first use."""
        bundle = open_bundle(folder)
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
            target=engine.warm, name="bundle-warm", daemon=True
        ).start()  # the rest, while it answers already

    def _refuse(self, refusal: Refusal) -> None:
        self.refused = refusal
        self._metrics.refused_bundles.add(refusal.code)
        serving = self._engine.bundle.card.id if self._engine else None
        _log("bundle_refused", bundle=refusal.bundle_id, code=refusal.code, message=refusal.message, serving=serving)

    def _stamp(self) -> Stamp | None:
        try:
            state = (self._shelf.folder / POINTER).stat()
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size

    def _watch(self) -> None:
        while not self._ending.wait(self._every_s):
            self.look()


def _log(event: str, **said: object) -> None:
    INDEX_LOG.info(json.dumps({"event": event, **said}, ensure_ascii=False))
