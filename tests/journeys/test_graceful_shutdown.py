"""A service that is told to stop, as real processes under load: what was accepted is answered whole, and nothing keeps it from ending."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.server_maker import Server, serving
from tests.speed.memory import family

QUESTIONS = (
    "Quel est le plafond de la PECAN ?",
    "Quand l'état des lieux de l'IA en santé a-t-il été publié, et par qui ?",
    "Qui délivre la certification HDS ?",
)
CLIENTS = 12
LONG_S = 120
POST = b"POST /v1/answers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@dataclass
class Load:
    """What clients got that ask without a pause: whole answers, refused connections, and what was lost."""

    answered: int = 0
    refused: int = 0
    lost: list[str] = field(default_factory=list)

    def check(self) -> None:
        assert self.lost == []


def ask_on(server: Server, load: Load, ended: threading.Event, *, keep: bool, pause_s: float) -> None:
    """One client: it asks until it is told to end, or until no connection is taken any more."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONG_S)
    while not ended.wait(pause_s):
        try:
            if connection.sock is None:
                connection.connect()
        except ConnectionRefusedError:
            load.refused += 1
            return
        except OSError as fault:
            load.lost.append(f"while connecting: {fault!r}")
            return
        try:
            body = json.dumps({"question": QUESTIONS[load.answered % len(QUESTIONS)]})
            headers = {"Content-Type": "application/json"} | ({} if keep else {"Connection": "close"})
            connection.request("POST", "/v1/answers", body, headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
            assert (response.status, answer["outcome"]) == (200, "answered"), answer
            assert all(citation["verified"] for citation in answer["citations"])
            load.answered += 1
        except (OSError, http.client.HTTPException, AssertionError, ValueError) as fault:
            load.lost.append(f"{'kept' if keep else 'own'} connection: {fault!r}")
            return


@contextmanager
def loaded(server: Server, pause_s: float = 0.0) -> Iterator[Load]:
    """Clients that ask, half of them over a connection that they keep, until the end of the block."""
    load, ended = Load(), threading.Event()
    threads = [
        threading.Thread(target=ask_on, args=(server, load, ended), kwargs={"keep": n % 2 == 0, "pause_s": pause_s})
        for n in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: load.answered >= 2 * CLIENTS or bool(load.lost))
        yield load
    finally:
        ended.set()
        for thread in threads:
            thread.join(LONG_S)


def wait_for(condition: Callable[[], object], limit_s: float = LONG_S) -> None:
    end_s = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < end_s, "waited in vain"
        time.sleep(0.02)


def check_end(server: Server) -> None:
    """It ends with 0, and its log holds nothing but its lines."""
    assert server.process.wait(LONG_S) == 0
    log = server.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert all(line.startswith("{") for line in log.splitlines()[1:]), log[-2000:]


@pytest.mark.parametrize("workers", ["1", "2"])
def test_every_accepted_question_is_answered_and_later_ones_find_no_door(
    starter: Path, tmp_path: Path, workers: str
) -> None:
    limits = {"WAITING_ASKS": "64", "CACHED_ANSWERS": "0", "ANSWER_TIMEOUT_S": "60"}
    with serving(starter, tmp_path / "log", "--workers", workers, **limits) as server:
        with loaded(server) as load:
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: load.refused + len(load.lost) == CLIENTS)
        load.check()
        check_end(server)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=LONG_S)
    assert not any('"status": 5' in line for line in (tmp_path / "log").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=["terminated", "hung up"])
