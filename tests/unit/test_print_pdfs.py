"""Small texts enter the script that sets the printed notes; what a reader of its PDFs sees is looked at."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pypdf
import pytest

pytest.importorskip("reportlab", reason="reportlab, which sets the printed notes, is not installed")
pytest.importorskip("font_source_serif_pro", reason="the font of the printed notes is not installed")

SCRIPT = Path(__file__).parents[2] / "corpus" / "print" / "make_pdfs.py"
TWO_COLUMNS_ID = "reglement-ia-regles"
SENTENCE = (
    "La certification des hébergeurs de données concerne tout établissement dont l’administration conserve, "
    "pour autrui, des informations confidentielles, surtout des enregistrements de télésurveillance. "
)
NOTE = f"""# L’hébergement des données : à quoi sert la certification ?

## L’essentiel

La certification coûte « plus de 3 € », œuvre de **l’Agence**, selon *une page*[^page].

## Depuis quand ?

### Les hébergeurs

{(SENTENCE * 6 + chr(10) * 2) * 6}

Une seconde source le confirme[^autre], de même que la première.[^page] La suite vient ici.

| Date | Événement |
|---|---|
| 16 mai 2024 | Publication au Journal officiel |
{chr(10).join(f"| {day} juin 2024 | Ligne {day} du tableau |" for day in range(1, 61))}

- Un éditeur, une page : <https://example.org/une-adresse-tres-longue/qui-ne-doit-pas/etre-coupee-par-un-trait>

[^page]: Page de l’éditeur, lue en 2026.
[^autre]: Note de l’Agence, 2026.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for source_id in ("une-note", TWO_COLUMNS_ID):
        (tmp_path / f"{source_id}.md").write_text(NOTE, encoding="utf-8")
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), "--texts", str(folder), "--documents", str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def made(folder: Path, source_id: str = "une-note") -> pypdf.PdfReader:
    result = run(folder, source_id)
    assert result.returncode == 0, result.stderr
    return pypdf.PdfReader(folder / f"{source_id}.pdf")


def outline(entries: Sequence[object], depth: int = 0) -> Iterator[tuple[int, str]]:
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry, depth + 1)
        else:
            yield depth, str(entry["/Title"])  # type: ignore[index]


def page_with(reader: pypdf.PdfReader, words: str) -> int:
    return next(number for number, page in enumerate(reader.pages) if words in page.extract_text())


def test_the_same_text_gives_the_same_bytes(folder: Path) -> None:
    made(folder)
    first = (folder / "une-note.pdf").read_bytes()
    (folder / "une-note.pdf").unlink()
    made(folder)
    assert (folder / "une-note.pdf").read_bytes() == first


def test_check_names_the_pdf_that_no_longer_follows_its_text(folder: Path) -> None:
    made(folder), made(folder, TWO_COLUMNS_ID)
    assert run(folder, "--check").returncode == 0
    (folder / "une-note.md").write_text(NOTE.replace("16 mai", "17 mai"), encoding="utf-8")
    kept = (folder / "une-note.pdf").read_bytes()
    result = run(folder, "--check")
    assert result.returncode == 1
    assert "une-note" in result.stdout
    assert TWO_COLUMNS_ID not in result.stdout
    assert (folder / "une-note.pdf").read_bytes() == kept


def test_headings_make_the_outline(folder: Path) -> None:
    title = "L’hébergement des données : à quoi sert la certification\u00a0?"
    expected = [(0, title), (1, "L’essentiel"), (1, "Depuis quand ?"), (2, "Les hébergeurs")]
    assert list(outline(made(folder).outline)) == expected


def test_page_labels_are_the_printed_numbers(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    reader = made(folder)
    count = len(reader.pages)
    assert count > 1
    assert reader.page_labels == [str(number) for number in range(1, count + 1)]
    assert not caplog.records, "pypdf had to guess the labels"
    for number, page in enumerate(reader.pages, start=1):
        assert f"page {number} / {count}" in page.extract_text()


def test_the_file_says_its_language_its_title_and_the_text_it_comes_from(folder: Path) -> None:
    reader = made(folder)
    assert str(reader.root_object["/Lang"]) == "fr"
    assert reader.metadata is not None
    assert reader.metadata.title == "L’hébergement des données : à quoi sert la certification\u00a0?"
    assert reader.metadata.author == "Sourcier"
    assert "SHA-256" in str(reader.metadata.subject)
    assert str(reader.metadata.creation_date_raw).startswith("D:20261123")


def test_a_footnote_stands_at_the_foot_of_each_page_that_calls_it(folder: Path) -> None:
    reader = made(folder)
    first, last = page_with(reader, "La certification coûte"), page_with(reader, "Une seconde source")
    assert first != last
    assert "¹\u202fPage de l’éditeur" in reader.pages[first].extract_text()
    assert "²\u202fNote de l’Agence" not in reader.pages[first].extract_text()
    closing = reader.pages[last].extract_text()
    assert "¹\u202fPage de l’éditeur" in closing
    assert "²\u202fNote de l’Agence" in closing
    assert "que la première\u202f¹. La suite" in closing


def test_a_table_repeats_its_header_on_the_next_page(folder: Path) -> None:
    reader = made(folder)
    pages = [page.extract_text() for page in reader.pages if "du tableau" in page.extract_text()]
    assert len(pages) > 1
    assert all("Événement" in text for text in pages)


def test_every_font_is_embedded_and_french_characters_come_back(folder: Path) -> None:
    reader = made(folder)
    for page in reader.pages:
        embedded, bare = page._get_fonts()
        assert not bare
        assert all(name.startswith("/AAAAAA+Source") for name in embedded)
    sentence = "coûte «\u00a0plus de 3\u00a0€\u00a0», œuvre de l’Agence, selon une page\u202f¹."
    assert sentence in reader.pages[0].extract_text()


def test_a_regulation_is_set_in_two_hyphenated_columns_under_a_full_title(folder: Path) -> None:
    reader = made(folder, TWO_COLUMNS_ID)
    lefts: set[float] = set()

    def note_left(text: str, place: list[float], _matrix: object, _font: object, _size: float) -> None:
        if "hébergeurs" in text:
            lefts.add(round(place[4]))

    reader.pages[0].extract_text(visitor_text=note_left)
    assert len(lefts) == 2
    assert "-\n" in reader.pages[0].extract_text()
    assert all("-\n" not in page.extract_text() for page in made(folder).pages)


def test_an_address_is_never_hyphenated(folder: Path) -> None:
    reader = made(folder, TWO_COLUMNS_ID)
    text = "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    assert "https://example.org/une-adresse-tres-longue/qui-ne-doit-pas/etre-coupee-par-un-trait" in text


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Sans titre.", "one H1"),
        ("# Titre\n\nUn appel[^1].", "[^1]"),
        ("# Titre\n\nTexte.\n\n[^1]: Seule.", "never called"),
    ],
)
def test_a_faulty_text_is_refused_in_one_line(folder: Path, text: str, told: str) -> None:
    (folder / "une-note.md").write_text(text, encoding="utf-8")
    result = run(folder, "une-note")
    assert result.returncode == 2
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1
