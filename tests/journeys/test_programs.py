"""What the guides tell other programs' authors to write is run as written, against a real service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.test_readme import READMES, fences, text_of
from tests.server_maker import Server, serving

WRITTEN = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def server(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The service as `make run` starts it, over the starter corpus."""
    with serving(starter, tmp_path_factory.mktemp("log") / "log.txt") as made:
        yield made


def pasted(lines: str, bundles: Path, folder: Path) -> str:
    """What a shell prints of lines that a reader pastes, in a folder where the environment and the bundles are."""
    for name, target in ((".venv", Path(sys.prefix)), ("bundles", bundles)):
        if not (folder / name).exists():
            (folder / name).symlink_to(target)
    done = subprocess.run(
        ["bash", "-e"],
        input=lines,
        cwd=folder,
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("page", READMES)
def test_openai_s_client_an_agent_and_langchain_get_a_cited_answer_by_the_readme_as_written(
    server: Server, starter: Path, tmp_path: Path, page: str
) -> None:
    """Each block is pasted into a shell where `.venv` is; nothing is changed in it but the port, which may be taken here."""
    blocks = fences(page, "bash")
    makers = ("ChatOpenAI(", "OpenAI(", "Client(")
    assert [next(name for name in makers if name in one) for one in blocks] == ["OpenAI(", "Client(", "ChatOpenAI("]
    for block in blocks:
        assert WRITTEN in block
        said = pasted(block.replace(WRITTEN, server.url), starter, tmp_path)
        assert said.startswith("Le plafond annuel") and "780\u00a0€ par patient. [1]" in said
        assert f"{server.url}/documents/pecan?page=1" in said


@pytest.mark.parametrize("page", READMES)
def test_an_answer_is_kept_and_verified_by_the_readme_as_written(starter: Path, tmp_path: Path, page: str) -> None:
    shown = [line.strip() for line in text_of(page).splitlines() if line.startswith("    .venv/bin/python -m service")]
    lines = [line for line in shown if "answer.json" in line]
    assert len(lines) == 2
    assert "1 extrait(s)" in pasted("\n".join(lines), starter, tmp_path)


def test_the_french_page_shows_the_same_programs() -> None:
    assert fences("README.fr.md", "bash") == fences("README.md", "bash") != []


def test_the_python_client_of_thirty_lines_runs_as_written(server: Server, tmp_path: Path) -> None:
    blocks = fences("docs/python-client.md", "python")
    (made,) = [block for block in blocks if "class Sourcier" in block]
    assert 25 <= len([line for line in made.splitlines() if line.strip()]) <= 35
    program = tmp_path / "client.py"
    program.write_text("\n".join(blocks).replace(WRITTEN, server.url), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("answered Le plafond annuel") and "personal_data_detected: " in done.stdout
