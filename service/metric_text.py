"""Counters, gauges and histograms: observations go in; the text that Prometheus reads (format 0.0.4) comes out."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Labels = tuple[str, ...]
Rows = Iterable[tuple[Labels, float]]


class Registry:
    """The metrics of one process. `constant` labels stand on every line; values of labels must be few, and never a question."""

    def __init__(self, constant: Mapping[str, str] | None = None) -> None:
        self._constant = dict(constant or {})
        self._metrics: list[Counter | Gauge | Histogram] = []

    def counter(self, name: str, meaning: str, labels: Sequence[str] = ()) -> Counter:
        """A number that only grows."""
        counter = Counter(name, meaning, labels)
        self._metrics.append(counter)
        return counter

    def gauge(self, name: str, meaning: str, read: Callable[[], Rows], labels: Sequence[str] = ()) -> Gauge:
        """What `read` gives when the text is asked for; no row, no line."""
        gauge = Gauge(name, meaning, read, labels)
        self._metrics.append(gauge)
        return gauge

    def histogram(
        self, name: str, meaning: str, labels: Sequence[str] = (), bounds: Sequence[float] = SECONDS
    ) -> Histogram:
        """How many observations were at most each of `bounds`, their count and their sum."""
        histogram = Histogram(name, meaning, labels, bounds)
        self._metrics.append(histogram)
        return histogram

    def text(self) -> str:
        """All metrics in the text format of Prometheus; those that count are named before they have counted anything."""
        lines: list[str] = []
        for metric in self._metrics:
            samples = metric.samples()
            if samples or not isinstance(metric, Gauge):
                lines += [f"# HELP {metric.name} {_escaped(metric.meaning)}", f"# TYPE {metric.name} {metric.kind}"]
                lines += [f"{name}{self._shown(labels)} {_number(value)}" for name, labels, value in samples]
        return "\n".join(lines) + "\n"

    def _shown(self, labels: Mapping[str, str]) -> str:
        pairs = ",".join(
            f'{name}="{_escaped(value, quoted=True)}"' for name, value in {**self._constant, **labels}.items()
        )
        return f"{{{pairs}}}" if pairs else ""


Samples = list[tuple[str, Mapping[str, str], float]]


class Counter:
    """A number that only grows, by labels."""

    kind = "counter"

    def __init__(self, name: str, meaning: str, labels: Sequence[str]) -> None:
        self.name, self.meaning, self._labels = name, meaning, tuple(labels)
        self._values: dict[Labels, float] = {} if labels else {(): 0.0}
        self._lock = threading.Lock()

    def add(self, *labels: str, amount: float = 1.0) -> None:
        """Count something that happened."""
        with self._lock:
            self._values[labels] = self._values.get(labels, 0.0) + amount

    def samples(self) -> Samples:
        """One sample a combination of labels."""
        with self._lock:
            return [(self.name, _named(self._labels, key), value) for key, value in sorted(self._values.items())]


class Gauge:
    """A number as it is now."""

    kind = "gauge"

    def __init__(self, name: str, meaning: str, read: Callable[[], Rows], labels: Sequence[str]) -> None:
        self.name, self.meaning, self._read, self._labels = name, meaning, read, tuple(labels)

    def samples(self) -> Samples:
        """One sample a row that is read."""
        return [(self.name, _named(self._labels, key), value) for key, value in self._read()]


class Histogram:
    """Observations by size, by labels."""

    kind = "histogram"

    def __init__(self, name: str, meaning: str, labels: Sequence[str], bounds: Sequence[float]) -> None:
        self.name, self.meaning, self._labels, self._bounds = name, meaning, tuple(labels), tuple(bounds)
        self._values: dict[Labels, tuple[list[int], float]] = {}
        self._lock = threading.Lock()

    def observe(self, value: float, *labels: str) -> None:
        """Count one observation."""
        with self._lock:
            buckets, total = self._values.get(labels) or ([0] * (len(self._bounds) + 1), 0.0)
            buckets[bisect_left(self._bounds, value)] += 1
            self._values[labels] = buckets, total + value

    def samples(self) -> Samples:
        """Cumulated buckets, the sum and the count of each combination of labels."""
        found: Samples = []
        with self._lock:
            for key, (buckets, total) in sorted(self._values.items()):
                named = _named(self._labels, key)
                below = 0
                for bound, inside in zip((*self._bounds, float("inf")), buckets, strict=True):
                    below += inside
                    found.append((f"{self.name}_bucket", {**named, "le": _number(bound)}, below))
                found += [(f"{self.name}_sum", named, total), (f"{self.name}_count", named, below)]
        return found


def _named(labels: Labels, values: Labels) -> Mapping[str, str]:
    return dict(zip(labels, values, strict=True))


def _number(value: float) -> str:
    if value == float("inf"):
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(value)


def _escaped(text: str, *, quoted: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quoted else text
