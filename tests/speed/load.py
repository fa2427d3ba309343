"""What the service does when more is asked than it can answer: `python -m tests.speed.load`, ten minutes at twice and at ten times.

The real service, with workers, answers made anew and its own queue. First each question is asked once, alone, and every quote of
its answer is looked up in its page: these are the known answers. Then a closed loop finds how many answers a second it gives, and
an open loop offers two and ten times as many. Every answer must be the known one; every other response a refusal with `Retry-After`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from corpus.shelf import Shelf
from tests.makers import ROOT
from tests.server_maker import Server, serving
from tests.speed.clients import ask_at_once, times_of
from tests.speed.document import renew
from tests.speed.load_shown import load_svg, load_text
from tests.speed.open_loop import Asked, Came, digest_of, offer, question_of
from tests.speed.questions import AS_OF, build_starter, starter_questions
from tests.speed.shared_maps import mapped_of, resident_mb, workers_of

FACTORS = (2, 10)
CLIENTS = 16
GROWTH_LIMIT = 0.05
LOOK_EVERY_S = 0.5
TENTH = 10
REAL = {"RATE_PER_MINUTE": "0", "CACHED_ANSWERS": "0"}
"""No limit a client, since all are one here, and every answer made anew; the queue is the one that the service has."""


def known_answers(server: Server, questions: Sequence[str]) -> tuple[dict[str, str], list[float]]:
    """The digest of each question's answer, whose quotes were found in their pages, and how long each took alone, in ms.

    Raises: ValueError where an answer is not what it should be.
    """
    known, times = {}, []
    bundle = server.get("/readyz")["bundle"]["id"]
    for question in questions:
        body, took_ms = asked_alone(server, question)
        times.append(took_ms)
        answer = json.loads(body)
        if answer["bundle"]["id"] != bundle:
            raise ValueError(f"{question}: of another bundle")
        for citation in answer["citations"]:
            quote, page = citation["quote"], server.get(citation["links"]["page_text"])
            if not citation["verified"] or page["text"][quote["start"] : quote["end"]] != quote["exact"]:
                raise ValueError(f"{question}: a quote that is not in its page")
        known[question] = digest_of(body)
    return known, times


def asked_alone(server: Server, question: str) -> tuple[bytes, float]:
    """The body of an answer over a connection of its own, and the milliseconds that it took."""
    body = json.dumps({"question": question, "as_of": AS_OF.isoformat()}).encode()
    start = time.perf_counter()
    with urlopen(
        Request(f"{server.url}/v1/answers", body, {"Content-Type": "application/json"}), timeout=30
    ) as response:
        return response.read(), (time.perf_counter() - start) * 1000


class Watch(threading.Thread):
    """Looks at a service under load: the memory of each worker, and how long `/healthz` takes, twice a second."""

    def __init__(self, server: Server, workers: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._workers = workers
        self._ended = threading.Event()
        self.memory_mb: dict[int, list[float]] = {pid: [] for pid in workers}
        self.health_ms: list[float] = []
        self.unhealthy = 0

    def run(self) -> None:
        """Look until the end."""
        connection = HTTPConnection("127.0.0.1", self._server.port, timeout=30)
        while not self._ended.wait(LOOK_EVERY_S):
            for pid in self._workers:
                with suppress(OSError):
                    self.memory_mb[pid].append(resident_mb(pid))
            start = time.perf_counter()
            try:
                connection.request("GET", "/healthz", headers={"Connection": "close"})
                self.unhealthy += connection.getresponse().status != 200
            except OSError:
                self.unhealthy += 1
            connection.close()
            self.health_ms.append((time.perf_counter() - start) * 1000)

    def end(self) -> dict[str, Any]:
        """Stop looking; what was seen."""
        self._ended.set()
        self.join()
        return {
            "health": {**times_of(self.health_ms), "failures": self.unhealthy},
            "memory_mb": {str(pid): [round(one, 1) for one in seen] for pid, seen in self.memory_mb.items()},
            "growth": round(max(map(growth_of, self.memory_mb.values())), 4),
        }


def growth_of(seen: Sequence[float]) -> float:
    """By which share memory grew after the first fifth of the time: the last tenth over the first after it."""
    after = seen[len(seen) // 5 :]
    few = max(1, len(after) // TENTH)
    return sum(after[-few:]) / sum(after[:few]) - 1


def under_load(
    server: Server, workers: Sequence[int], asked: Sequence[Asked], rate: float, seconds: float
) -> dict[str, Any]:
    """What came back at that rate, and what was seen meanwhile."""
    watch = Watch(server, workers)
    watch.start()
    came = offer(server.port, asked, rate, seconds)
    return {**told(came, rate), **watch.end()}


def told(came: Came, rate: float) -> dict[str, Any]:
    """The figures of a load."""
    refused = len(came.refused_ms)
    last = max((second for second, _ in came.by_second), default=0)
    return {
        "wanted_per_second": round(rate, 1),
        "offered_per_second": round(came.offered / max(came.wall_s, 1e-9), 1),
        "offered": came.offered,
        "answers_per_second": round(len(came.times_ms) / max(came.wall_s, 1e-9), 1),
        "refused_share": round(refused / max(came.offered, 1), 4),
        "answered": times_of(came.times_ms),
        "refused": times_of(came.refused_ms) if refused else {},
        "codes": dict(came.codes),
        **{kind: came.faults[kind] for kind in ("wrong", "lost", "unexpected")},
        "examples": came.examples,
        "client_late_ms": round(came.late_ms, 1),
        "by_second": [[came.by_second[n, "answered"], came.by_second[n, "refused"]] for n in range(last)],
    }


def measured(workers: int, seconds: float, factors: Sequence[int]) -> dict[str, Any]:
    """Every figure."""
    questions = starter_questions()
    figures: dict[str, Any] = {
        "workers": workers,
        "seconds": seconds,
        "cores": os.cpu_count(),
        "questions": len(questions),
    }
    with tempfile.TemporaryDirectory() as name:
        bundles, log = Path(name) / "bundles", Path(name) / "service.log"
        build_starter(bundles)
        with serving(bundles, log, "--workers", str(workers), **REAL) as server:
            wait_for_workers(server, bundles, workers)
            known, _ = known_answers(server, questions)
            asked = [Asked(question_of(server.port, text, AS_OF.isoformat()), digest) for text, digest in known.items()]
            ask_at_once(server.port, "/v1/answers", questions, CLIENTS, 2)
            before = [asked_alone(server, question)[1] for question in questions]
            capacity = ask_at_once(server.port, "/v1/answers", questions, CLIENTS, max(4.0, seconds / 20))
            figures |= {"capacity": capacity.to_json(), "alone_before": times_of(before)}
            rate = len(capacity.times_ms) / capacity.wall_s
            pids = workers_of(server.process.pid, bundles)
            figures["loads"] = {str(n): under_load(server, pids, asked, n * rate, seconds) for n in factors}
            figures["alone_after"] = times_of([asked_alone(server, question)[1] for question in questions])
            folder = Shelf(bundles).active_folder()
            figures["mapped"] = [mapped_of(pid, folder).to_json() for pid in workers_of(server.process.pid, bundles)]
            figures["same_workers"] = workers_of(server.process.pid, bundles) == pids
        figures["faults_logged"] = log.read_text(encoding="utf-8").count('"fault"')
    return figures


def wait_for_workers(server: Server, bundles: Path, workers: int) -> None:
    """Wait until every worker has opened the bundle: the first that is ready answers for all."""
    end_s = time.monotonic() + 120
    while len(workers_of(server.process.pid, bundles)) < workers and time.monotonic() < end_s:
        time.sleep(0.2)
    time.sleep(1)


def failures(figures: Mapping[str, Any]) -> list[str]:
    """What should not have been, in words; none where all is well."""
    found = [] if figures["same_workers"] else ["a worker was replaced"]
    found += [f"{figures['faults_logged']} faults in the log"] if figures["faults_logged"] else []
    for factor, load in figures["loads"].items():
        found += [f"{factor} times: {load[kind]} {kind}" for kind in ("wrong", "lost", "unexpected") if load[kind]]
        found += (
            [f"{factor} times: {load['health']['failures']} health checks failed"] if load["health"]["failures"] else []
        )
        if load["growth"] >= GROWTH_LIMIT and factor == str(
            FACTORS[0]
        ):  # at ten times, thousands of connections take their room
            found.append(f"{factor} times: memory grew by {load['growth']:.1%}")
    return found


def main() -> int:
    """Print the table; 1 where something was wrong or lost, or memory grew."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="of each load; default: %(default)s")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--factors", type=int, nargs="+", default=FACTORS, help="times the capacity; default: 2 10")
    parser.add_argument("--out", type=Path, default=ROOT / "reports" / "load.json")
    parser.add_argument("--document", action="store_true", help="renew docs/speed.md and its plot")
    options = parser.parse_args()
    figures = measured(options.workers, options.seconds, options.factors)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    options.out.with_suffix(".svg").write_text(load_svg(figures), encoding="utf-8")
    print(text := load_text(figures))
    if options.document:
        renew("load", text)
        (ROOT / "docs" / "images" / "speed-load.svg").write_text(load_svg(figures), encoding="utf-8")
    for line in (found := failures(figures)):
        print(f"FAILED: {line}", file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
