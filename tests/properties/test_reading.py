"""Laws of reading: they hold for any text, and for every page of the documents at hand."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import ReadError
from ingest import clean, read_html, read_markdown, read_pdf, read_text, structure
from ingest.clean_characters import clean_characters
from ingest.clean_hyphens import join_lines, vocabulary
from ingest.manuscript import PAGE_STRIDE, BlockKind, Manuscript, Traced, glue

ROOT = Path(__file__).resolve().parents[2]
STARTER = sorted((ROOT / "corpus" / "documents").glob("*.pdf"))
SHARED = ROOT.parent / "shared" / "inputs"
READERS = {".md": read_markdown.read, ".txt": read_text.read, ".html": read_html.read}
RAW = st.text(
    alphabet=st.characters(codec="utf-8") | st.sampled_from("ﬁﬀ\u00ad\u200b\u00a0 \n-’\U000e0041"), max_size=200
)


def read(path: Path) -> Manuscript:
    return structure.structure(clean.clean(READERS.get(path.suffix, read_pdf.read)(path)))


@given(RAW)
def test_clean_text_stays_as_it_is_when_cleaned_again(raw: str) -> None:
    once = clean_characters(Traced(raw))
    assert clean_characters(once).text == once.text


@given(RAW)
def test_no_control_or_hidden_character_survives(raw: str) -> None:
    text = clean_characters(Traced(raw)).text
    assert unicodedata.is_normalized("NFC", text)
    hidden = [character for character in text if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")]
    assert [character for character in hidden if character not in "\n\u0002\u00ad"] == []


@given(RAW)
def test_origins_point_to_characters_that_are_still_there(raw: str) -> None:
    clean_text = clean_characters(Traced(raw, tuple(range(len(raw)))))
    assert len(clean_text.origins) == len(clean_text.text)
    for run in clean_text.runs(0):
        said = clean_text.text[run.text_start : run.text_start + run.length_chars]
        source = raw[run.pdf_char_start : run.pdf_char_start + run.length_chars]
        assert all(alike(a, b) for a, b in zip(said, source, strict=True))


def plain(character: str) -> str:
    """One character as it compares: its first letter without marks, any white space a space."""
    folded = unicodedata.normalize("NFKD", character)[:1]
    return " " if not folded.strip() or folded in "\u0002\u00ad" else folded


@given(st.lists(st.text(alphabet="abé-’ \u00ad\u0002", max_size=12), max_size=5))
def test_joining_lines_loses_no_letter(lines: list[str]) -> None:
    joined = join_lines(Traced("\n".join(lines)), vocabulary(lines)).text
    letters = re.compile(r"[^a-zé]")
    assert letters.sub("", joined) == letters.sub("", "".join(lines))
    assert "\n" not in joined


@given(st.lists(st.integers(0, 3 * PAGE_STRIDE), max_size=30))
def test_runs_give_back_every_origin(origins: list[int]) -> None:
    text = Traced("x" * len(origins), tuple(origins))
    found = [
        run.pdf_page_index * PAGE_STRIDE + run.pdf_char_start + step
        for run in text.runs(0)
        for step in range(run.length_chars)
    ]
    assert found == origins
    assert glue([text.part(0, 3), text.part(3)]).runs(0) == text.runs(0)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([".md", ".txt", ".html"]), st.binary(max_size=400) | RAW.map(lambda text: text.encode()))
def test_any_bytes_are_read_or_refused_by_name(ending: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"any{ending}"
        path.write_bytes(data)
        try:
            found = read(path)
        except ReadError as refusal:
            assert refusal.code in ("empty_document", "unsupported_document", "broken_document")
        else:
            check_blocks(found)


def check_blocks(found: Manuscript) -> None:
    """Blocks cover the page's text in order, parted by one blank line (rows of a table by one line feed)."""
    for page in found.pages:
        blocks = [block for block in found.blocks if block.page_index == page.index]
        rebuilt = ""
        for number, block in enumerate(blocks):
            if number:
                rows = blocks[number - 1].kind is block.kind is BlockKind.TABLE_ROW
                rebuilt += "\n" if rows else "\n\n"
            assert block.start == len(rebuilt)
            rebuilt += page.text[block.start : block.end]
            assert page.text[block.start : block.end].strip()
        assert rebuilt == page.text


