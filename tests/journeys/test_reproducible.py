"""The same documents give the same bundle, byte for byte, on another machine: another processor, path, clock, place and order."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.bundle_card import read_card
from tests.makers import ROOT

ELSEWHERE = {
    "an old processor": {"OPENBLAS_CORETYPE": "Nehalem", "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL"},
    "another processor": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL"},
    "another place and more hands": {
        "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "42", "SOURCIER_READERS": "4", "OMP_NUM_THREADS": "1",
        "PYTHONUTF8": "1",
    },
}  # fmt: skip


def built(documents: Path, bundles: Path, **env: str) -> tuple[str, dict[str, str]]:
    """The id of the bundle of a folder, and the digest of every file, as a process of its own builds it."""
    command = [sys.executable, "-W", "ignore", "-m", "ingest", "build", "--documents", str(documents), "--json"]
    done = subprocess.run(
        [*command, "--bundles", str(bundles)], cwd=ROOT, env={**os.environ, **env}, capture_output=True, text=True,
        timeout=240, check=True,
    )  # fmt: skip
    bundle_id = str(json.loads(done.stdout)["bundle_id"])
    return bundle_id, {name: seal.sha256 for name, seal in read_card(bundles / bundle_id).files.items()}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tuple[str, dict[str, str]]]:
    """Some of the starter notes, and their bundle."""
    folder = tmp_path_factory.mktemp("reproducible")
    (folder / "documents").mkdir()
    for path in sorted((ROOT / "corpus" / "documents").iterdir())[:12]:
        shutil.copy(path, folder / "documents")
    return folder, built(folder / "documents", folder / "bundles")


@pytest.mark.parametrize("where", ELSEWHERE)
def test_another_machine_gives_the_same_bundle(
    here: tuple[Path, tuple[str, dict[str, str]]], where: str, tmp_path: Path
) -> None:
    folder, known = here
    copied = tmp_path / "autre dossier"
    copied.mkdir()
    for path in sorted((folder / "documents").iterdir(), reverse=True):  # other times, another order on the disk
        (copied / path.name).write_bytes(path.read_bytes())
    assert built(copied, tmp_path / "bundles", **ELSEWHERE[where]) == known
