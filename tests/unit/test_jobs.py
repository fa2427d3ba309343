"""A folder or a catalogue becomes a list of documents, each with an id of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.catalogue import file_id, load_catalogue
from corpus.errors import CatalogueError
from ingest.jobs import jobs_of_catalogue, jobs_of_folder


def folder_of(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Un texte.", encoding="utf-8")
    return folder


def ids(folder: Path) -> list[str]:
    return [job.source.id for job in jobs_of_folder(folder)]


@pytest.mark.parametrize(
    ("relative", "identifier"),
    [
        ("guides/A b.pdf", "guides-a-b"),
        ("Été à l'hôpital (v2).md", "ete-a-l-hopital-v2"),
        ("Œuvre n°3.txt", "oeuvre-n-3"),
        ("a/b/c.d.html", "a-b-c-d"),
        ("日本語.txt", "document"),
        ("---.md", "document"),
        ("x" * 300 + ".md", "x" * 120),
        ("%2e%2e/é.md", "2e-2e-e"),
    ],
)
def test_an_id_is_the_relative_path_made_fit_for_a_url(relative: str, identifier: str) -> None:
    assert file_id(Path(relative)) == identifier


def test_every_file_is_found_at_any_depth_in_a_stable_order(tmp_path: Path) -> None:
    folder_of(tmp_path, "b.md", "a.txt", "sous/dossier/c.html", "sous/a.PDF")
    assert ids(tmp_path) == ["a", "b", "sous-a", "sous-dossier-c"]


def test_hidden_files_and_folders_are_left_out(tmp_path: Path) -> None:
    assert ids(folder_of(tmp_path, ".git/a.md", ".hidden.md", "b.md")) == ["b"]


def test_files_that_would_share_an_id_are_numbered(tmp_path: Path) -> None:
    folder_of(tmp_path, "a b.md", "a-b.md", "a_b.txt")
    assert sorted(ids(tmp_path)) == ["a-b", "a-b-2", "a-b-3"]


def test_a_file_that_no_reader_knows_is_named_too_but_takes_no_id_from_the_others(tmp_path: Path) -> None:
    folder_of(tmp_path, "a.doc", "a.md")
    assert [(job.source.id, job.path.name) for job in jobs_of_folder(tmp_path)] == [("a", "a.md"), ("a-2", "a.doc")]


def test_a_document_is_known_by_its_path_below_the_folder(tmp_path: Path) -> None:
    (job,) = jobs_of_folder(folder_of(tmp_path, "guides/A b.md"))
    assert job.source.file == "guides/A b.md"
    assert not job.from_catalogue


@pytest.mark.skipif(os.name == "nt", reason="names of arbitrary bytes exist on POSIX systems only")
def test_a_name_that_is_no_text_or_of_two_lines_is_made_printable(tmp_path: Path) -> None:
    for name in (b"caf\xe9.txt", b"deux\nlignes.txt"):
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as stream:  # noqa: PTH118, PTH123 - bytes names
            stream.write(b"Un texte.")
    for job in jobs_of_folder(tmp_path):
        assert job.source.file is not None
        job.source.file.encode("utf-8")
        assert "\n" not in job.source.file + job.source.title
        assert job.path.is_file()


def test_what_is_no_folder_or_holds_nothing_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.md").write_text("x", encoding="utf-8")
    for name in ("empty", "absent", "file.md"):
        with pytest.raises(CatalogueError, match=name) as caught:
            jobs_of_folder(tmp_path / name)
        assert caught.value.code == "documents_missing"


def test_a_catalogue_gives_its_own_files_then_what_was_fetched_and_tells_what_is_absent(tmp_path: Path) -> None:
    folder_of(tmp_path, "documents/a.md", "fetched/b.pdf")
    path = tmp_path / "sources.toml"
    path.write_text(
        '[[source]]\nid = "a"\nfile = "documents/a.md"\n'
        '[[source]]\nid = "b"\nurl = "https://exemple.fr/b"\n'
        '[[source]]\nid = "c"\nurl = "https://exemple.fr/c"\n',
        encoding="utf-8",
    )
    jobs, absent = jobs_of_catalogue(load_catalogue(path))
    assert [job.path.name for job in jobs] == ["a.md", "b.pdf"]
    assert [source.id for source in absent] == ["c"]
