"""`python release/lock.py`: what pip would install from pyproject.toml goes in; requirements.lock, with the hash of every file, comes out.

torch stands there by its version alone: its CPU build has another file, hence another hash, on each index. No address of an index and
no path is written, so the lock is good wherever the same files are to be had: Linux on x86-64 with the Python that its header names.
"""

# ruff: noqa: T201, S603 - a command that speaks, and that runs pip
from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
WITHOUT_HASH = frozenset({"torch"})
OURS = "sourcier"
HEADER = """\
# What Sourcier {version} was tested with: every package that running needs, each file by its SHA-256. Made by: make lock
# For CPython {python} on Linux {machine}. torch is pinned by version alone; take its CPU build from wherever you get it.
# To install from it: make install-locked
"""


def main() -> int:
    """Write the lock; 1 where pip cannot resolve."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        asked = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--dry-run",
            "--ignore-installed",
            "--report",
            str(report),
        ]
        done = subprocess.run([*asked, str(ROOT)], capture_output=True, text=True, check=False)
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return 1
        LOCK.write_text(lock_of(json.loads(report.read_text(encoding="utf-8"))), encoding="utf-8")
    print(f"{LOCK.name}: {len(LOCK.read_text(encoding='utf-8').splitlines()) - 3} packages")
    return 0


def lock_of(report: dict[str, Any]) -> str:
    """The lock of one of pip's installation reports (format 1)."""
    ours = next(one["metadata"]["version"] for one in report["install"] if plain(one["metadata"]["name"]) == OURS)
    lines = sorted(line_of(one) for one in report["install"] if plain(one["metadata"]["name"]) != OURS)
    python = ".".join(platform.python_version_tuple()[:2])
    return HEADER.format(version=ours, python=python, machine=platform.machine()) + "".join(
        f"{line}\n" for line in lines
    )


def line_of(installed: dict[str, Any]) -> str:
    """One package: its name, its version without a build's own label, and its hash."""
    name = plain(installed["metadata"]["name"])
    version = installed["metadata"]["version"].partition("+")[0]
    if name in WITHOUT_HASH:
        return f"{name}=={version}"
    return f"{name}=={version} --hash=sha256:{installed['download_info']['archive_info']['hashes']['sha256']}"


def plain(name: str) -> str:
    """A package's name as indexes know it."""
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
