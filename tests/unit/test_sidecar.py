"""Files dropped into a folder, with what is said beside them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from corpus.document import Source
from ingest.job import Job
from ingest.jobs import jobs_of_folder, with_inbox


def drop(folder: Path, **files: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return folder


def test_a_sidecar_is_no_document_but_says_what_one_is(tmp_path: Path) -> None:
    said = 'title = "Guide"\npublished_on = 2026-10-01\nsupersedes = ["old"]\n'
    (job,) = jobs_of_folder(drop(tmp_path, guide_pdf="%PDF", guide_toml=said))
    assert job.source.id == "guide"
    assert job.sidecar == {"title": "Guide", "published_on": dt.date(2026, 10, 1), "supersedes": ["old"]}
    assert job.refusal is None


def test_a_toml_file_without_a_document_beside_it_is_reported_as_any_other(tmp_path: Path) -> None:
    assert [job.path.name for job in jobs_of_folder(drop(tmp_path, alone_toml="a = 1"))] == ["alone.toml"]


@pytest.mark.parametrize("said", ["title = ", 'kind = "rumour"', 'id = "other"', 'file = "x"', "colour = 1"])
def test_a_sidecar_that_cannot_be_used_refuses_its_document_alone(tmp_path: Path, said: str) -> None:
    drop(tmp_path, guide_md="# Guide", guide_toml=said, other_md="# Autre")
    guide, other = jobs_of_folder(tmp_path)
    assert guide.refusal is not None and guide.refusal.code == "catalogue_invalid"
    assert "guide.toml" in guide.refusal.message
    assert other.refusal is None


def test_what_is_dropped_takes_the_place_of_the_document_of_its_id_and_keeps_what_the_catalogue_says(
    tmp_path: Path,
) -> None:
    listed = [
        Job(Source(name, name.upper(), publisher="Agence", published_on=dt.date(2024, 1, 1)), tmp_path / f"{name}.pdf")
        for name in ("one", "two")
    ]
    inbox = drop(tmp_path / "inbox", two_md="# Deux", two_toml='title = "Deux"', three_md="# Trois")
    one, two, three = with_inbox(listed, inbox)
    assert one is listed[0]
    assert (two.path.name, two.from_catalogue) == ("two.md", False)
    assert (two.sidecar["title"], two.sidecar["publisher"], two.sidecar["published_on"]) == (
        "Deux",
        "Agence",
        "2024-01-01",
    )
    assert (three.source.id, three.sidecar) == ("three", {})


@pytest.mark.parametrize(
    "make", [lambda folder: None, lambda folder: folder.mkdir(), lambda folder: drop(folder, _x="")]
)
def test_an_empty_drop_folder_changes_nothing(tmp_path: Path, make: object) -> None:
    make(tmp_path / "inbox")  # type: ignore[operator]
    listed = [Job(Source("one", "One"), tmp_path / "one.pdf")]
    assert with_inbox(listed, tmp_path / "inbox") == listed
