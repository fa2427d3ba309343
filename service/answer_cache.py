"""Questions and what they were asked of in, answers given lately out: kept in memory for a short time, none by its question."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from service.answer import Answer, Question
from service.wire import AnswerOut

KEPT_S = 600.0
"""Seconds after which an answer is made anew: nothing of an exchange stays longer in memory."""


@dataclass(slots=True)
class Given:
    """An answer, whose time to find it here is next to none, and what was sent of it, by what its request asked to include."""

    answer: Answer
    sent: dict[tuple[str, ...], AnswerOut] = field(default_factory=dict)


class AnswerCache:
    """The extracts given to the last questions. Safe to share between threads; written to no file.

    What leads to an answer is a digest of its question under a key that this process made for itself and tells nobody: the question
    is not kept. An answer of another bundle, or of the same with other documents withdrawn, is never found.
    """

    def __init__(self, capacity: int, now_s: Callable[[], float] = time.monotonic) -> None:
        """Keep `capacity` answers at most; none at 0."""
        self._capacity = capacity
        self._now_s = now_s
        self._secret = secrets.token_bytes(32)
        self._served: tuple[str, frozenset[str]] | None = None
        self._kept: OrderedDict[bytes, tuple[float, Given]] = OrderedDict()
        self._look_again_s = 0.0
        self._lock = threading.Lock()

    def find(self, question: Question, bundle_id: str, excluded: frozenset[str]) -> Given | None:
        """What was given to that question; None where nothing was."""
        if not self._capacity:
            return None
        with self._lock:
            self._serve(bundle_id, excluded)
            found = self._kept.get(key := self._key(question))
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[1]

    def keep(self, question: Question, bundle_id: str, excluded: frozenset[str], answer: Answer) -> None:
        """Keep an answer, unless another bundle or other withdrawals are served since."""
        if not self._capacity:
            return
        with self._lock:
            if self._served != (bundle_id, excluded):
                return
            self._kept[self._key(question)] = (
                self._now_s() + KEPT_S,
                Given(replace(answer, timings_ms={"total": 0.0})),
            )
            while len(self._kept) > self._capacity:
                self._kept.popitem(last=False)

    def _serve(self, bundle_id: str, excluded: frozenset[str]) -> None:
        """Forget what is too old, and everything where what is served has changed."""
        if self._served != (bundle_id, excluded):
            self._kept.clear()
            self._served = bundle_id, excluded
        now_s = self._now_s()
        if now_s >= self._look_again_s:
            for key in [key for key, (end_s, _) in self._kept.items() if end_s <= now_s]:
                del self._kept[key]
            self._look_again_s = min((end_s for end_s, _ in self._kept.values()), default=now_s)

    def _key(self, question: Question) -> bytes:
        return hashlib.blake2b(
            repr(question).encode("utf-8", "surrogatepass"), key=self._secret, digest_size=16
        ).digest()
