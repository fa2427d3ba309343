"""Laws in: the section path says chapter, section, article, paragraph, annex and point, so that a citation can."""

from __future__ import annotations

from pathlib import Path

from ingest import clean, read_html, read_markdown, structure
from ingest.manuscript import Manuscript

CODE = """# Code de la santé publique

## Quatrième partie : Professions de santé

### Livre préliminaire : Dispositions communes

#### Chapitre Ier : Information

##### Article L. 4001-1

I.-Le professionnel informe la personne.

II.-Il en garde trace.

##### Article L. 4001-2

Texte sans paragraphe.

##### Article L. 4001-3

Le professionnel de santé qui décide d’utiliser un dispositif s’assure que la personne en a été informée.

#### Chapitre II : Sanctions

##### Article R4002-1 (abrogé)

Rien.
"""

ACT = """<html><body><p>considérant ce qui suit:</p>
<table><tr><td>(1)</td><td>L’objectif est clair.</td></tr></table><p>Suite du premier considérant.</p>
<table><tr><td>(2)</td><td>Un autre motif.</td></tr></table>
<p class="oj-ti-section-1">CHAPITRE II</p><p class="oj-ti-section-2">PRATIQUES INTERDITES EN MATIÈRE D’IA</p>
<p class="oj-ti-art">Article 5</p><p class="oj-sti-art">Pratiques interdites en matière d’IA</p>
<p>1.   Les pratiques en matière d’IA suivantes sont interdites:</p>
<table><tr><td>a)</td><td>la manipulation;</td></tr></table>
<p>2.   L’utilisation de systèmes d’IA est limitée.</p><p>Deuxième alinéa.</p>
<p class="oj-ti-art">Article 6</p><p class="oj-sti-art">Définitions</p><p>On entend par:</p>
<table><tr><td>1)</td><td>«risque», un danger;</td></tr></table>
<p class="oj-ti-art">Article premier bis</p><p>Rien.</p>
<p class="oj-ti-art">Article 7</p><p class="oj-sti-art">Entrée en vigueur</p><p>Demain.</p>
<p>Fait à Bruxelles, le 13 juin 2024.</p>
<p class="oj-doc-ti">ANNEXE III</p><p class="oj-doc-ti">Systèmes d’IA à haut risque</p>
<table><tr><td>1.</td><td>Biométrie:</td></tr></table><table><tr><td>a)</td><td>identification.</td></tr></table>
</body></html>"""


def sections(manuscript: Manuscript) -> dict[str, tuple[str, ...]]:
    text = manuscript.pages[0].text
    return {" ".join(text[block.start : block.end].split()): block.section for block in manuscript.blocks}


def test_articles_of_a_french_code_stand_under_their_book_and_chapter(tmp_path: Path) -> None:
    path = tmp_path / "code.md"
    path.write_text(CODE, encoding="utf-8")
    found = sections(structure.structure(clean.clean(read_markdown.read(path))))
    part = ("Quatrième partie – Professions de santé", "Livre préliminaire – Dispositions communes")
    assert found["I.-Le professionnel informe la personne."] == (
        *part,
        "Chapitre Ier – Information",
        "Article L. 4001-1",
        "Paragraphe I",
    )
    assert found["Texte sans paragraphe."][-1] == "Article L. 4001-2"
    assert found["Rien."] == (*part, "Chapitre II – Sanctions", "Article R4002-1 (abrogé)")


def test_an_act_of_the_union_says_chapter_article_and_paragraph(tmp_path: Path) -> None:
    path = tmp_path / "act.html"
    path.write_text(ACT, encoding="utf-8")
    found = sections(structure.structure(clean.clean(read_html.read(path))))
    article = ("Chapitre II – Pratiques interdites en matière d’IA", "Article 5 – Pratiques interdites en matière d’IA")
    assert found["(1) L’objectif est clair."] == ("Considérant 1",)
    assert found["Suite du premier considérant."] == ("Considérant 1",)
    assert found["(2) Un autre motif."] == ("Considérant 2",)
    assert found["Article 5"] == article
    assert found["a) la manipulation;"] == (*article, "Paragraphe 1")
    assert found["Deuxième alinéa."] == (*article, "Paragraphe 2")
    assert found["1) «risque», un danger;"][-2:] == ("Article 6 – Définitions", "Point 1")
    assert found["Fait à Bruxelles, le 13 juin 2024."] == ()
    assert found["a) identification."] == ("Annexe III – Systèmes d’IA à haut risque", "Point 1")


def test_a_text_that_cites_articles_is_no_law(tmp_path: Path) -> None:
    path = tmp_path / "note.md"
    path.write_text("# Note\n\n## Article 5\n\nIl dit non.\n\n## Suite\n\nFin.\n", encoding="utf-8")
    found = sections(structure.structure(clean.clean(read_markdown.read(path))))
    assert found["Il dit non."] == ("Article 5",)
