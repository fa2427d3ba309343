"""Bundles are switched while people ask: nothing fails, nothing is mixed, and a bad bundle changes nothing."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from corpus.bundle import Bundle, open_bundle
from corpus.encoder import Encoder
from corpus.shelf import Shelf
from service.engine import AnswerEngine
from service.metrics import Metrics
from service.reload import BundleWatch
from tests.makers import note, question, shelve
from tests.server_maker import Server, serving

QUESTION = "Quel est le plafond de la PECAN par an et par patient ?"
SWITCHES = 50
WORKERS = 2
ASKERS = 3


def edition(shelf: Path, encoder: Encoder, amount: int) -> Bundle:
    """An edition of the corpus in which the ceiling is `amount`, after some sentences that move its place on the page."""
    before = [f"La PECAN a été décrite en {1000 + n} mots." for n in range(amount % 7)]
    notes = [
        note("pecan", *before, f"Le plafond de la PECAN est de {amount} € par an et par patient."),
        note("hds", "La certification HDS couvre six activités."),
    ]
    return shelve(shelf, notes, encoder)


@pytest.fixture
def editions(tmp_path: Path, encoder: Encoder) -> tuple[Shelf, Bundle, Bundle]:
    """A shelf with two editions, the first of them active."""
    first, second = edition(tmp_path, encoder, 780), edition(tmp_path, encoder, 797)
    shelf = Shelf(tmp_path)
    shelf.activate(first.card.id)
    return shelf, first, second


def quotes_hold(answer: Any, bundles: dict[str, Bundle]) -> bool:
    """Whether every quote stands, character for character, in the bundle that the answer names."""
    bundle = bundles[answer["bundle"]["id"]]
    for citation in answer["citations"]:
        quote, index = citation["quote"], (citation["page"] or {"index": 0})["index"]
        page = bundle.page(citation["document"]["id"], index)
        if page is None or page.text[quote["start"] : quote["end"]] != quote["exact"]:
            return False
    return bool(answer["citations"])


class Askers:
    """Threads that ask without a pause, and what came of it."""

    def __init__(self, server: Server) -> None:
        self.answers: list[Any] = []
        self.failures: list[str] = []
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(server,)) for _ in range(ASKERS)]

    def __enter__(self) -> Askers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(30)

    def _ask(self, server: Server) -> None:
        while not self._ending.is_set():
            try:
                self.answers.append(server.ask(QUESTION))
            except (OSError, ValueError) as fault:
                self.failures.append(repr(fault))


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = 60) -> None:
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def taken_lines(server: Server) -> int:
    """How many switches the log tells of, of all workers."""
    return server.log.read_text(encoding="utf-8").count('"event": "bundle_taken"')


def switches_by_worker(server: Server) -> dict[str, float]:
    """The switches that each worker has made, over enough connections to meet them all."""
    found: dict[str, float] = {}
    for _ in range(60):
        with urlopen(f"{server.url}/metrics", timeout=20) as response:
            for line in response.read().decode().splitlines():
                if line.startswith("sourcier_index_switches_total"):
                    found[line.partition('worker="')[2].partition('"')[0]] = float(line.rpartition(" ")[2])
    return found


@pytest.mark.slow
def test_fifty_switches_under_load_fail_nothing_and_mix_nothing(
    editions: tuple[Shelf, Bundle, Bundle], tmp_path: Path
) -> None:
    shelf, *bundles = editions
    by_id = {bundle.card.id: bundle for bundle in bundles}
    with serving(shelf.folder, tmp_path / "log", "--workers", str(WORKERS)) as server:
        wait_for(lambda: len(switches_by_worker(server)) == WORKERS, "not every worker is there", 120)
        with Askers(server) as askers:
            for n in range(SWITCHES):
                shelf.activate(bundles[(n + 1) % 2].card.id)
                wait_for(lambda n=n: taken_lines(server) == WORKERS * (n + 1), f"not every worker made switch {n}")
        switched = switches_by_worker(server)
    print(f"{SWITCHES} switches, {WORKERS} workers, {len(askers.answers)} answers, {len(askers.failures)} failed")
    assert askers.failures == []
    assert len(askers.answers) > 5 * SWITCHES
    assert [answer for answer in askers.answers if not quotes_hold(answer, by_id)] == []
    assert {answer["bundle"]["id"] for answer in askers.answers} == set(by_id)
    assert list(switched.values()) == [SWITCHES] * WORKERS
    assert "Traceback" not in server.log.read_text(encoding="utf-8")


@pytest.fixture
def watched(
    editions: tuple[Shelf, Bundle, Bundle], encoder: Encoder
) -> Iterator[tuple[BundleWatch, list[AnswerEngine]]]:
    """A watch over the shelf that has not begun to watch by itself, and the engines that it hands out."""
    shelf, first, _ = editions
    taken = [AnswerEngine(first, encoder)]
    yield BundleWatch(shelf, taken[0], taken.append, Metrics()), taken


def test_a_pointer_that_does_not_move_costs_nothing(watched: tuple[BundleWatch, list[AnswerEngine]]) -> None:
    watch, taken = watched
    for _ in range(3):
        watch.look()
    assert len(taken) == 1


def test_a_new_bundle_is_taken_with_the_encoder_that_is_open(
    editions: tuple[Shelf, Bundle, Bundle], watched: tuple[BundleWatch, list[AnswerEngine]]
) -> None:
    (shelf, first, second), (watch, taken) = editions, watched
    shelf.activate(second.card.id)
    watch.look()
    assert [engine.bundle.card.id for engine in taken] == [first.card.id, second.card.id]
    assert taken[1].encoder is taken[0].encoder
    assert "797" in taken[1].ask(question(QUESTION)).text
    assert "780" in taken[0].ask(question(QUESTION)).text


def damage(folder: Path) -> None:
    path = folder / "text.bin"
    path.write_bytes(path.read_bytes()[:-1] + b"?")


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (damage, "bundle_corrupt"),
        (lambda folder: (folder / "vectors.faiss").unlink(), "bundle_corrupt"),
        (lambda folder: (folder / "documents.json").write_text("[]", encoding="utf-8"), "bundle_corrupt"),
        (shutil.rmtree, "bundle_missing"),
    ],
    ids=["altered", "file missing", "cut", "removed"],
)
def test_a_bad_bundle_is_refused_by_name_and_the_old_one_goes_on(
    editions: tuple[Shelf, Bundle, Bundle],
    watched: tuple[BundleWatch, list[AnswerEngine]],
    harm: Callable[[Path], None],
    code: str,
    encoder: Encoder,
) -> None:
    (shelf, first, second), (watch, taken) = editions, watched
    shelf.activate(second.card.id)
    harm(shelf.folder / second.card.id)
    watch.look()
    assert len(taken) == 1
    assert watch.refused is not None
    assert (watch.refused.bundle_id, watch.refused.code) == (second.card.id, code)
    shelf.activate(first.card.id)
    watch.look()
    assert watch.refused is None
    third = edition(shelf.folder, encoder, 801)
    shelf.activate(third.card.id)
    watch.look()
    assert taken[-1].bundle.card.id == third.card.id


def test_a_service_says_which_bundle_it_refuses_and_goes_on(
    editions: tuple[Shelf, Bundle, Bundle], tmp_path: Path
) -> None:
    shelf, first, second = editions
    with serving(shelf.folder, tmp_path / "log") as server:
        shelf.activate(second.card.id)
        wait_for(lambda: server.get("/readyz")["bundle"]["id"] == second.card.id, "the second edition")
        damage(shelf.folder / first.card.id)
        shelf.activate(first.card.id)
        wait_for(lambda: "refused" in server.get("/readyz"), "the refusal")
        said = server.get("/readyz")
        assert said["bundle"]["id"] == second.card.id
        assert said["refused"] == {"bundle_id": first.card.id, "code": "bundle_corrupt"}
        assert quotes_hold(server.ask(QUESTION), {second.card.id: open_bundle(second.folder)})
        with urlopen(f"{server.url}/metrics", timeout=20) as response:
            assert 'sourcier_index_refusals_total{code="bundle_corrupt"} 1' in response.read().decode()
        assert "text.bin" in server.log.read_text(encoding="utf-8")
