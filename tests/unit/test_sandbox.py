"""Each document is read apart, under limits: what a bomb, a loop or a crash costs is that document, and its reason is told."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from corpus.errors import ReadError
from ingest import read_text
from ingest.manuscript import Draft
from ingest.reading import Limits, answer_of
from ingest.reading_room import ReadingRoom
from ingest.split import SplitRule

RULE = SplitRule()


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "bon.txt"
    path.write_text("La PECAN dure un an.\n\nLe HDS couvre six activités.\n", encoding="utf-8")
    return path


def big(folder: Path, megabytes: int) -> Path:
    path = folder / "gros.txt"
    path.write_text("Un mot et un autre. " * (megabytes * 50_000), encoding="utf-8")
    return path


def refusal(room: ReadingRoom, path: Path) -> ReadError:
    with pytest.raises(ReadError) as caught:
        room.read(path)
    assert path.name in caught.value.message
    return caught.value


def reader_ids() -> list[int]:
    """The processes of readers that this one has started."""
    said = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in said.splitlines()[1:]]
    return [int(pid) for pid, parent, args in rows if int(parent) == os.getpid() and "ingest.reading_process" in args]


def test_a_document_is_read_with_its_sentences_and_one_process_reads_many(good: Path) -> None:
    with ReadingRoom(RULE) as room:
        reading = room.read(good)
        first = reader_ids()
        assert room.read(good).passages == reading.passages
        assert reader_ids() == first
        assert len(first) == 1
    page = reading.pages[0].text
    assert [page[s.start : s.end] for p in reading.passages for s in p.sentences] == [
        "La PECAN dure un an.",
        "Le HDS couvre six activités.",
    ]
    assert reader_ids() == []


def test_a_document_that_takes_too_long_is_left_and_the_next_one_is_read(tmp_path: Path, good: Path) -> None:
    with ReadingRoom(RULE, Limits(seconds=1.0), readers=1) as room:
        start = time.monotonic()
        slow = tmp_path / "long.txt"
        slow.write_text("Une phrase. " * 1_600_000, encoding="utf-8")
        assert refusal(room, slow).code == "document_time_limit"
        assert time.monotonic() - start < 4
    with ReadingRoom(RULE, readers=1) as room:
        assert room.read(good).passages


def test_a_document_that_takes_too_much_memory_is_left_and_the_next_one_is_read(tmp_path: Path, good: Path) -> None:
    with ReadingRoom(RULE, Limits(memory_bytes=180 << 20), readers=1) as room:
        room.read(good)
        assert refusal(room, big(tmp_path, 15)).code == "document_memory_limit"
        assert room.read(good).passages


def test_a_reader_that_crashes_is_said_and_replaced(tmp_path: Path, good: Path) -> None:
    with ReadingRoom(RULE, Limits(memory_bytes=8 << 30), readers=1) as room:  # far from a want of memory
        slow = big(tmp_path, 15)
        caught: list[ReadError] = []
        reading = threading.Thread(target=lambda: caught.append(refusal(room, slow)))
        reading.start()
        for _ in range(200):
            if reader_ids():
                break
            time.sleep(0.02)
        os.kill(reader_ids()[0], signal.SIGSEGV)
        reading.join()
        assert caught[0].code == "reader_crashed"
        assert room.read(good).passages


def test_more_text_than_the_limit_is_refused(tmp_path: Path, good: Path) -> None:
    with ReadingRoom(RULE, Limits(text_chars=20), readers=1) as room:
        assert refusal(room, good).code == "document_too_large"
    with ReadingRoom(RULE, Limits(answer_bytes=20), readers=1) as room:
        assert refusal(room, good).code == "document_too_large"


def test_more_pages_than_the_limit_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "pages.txt"
    path.write_text("\f".join(f"Page {n}." for n in range(20)), encoding="utf-8")
    with ReadingRoom(RULE, Limits(pages=19), readers=1) as room:
        assert refusal(room, path).code == "document_too_large"


def test_what_a_reader_says_of_a_file_reaches_the_report(tmp_path: Path) -> None:
    (tmp_path / "vide.txt").write_bytes(b"")
    (tmp_path / "brisé.pdf").write_bytes(b"%PDF-1.7\n1 0 obj <<")
    with ReadingRoom(RULE) as room:
        assert refusal(room, tmp_path / "vide.txt").code == "empty_document"
        assert refusal(room, tmp_path / "brisé.pdf").code == "broken_document"
        with pytest.raises(ReadError, match="is not there"):
            room.read(tmp_path / "absent.md")


def test_a_fault_that_nobody_foresaw_is_told_with_its_place(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def faulty(path: Path) -> Draft:
        raise IndexError(f"no such line in {path.name}")

    monkeypatch.setattr(read_text, "read", faulty)
    answer = answer_of(good, RULE, Limits())
    assert answer["code"] == "reader_fault"
    assert "IndexError in test_sandbox.py, line" in answer["message"]


def test_a_name_that_is_no_utf_8_is_read(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xe9t\xe9.txt"))
    path.write_text("Une phrase.", encoding="utf-8")
    with ReadingRoom(RULE) as room:
        assert room.read(path).passages
