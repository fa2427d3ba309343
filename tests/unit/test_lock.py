"""One builder at a time: the second is refused with the first one's process, and a killed one keeps nothing locked."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import BundleError
from ingest.lock import LOCK_NAME, building
from tests.makers import ROOT, call

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
HOLDER = """
import datetime, pathlib, sys, time
from ingest.lock import building
with building(pathlib.Path(sys.argv[1]), datetime.datetime(2026, 11, 23, tzinfo=datetime.timezone.utc)):
    print("held", flush=True)
    time.sleep(60)
"""


def holder_of(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_builder_is_refused_by_name_and_a_killed_one_frees_the_folder(tmp_path: Path) -> None:
    process = holder_of(tmp_path)
    try:
        with pytest.raises(BundleError, match=rf"process {process.pid}, since 2026-11-23") as caught:
            building(tmp_path, NOW).__enter__()
        assert caught.value.code == "build_running"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    with building(tmp_path, NOW):
        assert f'"pid": {os.getpid()}' in (tmp_path / LOCK_NAME).read_text(encoding="utf-8")


def test_the_lock_is_free_again_after_a_fault_and_its_file_may_hold_anything(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_text("{", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), building(tmp_path, NOW):
        raise ZeroDivisionError
    with building(tmp_path, NOW), pytest.raises(BundleError), building(tmp_path, NOW):
        pass


def test_the_folder_is_made_where_it_is_not_there(tmp_path: Path) -> None:
    with building(tmp_path / "a" / "b", NOW):
        assert (tmp_path / "a" / "b").is_dir()


def test_a_second_build_on_the_command_line_ends_with_2_and_one_line(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "a.md").write_text("La PECAN dure un an.\n", encoding="utf-8")
    folders = ("--documents", str(tmp_path / "documents"), "--bundles", str(tmp_path / "bundles"))
    with building(tmp_path / "bundles", NOW):
        refused = call("ingest", "build", *folders)
        assert call("ingest", "prune", "--bundles", str(tmp_path / "bundles")).returncode == 2
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.splitlines()[-1].startswith("build_running: another build writes to ")
    assert f"(process {os.getpid()}, since 2026-11-23" in refused.stderr
    assert call("ingest", "build", *folders).returncode == 0
