"""What a reader takes along: a copy with citations, Markdown, JSON, a printed page; and a report on a citation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.browser.stages import Site
from tests.browser.visits import Visit, visiting

pytestmark = pytest.mark.browser
PECAN = "Quel est le plafond de la PECAN ?"


def answered(visit: Visit, url: str) -> tuple[str, str]:
    """Open the assistant, ask, and give the quote and the title that are shown."""
    visit.open(url)
    visit.ask(PECAN)
    return visit.page.locator(".source mark").first.text_content(), visit.page.locator(".source h4 span span").nth(
        0
    ).text_content()


def test_a_copy_holds_the_quotes_and_where_they_are_from(browser: Any, site: Site, service_url: str) -> None:
    with visiting(browser, permissions=["clipboard-read", "clipboard-write"]) as visit:
        quote, title = answered(visit, site.page())
        visit.page.get_by_role("button", name="Copier avec les citations").click()
        visit.page.locator(".panel > [role=status] p").filter(has_text="Copié").wait_for(state="attached")
        copied = visit.page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(PECAN)
        assert f"« {quote} »" in copied
        assert title in copied
        assert "[1]" in copied
        assert f"{service_url}/documents/pecan" in copied
        assert (
            "Réponse produite par un système d’intelligence artificielle le 23\u00a0novembre\u00a02026, index b-"
            in copied
        )
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Copier la citation").click()
        visit.page.wait_for_timeout(200)
        assert visit.page.evaluate("navigator.clipboard.readText()").startswith(f"« {quote} »")


def test_an_answer_is_exported_as_markdown_and_as_json(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        quote, title = answered(visit, site.page())
        texts = {}
        for name in ("Markdown", "JSON"):
            with visit.page.expect_download() as download:
                visit.page.get_by_role("button", name=f"Exporter en {name}").click()
            texts[name] = Path(download.value.path()).read_text(encoding="utf-8")
        assert texts["Markdown"].startswith(f"# {PECAN}")
        assert "[^1]" in texts["Markdown"]
        assert title in texts["Markdown"].replace("\\", "")
        answer = json.loads(texts["JSON"])
        assert answer["question"] == PECAN
        assert answer["ai_generated"] is False
        assert answer["citations"][0]["quote"]["exact"] == quote
        assert visit.complaints == []


def test_an_answer_is_printed_alone(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        quote, _ = answered(visit, site.page())
        visit.page.get_by_role("button", name="Imprimer").click()
        printed = visit.page.frame_locator(".panel iframe").locator("main")
        printed.wait_for(state="attached")
        assert quote in printed.text_content()
        assert "Un site" not in printed.text_content()
        assert visit.complaints == []


def test_the_text_of_a_page_has_its_quote_marked_and_its_picture_too(browser: Any, service_url: str) -> None:
    with visiting(browser) as visit:
        visit.page.goto(service_url)
        visit.ask(PECAN)
        quote = visit.page.locator(".source mark").first.text_content()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        mark = visit.page.locator(".viewer .page-text mark")
        mark.wait_for()
        shown = "".join(
            visit.page.locator(".viewer mark").evaluate(
                "mark => [...mark.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join('')"
            )
        )
        assert shown == quote
        assert mark.evaluate(
            "m => { const b = m.getBoundingClientRect(); return b.top >= 0 && b.bottom <= innerHeight; }"
        )
        visit.page.get_by_role("tab", name="Page").click()
        picture = visit.page.locator(".viewer img")
        picture.wait_for()
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") >= 960
        assert picture.get_attribute("alt").startswith("Page 2 de «\u202f")
        narrow = picture.bounding_box()["width"]
        visit.page.get_by_role("button", name="200").click()
        assert picture.bounding_box()["width"] > 1.9 * narrow
        assert visit.overflow() <= 0


@pytest.mark.parametrize("width", [1280, 800])
def test_the_document_stands_beside_the_conversation_or_in_its_place(browser: Any, site: Site, width: int) -> None:
    with visiting(browser, width=width) as visit:
        answered(visit, site.page())
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.locator(".viewer mark").wait_for()
        viewer, main = visit.page.locator(".viewer").bounding_box(), visit.page.locator(".main").bounding_box()
        if width == 1280:
            assert main["x"] + main["width"] <= viewer["x"]
            assert main["height"] > 400
        else:
            assert main is None
        assert viewer["y"] + viewer["height"] <= 800
        assert visit.page.locator(".panel").bounding_box()["x"] >= 0


def test_a_site_that_lets_no_pictures_in_still_has_the_text(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        answered(visit, site.page(images=False))
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.get_by_role("tab", name="Page").click()
        visit.page.get_by_text("L’image de la page n’a pas pu être chargée").wait_for()
        visit.page.get_by_role("tab", name="Texte").click()
        visit.page.locator(".viewer .page-text mark").wait_for()


def test_offsets_are_right_beyond_the_basic_plane(browser: Any, service_url: str) -> None:
    """Quotes count code points, JavaScript UTF-16 units: a page with emoji before the quote is marked where it should be."""

    def moved(route: Any) -> None:
        page = route.fetch().json()
        route.fulfill(json={**page, "text": "\U0001f9ea" * 7 + page["text"][7:]})

    with visiting(browser) as visit:
        visit.page.route("**/v1/documents/*/pages/1", moved)
        visit.page.goto(service_url)
        visit.ask(PECAN)
        quote = visit.page.locator(".source mark").first.text_content()
        visit.page.get_by_role("button", name="Voir dans le document").first.click()
        visit.page.locator(".viewer .page-text mark").wait_for()
        assert quote in visit.page.locator(".viewer .page-text mark").text_content()


def test_an_error_in_a_citation_is_reported(browser: Any, site: Site, feedback_file: Path) -> None:
    with visiting(browser) as visit:
        answered(visit, site.page())
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Signaler une erreur").click()
        visit.page.get_by_role("radio", name="Le document est périmé").check()
        visit.page.get_by_label("Précisions (facultatif)").fill("Un nouvel arrêté est paru.")
        visit.page.get_by_role("button", name="Envoyer le signalement").click()
        visit.page.get_by_text("Merci, votre signalement est enregistré.").first.wait_for()
        report = json.loads(feedback_file.read_text(encoding="utf-8").splitlines()[-1])
        assert (report["reason"], report["note"]) == ("outdated", "Un nouvel arrêté est paru.")
        assert report["answer_id"].startswith("ans_")
        assert report["passage_id"].startswith("pecan.")
        assert visit.complaints == []


def test_a_report_that_is_refused_says_why_and_can_be_left(browser: Any, site: Site) -> None:
    with visiting(browser) as visit:
        answered(visit, site.page())
        visit.page.locator(".cite").first.click()
        visit.page.get_by_role("button", name="Signaler une erreur").click()
        visit.page.get_by_label("Précisions (facultatif)").fill("Écrivez à jean.dupont@exemple.fr")
        visit.page.get_by_role("button", name="Envoyer le signalement").click()
        visit.page.locator(".report [role=alert]").wait_for()
        visit.page.get_by_label("Précisions (facultatif)").press("Escape")
        assert visit.page.locator(".report").count() == 0
        assert visit.focused() == "Signaler une erreur dans cette citation"
        assert visit.page.locator(".source").first.is_visible()
