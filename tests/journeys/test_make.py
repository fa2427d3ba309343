"""The make targets that a newcomer meets first: help, and one clear line where something is missing."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from tests.makers import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="needs make")


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SOURCIER_", "MAKE", "MFLAGS"))}
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, timeout=60, check=False)


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was printed, without make's own closing line."""
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if not re.match(r"make(\[\d+\])?: \*\*\*", line)]


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder with the Makefile alone, so that nothing can be installed by mistake."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    return tmp_path


def interpreter(folder: Path, script: str) -> str:
    path = folder / "python3"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_help_is_the_default_and_lists_every_documented_target(fresh: Path) -> None:
    done = make(cwd=fresh)
    assert done.returncode == 0
    documented = re.findall(r"^([a-z-]+):.*?## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"run", "test", "check", "serve", "ask", "corpus", "clean"} <= set(documented)
    assert [line.split()[1] for line in done.stdout.splitlines()] == documented
    assert not (fresh / ".venv").exists()


def test_every_target_is_declared_phony() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert set(re.findall(r"^([a-z][a-z-]*):", text, re.MULTILINE)) <= set(phony.split())


def test_a_taken_port_gets_one_clear_line_before_anything_is_installed(fresh: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = make("run", f"SOURCIER_PORT={port}", cwd=fresh)
    assert done.returncode != 0
    assert said(done) == [f"make: port {port} is taken. Use another one: SOURCIER_PORT=8001 make run"]
    assert not (fresh / ".venv").exists()


def test_an_old_python_gets_one_clear_line(fresh: Path) -> None:
    old = interpreter(fresh, '[ "$1" = --version ] && echo "Python 3.8.1" && exit 0; exit 1')
    done = make("run", f"PYTHON={old}", cwd=fresh)
    (line,) = said(done)
    assert done.returncode != 0
    assert "Python 3.8.1" in line and "3.11" in line
    assert not (fresh / ".venv").exists()


def test_a_python_without_venv_gets_one_clear_line(fresh: Path) -> None:
    bare = interpreter(fresh, 'case "$2" in *venv*) exit 1;; esac; exit 0')
    done = make("run", f"PYTHON={bare}", cwd=fresh)
    (line,) = said(done)
    assert done.returncode != 0
    assert "no venv module" in line and "apt-get install python3-venv" in line


def test_no_python_at_all_gets_one_clear_line(fresh: Path) -> None:
    done = make("run", "PYTHON=", cwd=fresh)
    assert done.returncode != 0
    assert said(done) == ["make: no python3 found. Install Python 3.11 or later."]


def test_clean_removes_what_was_built_and_not_the_environment(fresh: Path) -> None:
    for name in ("bundles/b-1", ".venv", "reports", "documents"):
        (fresh / name).mkdir(parents=True)
    assert make("clean", cwd=fresh).returncode == 0
    assert sorted(path.name for path in fresh.iterdir()) == [".venv", "Makefile", "documents"]


def test_continuous_integration_runs_the_test_command_alone() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "make test" in text
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
