"""HTML in: what a visitor reads of the page, and nothing that surrounds or hides in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import ReadError
from ingest import clean, read_html, structure
from ingest.manuscript import Manuscript


def page(folder: Path, body: str, head: str = "", encoding: str = "utf-8") -> Manuscript:
    path = folder / "page.html"
    path.write_bytes(f"<!DOCTYPE html><html lang='fr'><head>{head}</head><body>{body}</body></html>".encode(encoding))
    return structure.structure(clean.clean(read_html.read(path)))


def test_only_the_main_content_is_read(tmp_path: Path) -> None:
    manuscript = page(
        tmp_path,
        "<header>Site</header><nav>Menu</nav><div class='fr-cookie-banner'>Cookies</div><div class='breadcrumb'>Ici</div>"
        "<main><h1>Titre</h1><p>Le texte <em>utile</em>.</p><aside>À côté</aside></main><footer>Bas</footer>"
        "<script>alert(1)</script>",
    )
    assert manuscript.pages[0].text == "Titre\n\nLe texte utile."


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>secret</p>",
        "<p aria-hidden='true'>secret</p>",
        "<p style='display: none'>secret</p>",
        "<p style='visibility:hidden'>secret</p>",
        "<p style='font-size: 0px'>secret</p>",
        "<p style='color:#fff'>secret</p>",
        "<p style='color: white; background-color: white'>secret</p>",
        "<p style='position:absolute;left:-9999px'>secret</p>",
        "<p class='cache'>secret</p>",
        "<!-- secret -->",
        "<template>secret</template>",
    ],
)
def test_what_a_visitor_cannot_see_is_not_quoted(tmp_path: Path, hidden: str) -> None:
    manuscript = page(tmp_path, f"<p>Vu.</p>{hidden}<p>Lu.</p>", "<style>.cache { display: none }</style>")
    assert manuscript.pages[0].text == "Vu.\n\nLu."


def test_white_text_on_a_dark_ground_is_visible(tmp_path: Path) -> None:
    manuscript = page(tmp_path, "<div style='background:#003'><p style='color:#fff'>Bandeau.</p></div>")
    assert manuscript.pages[0].text == "Bandeau."


def test_headings_lists_and_tables_keep_their_shape(tmp_path: Path) -> None:
    manuscript = page(
        tmp_path,
        "<h1>Titre</h1><h2>Liste</h2><ul><li>un</li><li>deux</li></ul><ol start='3'><li>trois</li></ol>"
        "<h2>Table</h2><table><caption>Dates</caption><tr><th>Date</th><th>Fait</th></tr>"
        "<tr><td rowspan='2'>2025</td><td>a</td></tr><tr><td>b</td></tr></table>",
    )
    assert manuscript.pages[0].text == (
        "Titre\n\nListe\n\nun\n\ndeux\n\n3. trois\n\nTable\n\nDates\n\nDate | Fait\n2025 | a\n2025 | b"
    )
    assert [block.section for block in manuscript.blocks if block.kind == "item"] == [("Liste",)] * 3


def test_a_table_that_only_lays_out_markers_is_a_list(tmp_path: Path) -> None:
    manuscript = page(
        tmp_path,
        "<p>Sont interdits:</p><table><tr><td><p>a)</p></td><td><p>le premier;</p>"
        "<table><tr><td>i)</td><td>dedans;</td></tr></table></td></tr></table>",
    )
    assert manuscript.pages[0].text == "Sont interdits:\n\na) le premier;\n\ni) dedans;"


def test_calls_to_notes_go_and_powers_stay(tmp_path: Path) -> None:
    manuscript = page(
        tmp_path,
        "<p>L’avis <a href='#n1'>(<sup>1</sup>)</a>, le n<sup>o</sup> 5, le 1<sup>er</sup> mars, 10<sup>25</sup>.</p>"
        "<p class='footnote'><a href='#c1'>(1)</a> JO C 1.</p><p>Fin.</p>",
    )
    assert manuscript.pages[0].text == "L’avis, le n° 5, le 1er mars, 10²⁵.\n\nFin.\n\n(1) JO C 1."


def test_the_head_gives_metadata_and_a_title(tmp_path: Path) -> None:
    head = (
        "<title>Bilan | Site</title><meta name='dcterms.publisher' content='HAS'>"
        "<meta name='date' content='2025-02-11'><link rel='canonical' href='https://exemple.fr/bilan'>"
    )
    manuscript = page(tmp_path, "<p>Texte.</p>", head)
    assert manuscript.title == "Bilan | Site"
    assert manuscript.metadata == {
        "publisher": "HAS",
        "published_on": "2025-02-11",
        "language": "fr",
        "url": "https://exemple.fr/bilan",
    }


def test_the_declared_encoding_is_followed(tmp_path: Path) -> None:
    manuscript = page(tmp_path, "<p>Santé à l’hôpital</p>", "<meta charset='windows-1252'>", encoding="cp1252")
    assert manuscript.pages[0].text == "Santé à l’hôpital"


def test_nesting_beyond_reason_is_refused_rather_than_cut(tmp_path: Path) -> None:
    assert page(tmp_path, "<div>" * 240 + "fond" + "</div>" * 240).pages[0].text == "fond"
    with pytest.raises(ReadError) as refusal:
        page(tmp_path, "<div>" * 5000 + "fond" + "</div>" * 5000 + "<p>Suite.</p>")
    assert refusal.value.code == "broken_document"


def test_entities_are_not_fetched_or_expanded(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><html><body><p>a &x; b</p></body></html>")
    manuscript = structure.structure(clean.clean(read_html.read(path)))
    assert "root:" not in manuscript.pages[0].text


def test_a_page_without_visible_text_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError) as refusal:
        page(tmp_path, "<nav>Menu</nav><script>1</script>")
    assert refusal.value.code == "empty_document"
