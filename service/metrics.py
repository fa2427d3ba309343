"""What is counted: requests, answers, refusals, waiting and the index go in; the metrics of docs/operating-service.md come out."""

from __future__ import annotations

import os
from collections.abc import Callable

from service.answer import Answer
from service.metric_text import Registry
from service.stream_metrics import StreamMetrics

COUNTS = (0.0, 1.0, 2.0, 3.0, 5.0, 8.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})
REFUSALS = frozenset({"personal_data_detected", "question_empty", "question_too_long", "maintenance", "gone"})
Read = Callable[[], float]


class Metrics:
    """The metrics of one worker process. No label holds a question, an id of a document, or an address."""

    def __init__(self, workers: int = 1) -> None:
        self.registry = made = Registry({"worker": str(os.getpid())} if workers > 1 else None)
        self._requests = made.counter("sourcier_http_requests_total", "Requests answered.", ("route", "method", "code"))
        self._durations = made.histogram(
            "sourcier_http_request_duration_seconds", "Time from request to the end of its response.", ("route",)
        )
        self._answers = made.counter(
            "sourcier_answers_total", "Answers by how they ended.", ("outcome", "mode", "lang")
        )
        self.cached = made.counter("sourcier_answers_cached_total", "Answers that were given before and still held.")
        self._answer_durations = made.histogram(
            "sourcier_answer_duration_seconds", "Time that an answer took, waiting left out.", ("mode",)
        )
        self._stages = made.histogram("sourcier_stage_duration_seconds", "Time by stage of an answer.", ("stage",))
        self._citations = made.histogram("sourcier_answer_citations", "Citations of an answer.", bounds=COUNTS)
        self._written = _WrittenCounts(made)
        self._refusals = made.counter(
            "sourcier_refusals_total", "Requests refused for what they ask or when.", ("reason",)
        )
        self.rate_limited = made.counter(
            "sourcier_rate_limited_total", "Requests refused because their client sent too many.", ("scope",)
        )
        self.overloaded = made.counter(
            "sourcier_overloaded_total", "Questions refused because too many others were waiting."
        )
        self.feedback = made.counter("sourcier_feedback_total", "Reports of readers that were kept.", ("reason",))
        self.streams = StreamMetrics(made)
        self.queue_wait = made.histogram("sourcier_queue_wait_seconds", "Time that questions waited for their turn.")
        self.switches = made.counter("sourcier_index_switches_total", "Bundles taken while serving.")
        self.refused_bundles = made.counter(
            "sourcier_index_refusals_total", "Bundles that were activated but could not be served.", ("code",)
        )
        self.load_durations = made.histogram(
            "sourcier_index_load_duration_seconds", "Time to open, check and warm a bundle."
        )

    def request(self, route: str, method: str, status: int, outcome: str | None, seconds: float) -> None:
        """Count a request; `outcome` is what its route or its problem said of it."""
        self._requests.add(route, known_method(method), str(status))
        self._durations.observe(seconds, route)
        if outcome in REFUSALS:
            self._refusals.add(outcome)

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        self._answers.add(answer.outcome.value, answer.mode, answer.lang)
        self._citations.observe(len(answer.citations))
        self._written.add(answer)
        for stage, duration_ms in answer.timings_ms.items():
            if stage == "total":
                self._answer_durations.observe(duration_ms / 1000, answer.mode)
            else:
                self._stages.observe(duration_ms / 1000, stage)

    def show(self, name: str, meaning: str, read: Read) -> None:
        """Show a number as it is when it is asked for."""
        self.registry.gauge(name, meaning, lambda: [((), read())])


def known_method(method: str) -> str:
    """A method as it is counted and logged: clients may invent others, and write anything there."""
    return method if method in METHODS else "other"


class _WrittenCounts:
    """What became of drafts and of the model that wrote them."""

    def __init__(self, made: Registry) -> None:
        self._dropped = made.counter(
            "sourcier_citations_dropped_total",
            "Statements left out because their quotes did not bear them.",
            ("reason",),
        )
        self._faults = made.counter(
            "sourcier_generator_faults_total",
            "Written answers that the model did not give, or not to the end.",
            ("reason",),
        )

    def add(self, answer: Answer) -> None:
        """Count those of an answer."""
        for reason in answer.dropped:
            self._dropped.add(reason)
        if answer.writer_fault:
            self._faults.add(answer.writer_fault)
