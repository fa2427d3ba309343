"""The catalogue: what it may say, and refusals that name the table and the key."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from corpus.catalogue import Catalogue, load_catalogue
from corpus.document import Kind, Status
from corpus.errors import CatalogueError
from tests.makers import ROOT


def catalogue(folder: Path, text: str) -> Catalogue:
    path = folder / "sources.toml"
    path.write_text(text, encoding="utf-8")
    return load_catalogue(path)


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(CatalogueError) as caught:
        catalogue(folder, text)
    assert caught.value.code == "catalogue_invalid"
    assert caught.value.hint
    return caught.value.message


def test_a_table_becomes_a_source(tmp_path: Path) -> None:
    text = """
        [[source]]
        id = "omnibus-ia"
        title = "L'omnibus IA"
        publisher = "Union européenne"
        published_on = 2026-07-24
        language = "fr"
        licence = "Réutilisation autorisée"
        file = "documents/omnibus.pdf"
        url = "https://eur-lex.europa.eu/x"
        kind = "law"
        status = "announced"
        valid_from = "2026-07-27"
        valid_to = 2030-01-01T00:00:00
    """
    (source,) = catalogue(tmp_path, text).sources
    assert source.published_on == dt.date(2026, 7, 24)
    assert (source.valid_from, source.valid_to) == (dt.date(2026, 7, 27), dt.date(2030, 1, 1))
    assert (source.kind, source.status) == (Kind.LAW, Status.ANNOUNCED)


def test_an_id_is_enough_and_is_then_the_title(tmp_path: Path) -> None:
    (source,) = catalogue(tmp_path, '[[source]]\nid = "a"').sources
    assert source.title == "a"
    assert source.published_on is None


def test_superseded_by_is_derived_from_supersedes(tmp_path: Path) -> None:
    found = catalogue(tmp_path, '[[source]]\nid = "a"\n[[source]]\nid = "b"\nsupersedes = ["a"]').sources
    assert found[0].superseded_by == ("b",)
    assert found[1].superseded_by == ()


def test_a_file_starts_from_the_catalogue_s_folder(tmp_path: Path) -> None:
    read = catalogue(tmp_path, '[[source]]\nid = "a"\nfile = "documents/a.md"\n[[source]]\nid = "b"')
    assert read.path_of(read.sources[0]) == tmp_path / "documents" / "a.md"
    assert read.path_of(read.sources[1]) is None


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('published_on = "hier"', "published_on = 'hier'"),
        ('valid_to = "2025-13-01"', "valid_to = '2025-13-01'"),
        ('kind = "roman"', "kind = 'roman'"),
        ('status = "vivant"', "status = 'vivant'"),
        ("title = 3", "title = 3"),
        ('publisher = " "', "publisher = ' '"),
        ('editor = "x"', "'editor'"),
        ('supersedes = "a"', "supersedes = 'a'"),
        ('supersedes = ["z"]', "supersedes 'z'"),
        ('url = "ftp://x"', "url = 'ftp://x'"),
        ('url = "javascript:alert(1)"', "url = 'javascript:alert(1)'"),
        ('file = "../secret"', "file = '../secret'"),
        ('file = "/etc/passwd"', "file = '/etc/passwd'"),
        ('file = "a\\\\..\\\\b"', "file ="),
    ],
)
def test_a_refusal_names_the_table_and_the_key(tmp_path: Path, line: str, named: str) -> None:
    message = refusal(tmp_path, f'[[source]]\nid = "good"\n[[source]]\nid = "bad"\n{line}\n')
    assert '"bad"' in message
    assert named in message


@pytest.mark.parametrize("identifier", ["", "Majuscule", "a b", "-a", "a-", "é", "a/b", "a\\n", "x" * 121])
def test_an_id_that_would_not_do_in_a_url_is_refused_with_the_table_s_number(tmp_path: Path, identifier: str) -> None:
    message = refusal(tmp_path, f'[[source]]\nid = "good"\n[[source]]\nid = "{identifier}"\n')
    assert "source 2" in message
    assert "id =" in message


def test_the_same_id_twice_is_refused(tmp_path: Path) -> None:
    assert '"a"' in refusal(tmp_path, '[[source]]\nid = "a"\n[[source]]\nid = "a"')


@pytest.mark.parametrize("text", ["[source]\nid = 'a'", "sources = []", "title = 'x'", "not toml", "source = [1]"])
def test_a_file_that_is_no_list_of_sources_is_refused(tmp_path: Path, text: str) -> None:
    assert "sources.toml" in refusal(tmp_path, text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match=r"sources\.toml"):
        load_catalogue(tmp_path / "sources.toml")


def test_a_missing_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError) as caught:
        load_catalogue(tmp_path / "absent.toml")
    assert caught.value.code == "catalogue_missing"
    assert "absent.toml" in caught.value.message


def test_every_file_of_the_starter_catalogue_is_there() -> None:
    starter = load_catalogue(ROOT / "corpus" / "sources.toml")
    named = [path for source in starter.sources if (path := starter.path_of(source))]
    assert len(named) >= 36
    assert [path.name for path in named if not path.is_file()] == []


def test_nothing_of_the_starter_corpus_is_indexed_twice() -> None:
    starter = load_catalogue(ROOT / "corpus" / "sources.toml")
    files = [source.file for source in starter.sources if source.file]
    assert len(set(files)) == len(files)
    stems = [Path(file).stem for file in files]
    assert len(set(stems)) == len(stems)
