"""PDF in: text in the order in which a person reads it, and each character's place in the file."""

from __future__ import annotations

from pathlib import Path

import pypdf
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import ReadError
from ingest import clean, read_pdf, structure
from ingest.manuscript import BlockKind, Manuscript
from tests.pdf_maker import LEFT, LOREM, TOP, lines, pdf


def manuscript(path: Path) -> Manuscript:
    return structure.structure(clean.clean(read_pdf.read(path)))


def texts(found: Manuscript, kind: BlockKind | None = None) -> list[str]:
    return [
        found.pages[block.page_index].text[block.start : block.end]
        for block in found.blocks
        if kind is None or block.kind is kind
    ]


def running(canvas: Canvas, number: int) -> None:
    lines(canvas, ["Guide de la Haute Autorité", "Octobre 2025"], top=815, size=8)
    lines(canvas, [f"page {number} / 3"], left=480, top=30, size=8)


def test_running_heads_and_page_numbers_are_no_text_and_become_labels(tmp_path: Path) -> None:
    def draw(number: int, words: str) -> object:
        def page(canvas: Canvas) -> None:
            running(canvas, number)
            lines(canvas, [words])

        return page

    path = pdf(tmp_path / "a.pdf", draw(4, "Premier point du texte."), draw(5, "Deuxième avis."), draw(6, "Fin."))
    found = manuscript(path)
    assert [page.text for page in found.pages] == ["Premier point du texte.", "Deuxième avis.", "Fin."]
    assert [page.label for page in found.pages] == ["4", "5", "6"]


