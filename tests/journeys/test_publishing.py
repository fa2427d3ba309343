"""Publishing as docs/operating-service.md says it, typed as it stands there: a push by curl, a file dropped into the folder."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.makers import ROOT
from tests.server_maker import Server, serving

TOKEN = "a-token-of-the-operator"
QUESTION = "Depuis quand la ville de Vierzon prête-t-elle un tensiomètre connecté ?"
DROPPED = "# Le carnet bleu\n\nLe carnet bleu est délivré gratuitement par la mairie de Vierzon depuis mars 2025.\n"
ASKED = "Depuis quand le carnet bleu est-il délivré par la mairie de Vierzon ?"


@pytest.fixture(scope="module")
def server(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Path]]:
    """The service over a copy of the starter corpus, two workers, with a folder to drop into."""
    folder = tmp_path_factory.mktemp("publishing")
    shutil.copytree(starter, folder / "bundles")
    (folder / "inbox").mkdir()
    settings = {"ADMIN_TOKEN": TOKEN, "INBOX_DIR": str(folder / "inbox")}
    with serving(folder / "bundles", folder / "log", "--workers", "2", **settings) as found:
        yield found, folder


def shown(word: str) -> str:
    """The indented block of the document that holds a word, as it would be typed."""
    text = (ROOT / "docs" / "operating-service.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .*\n)+", text, re.MULTILINE)
    (block,) = (block for block in blocks if word in block)
    return re.sub(r"^    ", "", block, flags=re.MULTILINE)


def typed(block: str, server: Server, folder: Path) -> str:
    """What a shell prints for a block of commands."""
    script = block.replace("http://127.0.0.1:8000", server.url)
    env = {**os.environ, "SOURCIER_ADMIN_TOKEN": TOKEN}
    done = subprocess.run(
        ["bash", "-ec", script], cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout


def answered(server: Server, question: str, document: str, timeout_s: float = 60) -> tuple[Any, float]:
    """The answer once it cites a document, and the seconds that it took to come to that."""
    begun = time.monotonic()
    while True:
        answer = server.ask(question)
        if any(one["document"]["id"] == document for one in answer["citations"]):
            return answer, time.monotonic() - begun
        assert time.monotonic() - begun < timeout_s, answer
        time.sleep(0.1)


@pytest.mark.skipif(shutil.which("curl") is None or shutil.which("bash") is None, reason="needs curl and bash")
def test_a_document_pushed_by_curl_is_answered_from(server: tuple[Server, Path]) -> None:
    service, folder = server
    assert '"state":"running"' in typed(shown("curl -X PUT"), service, folder)
    answer, _ = answered(service, QUESTION, "tensiometres-vierzon")
    (cited,) = (one for one in answer["citations"] if one["document"]["id"] == "tensiometres-vierzon")
    assert cited["quote"]["exact"].endswith("depuis mars 2026.")
    assert (cited["document"]["publisher"], cited["document"]["published_on"]) == ("Ville de Vierzon", "2026-10-01")
    assert "mars 2026" in typed(shown(QUESTION), service, folder)
    assert (folder / "inbox" / "tensiometres-vierzon.toml").is_file()


def test_a_file_dropped_into_the_folder_while_the_service_runs_is_answered_from(server: tuple[Server, Path]) -> None:
    service, folder = server
    words = shown("ingest watch").split()
    assert words == [".venv/bin/python", "-m", "ingest", "watch"]
    settings = {"SOURCIER_BUNDLES_DIR": str(folder / "bundles"), "SOURCIER_INBOX_DIR": str(folder / "inbox")}
    with (folder / "watch.log").open("wb") as log:
        watch = subprocess.Popen(
            [sys.executable, *words[1:]], cwd=ROOT, env={**os.environ, **settings}, stdout=log, stderr=log
        )
    try:
        while b"watching" not in (folder / "watch.log").read_bytes():
            assert watch.poll() is None, (folder / "watch.log").read_text(encoding="utf-8")
            time.sleep(0.05)
        (folder / "inbox" / "carnet-bleu.md").write_text(DROPPED, encoding="utf-8")
        answer, seconds = answered(service, ASKED, "carnet-bleu")
    finally:
        watch.send_signal(signal.SIGTERM)
        watch.wait(20)
    assert "mars 2025" in answer["text"]
    print(f"answered from {seconds:.1f} s after it was dropped")