def check_runs(found: Manuscript, path: Path) -> None:
    """Every character of a run is the one that pdfium has at that place, and nearly all characters have a run."""
    document = pdfium.PdfDocument(path)
    try:
        printed = [document[index].get_textpage() for index in range(len(document))]
        covered = total = 0
        for page in found.pages:
            total += len(re.sub(r"\s", "", page.text))
            for run in page.runs:
                said = page.text[run.text_start : run.text_start + run.length_chars]
                covered += len(re.sub(r"\s", "", said))
                source = printed[run.pdf_page_index]
                for step, character in enumerate(said):
                    code = pdfium.raw.FPDFText_GetUnicode(source.raw, run.pdf_char_start + step)
                    assert alike(character, chr(code)), (path.name, page.index, said, character, chr(code))
        assert covered > 0.98 * total
    finally:
        document.close()


def alike(said: str, printed: str) -> bool:
    """Whether a served character is the printed one, by the rules of reading."""
    if (said, printed) == ("-", "\u0002") or (said, printed.lower()) == ("°", "o"):
        return True
    return plain(said) == plain(printed) or (said == "•" and unicodedata.category(printed) == "Co")


@pytest.mark.parametrize("path", STARTER, ids=lambda path: path.stem)
def test_each_starter_pdf_keeps_the_place_of_its_characters(path: Path) -> None:
    found = read(path)
    check_blocks(found)
    check_runs(found, path)


def test_the_starter_pdfs_say_what_they_were_printed_from() -> None:
    told = equal = 0
    for path in STARTER:
        source = ROOT / "corpus" / "print" / f"{path.stem}.md"
        if not source.exists():
            continue
        printed = dict(said_under(read(path)))
        for words, section in said_under(read(source)):
            told += 1
            equal += printed.get(words) == section
    assert equal >= 0.99 * told, f"{equal} of {told} blocks read as they were written, under the same headings"


def said_under(found: Manuscript) -> list[tuple[str, tuple[str, ...]]]:
    """Each block but the notes, spaces made plain, with its section path."""
    return [
        (" ".join(found.pages[block.page_index].text[block.start : block.end].split()), block.section)
        for block in found.blocks
        if block.kind is not BlockKind.FOOTNOTE
    ]


@pytest.mark.slow
def test_the_official_act_reads_the_same_from_pdf_and_from_html() -> None:
    pdf, html = SHARED / "pdf" / "reglement_ia.pdf", SHARED / "html" / "reglement-ia-2024-1689-fr.html"
    if not (pdf.exists() and html.exists()):
        pytest.skip("the official act is not beside the repository (../shared/inputs)")
    printed, page = read(pdf), read(html)
    check_blocks(printed)
    check_blocks(page)
    check_runs(printed, pdf)
    said, wanted = by_section(printed), by_section(page)
    same = sum(1 for section, text in wanted.items() if said.get(section) == text)
    assert same >= 0.95 * len(wanted), f"{same} of {len(wanted)} sections are equal"
    prohibited = next(
        text for section, text in said.items() if section[-2:-1] == (ARTICLE_5,) and section[-1].endswith(" 1")
    )
    assert "techniques subliminales" in prohibited
    assert [page.label for page in printed.pages] == [str(number) for number in range(1, 145)]


ARTICLE_5 = "Article 5 – Pratiques interdites en matière d'IA"


def by_section(found: Manuscript) -> dict[tuple[str, ...], str]:
    """The running text under each section path, apostrophes and spaces made plain."""
    texts: dict[tuple[str, ...], list[str]] = {}
    for block in found.blocks:
        if block.kind not in (BlockKind.HEADING, BlockKind.FOOTNOTE):
            section = tuple(name.replace("’", "'") for name in block.section)
            words = found.pages[block.page_index].text[block.start : block.end].replace("’", "'").split()
            texts.setdefault(section, []).extend(words)
    return {section: " ".join(words) for section, words in texts.items()}


@pytest.mark.slow
def test_odd_files_are_read_or_refused_by_name_in_good_time() -> None:
    paths = sorted((SHARED / "hostile").rglob("*.pdf"))
    if not paths:
        pytest.skip("the odd files are not beside the repository (../shared/inputs/hostile)")
    outcomes: Counter[str] = Counter()
    for path in paths:
        try:
            check_blocks(read(path))
            outcomes["read"] += 1
        except ReadError as refusal:
            outcomes[refusal.code] += 1
            assert path.name in refusal.message
    assert set(outcomes) <= {"read", "encrypted_document", "scanned_document", "broken_document", "empty_document"}
    assert outcomes["read"] > 0.6 * len(paths)