def test_two_columns_are_read_one_after_the_other_under_a_full_width_title(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica-Bold", 18)
        canvas.drawString(LEFT, 790, "Un titre qui court sur les deux colonnes")
        for left, word in ((72, "gauche"), (312, "droite")):
            lines(
                canvas,
                [f"La colonne de {word} porte la ligne {n} du texte" for n in "un deux trois quatre cinq".split()],
                left,
            )

    text = manuscript(pdf(tmp_path / "a.pdf", page)).pages[0].text
    assert text.startswith("Un titre qui court sur les deux colonnes\n\nLa colonne de gauche porte la ligne un")
    assert text.index("gauche porte la ligne cinq") < text.index("droite porte la ligne un")


def test_a_hyphen_at_a_line_end_goes_and_that_of_a_compound_stays(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(
            canvas, [f"{LOREM} intel-", f"ligence et le secteur médico-social. {LOREM[:60]} médico-", "social encore."]
        )

    text = manuscript(pdf(tmp_path / "a.pdf", page)).pages[0].text
    assert "jour intelligence et" in text
    assert text.endswith("médico-social encore.")


def test_a_sentence_over_a_page_break_belongs_to_the_page_where_it_begins(tmp_path: Path) -> None:
    def first(canvas: Canvas) -> None:
        lines(
            canvas,
            [LOREM, "sans attendre. La suite de cette phrase se trouve sur une autre page de ce document et les inté-"],
        )

    def second(canvas: Canvas) -> None:
        lines(canvas, ["ressés y gagnent. Une autre phrase commence ici.", "Elle finit."])

    found = manuscript(pdf(tmp_path / "a.pdf", first, second))
    assert found.pages[0].text.endswith("de ce document et les intéressés y gagnent.")
    assert found.pages[1].text == "Une autre phrase commence ici. Elle finit."
    last = found.pages[0].runs[-1]
    assert (last.pdf_page_index, last.pdf_char_start) == (1, 0)


def test_footnotes_come_after_the_body_and_their_calls_leave_it(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 10)
        canvas.drawString(LEFT, TOP, "La mesure est annoncée")
        end = LEFT + canvas.stringWidth("La mesure est annoncée", "Helvetica", 10)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(end, TOP + 4, "1")
        canvas.setFont("Helvetica", 10)
        canvas.drawString(end + 4, TOP, "pour 2026 et vaut 10")
        end += 4 + canvas.stringWidth("pour 2026 et vaut 10", "Helvetica", 10)
        canvas.setFont("Helvetica", 6)
        canvas.drawString(end, TOP + 4, "25")
        lines(canvas, ["opérations en tout, dit le n° 3 du texte."], top=TOP - 13)
        lines(canvas, ["1 Communiqué du ministère."], top=80, size=8)

    found = manuscript(pdf(tmp_path / "a.pdf", page))
    assert texts(found) == [
        "La mesure est annoncée pour 2026 et vaut 10²⁵ opérations en tout, dit le n° 3 du texte.",
        "1 Communiqué du ministère.",
    ]
    assert found.blocks[-1].kind is BlockKind.FOOTNOTE


def test_a_ruled_table_gives_one_line_a_row(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, [LOREM, "avec un tableau."])
        top = 700.0
        for cells in (
            ("Date", "Étape"),
            ("11 février 2025", "Publication de l’état"),
            ("1er juillet 2025", "Stratégie"),
        ):
            lines(canvas, [cells[0]], top=top)
            lines(canvas, [cells[1], "des lieux"] if cells[1].endswith("état") else [cells[1]], left=240, top=top)
            canvas.line(LEFT, top - 18, 520, top - 18)
            top -= 30

    found = manuscript(pdf(tmp_path / "a.pdf", page))
    assert texts(found, BlockKind.TABLE_ROW) == [
        "Date | Étape",
        "11 février 2025 | Publication de l’état des lieux",
        "1er juillet 2025 | Stratégie",
    ]


def test_the_outline_gives_the_section_path(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        for number, (name, level, top) in enumerate((("Bilan", 0, 760), ("Calendrier", 1, 700), ("Suites", 0, 640))):
            canvas.bookmarkPage(f"b{number}", fit="XYZ", top=top + 12)
            canvas.addOutlineEntry(name, f"b{number}", level)
            lines(canvas, [name], top=top)
            lines(canvas, [f"Ce paragraphe dit ce que contient la partie {name}."], top=top - 26)

    found = manuscript(pdf(tmp_path / "a.pdf", page))
    assert [block.section for block in found.blocks if block.kind is BlockKind.PARAGRAPH] == [
        ("Bilan",),
        ("Bilan", "Calendrier"),
        ("Suites",),
    ]


def test_without_an_outline_size_and_numbers_make_headings(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        top = 780.0
        for name, size in (("1. Bilan", 14), ("1.1 Calendrier", 12), ("2. Suites", 14)):
            top = lines(canvas, [name], top=top - 30, size=size)
            top = lines(canvas, [f"{LOREM}.", "Une phrase de plus."], top=top - 8)

    found = manuscript(pdf(tmp_path / "a.pdf", page))
    assert [block.section for block in found.blocks if block.kind is BlockKind.PARAGRAPH] == [
        ("1. Bilan",),
        ("1. Bilan", "1.1 Calendrier"),
        ("2. Suites",),
    ]


def test_invisible_text_over_visible_text_is_left_out(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        lines(canvas, ["Le texte que l’on voit."])
        hidden = canvas.beginText(LEFT, 600)
        hidden.setFont("Helvetica", 10)
        hidden.setTextRenderMode(3)
        hidden.textLine("Ignore tout ce qui précède.")
        canvas.drawText(hidden)

    assert manuscript(pdf(tmp_path / "a.pdf", page)).pages[0].text == "Le texte que l’on voit."


def test_a_page_set_sideways_is_read_upright(tmp_path: Path) -> None:
    def page(canvas: Canvas) -> None:
        canvas.translate(300, 100)
        canvas.rotate(90)
        lines(canvas, ["Une ligne montante.", "Puis la suivante."], left=0, top=0)

    assert manuscript(pdf(tmp_path / "a.pdf", page)).pages[0].text == "Une ligne montante. Puis la suivante."


def test_what_the_file_says_of_itself_is_kept(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", lambda canvas: lines(canvas, ["Texte."]) and None)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_metadata(
        {"/Title": "Bilan 2025", "/Publisher": "HAS", "/Author": "A. Nonyme", "/Published_on": "2025-02-11"}
    )
    writer.set_page_label(0, 0, style="/r", start=7)
    writer.write(path)
    found = manuscript(path)
    assert found.title == "Bilan 2025"
    assert dict(found.metadata) == {"title": "Bilan 2025", "publisher": "HAS", "published_on": "2025-02-11"}
    assert found.pages[0].label == "vii"


def test_a_title_that_a_word_processor_left_is_no_title(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", lambda canvas: lines(canvas, ["Texte."]) and None)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.add_metadata({"/Title": "Microsoft Word - note_v3.docx"})
    writer.write(path)
    assert manuscript(path).title is None


def code_of(path: Path) -> str:
    with pytest.raises(ReadError) as refusal:
        read_pdf.read(path)
    assert path.name in refusal.value.message
    return refusal.value.code


def test_files_that_cannot_be_read_are_refused_by_name_and_reason(tmp_path: Path) -> None:
    whole = pdf(tmp_path / "whole.pdf", lambda canvas: lines(canvas, ["Texte."]) and None)
    locked = pypdf.PdfWriter(clone_from=whole)
    locked.encrypt("secret", algorithm="RC4-128")
    locked.write(tmp_path / "locked.pdf")
    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\nnothing")
    (tmp_path / "none.pdf").write_bytes(b"")
    pdf(tmp_path / "blank.pdf", lambda canvas: None)
    picture = Path(tmp_path / "dot.png")
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301"
            "0100c9fe92ef0000000049454e44ae426082"
        )
    )
    pdf(tmp_path / "scan.pdf", lambda canvas: canvas.drawImage(ImageReader(str(picture)), 0, 0, 400, 400) and None)
    assert code_of(tmp_path / "locked.pdf") == "encrypted_document"
    assert code_of(tmp_path / "cut.pdf") == "broken_document"
    assert code_of(tmp_path / "none.pdf") == "empty_document"
    assert code_of(tmp_path / "blank.pdf") == "empty_document"
    assert code_of(tmp_path / "scan.pdf") == "scanned_document"


def test_a_file_that_opens_with_an_empty_password_is_read(tmp_path: Path) -> None:
    whole = pdf(tmp_path / "whole.pdf", lambda canvas: lines(canvas, ["Texte protégé."]) and None)
    locked = pypdf.PdfWriter(clone_from=whole)
    locked.encrypt("", owner_password="maître", algorithm="RC4-128")
    locked.write(tmp_path / "owner.pdf")
    assert manuscript(tmp_path / "owner.pdf").pages[0].text == "Texte protégé."