def test_questions_that_wait_and_streams_are_answered_to_the_last_event(
    starter: Path, tmp_path: Path, number: signal.Signals
) -> None:
    limits = {"CONCURRENT_ASKS": "1", "WAITING_ASKS": "100", "CACHED_ANSWERS": "0", "ANSWER_TIMEOUT_S": "100"}
    with serving(starter, tmp_path / "log", **limits) as server:
        asked = []
        for n in range(60):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONG_S)
            question = {"question": QUESTIONS[n % 3], "stream": n % 2 == 0}
            connection.request("POST", "/v1/answers", json.dumps(question), {"Content-Type": "application/json"})
            asked.append(connection)
        server.process.send_signal(number)
        for n, connection in enumerate(asked):
            body = connection.getresponse().read().decode()  # raises where its end is missing
            if n % 2 == 0:
                assert body.endswith("\n\n")
                assert body.rstrip().rpartition("\n\n")[2].startswith("event: answer.completed\n")
            else:
                assert json.loads(body)["outcome"] == "answered"
        check_end(server)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_who_holds_a_connection_hears_that_the_service_is_not_ready(
    starter: Path, tmp_path: Path, workers: str
) -> None:
    heard: Counter[tuple[int, str]] = Counter()

    def look(server: Server) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=LONG_S)
        try:
            while True:
                connection.request("GET", "/readyz")
                response = connection.getresponse()
                said = json.loads(response.read())
                heard[response.status, said.get("code", said["status"])] += 1
                if response.headers["Connection"] == "close":
                    return
        except (ConnectionError, http.client.HTTPException):  # it was idle for longer than it may be
            return
        except OSError:
            heard[0, "nothing"] += 1

    with serving(starter, tmp_path / "log", "--workers", workers) as server:
        threads = [threading.Thread(target=look, args=(server,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        wait_for(lambda: heard[200, "ready"] > 20)
        server.process.send_signal(signal.SIGTERM)
        for thread in threads:
            thread.join(LONG_S)
        check_end(server)
    assert set(heard) == {(200, "ready"), (503, "stopping")}


def stuck_clients(server: Server, held: ExitStack) -> None:
    """One that never sends the end of its question, one that reads nothing, one that says nothing; a question is answered after."""
    for sent in (
        POST + b'Content-Length: 100\r\n\r\n{"question": "',
        b"GET /v1/documents?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n" * 50,
        b"",
    ):
        connection = held.enter_context(socket.socket())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(sent)
    assert server.ask(QUESTIONS[0])["outcome"] == "answered"


@pytest.mark.parametrize("workers", ["1", "2"])
def test_stuck_clients_are_waited_for_no_longer_than_the_limit(starter: Path, tmp_path: Path, workers: str) -> None:
    log = tmp_path / "log"
    with ExitStack() as held:
        patience = {"ANSWER_TIMEOUT_S": "1", "REQUEST_TIMEOUT_S": "600"}
        with serving(starter, log, "--workers", workers, **patience) as server:
            stuck_clients(server, held)
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: refuses(server))
            server.process.send_signal(signal.SIGTERM)  # said again, it changes nothing
            check_end(server)
    ends = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines() if '"stopped"' in line]
    assert len(ends) == int(workers)
    assert sum(end["requests_cut_off"] for end in ends) >= 1


@pytest.mark.parametrize("workers", ["1", "2"])
def test_an_interrupt_after_the_signal_ends_it_at_once(starter: Path, tmp_path: Path, workers: str) -> None:
    with ExitStack() as held:
        patience = {"ANSWER_TIMEOUT_S": "600", "REQUEST_TIMEOUT_S": "600"}
        with serving(starter, tmp_path / "log", "--workers", workers, **patience) as server:
            stuck_clients(server, held)
            server.process.send_signal(signal.SIGTERM)
            wait_for(lambda: refuses(server))
            server.process.send_signal(signal.SIGINT)
            check_end(server)


def refuses(server: Server) -> bool:
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=LONG_S).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        return False
    return False


def test_workers_are_renewed_one_by_one_while_all_questions_are_answered(starter: Path, tmp_path: Path) -> None:
    limits = {"WAITING_ASKS": "64", "CACHED_ANSWERS": "0", "ANSWER_TIMEOUT_S": "60"}
    with serving(starter, tmp_path / "log", "--workers", "2", **limits) as server:
        with loaded(server, pause_s=0.2) as load:
            before = workers_of(server)
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda: len(workers_of(server)) == 2 and not workers_of(server) & before)
            answered = load.answered
            wait_for(lambda: load.answered > answered + CLIENTS or bool(load.lost))
        load.check()
        server.process.send_signal(signal.SIGTERM)
        check_end(server)


def test_a_worker_that_dies_is_replaced(starter: Path, tmp_path: Path) -> None:
    with serving(starter, tmp_path / "log", "--workers", "2") as server:
        wait_for(lambda: len(workers_of(server)) == 2)
        dead = min(workers_of(server))
        os.kill(dead, signal.SIGKILL)
        wait_for(lambda: len(workers_of(server)) == 2 and dead not in workers_of(server))
        assert server.ask(QUESTIONS[0])["outcome"] == "answered"


def workers_of(server: Server) -> set[int]:
    """The processes that serve, which look at the bundle: not the one that watches them."""
    found = set()
    for pid in family(server.process.pid)[1:]:
        with suppress(OSError):
            if ".faiss" in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8"):
                found.add(pid)
    return found
