"""Publishing as the READMEs and docs/operating-service.md say it, typed as it stands there: a push by curl, a dropped file."""

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

READMES = {
    "README.md": "Add documents while it runs",
    "README.fr.md": "Ajouter des documents pendant que le service tourne",
}
GUIDE = {"docs/operating-service.md": "New documents"}
PAGES = {**READMES, **GUIDE}
TOKEN = "choose-your-own-token"
PUSHED = "Depuis quand la ville de Vierzon prête-t-elle un tensiomètre connecté ?"
DROPPED = "Depuis quand le carnet bleu est-il délivré par la mairie de Vierzon ?"

pytestmark = pytest.mark.skipif(
    shutil.which("curl") is None or shutil.which("bash") is None, reason="needs curl and bash"
)


@pytest.fixture(scope="module", params=PAGES)
def place(request: pytest.FixtureRequest, starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One page, and the service over a copy of the starter corpus, in a folder where the commands can be typed."""
    folder = tmp_path_factory.mktemp("publishing")
    shutil.copytree(starter, folder / "bundles")
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    settings = {"ADMIN_TOKEN": TOKEN, "INBOX_DIR": str(folder / "inbox")}
    workers = "1" if request.param in READMES else "2"  # as the page starts it
    with serving(folder / "bundles", folder / "log", "--workers", workers, **settings) as server:
        yield Place(request.param, server, folder)


class Place:
    """A page of instructions, and where they are typed."""

    def __init__(self, page: str, server: Server, folder: Path) -> None:
        self.page, self.server, self.folder = page, server, folder

    def blocks(self) -> list[str]:
        """The indented blocks of the section about new documents, as they would be typed."""
        text = (ROOT / self.page).read_text(encoding="utf-8")
        section = text.split(f"\n## {PAGES[self.page]}\n")[1].split("\n## ")[0]
        found = re.findall(r"(?:^    .*\n)+", section, re.MULTILINE)
        return [re.sub(r"^    ", "", block, flags=re.MULTILINE) for block in found]

    def shown(self, *words: str) -> str:
        """The one block that holds all these words."""
        (block,) = (block for block in self.blocks() if all(word in block for word in words))
        return block

    def typed(self, block: str) -> str:
        """What a shell prints for a block of commands."""
        script = block.replace("http://127.0.0.1:8000", self.server.url)
        done = subprocess.run(
            ["bash", "-ec", script], cwd=self.folder, env=self.environment(), capture_output=True, text=True,
            timeout=120, check=True,
        )  # fmt: skip
        return done.stdout

    def environment(self) -> dict[str, str]:
        """What the shell knows: the token, and where this checkout and its catalogue are."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "SOURCIER_ADMIN_TOKEN": TOKEN,
            "SOURCIER_CATALOGUE": str(ROOT / "corpus" / "sources.toml"),
        }

    def answered(self, question: str, document: str, timeout_s: float = 60) -> tuple[Any, float]:
        """The answer once it cites a document, and the seconds that it took to come to that."""
        begun = time.monotonic()
        while True:
            answer = self.server.ask(question)
            if any(one["document"]["id"] == document for one in answer["citations"]):
                return answer, time.monotonic() - begun
            assert time.monotonic() - begun < timeout_s, answer
            time.sleep(0.1)


def test_a_document_pushed_by_curl_is_answered_from(place: Place) -> None:
    if place.page in READMES:
        assert place.shown("make run") == f"SOURCIER_ADMIN_TOKEN={TOKEN} make run\n"
        said = place.typed(place.shown("curl -X PUT", PUSHED))  # nothing between the push and the question
        assert '"indexed":true' in said and "mars 2026" in said.partition('"indexed":true')[2]
    else:
        assert '"state":"running"' in place.typed(place.shown("curl -X PUT"))
        place.answered(PUSHED, "tensiometres-vierzon")
        assert "mars 2026" in place.typed(place.shown(PUSHED))
    answer, _ = place.answered(PUSHED, "tensiometres-vierzon")
    (cited,) = (one for one in answer["citations"] if one["document"]["id"] == "tensiometres-vierzon")
    assert cited["quote"]["exact"].endswith("depuis mars 2026.")
    if place.page in GUIDE:
        assert (cited["document"]["publisher"], cited["document"]["published_on"]) == ("Ville de Vierzon", "2026-10-01")
    assert (place.folder / "inbox" / "tensiometres-vierzon.toml").is_file()


def test_a_file_dropped_into_the_folder_while_the_service_runs_is_answered_from(place: Place) -> None:
    words = place.shown("ingest watch").split()
    assert words == [".venv/bin/python", "-m", "ingest", "watch"]
    log = place.folder / "watch.log"
    with log.open("wb") as stream:
        watch = subprocess.Popen(words, cwd=place.folder, env=place.environment(), stdout=stream, stderr=stream)
    try:
        while b"watching" not in log.read_bytes():
            assert watch.poll() is None, log.read_text(encoding="utf-8")
            time.sleep(0.05)
        if place.page in READMES:
            place.typed(place.shown("inbox/carnet-bleu.md"))
        else:
            text = "# Le carnet bleu\n\nLe carnet bleu est délivré gratuitement par la mairie de Vierzon depuis mars 2025.\n"
            (place.folder / "inbox" / "carnet-bleu.md").write_text(text, encoding="utf-8")
        answer, seconds = place.answered(DROPPED, "carnet-bleu")
        if place.page in READMES:
            assert "mars 2025" in place.typed(place.shown(DROPPED))
    finally:
        watch.send_signal(signal.SIGTERM)
        watch.wait(20)
    assert "mars 2025" in answer["text"]
    print(f"answered from {seconds:.1f} s after it was dropped")
