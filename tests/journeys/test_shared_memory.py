"""Several workers over one bundle, as real processes: its files stand in memory once, and nobody has a copy of a page."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from corpus.shelf import Shelf
from tests.server_maker import serving
from tests.speed.shared_maps import mapped_of, workers_of

WORKERS = 3


def test_workers_share_the_pages_of_the_bundle(starter: Path, tmp_path: Path) -> None:
    if not Path("/proc/self/smaps").is_file():
        pytest.skip("needs /proc/PID/smaps, which Linux has")
    folder = Shelf(starter).active_folder()
    with serving(starter, tmp_path / "log", "--workers", str(WORKERS)) as server:
        end_s = time.monotonic() + 120
        while len(pids := workers_of(server.process.pid, folder)) < WORKERS and time.monotonic() < end_s:
            time.sleep(0.1)
        assert len(pids) == WORKERS
        for _ in range(10):
            assert server.ask("Quel est le plafond de la PECAN ?")["outcome"] == "answered"
        found = [mapped_of(pid, folder) for pid in pids]
        while any(one.pss_kb > one.rss_kb / (WORKERS - 0.5) for one in found) and time.monotonic() < end_s:
            time.sleep(0.1)  # the last of them is still reading
            found = [mapped_of(pid, folder) for pid in pids]
    on_disk = {path for path in folder.rglob("*") if path.is_file()}
    for one in found:
        assert 0 < one.files <= len(on_disk)
        assert one.rss_kb > 100
        assert one.pss_kb <= one.rss_kb / (WORKERS - 0.5), "each page counts for a third of itself"
        assert (one.writable, one.copied_kb) == (0, 0)
