"""DOCX and ODT: headings, numbered lists, tables and notes as they are printed; bombs, entities and passwords refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from corpus.errors import ReadError
from ingest import read_docx, read_odt
from ingest.manuscript import BlockKind, Draft
from ingest.media_type import DOCX, ODT, media_type_of
from ingest.reading import read
from tests.office_maker import ODF, W, archive, docx, item, odt, paragraph


def said(draft: Draft) -> list[tuple[str, str, int]]:
    return [(block.kind.value, block.text.text, block.level) for page in draft.pages for block in page.blocks]


def test_a_docx_is_read_by_its_styles(tmp_path: Path) -> None:
    body = (
        paragraph("Le guide", "Titre")
        + paragraph("Durée", "Titre1")
        + '<w:p><w:r><w:t xml:space="preserve">La PECAN </w:t></w:r><w:del><w:r><w:delText>durait</w:delText></w:r></w:del>'
        "<w:ins><w:r><w:t>dure</w:t></w:r></w:ins><w:r><w:tab/><w:t>un an</w:t><w:footnoteReference w:id='2'/></w:r>"
        "<w:r><w:t>.</w:t></w:r></w:p>"
        + paragraph("Détail", "MonTitre")
        + item("Un.", 1) + item("Premier.", 1, 1) + item("Second.", 1, 1) + item("Deux.", 1) + item("Puce.", 2)
        + "<w:tbl><w:tr><w:tc>" + paragraph("Pays") + "</w:tc><w:tc>" + paragraph("Date") + "</w:tc></w:tr>"
        + "<w:tr><w:tc>" + paragraph("France") + "</w:tc><w:tc>" + paragraph("2025") + "</w:tc></w:tr></w:tbl>"
        + paragraph("  ")
    )  # fmt: skip
    notes = (
        f'<w:footnotes {W}><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        f'<w:footnote w:id="2">{paragraph("Décret du 3 mai.")}</w:footnote></w:footnotes>'
    )
    core = (
        '<cp:coreProperties xmlns:cp="x" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:language>en-GB</dc:language></cp:coreProperties>"
    )
    draft = read_docx.read(docx(tmp_path / "a.docx", body, word__footnotes_xml=notes, docProps__core_xml=core))
    assert said(draft) == [
        ("heading", "Le guide", 1),
        ("heading", "Durée", 1),
        ("paragraph", "La PECAN dure un an.", 0),
        ("heading", "Détail", 2),
        ("item", "1. Un.", 0),
        ("item", "1.a) Premier.", 0),
        ("item", "1.b) Second.", 0),
        ("item", "2. Deux.", 0),
        ("item", "Puce.", 0),
        ("table_row", "Pays | Date", 0),
        ("table_row", "France | 2025", 0),
        ("footnote", "1. Décret du 3 mai.", 0),
    ]
    assert (draft.title, dict(draft.metadata)) == ("Le guide", {"language": "en"})


def test_an_odt_is_read_by_its_elements(tmp_path: Path) -> None:
    styles = (
        '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="1"'
        ' style:num-suffix="."/><text:list-level-style-bullet text:level="2"/></text:list-style>'
    )
    text = (
        '<text:p text:style-name="Title">Le guide</text:p><text:h text:outline-level="2">Durée</text:h>'
        '<text:p>La PECAN<text:s/>dure <text:span>un an</text:span><text:note><text:note-citation>1</text:note-citation>'
        "<text:note-body><text:p>Décret.</text:p></text:note-body></text:note>.</text:p>"
        '<text:list text:style-name="L1"><text:list-item><text:p>Un.</text:p><text:list><text:list-item><text:p>Puce.</text:p>'
        "</text:list-item></text:list></text:list-item><text:list-item><text:p>Deux.</text:p></text:list-item></text:list>"
        '<table:table><table:table-row><table:table-cell><text:p>Pays</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="900"/></table:table-row><table:table-row><table:table-cell>'
        "<text:p>France</text:p></table:table-cell><table:table-cell><text:p>2025</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )  # fmt: skip
    meta = f"<office:document-meta {ODF}><office:meta><dc:title>Le vrai titre</dc:title></office:meta></office:document-meta>"
    draft = read_odt.read(odt(tmp_path / "a.odt", text, styles, meta_xml=meta))
    assert said(draft) == [
        ("heading", "Le guide", 1),
        ("heading", "Durée", 2),
        ("paragraph", "La PECAN dure un an.", 0),
        ("item", "1. Un.", 0),
        ("item", "Puce.", 0),
        ("item", "2. Deux.", 0),
        ("table_row", "Pays", 0),
        ("table_row", "France | 2025", 0),
        ("footnote", "1. Décret.", 0),
    ]
    assert draft.title == "Le vrai titre"


def test_the_type_is_known_by_the_content_whatever_the_name(tmp_path: Path) -> None:
    assert media_type_of(docx(tmp_path / "a.bin", paragraph("Un texte."))) == DOCX
    assert media_type_of(odt(tmp_path / "b.zip", "<text:p>Un texte.</text:p>")) == ODT
    for parts in (
        {"xl__workbook_xml": "<a/>"},
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet"},
        {"x": "y"},
    ):
        with pytest.raises(ReadError) as caught:
            media_type_of(archive(tmp_path / "c.docx", **parts))
        assert caught.value.code == "unsupported_document"


def test_the_whole_way_from_a_docx_to_sections_and_pages(tmp_path: Path) -> None:
    body = paragraph("Le guide", "Titre") + paragraph("Durée", "Titre1") + paragraph("La PECAN dure un an.")
    manuscript = read(docx(tmp_path / "a.docx", body))
    assert manuscript.media_type == DOCX
    (block,) = [one for one in manuscript.blocks if one.kind is BlockKind.PARAGRAPH]
    assert block.section == ("Durée",)
    assert manuscript.pages[0].text[block.start : block.end] == "La PECAN dure un an."


def refusal(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        read(path)
    assert path.name in caught.value.message
    return caught.value.code


def test_what_is_broken_or_made_to_harm_is_refused_by_name(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]>' + f"<w:document {W}><w:body>&y;</w:body></w:document>"
    assert refusal(archive(tmp_path / "entities.docx", word__document_xml=bomb)) == "broken_document"
    deep = f"<w:document {W}><w:body>{'<w:sdt>' * 5000}{'</w:sdt>' * 5000}</w:body></w:document>"
    assert refusal(archive(tmp_path / "deep.docx", word__document_xml=deep)) == "broken_document"
    assert refusal(archive(tmp_path / "cut.docx", word__document_xml="<w:document")) == "broken_document"
    assert refusal(docx(tmp_path / "empty.docx", paragraph(" "))) == "empty_document"
    assert refusal(archive(tmp_path / "empty.odt", mimetype=ODT, content_xml=f"<x {ODF}/>")) == "empty_document"
    whole = docx(tmp_path / "whole.docx", paragraph("Un texte. " * 999))
    (tmp_path / "half.docx").write_bytes(whole.read_bytes()[:-300])
    assert refusal(tmp_path / "half.docx") == "broken_document"


def test_an_archive_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as made,
        made.open("word/document.xml", "w") as stream,
    ):
        stream.write(f"<w:document {W}><w:body>".encode())
        for _ in range(101):
            stream.write(b" " * 1_000_000)
    assert (tmp_path / "bomb.docx").stat().st_size < 200_000
    assert refusal(tmp_path / "bomb.docx") == "document_too_large"


def test_an_encrypted_odt_asks_for_its_password(tmp_path: Path) -> None:
    manifest = (
        '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="content.xml">'
        "<m:encryption-data/></m:file-entry></m:manifest>"
    )
    path = odt(tmp_path / "secret.odt", "<text:p>x</text:p>", META_INF__manifest_xml=manifest)
    assert refusal(path) == "encrypted_document"
