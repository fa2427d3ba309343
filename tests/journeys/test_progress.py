"""A build on a terminal draws a bar; into a file it writes plain lines; with --json stdout is one JSON document in both."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.makers import ROOT

ESCAPE = "\x1b"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    documents = tmp_path / "documents"
    documents.mkdir()
    for number in range(6):
        (documents / f"note-{number}.md").write_text(
            f"# Note {number}\n\nLa règle {number} vaut ici.\n", encoding="utf-8"
        )
    (documents / "vide.md").write_bytes(b"")
    folders = ["--documents", str(documents), "--bundles", str(tmp_path / "bundles")]
    return [sys.executable, "-m", "ingest", "build", *folders]


def on_a_terminal(command: list[str]) -> tuple[int, str, str]:
    """Exit code, stdout (a pipe) and what a terminal of 60 columns on stderr is sent."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "COLUMNS": "60"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, env=env, text=True) as process:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # EIO: the other end is closed
            while block := os.read(ours, 4096):
                shown += block
        os.close(ours)
        assert process.stdout is not None
        out = process.stdout.read()
    return process.returncode, out, shown.decode()


def test_on_a_terminal_a_bar_moves_and_goes_and_what_failed_stays(command: list[str]) -> None:
    code, out, shown = on_a_terminal(command)
    assert code == 0
    bars = re.findall(rf"\r{re.escape(ESCAPE)}\[K\[([#.]{{20}})\] (\d)/7", shown)
    assert bars[0] == ("." * 20, "0") and bars[-1] == ("#" * 20, "7")
    assert all(
        len(line) < 60 for line in re.split(r"\r" + re.escape(ESCAPE) + r"\[K|\n", shown) if line.startswith("[")
    )
    assert "vide.md: FAILED (empty_document)" in shown
    assert shown.endswith(f"\r{ESCAPE}[K")
    assert ESCAPE not in out and "6 documents" in out


def test_with_json_stdout_is_one_document_beside_the_bar(command: list[str]) -> None:
    code, out, shown = on_a_terminal([*command, "--json"])
    assert (code, json.loads(out)["counts"]["documents"]) == (0, 6)
    assert f"{ESCAPE}[K[" in shown


def test_into_a_file_there_are_plain_lines_one_a_document(command: list[str], tmp_path: Path) -> None:
    with (tmp_path / "log").open("wb") as log:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, timeout=120, check=True)
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if re.match(r"\[\d/7\] \S+\.md: ", line)]) == 7
    assert ESCAPE not in "".join(lines) and "\r" not in "".join(lines)
    assert [line.split(":")[0] for line in lines if not line.startswith("[")] == [
        "plan", "read", "embed", "write", "verify", "activate", "prune",
    ]  # fmt: skip
    assert "active" in done.stdout
