"""Documents that attack: titles, publishers, sections, sentences, tables and addresses of a real index, in the assistant and in each page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from corpus.document import Source
from corpus.encoder import Encoder
from corpus.shelf import Shelf
from ingest.manuscript import BlockKind
from service.engine import open_engine
from tests.browser.stages import running
from tests.browser.visits import Visit, visiting
from tests.http_maker import app_of
from tests.makers import document, paragraph, shelve

pytestmark = pytest.mark.browser
ATTACK = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script><svg onload=\"document.title='taken'\">"
BREAKOUT = "\" onmouseover=\"document.title='taken'\" autofocus onfocus=\"document.title='taken'\" x='"
SAID = f"Le plafond de la PECAN est de 780 € par patient {ATTACK}."
QUESTION = "Quel est le plafond de la PECAN ?"
PATHS = (
    "/documents", "/documents?by=status", "/documents?by=date", "/documents/hostile", "/documents/hostile?view=passages",
    "/documents/hostile?page=0&start=0&end=30#quote", "/documents/%3Cscript%3Edocument.title='taken'%3C/script%3E",
    "/ask?q=%22%3E%3Cscript%3Edocument.title%3D'taken'%3C/script%3E",
)  # fmt: skip


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Iterator[str]:
    """A service over a document whose every text is an attack."""
    source = Source("hostile", title=f"Titre {ATTACK}", publisher=f"Éditeur {BREAKOUT}", licence=ATTACK)
    blocks = [
        paragraph(SAID, f"PECAN {ATTACK}"),
        (BlockKind.TABLE_ROW, f"Montant | {ATTACK}\n780 € | {BREAKOUT}", ("Tableau",)),
    ]
    shelf = tmp_path_factory.mktemp("hostile")
    bundle = shelve(shelf, [document(source, blocks)], encoder)
    Shelf(shelf).activate(bundle.card.id)
    with running(app_of(open_engine(shelf))) as url:
        yield url


def unharmed(visit: Visit) -> None:
    assert visit.page.title() != "taken"
    assert visit.page.locator("img[src=x], svg[onload], [onmouseover], [onfocus]").count() == 0
    refused = [said for said in visit.complaints if "Content Security Policy" in said or "Trusted" in said]
    assert refused == []


def test_a_document_that_attacks_is_only_text_in_the_assistant(browser: Any, hostile_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(hostile_url)
        visit.ask(QUESTION)
        assert ATTACK in visit.page.locator(".panel .statement").first.text_content()
        assert ATTACK in visit.page.locator(".panel .source h4").first.text_content()
        visit.page.locator(".panel .cite").first.click()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.locator(".viewer mark").wait_for()
        assert ATTACK in visit.page.locator(".viewer mark").text_content()
        assert BREAKOUT in visit.page.locator(".viewer .rows").text_content()
        unharmed(visit)
        with visit.page.expect_download() as download:
            visit.page.get_by_role("button", name="Exporter en Markdown").click()
        assert "<script>" not in download.value.path().read_text(encoding="utf-8").replace("\\<", "")
        visit.page.get_by_role("button", name="Imprimer").click()
        printed = visit.page.frame_locator(".panel iframe").locator("main")
        printed.wait_for(state="attached")
        assert printed.locator("script, img, svg").count() == 0
        unharmed(visit)


def test_a_document_that_attacks_is_only_text_in_each_page(browser: Any, hostile_url: str) -> None:
    with visiting(browser) as visit:
        for path in PATHS:
            visit.page.goto(hostile_url + path)
            unharmed(visit)
        visit.page.goto(f"{hostile_url}/ask")
        visit.page.locator("#question").fill(f"{QUESTION} {ATTACK}")
        visit.page.locator("form button").click()
        visit.page.locator("#answer").wait_for()
        assert ATTACK in visit.page.locator("main").text_content()
        unharmed(visit)
