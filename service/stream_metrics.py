"""What is counted of streams: their beginning, first byte and end go in; how many run, how many were cut, and by whom, come out."""

from __future__ import annotations

from service.metric_text import Registry


class StreamMetrics:
    """Streams of one worker process; used from its event loop alone."""

    def __init__(self, registry: Registry) -> None:
        self._active = 0
        registry.gauge("sourcier_streams_active", "Streams that are being sent.", lambda: [((), float(self._active))])
        self._aborted = registry.counter("sourcier_streams_aborted_total", "Streams cut before their end.", ("by",))
        self._first_byte = registry.histogram(
            "sourcier_answer_first_byte_seconds", "Time from request to the first byte of a stream."
        )

    def begun(self, seconds: float) -> None:
        """A stream sends its first byte, so long after its request came."""
        self._active += 1
        self._first_byte.observe(seconds)

    def ended(self, *, whole: bool, failed: bool) -> None:
        """A stream is over: `whole` when all was sent, `failed` where a fault of ours cut it or was its last word."""
        self._active -= 1
        if failed:
            self._aborted.add("server")
        elif not whole:
            self._aborted.add("client")
