"""Withdrawn documents: known at once to every reader, kept through a crash, refused loudly where they cannot be read."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest

from corpus.errors import BundleError
from corpus.shelf import Shelf
from corpus.withdrawals import FILE_NAME, Withdrawals

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)


def test_a_reader_that_is_open_already_sees_a_withdrawal_and_its_end_at_once(tmp_path: Path) -> None:
    reader = Shelf(tmp_path).withdrawals()
    assert not reader.current()
    Withdrawals(tmp_path).withdraw("note", "  Remplacée\n par une autre. ", NOW)
    assert reader.current()["note"].reason == "Remplacée par une autre."
    assert reader.current()["note"].since == "2026-11-23T12:00:00Z"
    assert reader.current() is reader.current()
    assert Withdrawals(tmp_path).restore("note")
    assert not reader.current()
    assert not Withdrawals(tmp_path).restore("note")


def test_a_second_reason_keeps_the_first_date(tmp_path: Path) -> None:
    Withdrawals(tmp_path).withdraw("note", "Une raison.", NOW)
    again = Withdrawals(tmp_path).withdraw("note", "Une autre.", NOW + dt.timedelta(days=1))
    assert (again.reason, again.since) == ("Une autre.", "2026-11-23T12:00:00Z")


@pytest.mark.parametrize(("document", "reason"), [("note", " "), ("../x", "r"), ("Note", "r"), ("note", "r" * 501)])
def test_an_id_or_a_reason_that_cannot_be_used_is_refused(tmp_path: Path, document: str, reason: str) -> None:
    with pytest.raises(BundleError) as caught:
        Withdrawals(tmp_path).withdraw(document, reason, NOW)
    assert caught.value.code == "withdrawal_invalid"
    assert not Withdrawals(tmp_path).current()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"note": {}}', b'{"note": "r"}', b"\xff"])
def test_a_file_that_cannot_be_read_never_reads_as_nothing_withdrawn(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    for deed in (
        lambda: Withdrawals(tmp_path).current(),
        lambda: Withdrawals(tmp_path).withdraw("note", "r", NOW),
        lambda: Withdrawals(tmp_path).restore("note"),
    ):
        with pytest.raises(BundleError) as caught:
            deed()
        assert caught.value.code == "withdrawals_damaged"
    assert (tmp_path / FILE_NAME).read_bytes() == content


def test_many_writers_lose_nothing_and_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    reader = Withdrawals(tmp_path)
    writers = [
        threading.Thread(target=Withdrawals(tmp_path).withdraw, args=(f"note-{number}", "Une raison.", NOW))
        for number in range(20)
    ]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        reader.current()
    assert set(reader.current()) == {f"note-{number}" for number in range(20)}
